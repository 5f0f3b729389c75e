"""Cells to typed rows: each with what is wrong with it, none left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from salur.programs.importing import values
from salur.programs.importing.containers import Kind
from salur.programs.importing.findings import find
from salur.programs.importing.headers import Proposal, require_columns
from salur.programs.importing.problems import BrokenFile
from salur.programs.importing.tables import Table
from salur.programs.importing.vocabulary import BY_KEY, COMPONENT_KEYS, column_for
from salur.registry import rules as numbers

CARD_DIGITS = "^[0-9]{16}$"
LONGEST_NAME = 120
LONGEST_ADDRESS = 300
_QUOTES = " \t\u00a0\u200b\ufeff'’`\"="
_TEXT_KEYS = (
    "name",
    "address",
    "hamlet",
    "sender_key",
    "bank",
    "account",
    "ministry_status",
    "program",
)
_NUMBER_KEYS = ("nik", "family_card")
_PLACE_KEYS = ("village_code", "province", "regency", "district", "village")
_LOST_SHARE = 0.5
_FEWEST_FOR_LOST = 3
_FEWEST_AGREEING = 3


@dataclass(frozen=True, slots=True)
class TypedRows:
    """All data rows of a list.

    ``frame`` has one line per row: ``row_number`` as the sender counts, and typed values.
    ``reasons`` and ``warnings`` are long: one line per row and code. ``footers`` are the rows below
    the table that are no rows of it, as (row number, text).
    """

    frame: pl.DataFrame
    reasons: pl.DataFrame
    warnings: pl.DataFrame
    footers: tuple[tuple[int, str], ...]

    @property
    def rows(self) -> int:
        return self.frame.height

    @property
    def rupiah(self) -> int:
        """The sum of all rows that are not withdrawn, as a sender's control total counts."""
        return int(self.frame.select(pl.col("amount").filter(~pl.col("withdrawn")).sum()).item())

    @property
    def first_without_amount(self) -> int | None:
        """The row number of the first row whose amount could not be counted."""
        missing = self.frame.filter(pl.col("amount").is_null() & ~pl.col("withdrawn"))
        return int(missing["row_number"][0]) if missing.height else None


def typed_rows(table: Table, proposal: Proposal, today: date) -> TypedRows:
    """Reads every row under the header. Raises BrokenFile when the file as a whole cannot be read:
    a required column missing, formulas in what would be read, digits lost, no rows."""
    require_columns(table, proposal)
    frame = _mapped_cells(table, proposal)
    frame, footers = _without_footers(frame)
    if frame.is_empty():
        raise BrokenFile(
            "rows_none",
            file=table.name,
            row=proposal.header_row,
            column=table.letter(min(proposal.columns.values())),
        )
    _refuse_formulas(table, proposal, frame)
    frame = _without_repeated_headers(frame, table, proposal)
    frame = frame.with_columns(_clean_number(key).alias(key) for key in _NUMBER_KEYS)
    for key in _NUMBER_KEYS:
        _refuse_lost_digits(table, proposal, frame, key)
    frame = frame.with_columns(
        *(_clean_text(key).alias(key) for key in (*_TEXT_KEYS, *_PLACE_KEYS)),
    )
    frame = _read_values(frame, today)
    return TypedRows(frame, _reasons(frame), _warnings(frame), footers)


def _mapped_cells(table: Table, proposal: Proposal) -> pl.DataFrame:
    """The data rows with one text column per known key; null where the list has no such column."""
    mapped = [pl.col(f"c{at}").alias(key) for key, at in proposal.columns.items()]
    absent = [
        pl.lit(None, dtype=pl.String).alias(key) for key in BY_KEY if key not in proposal.columns
    ]
    last_title = max((at for at, title in enumerate(proposal.titles) if title), default=0)
    beyond = [c for at, c in enumerate(table.cells.columns) if at > last_title]
    spilled = (
        pl.any_horizontal(pl.col(c).is_not_null() & (pl.col(c) != "") for c in beyond)
        if beyond and table.kind is Kind.TEXT
        else pl.lit(False)
    )
    return (
        table.cells.lazy()
        .with_row_index("row_number", offset=1)
        .slice(proposal.first_data_row - 1)
        .select(pl.col("row_number").cast(pl.Int64), *mapped, *absent, spilled.alias("spilled"))
        .collect()
    )


