"""What one written value means. Pure and scalar: lists repeat their values, so the reader asks once
per distinct text and not once per row.

Each function answers the value and, when there is none, the code of what is wrong with it.
"""

import re
from datetime import date, timedelta

MOST_RUPIAH = 1_000_000_000
EARLIEST_BIRTH = date(1900, 1, 1)
_EXCEL_EPOCH = date(1899, 12, 30)  # Excel counts 29 February 1900, which was none
_EXCEL_SERIALS = range(366, 60_000)

_RUPIAH_WORDS = re.compile(r"(?i)\b(?:rp|idr|rupiah)\b\.?|(?i:^rp\.?)|[\s\u00a0]")
_DASH_ENDING = re.compile(r",[-–—]+$|[-–—]+$")
_PLAIN = re.compile(r"[0-9]+")
_INDONESIAN = re.compile(r"([0-9]{1,3}(?:\.[0-9]{3})+)(?:,([0-9]{1,2}))?")
_ENGLISH = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]{1,2}))?")
_DECIMAL = re.compile(r"([0-9]+)[.,]([0-9]{1,2})")
_SCIENTIFIC = re.compile(r"([0-9])(?:[.,]([0-9]+))?[eE]\+?([0-9]{1,2})")


def read_amount(text: str) -> tuple[int | None, str]:
    """Whole rupiah of `Rp600.000,00`, `600,000.00`, `600000`, `600.000,-`, `6E+05`.

    A fraction of a rupiah, a negative sum or zero is a problem by name, never rounded away.
    """
    cleaned = _RUPIAH_WORDS.sub("", text.strip().strip("'’`\"="))
    if cleaned.startswith(("-", "(", "−")):
        return None, "amount_not_positive" if re.search("[0-9]", cleaned) else "amount_missing"
    cleaned = _DASH_ENDING.sub("", cleaned)
    if not cleaned:
        return None, "amount_missing"
    whole, fraction = "", ""
    if _PLAIN.fullmatch(cleaned):
        whole = cleaned
    elif match := _INDONESIAN.fullmatch(cleaned):
        whole, fraction = match[1].replace(".", ""), match[2] or ""
    elif match := _ENGLISH.fullmatch(cleaned):
        whole, fraction = match[1].replace(",", ""), match[2] or ""
    elif match := _DECIMAL.fullmatch(cleaned):
        whole, fraction = match[1], match[2]
    elif match := _SCIENTIFIC.fullmatch(cleaned):
        digits, power = match[1] + (match[2] or ""), int(match[3])
        if power > 12 or power < len(digits) - 1:
            return None, "amount_unreadable"
        whole = digits + "0" * (power - len(digits) + 1)
    else:
        return None, "amount_unreadable"
    if fraction.strip("0"):
        return None, "amount_not_whole"
    if len(whole) > 15 or int(whole) > MOST_RUPIAH:
        return None, "amount_too_large"
    if int(whole) == 0:
        return None, "amount_not_positive"
    return int(whole), ""


_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "JANUARI JAN JANUARY",
            "FEBRUARI FEB PEBRUARI PEB FEBRUARY",
            "MARET MAR MRT MARCH",
            "APRIL APR",
            "MEI MAY",
            "JUNI JUN JUNE",
            "JULI JUL JULY",
            "AGUSTUS AGU AGS AGT AUG AUGUST AGUST",
            "SEPTEMBER SEP SEPT",
            "OKTOBER OKT OCT OCTOBER",
            "NOVEMBER NOV NOP NOPEMBER",
            "DESEMBER DES DEC DECEMBER",
        ),
        start=1,
    )
    for name in names.split()
}
_YEAR_FIRST = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?:[ T][0-9:.]+)?")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4}|[0-9]{2})(?:[ T][0-9:.]+)?")
_DAY_NAMED = re.compile(r"([0-9]{1,2})[-/. ]+([A-Za-z]{3,9})\.?[-/., ]+([0-9]{4}|[0-9]{2})")
_EIGHT_DIGITS = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")
_SERIAL = re.compile(r"([0-9]{3,5})(?:\.[0-9]+)?")


