"""The invitation letter: one A4 page per visit, folded twice, that a family can keep and trust.

The page is three panels of 99 mm. Top: who it is for, readable from outside when folded. Middle:
when, where, what to bring, how much, and the signed QR; it lies inside the fold. Bottom: the stub
that the family tears off and keeps, with the amount, "tidak ada potongan" and whom to call.
Everything that is the same on all letters of a kind is one shared form; black ink only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import IO, Final
from uuid import UUID

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm

from salur.disbursement.ink import (
    BOLD,
    ITALIC,
    REGULAR,
    SIGNS,
    Sheet,
    fitting_size,
    qr_operators,
    width_of,
    wrap_text,
)
from salur.disbursement.rules.dates import say_date, say_window
from salur.disbursement.rules.tokens import claims_for, encode_claims, letter_address, seal_token
from salur.kernel.money import format_rupiah, spell_rupiah

WIDTH, HEIGHT = A4
LEFT: Final = 20 * mm
RIGHT: Final = WIDTH - 20 * mm
UPPER_FOLD: Final = HEIGHT - 99 * mm
LOWER_FOLD: Final = HEIGHT - 198 * mm
QR_SIDE: Final = 40 * mm
QR_LEFT: Final = RIGHT - QR_SIDE
QR_BOTTOM: Final = UPPER_FOLD - 12 * mm - QR_SIDE
MOST_LINES_OF_MONEY: Final = 4
INNER: Final = LEFT + 24 * mm
HEADING, WHEN, WHERE, BRING, MONEY = 17, 30, 45, 62, 80
"""Base lines of the middle panel, in mm below the upper fold."""
_ANY_NUMBER: Final = "0000-0000-0000-0"
"""All digits are equally wide, so that numbers need not be measured one by one."""
NUMBER_LEFT: Final = RIGHT - width_of(_ANY_NUMBER, REGULAR, 9)
NUMBER_BELOW_QR: Final = QR_LEFT + (QR_SIDE - width_of(_ANY_NUMBER, BOLD, 13)) / 2
SOFT: Final = 0.35
SCISSORS: Final = '"'
"""As the font of signs numbers them."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What a kind of letter says; Indonesian as it is spoken to the family, never translated."""

    kind: str
    heading: str
    when_label: str = "Kapan"
    where_label: str = "Di mana"
    bring_label: str = "Bawalah"
    money_label: str = "Bantuan"
    bring: tuple[str, ...] = ("KTP asli, Kartu Keluarga, dan surat ini.",)
    cannot_come: str = (
        "Sakit atau berhalangan? Beri tahu pendamping atau kantor pos. "
        "Bantuan ini tetap hak keluarga Anda."
    )


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes and whom to call: settings of the installation, not of a letter."""

    sender: str
    pay_agency: str
    complaint_number: str
    complaint_note: str
    public_url: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One visit as its letter says it; values only, so that rendering asks nobody."""

    visit: UUID
    number: str
    version: int
    name: str
    address: tuple[str, ...]
    payments: tuple[tuple[UUID, str, int], ...]
    """(payment, what the family calls it, rupiah)"""
    tranche_number: int
    tranche_name: str
    starts: datetime | None
    ends: datetime | None
    zone: str
    place: str
    place_address: str
    desk: int | None = None
    group: str = ""
    """How the distributor sorts it: village, neighbourhood, companion's group."""
    last_day: str = ""
    total: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "total", sum(amount for _, _, amount in self.payments))


spell_total = lru_cache(maxsize=4096)(spell_rupiah)
show_rupiah = lru_cache(maxsize=4096)(format_rupiah)


def sign_letter(letter: Letter, key_id: int, sign: Callable[[bytes], bytes]) -> str:
    """The signed token of a letter. Raises WrongToken when an amount cannot be written exactly."""
    body = encode_claims(
        claims_for(
            visit=letter.visit,
            letter_version=letter.version,
            name=letter.name,
            payments=tuple((id_, amount) for id_, _, amount in letter.payments),
            tranche=letter.tranche_number,
            key_id=key_id,
        )
    )
    return seal_token(body, sign(body))


