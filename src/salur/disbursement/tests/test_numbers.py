"""Payment numbers find every single slip of the finger."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from salur.disbursement.rules.numbers import (
    WrongNumber,
    damm_check_digit,
    format_payment_number,
    make_payment_number,
    parse_payment_number,
)

numbers = some.builds(
    lambda regency, serial: make_payment_number(f"{regency:04d}", serial),
    some.integers(1101, 9699),
    some.integers(1, 99_999_999),
)


GOLDEN = json.loads(
    (Path(__file__).parents[4] / "contract" / "golden" / "numbers.json").read_text()
)


def test_the_phone_and_the_server_agree_on_numbers() -> None:
    for case in GOLDEN["damm"]:
        assert damm_check_digit(case["digits"]) == case["check"]
    for case in GOLDEN["typed"]:
        assert format_payment_number(parse_payment_number(case["text"])) == case["printed"]
    for case in GOLDEN["refused"]:
        with pytest.raises(WrongNumber):
            parse_payment_number(case["text"])


def test_a_number_is_printed_in_groups_that_can_be_read_aloud() -> None:
    number = make_payment_number("16.71", 4128837)
    assert number == "1671041288373"
    assert format_payment_number(number) == "1671-0412-8837-3"


@given(numbers)
def test_dashes_dots_and_blanks_do_not_matter(number: str) -> None:
    printed = format_payment_number(number)
    assert parse_payment_number(printed) == number
    assert parse_payment_number(f" {printed.replace('-', ' ')} ") == number


@given(numbers, some.integers(0, 12), some.integers(1, 9))
def test_one_wrong_digit_is_always_found(number: str, place: int, change: int) -> None:
    digits = list(number)
    digits[place] = str((int(digits[place]) + change) % 10)
    with pytest.raises(WrongNumber):
        parse_payment_number("".join(digits))


@given(numbers, some.integers(0, 11))
def test_two_exchanged_neighbours_are_always_found(number: str, place: int) -> None:
    digits = list(number)
    if digits[place] == digits[place + 1]:
        return
    digits[place], digits[place + 1] = digits[place + 1], digits[place]
    with pytest.raises(WrongNumber):
        parse_payment_number("".join(digits))


@pytest.mark.parametrize("text", ["", "1671", "1671-0412-8837-5-1", "1671-0412-883X-5", "٣" * 13])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(WrongNumber):
        parse_payment_number(text)