def _filled(key: str) -> pl.Expr:
    return pl.col(key).str.strip_chars(_QUOTES).str.len_bytes().fill_null(0) > 0


def _without_footers(frame: pl.DataFrame) -> tuple[pl.DataFrame, tuple[tuple[int, str], ...]]:
    """Drops empty rows, and the rows below the last one that names a person or a card: totals,
    signatures. Anything between stays, so that a row without numbers is held and not lost."""
    keys = [key for key in BY_KEY if key != "number"]
    frame = frame.filter(pl.any_horizontal(_filled(key) for key in keys))
    identified = frame.select((_filled("nik") | _filled("family_card")).alias("is")).to_series()
    last = frame.height - 1 - (identified.reverse().arg_max() or 0) if identified.any() else -1
    below = frame.slice(last + 1)
    footers = tuple(
        (row["row_number"], " ".join(str(row[key]).strip() for key in BY_KEY if row[key])[:120])
        for row in below.head(20).iter_rows(named=True)
    )
    return frame.head(last + 1), footers


def _refuse_formulas(table: Table, proposal: Proposal, frame: pl.DataFrame) -> None:
    if not table.formulas:
        return
    read = {at: key for key, at in proposal.columns.items() if key != "number"}
    rows = set(frame["row_number"].to_list())
    hits = sorted(cell for cell in table.formulas if cell[1] in read and cell[0] in rows)
    if hits:
        row, at = hits[0]
        raise BrokenFile(
            "formula",
            file=table.name,
            sheet=table.sheet,
            cell=f"{table.letter(at)}{row}",
            row=row,
            column=BY_KEY[read[at]].label,
            count=len(hits),
        )


def _without_repeated_headers(
    frame: pl.DataFrame, table: Table, proposal: Proposal
) -> pl.DataFrame:
    """A printed list repeats its header on each page: such rows go. A header of other columns
    starts another table, whose rows would be read wrongly: refused."""
    no_digits = pl.all_horizontal(
        _filled(key) & ~pl.col(key).str.contains("[0-9]") for key in _NUMBER_KEYS
    )
    again = []
    for row in frame.filter(no_digits).iter_rows(named=True):
        meant = {key: column_for(row[key] or "") for key in proposal.columns}
        if sum(1 for key in meant.values() if key) < _FEWEST_AGREEING:
            continue
        moved = next((key for key, found in meant.items() if found and found != key), None)
        if moved:
            raise BrokenFile(
                "header_again",
                file=table.name,
                row=row["row_number"],
                column=table.letter(proposal.columns[moved]),
            )
        again.append(row["row_number"])
    return frame.filter(~pl.col("row_number").is_in(again)) if again else frame


def _clean_number(key: str) -> pl.Expr:
    text = pl.col(key).fill_null("").str.strip_chars(_QUOTES)
    digits = text.str.replace(r"[.,]0{1,2}$", "").str.replace_all(r"[\s.\u00a0-]", "")
    return pl.when(text.str.contains(numbers.LOST_DIGITS)).then(text).otherwise(digits)


def _refuse_lost_digits(table: Table, proposal: Proposal, frame: pl.DataFrame, key: str) -> None:
    """A spreadsheet keeps fifteen digits of a number; the sixteenth of every NIK becomes 0."""
    lost = pl.col(key).str.contains(numbers.LOST_DIGITS) | pl.col(key).str.contains("^[0-9]{15}0$")
    hits = frame.filter(lost)["row_number"]
    written = frame.select((pl.col(key) != "").sum()).item()
    if len(hits) >= _FEWEST_FOR_LOST and len(hits) > written * _LOST_SHARE:
        at = proposal.columns[key]
        raise BrokenFile(
            "numbers_lost",
            file=table.name,
            meaning=BY_KEY[key].label,
            column=table.letter(at),
            count=len(hits),
            row=hits[0],
        )


