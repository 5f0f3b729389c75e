"""What makes a national id and a family card number believable.

Pure: text in, findings out. An *error* keeps the row from being paid; a *warning* is shown to the
reviewer and holds nothing back, because a NIK never changes when its owner moves and its prefix may
be the code of a district that no longer exists.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

NIK_LENGTH = 16
FAMILY_CARD_LENGTH = 16
FEMALE_DAY_OFFSET = 40


def _date_pattern(*, with_women: bool) -> str:
    """Day, month and two-digit year that can be a date; women's days have 40 added.

    29 February only in a year that ends like a leap year (00: 2000 was one). No look-ahead
    and no `\\d`, so that the same text means the same in `re` and in polars, and a list
    of millions of rows is judged by the very same rule as one number.
    """
    day = r"(?:0[1-9]|1[0-9]|2[0-8]" + (r"|4[1-9]|5[0-9]|6[0-8])" if with_women else ")")
    d29, d30, d31 = ("(?:29|69)", "(?:30|70)", "(?:31|71)") if with_women else ("29", "30", "31")
    return (
        rf"(?:{day}(?:0[1-9]|1[0-2])[0-9][0-9]"
        rf"|{d29}(?:0[13-9]|1[0-2])[0-9][0-9]"
        rf"|{d29}02(?:[02468][048]|[13579][26])"
        rf"|{d30}(?:0[13-9]|1[0-2])[0-9][0-9]"
        rf"|{d31}(?:0[13578]|1[02])[0-9][0-9])"
    )


DIGITS_ONLY = r"^[0-9]+$"
NIK_WITH_REAL_DATE = r"^[0-9]{6}" + _date_pattern(with_women=True) + r"[0-9]{4}$"
CARD_WITH_REAL_DATE = r"^[0-9]{6}" + _date_pattern(with_women=False) + r"[0-9]{4}$"
EMPTY_SERIAL = r"0000$"
# What a spreadsheet leaves of sixteen digits once it has taken them for a number: 1,67104E+15
LOST_DIGITS = r"^[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]+$"

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong or odd about a number; `code` is stable and translated by its reader."""

    code: str
    severity: Severity = "error"


@dataclass(frozen=True, slots=True)
class NikContents:
    """What a well-formed NIK says about its owner. The century is not in it."""

    region: str  # six digits: province, regency, district of first registration
    day: int
    month: int
    year_of_century: int
    sex: Literal["m", "f"]
    serial: str


def read_nik(nik: str) -> NikContents:
    """Takes a NIK apart. Only for one that `check_nik` found no error in."""
    day = int(nik[6:8])
    female = day > FEMALE_DAY_OFFSET
    return NikContents(
        region=nik[:6],
        day=day - FEMALE_DAY_OFFSET if female else day,
        month=int(nik[8:10]),
        year_of_century=int(nik[10:12]),
        sex="f" if female else "m",
        serial=nik[12:],
    )


def check_nik(
    nik: str,
    *,
    birth_date: date | None = None,
    sex: str | None = None,
    region: str | None = None,
) -> Sequence[Finding]:
    """All findings about `nik`, errors first; none means nothing to say.

    `region` is a dotted or plain code of where the family lives now; only its first six digits are
    compared. Warnings are looked for only when there is no error.
    """
    error = _nik_error(nik)
    if error:
        return (Finding(error),)
    contents = read_nik(nik)
    warnings = []
    if birth_date and (birth_date.day, birth_date.month, birth_date.year % 100) != (
        contents.day,
        contents.month,
        contents.year_of_century,
    ):
        warnings.append(Finding("nik_birth_date_differs", "warning"))
    if sex in ("m", "f") and sex != contents.sex:
        warnings.append(Finding("nik_sex_differs", "warning"))
    if region and region.replace(".", "")[:6] != contents.region:
        warnings.append(Finding("nik_region_differs", "warning"))
    return tuple(warnings)


def check_family_card(number: str, *, nik: str | None = None) -> Sequence[Finding]:
    """All findings about a family card number, errors first.

    Whether the card's middle digits must be a date is not certain, so an impossible one only warns.
    """
    error = _family_card_error(number)
    if error:
        return (Finding(error),)
    warnings = []
    if not re.fullmatch(CARD_WITH_REAL_DATE, number):
        warnings.append(Finding("family_card_date", "warning"))
    if nik and nik == number:
        warnings.append(Finding("family_card_is_nik", "warning"))
    return tuple(warnings)


def _nik_error(nik: str) -> str | None:
    if not nik:
        return "nik_missing"
    if re.fullmatch(LOST_DIGITS, nik):
        return "nik_lost_digits"
    if not re.fullmatch(DIGITS_ONLY, nik):
        return "nik_not_digits"
    if len(nik) != NIK_LENGTH:
        return "nik_length"
    if not re.fullmatch(NIK_WITH_REAL_DATE, nik):
        return "nik_date"
    if re.search(EMPTY_SERIAL, nik):
        return "nik_serial"
    return None


def _family_card_error(number: str) -> str | None:
    if not number:
        return "family_card_missing"
    if re.fullmatch(LOST_DIGITS, number):
        return "family_card_lost_digits"
    if not re.fullmatch(DIGITS_ONLY, number):
        return "family_card_not_digits"
    if len(number) != FAMILY_CARD_LENGTH:
        return "family_card_length"
    if re.search(EMPTY_SERIAL, number):
        return "family_card_serial"
    return None


def last_four(number: str) -> str:
    """The only part of a NIK or card number that a screen, a report or a log may show."""
    return number[-4:] if len(number) >= 4 else ""