class LetterBook:
    """A PDF of many letters of one or several kinds. Not thread-safe; one book, one writer."""

    def __init__(
        self,
        file: IO[bytes],
        head: Letterhead,
        *,
        key_id: int,
        sign: Callable[[bytes], bytes],
        title: str = "Surat undangan",
    ) -> None:
        self._sheet = Sheet(file, A4, title)
        self._head = head
        self._key_id = key_id
        self._sign = sign

    def add(self, letter: Letter, wording: Wording) -> str:
        """Writes one page; its signed token."""
        if not self._sheet.has_form(wording.kind):
            self._sheet.add_form(wording.kind, self._same_on_all(wording))
        token = sign_letter(letter, self._key_id, self._sign)
        sheet = self._sheet
        sheet.add_page(
            [
                sheet.use_form(wording.kind),
                *self._outside(letter),
                *self._inside(letter, wording),
                qr_operators(
                    letter_address(self._head.public_url, token),
                    QR_LEFT,
                    QR_BOTTOM,
                    QR_SIDE,
                ),
                *self._stub(letter),
            ]
        )
        return token

    @property
    def pages(self) -> int:
        return self._sheet.pages

    def close(self) -> None:
        self._sheet.close()

    # What stands on every letter of the kind -------------------------------------------------

    def _same_on_all(self, wording: Wording) -> list[str]:
        sheet, head = self._sheet, self._head
        top = HEIGHT - 17 * mm
        stub = LOWER_FOLD
        operators = [
            sheet.text(LEFT, top, head.sender, 11, BOLD),
            sheet.grey(SOFT),
            sheet.text(LEFT, top - 13, head.pay_agency, 9),
            sheet.line(LEFT, top - 22, RIGHT, top - 22, 0.6),
            sheet.text(LEFT, HEIGHT - 44 * mm, "Kepada Yth.", 9),
            sheet.line(0, UPPER_FOLD, 6 * mm, UPPER_FOLD, 0.4),
            sheet.line(WIDTH - 6 * mm, UPPER_FOLD, WIDTH, UPPER_FOLD, 0.4),
            sheet.line(8 * mm, stub, WIDTH - 8 * mm, stub, 0.6, "3 3"),
            sheet.text(LEFT - 4 * mm, stub - 3.6, SCISSORS, 12, SIGNS),
            sheet.text(
                LEFT, stub - 13, "Sobek di sini. Bagian ini milik keluarga: simpanlah.", 8.5
            ),
            *(
                sheet.text(LEFT, UPPER_FOLD - down * mm, label, 9)
                for down, label in (
                    (WHEN, wording.when_label),
                    (WHERE, wording.where_label),
                    (BRING, wording.bring_label),
                    (MONEY, wording.money_label),
                )
            ),
            sheet.line(LEFT, UPPER_FOLD - 71 * mm, RIGHT, UPPER_FOLD - 71 * mm, 0.4),
            sheet.grey(0),
            sheet.text(LEFT, UPPER_FOLD - HEADING * mm, wording.heading, 18, BOLD),
            *(
                sheet.text(INNER, UPPER_FOLD - BRING * mm - 13 * i, line, 11)
                for i, line in enumerate(wording.bring)
            ),
        ]
        return operators + self._promise(wording)

    def _promise(self, wording: Wording) -> list[str]:
        """The stub's lower half: no deduction, whom to call, what if one cannot come."""
        sheet, head = self._sheet, self._head
        bottom, height, left, right = 20 * mm, 32 * mm, LEFT + 6 * mm, LEFT + 97 * mm
        return [
            sheet.frame(LEFT, bottom, RIGHT - LEFT, height, 1.4),
            sheet.line(
                right - 6 * mm, bottom + 5 * mm, right - 6 * mm, bottom + height - 5 * mm, 0.4
            ),
            sheet.text(left, bottom + 21 * mm, "TIDAK ADA POTONGAN", 18, BOLD),
            sheet.text(left, bottom + 14 * mm, "Uang diterima utuh dan gratis.", 11),
            sheet.text(left, bottom + 9 * mm, "Jangan memberi uang kepada siapa pun,", 11),
            sheet.text(left, bottom + 4 * mm, "juga tidak kepada petugas atau pendamping.", 11),
            sheet.grey(SOFT),
            sheet.text(right, bottom + 23.5 * mm, "Ada yang meminta uang? Ada pertanyaan?", 9),
            sheet.grey(0),
            sheet.text(right, bottom + 13 * mm, head.complaint_number, 22, BOLD),
            *(
                sheet.text(right, bottom + 8.5 * mm - 11.5 * i, line, 9)
                for i, line in enumerate(wrap_text(head.complaint_note, REGULAR, 9, 70 * mm, 2))
            ),
            sheet.text(LEFT, bottom - 6.5 * mm, wording.cannot_come, 9.5),
        ]

    # What is different on each ---------------------------------------------------------------

    def _outside(self, letter: Letter) -> list[str]:
        sheet = self._sheet
        top = HEIGHT - 17 * mm
        y = HEIGHT - 51 * mm
        size = fitting_size(letter.name, BOLD, 16, RIGHT - LEFT)
        lines = [
            sheet.text_right(RIGHT, top, letter.tranche_name, 11, BOLD),
            sheet.text(LEFT, y, letter.name, size, BOLD),
        ]
        for i, line in enumerate(letter.address[:4]):
            lines.append(sheet.text(LEFT, y - 16 - 14 * i, line, 11))
        if letter.group:
            lines.append(sheet.text(LEFT, UPPER_FOLD + 7 * mm, letter.group, 9))
        lines.append(sheet.text(NUMBER_LEFT, UPPER_FOLD + 7 * mm, letter.number, 9))
        return lines

    def _inside(self, letter: Letter, wording: Wording) -> list[str]:
        sheet, fold = self._sheet, UPPER_FOLD
        width = QR_LEFT - INNER - 8 * mm
        place_size = fitting_size(letter.place, BOLD, 13, width)
        lines = [
            sheet.text(INNER, fold - WHERE * mm, letter.place, place_size, BOLD),
            *(
                sheet.text(INNER, fold - WHERE * mm - 14 - 12 * i, line, 10)
                for i, line in enumerate(wrap_text(letter.place_address, REGULAR, 10, width, 2))
            ),
            sheet.text(NUMBER_BELOW_QR, QR_BOTTOM - 6.5 * mm, letter.number, 13, BOLD),
        ]
        if letter.starts is not None and letter.ends is not None:
            window = say_window(letter.starts, letter.ends, letter.zone)
            desk = f", meja {letter.desk}" if letter.desk else ""
            lines += [
                sheet.text(INNER, fold - WHEN * mm, say_date(letter.starts, letter.zone), 13, BOLD),
                sheet.text(INNER, fold - WHEN * mm - 15, f"{window}{desk}", 11),
            ]
        shown = _few(letter.payments)
        for i, (label, amount) in enumerate(shown):
            y = fold - MONEY * mm - 14 * i
            size = fitting_size(label, REGULAR, 11, 49 * mm)
            lines.append(sheet.text(INNER, y, label, size))
            lines.append(sheet.text_right(INNER + 72 * mm, y, show_rupiah(amount), 11))
        words = spell_total(letter.total)
        size = fitting_size(words, ITALIC, 9, 62 * mm)
        lines += [
            sheet.text_right(RIGHT, fold - MONEY * mm - 4, show_rupiah(letter.total), 24, BOLD),
            sheet.text_right(RIGHT, fold - MONEY * mm - 19, words, size, ITALIC),
        ]
        return lines

    def _stub(self, letter: Letter) -> list[str]:
        sheet = self._sheet
        y = LOWER_FOLD - 15 * mm
        when = ""
        if letter.starts is not None and letter.ends is not None:
            window = say_window(letter.starts, letter.ends, letter.zone)
            when = f"{say_date(letter.starts, letter.zone)}, {window}"
        lines = [
            sheet.text(LEFT, y, letter.name, fitting_size(letter.name, BOLD, 14, 92 * mm), BOLD),
            sheet.text(LEFT, y - 17, f"{letter.number}  ·  {letter.tranche_name}", 10),
            sheet.text(LEFT, y - 31, when, 10),
            sheet.text(
                LEFT, y - 45, letter.place, fitting_size(letter.place, REGULAR, 10, 92 * mm)
            ),
            sheet.text(LEFT, y - 59, letter.last_day, 10),
            sheet.text_right(RIGHT, y - 8, show_rupiah(letter.total), 28, BOLD),
        ]
        for i, (label, amount) in enumerate(_few(letter.payments)):
            lines.append(sheet.text_right(RIGHT - 24 * mm, y - 29 - 13 * i, label, 10))
            lines.append(sheet.text_right(RIGHT, y - 29 - 13 * i, show_rupiah(amount), 10))
        return lines


def _few(payments: Sequence[tuple[UUID, str, int]]) -> list[tuple[str, int]]:
    """At most four lines: the page has no room for more, and the sum says all of it."""
    lines = [(label, amount) for _, label, amount in payments]
    if len(lines) <= MOST_LINES_OF_MONEY:
        return lines
    kept = lines[: MOST_LINES_OF_MONEY - 1]
    rest = lines[MOST_LINES_OF_MONEY - 1 :]
    return [*kept, (f"{len(rest)} bantuan lain", sum(amount for _, amount in rest))]


def write_letters(
    file: IO[bytes],
    letters: Iterable[tuple[Letter, Wording]],
    head: Letterhead,
    *,
    key_id: int,
    sign: Callable[[bytes], bytes],
    title: str = "Surat undangan",
) -> int:
    """Writes one PDF with a page per letter, in the order given; how many pages."""
    book = LetterBook(file, head, key_id=key_id, sign=sign, title=title)
    for letter, wording in letters:
        book.add(letter, wording)
    book.close()
    return book.pages
