"""The danom: the nominative signature sheet of one session, on paper, for desks and auditors.

A4 landscape, fourteen families a page in the order of their time. Signature boxes stand staggered
so that a thumbprint does not cover its neighbour. The last page has the totals and the place where
the officer and a witness of the village sign.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Final

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm

from salur.disbursement.ink import BOLD, REGULAR, Sheet, fitting_size, wrap_text
from salur.disbursement.rules.dates import say_clock, say_date, say_window
from salur.kernel.money import format_number, format_rupiah

WIDTH, HEIGHT = landscape(A4)
LEFT: Final = 12 * mm
RIGHT: Final = WIDTH - 12 * mm
TOP: Final = HEIGHT - 14 * mm
ROW: Final = 10.6 * mm
ROWS_PER_PAGE: Final = 14
HEAD_BOTTOM: Final = TOP - 24 * mm
SOFT: Final = 0.4

NUMBER, PAYMENT, NAME, ADDRESS, PROGRAMS, TOTAL, TIME, SIGN = (
    LEFT + offset * mm for offset in (0, 9, 41, 97, 146, 194, 198, 213)
)
"""Left edges of the columns; the total is set to the left of its edge."""


@dataclass(frozen=True, slots=True)
class DanomLine:
    """One family as it stands on the sheet: names and last digits, never a whole number."""

    number: str
    name: str
    nik_last4: str
    address: str
    payments: tuple[tuple[str, int], ...]
    """(program, rupiah)"""
    total: int
    slot: datetime | None
    desk: int
    priority: bool


@dataclass(frozen=True, slots=True)
class DanomHead:
    tranche: str
    office: str
    point: str
    address: str
    starts: datetime
    ends: datetime
    zone: str
    desks: int
    reference: str
    """What is typed when the sheet is entered by hand: session and number of the printing."""


def write_danom(
    file: IO[bytes], parts: Iterable[tuple[DanomHead, Sequence[DanomLine]]], title: str
) -> int:
    """One PDF with the sheets of several sessions, each starting on a new page; how many pages."""
    sheet = Sheet(file, (WIDTH, HEIGHT), title)
    for head, lines in parts:
        pages = max(1, -(-len(lines) // ROWS_PER_PAGE))
        for page in range(pages):
            shown = lines[page * ROWS_PER_PAGE : (page + 1) * ROWS_PER_PAGE]
            operators = _head(sheet, head, page + 1, pages)
            for place, line in enumerate(shown):
                operators += _line(sheet, head, line, page * ROWS_PER_PAGE + place, place)
            if page == pages - 1:
                operators += _foot(sheet, lines)
            sheet.add_page(operators)
    sheet.close()
    return sheet.pages


def _head(sheet: Sheet, head: DanomHead, page: int, pages: int) -> list[str]:
    window = say_window(head.starts, head.ends, head.zone)
    y = HEAD_BOTTOM + 3 * mm
    columns = (
        (NUMBER, "No."),
        (PAYMENT, "Nomor pembayaran"),
        (NAME, "Nama · NIK"),
        (ADDRESS, "Alamat"),
        (PROGRAMS, "Bantuan"),
        (TIME, "Jam"),
        (SIGN, "Tanda tangan atau cap jempol"),
    )
    return [
        sheet.text(LEFT, TOP, f"Daftar nominatif pembayaran · {head.tranche}", 13, BOLD),
        sheet.text(LEFT, TOP - 15, f"{head.point}, {head.address}".rstrip(", "), 10),
        sheet.text(LEFT, TOP - 28, f"{say_date(head.starts, head.zone)}, {window}", 10, BOLD),
        sheet.text_right(RIGHT, TOP, head.office, 10, BOLD),
        sheet.text_right(RIGHT, TOP - 15, f"Halaman {page} dari {pages}", 10),
        sheet.text_right(RIGHT, TOP - 28, head.reference, 9),
        sheet.line(LEFT, HEAD_BOTTOM, RIGHT, HEAD_BOTTOM, 0.8),
        sheet.grey(SOFT),
        *(sheet.text(x, y, label, 8) for x, label in columns),
        sheet.text_right(TOTAL, y, "Jumlah", 8),
        sheet.grey(0),
    ]


def _line(sheet: Sheet, head: DanomHead, line: DanomLine, index: int, place: int) -> list[str]:
    top = HEAD_BOTTOM - place * ROW
    y, second = top - 4.2 * mm, top - 8.2 * mm
    name_size = fitting_size(line.name, BOLD, 9.5, ADDRESS - NAME - 2 * mm)
    box_left = SIGN if index % 2 == 0 else SIGN + (RIGHT - SIGN) / 2
    address = wrap_text(line.address, REGULAR, 8, PROGRAMS - ADDRESS - 2 * mm, 2)
    shown = line.payments[:2]
    programs = [f"{name} {format_number(amount)}" for name, amount in shown]
    if len(line.payments) > 2:
        rest = sum(amount for _, amount in line.payments[1:])
        programs = [programs[0], f"{len(line.payments) - 1} lainnya {format_number(rest)}"]
    time = say_clock(line.slot, head.zone) if line.slot else ""
    return [
        sheet.text(NUMBER, y, str(index + 1), 9),
        sheet.text(PAYMENT, y, line.number, 9),
        sheet.text(PAYMENT, second, "didahulukan" if line.priority else "", 7.5),
        sheet.text(NAME, y, line.name, name_size, BOLD),
        sheet.text(NAME, second, f"NIK ····{line.nik_last4}", 8),
        *(sheet.text(ADDRESS, y - 4 * mm * i, text, 8) for i, text in enumerate(address)),
        *(
            sheet.text(PROGRAMS, y - 4 * mm * i, text, fitting_size(text, REGULAR, 8, 30 * mm))
            for i, text in enumerate(programs)
        ),
        sheet.text_right(TOTAL, y, format_number(line.total), 10, BOLD),
        sheet.text(TIME, y, time, 9),
        sheet.text(TIME, second, f"meja {line.desk}" if head.desks > 1 else "", 7.5),
        sheet.frame(box_left, top - ROW + 1, (RIGHT - SIGN) / 2, ROW - 2, 0.4),
        sheet.text(box_left + 1.5 * mm, top - 3.4 * mm, f"{index + 1}.", 7),
        sheet.line(LEFT, top - ROW, RIGHT, top - ROW, 0.2),
    ]


def _foot(sheet: Sheet, lines: Sequence[DanomLine]) -> list[str]:
    total = sum(line.total for line in lines)
    y = 9 * mm
    return [
        sheet.text(
            LEFT,
            y + 5 * mm,
            f"{format_number(len(lines))} keluarga · {format_rupiah(total)}",
            11,
            BOLD,
        ),
        sheet.text(LEFT, y, "Uang diserahkan utuh. Tidak ada potongan.", 8),
        sheet.line(PROGRAMS - 20 * mm, y, PROGRAMS + 30 * mm, y, 0.4),
        sheet.text(PROGRAMS - 20 * mm, y - 3.5 * mm, "Juru bayar", 8),
        sheet.line(SIGN, y, RIGHT, y, 0.4),
        sheet.text(SIGN, y - 3.5 * mm, "Saksi dari desa/kelurahan", 8),
    ]