def _clean_text(key: str) -> pl.Expr:
    """One space between words, no quotes around; a formula's equals sign is left to be seen."""
    text = pl.col(key).fill_null("").str.strip_chars(" \t\u00a0\u200b\ufeff'’`\"\r\n")
    return (
        pl.when(text.str.contains(r"[\s\u00a0]{2}|[\t\r\n\u00a0]"))
        .then(text.str.replace_all(r"[\s\u00a0]+", " "))
        .otherwise(text)
    )


def _by_unique(frame: pl.DataFrame, key: str, read: Callable[[str], Any], dtype: Any) -> pl.Series:
    """``read`` of every text of the column, called once per distinct text."""
    column = frame[key].fill_null("")
    if frame[key].null_count() == frame.height:  # no such column in this list
        return pl.repeat(read(""), frame.height, dtype=dtype, eager=True)
    distinct = column.unique()
    results = pl.Series([read(text) for text in distinct], dtype=dtype)
    return column.replace_strict(distinct, results, return_dtype=dtype)


def _read_values(frame: pl.DataFrame, today: date) -> pl.DataFrame:
    amount: dict[str, tuple[int | None, str]] = {}
    born: dict[str, tuple[date | None, str]] = {}

    def amount_of(text: str) -> tuple[int | None, str]:
        return amount.setdefault(text, values.read_amount(text))

    def born_of(text: str) -> tuple[date | None, str]:
        return born.setdefault(text, values.read_birth_date(text, today))

    one = _by_unique
    read = [
        one(frame, "amount", lambda text: amount_of(text)[0], pl.Int64).alias("amount"),
        one(frame, "amount", lambda text: amount_of(text)[1], pl.String).alias("amount_problem"),
        one(frame, "birth_date", lambda text: born_of(text)[0], pl.Date).alias("birth_date"),
        one(frame, "birth_date", lambda text: born_of(text)[1], pl.String).alias("birth_problem"),
        one(frame, "sex", values.read_sex, pl.String).alias("sex"),
        one(frame, "phone", values.read_phone, pl.String).alias("phone"),
        one(frame, "disabled", lambda text: values.read_count(text)[0] > 0, pl.Boolean).alias(
            "disabled"
        ),
    ]
    unreadable = {}
    for key in ("months", *COMPONENT_KEYS):
        read.append(one(frame, key, lambda text: values.read_count(text)[0], pl.Int64).alias(key))
        unreadable[key] = one(frame, key, lambda text: values.read_count(text)[1] != "", pl.Boolean)
    read.append(unreadable.pop("months").alias("months_unreadable"))
    read.append(
        pl.select(pl.any_horizontal(unreadable.values())).to_series().alias("component_unreadable")
    )
    withdrawn = one(frame, "action", values.says_withdrawn, pl.Boolean) | one(
        frame, "ministry_status", values.says_withdrawn, pl.Boolean
    )
    excluded = one(frame, "ministry_status", values.why_excluded, pl.String)
    both = one(frame, "rt_rw", lambda text: "/".join(values.read_lanes(text)), pl.String)
    lanes = both.str.split_exact("/", 1).struct
    for key, at in (("rt", "field_0"), ("rw", "field_1")):
        own = one(frame, key, values.read_lane, pl.String)
        read.append(own.zip_with(own != "", lanes.field(at).fill_null("")).alias(key))
    frame = frame.with_columns(*read, withdrawn.alias("withdrawn"), excluded.alias("excluded"))
    # A NIK says its owner's sex; where the list has no such column, it is taken from there.
    day = pl.col("nik").str.slice(6, 2)
    from_nik = pl.when(pl.col("nik").str.contains(numbers.NIK_WITH_REAL_DATE)).then(
        pl.when(day > "40").then(pl.lit("f")).otherwise(pl.lit("m"))
    )
    return frame.with_columns(
        pl.when(pl.col("sex") == "")
        .then(from_nik.fill_null(""))
        .otherwise(pl.col("sex"))
        .alias("sex"),
        pl.when(pl.col("hamlet") != "")
        .then(pl.concat_str("address", "hamlet", separator=" ").str.strip_chars())
        .otherwise(pl.col("address"))
        .alias("address"),
    )


