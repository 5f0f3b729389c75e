"""Payment numbers: what a family can read aloud and an officer can type without a mistake.

Twelve digits and a check digit, kept bare, printed `1671-0412-8837-3`: the regency's four digits,
a serial of eight digits that is never used twice within the regency, and a Damm check digit, which
finds every single wrong digit and every exchange of two neighbours (H. M. Damm, 2004; order-10
quasigroup).
"""

from __future__ import annotations

from typing import Final

REGENCY_DIGITS: Final = 4
SERIAL_DIGITS: Final = 8
NUMBER_DIGITS: Final = REGENCY_DIGITS + SERIAL_DIGITS + 1
LARGEST_SERIAL: Final = 10**SERIAL_DIGITS - 1

DAMM_TABLE: Final = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
_DAMM_SQL_TABLE: Final = "".join(DAMM_TABLE)


class WrongNumber(ValueError):
    """What was typed is no payment number: a length, a letter or the check digit is wrong."""


def damm_check_digit(digits: str) -> str:
    """The digit that makes `digits` valid when it is written behind them."""
    interim = 0
    for digit in digits:
        interim = int(DAMM_TABLE[interim][int(digit)])
    return str(interim)


def make_payment_number(regency_code: str, serial: int) -> str:
    """The thirteen digits of the `serial`-th visit of a regency (`16.71` or `1671`)."""
    regency = regency_code.replace(".", "")
    if len(regency) != REGENCY_DIGITS or not (regency.isascii() and regency.isdigit()):
        raise WrongNumber(f"not a regency code: {regency_code!r}")
    if not 0 < serial <= LARGEST_SERIAL:
        raise WrongNumber(f"serial out of range: {serial}")
    body = f"{regency}{serial:0{SERIAL_DIGITS}d}"
    return body + damm_check_digit(body)


def format_payment_number(digits: str) -> str:
    """Thirteen bare digits in the groups in which they are printed and read aloud."""
    return f"{digits[:4]}-{digits[4:8]}-{digits[8:12]}-{digits[12:]}"


def parse_payment_number(text: str) -> str:
    """The thirteen digits of what somebody typed, with or without dashes, dots and blanks.

    Raises WrongNumber rather than guessing: a number one digit away belongs to another family.
    """
    digits = "".join(character for character in text if character not in "-–. \t\u00a0")
    if len(digits) != NUMBER_DIGITS or not (digits.isascii() and digits.isdigit()):
        raise WrongNumber("a payment number has thirteen digits")
    if damm_check_digit(digits) != "0":
        raise WrongNumber("the check digit does not fit")
    return digits


def payment_number_sql(regency: str, serial: str) -> str:
    """The same number as an SQL expression, from expressions for regency digits and serial.

    Planning numbers a million visits inside the database; a test holds both forms together.
    """
    body = f"({regency} || lpad(({serial})::text, {SERIAL_DIGITS}, '0'))"
    interim = "'0'"
    for place in range(1, REGENCY_DIGITS + SERIAL_DIGITS + 1):
        digit = f"substr({body}, {place}, 1)::int"
        interim = f"substr('{_DAMM_SQL_TABLE}', {interim}::int * 10 + {digit} + 1, 1)"
    return f"({body} || {interim})"
