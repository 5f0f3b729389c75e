"""NIK and family card rules: what is refused, and what is only remarked upon."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salur.registry import rules

GOOD_NIK = "1671045208880005"  # a woman born on 12 August 1988
GOOD_CARD = "1671041203090011"


def codes(findings) -> list[str]:
    return [finding.code for finding in findings]


def test_a_well_formed_nik_raises_nothing():
    assert codes(rules.check_nik(GOOD_NIK)) == []


def test_a_nik_tells_birthday_and_sex_but_no_century():
    contents = rules.read_nik(GOOD_NIK)
    assert (contents.day, contents.month, contents.year_of_century) == (12, 8, 88)
    assert contents.sex == "f"
    assert contents.region == "167104"


@pytest.mark.parametrize(
    ("nik", "code"),
    [
        ("", "nik_missing"),
        ("167104520888000", "nik_length"),
        ("16710452088800055", "nik_length"),
        ("16710452O8880005", "nik_not_digits"),
        ("١٦٧١٠٤٥٢٠٨٨٨٠٠٠٥", "nik_not_digits"),
        ("1671045208880005\n", "nik_not_digits"),
        ("1671043202880005", "nik_date"),
        ("1671043002880005", "nik_date"),
        ("1671042902890005", "nik_date"),
        ("1671047204880005", "nik_date"),
        ("1671040013880005", "nik_date"),
        ("1671045208880000", "nik_serial"),
        ("1,67105E+15", "nik_lost_digits"),
        ("1.671045E15", "nik_lost_digits"),
    ],
)
def test_a_nik_that_cannot_be_is_refused_by_name(nik, code):
    findings = rules.check_nik(nik)
    assert codes(findings) == [code]
    assert findings[0].severity == "error"


@pytest.mark.parametrize("nik", ["1671042902880005", "1671046902000005", "1671047112990001"])
def test_a_leap_day_and_a_womans_last_day_are_real_dates(nik):
    assert codes(rules.check_nik(nik)) == []


def test_a_family_that_moved_is_only_remarked_upon():
    findings = rules.check_nik(GOOD_NIK, region="51.71.03.1001")
    assert codes(findings) == ["nik_region_differs"]
    assert findings[0].severity == "warning"


def test_a_birth_date_or_sex_that_differs_is_only_remarked_upon():
    findings = rules.check_nik(GOOD_NIK, birth_date=date(1988, 8, 13), sex="m")
    assert codes(findings) == ["nik_birth_date_differs", "nik_sex_differs"]
    assert {finding.severity for finding in findings} == {"warning"}


def test_a_birth_date_of_either_century_agrees_with_the_nik():
    nik = "1671041208050005"
    assert codes(rules.check_nik(nik, birth_date=date(2005, 8, 12))) == []
    assert codes(rules.check_nik(nik, birth_date=date(1905, 8, 12))) == []


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ("", "family_card_missing"),
        ("16710412030900", "family_card_length"),
        ("167104120309001A", "family_card_not_digits"),
        ("1671041203090000", "family_card_serial"),
        ("1,67104E+15", "family_card_lost_digits"),
    ],
)
def test_a_family_card_that_cannot_be_is_refused_by_name(card, code):
    assert codes(rules.check_family_card(card)) == [code]


def test_an_impossible_date_on_a_family_card_only_warns():
    findings = rules.check_family_card("1671045203090011")
    assert codes(findings) == ["family_card_date"]
    assert findings[0].severity == "warning"


def test_a_nik_written_as_the_family_card_warns():
    assert codes(rules.check_family_card(GOOD_CARD, nik=GOOD_CARD)) == ["family_card_is_nik"]


@given(
    st.dates(date(1900, 1, 1), date(2026, 11, 24)),
    st.sampled_from(["m", "f"]),
    st.integers(1, 9999),
)
def test_every_real_birthday_makes_a_valid_nik(birthday, sex, serial):
    day = birthday.day + (rules.FEMALE_DAY_OFFSET if sex == "f" else 0)
    nik = f"167104{day:02}{birthday.month:02}{birthday.year % 100:02}{serial:04}"
    assert codes(rules.check_nik(nik, birth_date=birthday, sex=sex)) == []


@given(st.text(alphabet="0123456789", min_size=16, max_size=16))
def test_an_accepted_nik_always_holds_a_date(nik):
    if not rules.check_nik(nik):
        contents = rules.read_nik(nik)
        date(2000 + contents.year_of_century, contents.month, contents.day)


def test_only_four_digits_are_ever_shown():
    assert rules.last_four(GOOD_NIK) == "0005"
    assert rules.last_four("12") == ""