def _reasons(frame: pl.DataFrame) -> pl.DataFrame:
    """Every rule that holds a row and needs no database."""
    nik, card = pl.col("nik"), pl.col("family_card")
    bad_nik = ~nik.str.contains(numbers.NIK_WITH_REAL_DATE) | nik.str.ends_with("0000")
    bad_card = ~card.str.contains(CARD_DIGITS) | card.str.ends_with("0000")
    name, address = pl.col("name"), pl.col("address")
    return find(
        frame,
        [
            (bad_nik, _first(_number_errors(nik, "nik", numbers.NIK_WITH_REAL_DATE))),
            (bad_card, _first(_number_errors(card, "family_card", None))),
            (name == "", "name_missing"),
            (name.str.contains(r"^[=+@-]|[<>|{}]|[0-9]{5}"), "name_unreadable"),
            (name.str.len_chars() > LONGEST_NAME, "name_too_long"),
            (address.str.contains(r"^[=+@]"), "address_unreadable"),
            (address.str.len_chars() > LONGEST_ADDRESS, "address_too_long"),
            # A withdrawn row is not paid, so its amount may be anything, or nothing.
            (
                (pl.col("amount_problem") != "") & ~pl.col("withdrawn"),
                pl.col("amount_problem"),
            ),
            (pl.col("birth_problem") != "", pl.col("birth_problem")),
            (pl.col("months_unreadable"), "months_unreadable"),
            (pl.col("component_unreadable"), "component_unreadable"),
            (pl.col("spilled"), "cells_beyond"),
            ((pl.col("village_code") == "") & (pl.col("village") == ""), "village_missing"),
        ],
    )


def _warnings(frame: pl.DataFrame) -> pl.DataFrame:
    """What is odd and holds nothing back."""
    nik, card = pl.col("nik"), pl.col("family_card")
    good_nik = nik.str.contains(numbers.NIK_WITH_REAL_DATE)
    woman = nik.str.slice(6, 2) > "40"
    # A woman's day has 40 added: 1 to 9 become 41 to 49, so only the first digit differs.
    born = pl.col("birth_date").dt.to_string("%d%m%y")
    tens = nik.str.slice(6, 1)
    day_tens = (
        pl.when(woman).then(tens.replace_strict(_TENS_OF_WOMEN, default=None)).otherwise(tens)
    )
    in_nik = pl.concat_str(day_tens, nik.str.slice(7, 5))
    sex = pl.col("sex")
    return find(
        frame,
        [
            (good_nik & (born != in_nik), "nik_birth_date_differs"),
            (
                good_nik & ((woman & (sex == "m")) | (~woman & (sex == "f"))),
                "nik_sex_differs",
            ),
            (
                card.str.contains(CARD_DIGITS) & ~card.str.contains(numbers.CARD_WITH_REAL_DATE),
                "family_card_date",
            ),
            ((card == nik) & (card != ""), "family_card_is_nik"),
        ],
    )


_TENS_OF_WOMEN = {str(tens + numbers.FEMALE_DAY_OFFSET // 10): str(tens) for tens in range(4)}


def _number_errors(
    number: pl.Expr, prefix: str, date_pattern: str | None
) -> list[tuple[pl.Expr, str]]:
    """The rules of `registry.rules`, in their order, over a whole column."""
    errors = [
        (number == "", f"{prefix}_missing"),
        (number.str.contains(numbers.LOST_DIGITS), f"{prefix}_lost_digits"),
        (~number.str.contains(numbers.DIGITS_ONLY), f"{prefix}_not_digits"),
        (number.str.len_chars() != numbers.NIK_LENGTH, f"{prefix}_length"),
    ]
    if date_pattern:
        errors.append((~number.str.contains(date_pattern), f"{prefix}_date"))
    return [*errors, (number.str.contains(numbers.EMPTY_SERIAL), f"{prefix}_serial")]


def _first(errors: list[tuple[pl.Expr, str]]) -> pl.Expr:
    chain: Any = pl
    for condition, code in errors:
        chain = chain.when(condition).then(pl.lit(code))
    first: pl.Expr = chain.otherwise(None)
    return first