def read_birth_date(text: str, today: date) -> tuple[date | None, str]:
    """A birth date as offices write it; the day always stands before the month.

    Two-digit years up to this one's belong to this century. A date in the future, before 1900 or
    with month and day swapped is a problem by name.
    """
    cleaned = text.strip().strip("'’`\"=").strip()
    if not cleaned or not cleaned.strip("-–—0 "):
        return None, ""
    parts: tuple[int, int, int] | None = None
    if match := _YEAR_FIRST.fullmatch(cleaned):
        parts = int(match[1]), int(match[2]), int(match[3])
    elif match := _DAY_FIRST.fullmatch(cleaned):
        parts = _full_year(match[3], today), int(match[2]), int(match[1])
    elif match := _DAY_NAMED.fullmatch(cleaned):
        month = _MONTHS.get(match[2].upper())
        parts = (_full_year(match[3], today), month, int(match[1])) if month else None
    elif match := _EIGHT_DIGITS.fullmatch(cleaned):
        parts = int(match[3]), int(match[2]), int(match[1])
    elif (match := _SERIAL.fullmatch(cleaned)) and int(match[1]) in _EXCEL_SERIALS:
        born = _EXCEL_EPOCH + timedelta(days=int(match[1]))
        parts = born.year, born.month, born.day
    if parts is None:
        return None, "birth_date_unreadable"
    try:
        born = date(*parts)
    except ValueError:
        swapped = parts[1] > 12 >= parts[2]
        return None, "birth_date_swapped" if swapped else "birth_date_unreadable"
    if born > today:
        return None, "birth_date_future"
    if born < EARLIEST_BIRTH:
        return None, "birth_date_unreadable"
    return born, ""


def _full_year(digits: str, today: date) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    return 2000 + year if year <= today.year % 100 else 1900 + year


_FEMALE = frozenset(["P", "PR", "PEREMPUAN", "W", "WANITA", "F", "FEMALE", "2"])
_MALE = frozenset(["L", "LK", "LAKI", "LAKILAKI", "PRIA", "M", "MALE", "1"])


def read_sex(text: str) -> str:
    """ "f", "m", or "" for what says neither (a NIK says it too)."""
    letters = re.sub(r"[^A-Z0-9]", "", text.upper().removesuffix(".0"))
    return "f" if letters in _FEMALE else "m" if letters in _MALE else ""


def read_count(text: str) -> tuple[int, str]:
    """A small whole number; nothing, a dash or `TIDAK` is 0 and a tick or `YA` is 1."""
    cleaned = text.strip().strip("'’`\"=").upper()
    if match := re.fullmatch(r"([0-9]{1,2})(?:[.,]0+)?(?: *(?:ORANG|JIWA|BULAN|BLN))?", cleaned):
        return int(match[1]), ""
    if cleaned in ("", "-", "–", "TIDAK", "TDK", "T", "NULL", "N"):
        return 0, ""
    if cleaned in ("YA", "Y", "V", "√", "✓", "X", "ADA"):
        return 1, ""
    return 0, "count_unreadable"


def read_lane(text: str) -> str:
    """An RT or RW in three digits: `3`, `03`, `RT 003` are all `003`."""
    match = re.search(r"[0-9]{1,4}", text)
    return match[0].lstrip("0").zfill(3) if match else ""


def read_lanes(text: str) -> tuple[str, str]:
    """RT and RW out of one cell: `001/002`, `RT 03 RW 02`."""
    numbers = re.findall(r"[0-9]{1,4}", text)
    if len(numbers) != 2:
        return "", ""
    first, second = read_lane(numbers[0]), read_lane(numbers[1])
    upper = text.upper()
    if "RW" in upper and "RT" in upper and upper.index("RW") < upper.index("RT"):
        return second, first
    return first, second


_WITHDRAWN = re.compile(
    r"(?i)(?:di)?(?:tarik|batal(?:kan)?|hapus|keluarkan|cabut|coret|withdraw\w*|exclude|overlap"
    r"|tidak layak)\b.*"
)
# The ministry's statuses that take a family out, and the reason that each of them gives.
_EXCLUDED = (
    (re.compile(r"(?i).*meninggal.*"), "deceased"),
    (re.compile(r"(?i).*(?:tidak layak|pekerjaan|overlap).*"), "not_eligible"),
)


def says_withdrawn(text: str) -> bool:
    """Whether a change or status cell takes the row out of the list."""
    return bool(_WITHDRAWN.match(text.strip()))


def why_excluded(text: str) -> str:
    """The reason that a status which takes the row out also names, or ""."""
    if not says_withdrawn(text):
        return ""
    return next((reason for pattern, reason in _EXCLUDED if pattern.fullmatch(text.strip())), "")


def read_phone(text: str) -> str:
    """Digits with a leading +62, or "" for what is no Indonesian number."""
    digits = re.sub(r"[^0-9]", "", text.strip().removesuffix(".0"))
    if digits.startswith("62"):
        digits = digits[2:]
    digits = digits.lstrip("0")
    return f"+62{digits}" if 8 <= len(digits) <= 13 else ""
