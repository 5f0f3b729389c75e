"""Numbers and moments read the same everywhere."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from salur.theme.words import (
    age_text,
    date_text,
    moment_text,
    percent_text,
    short_rupiah_text,
)

MOMENT = datetime(2026, 11, 30, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (825_000, "Rp825.000"),
        (3_600_000, "Rp3,6 juta"),
        (38_400_000_000, "Rp38,4 miliar"),
        (2_613_000_000_000, "Rp2,61 triliun"),
        (-1_500_000, "-Rp1,5 juta"),
        (None, "–"),
    ],
)
def test_large_sums_are_said_shortly(amount: int | None, text: str) -> None:
    assert short_rupiah_text(amount) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (853, 1000, "85,3%"),
        (8525, 10_000, "85,3%"),
        (1, 1, "100%"),
        (0, 9, "0%"),
        (99_999, 100_000, "99,9%"),
        (1, 100_000, "<0,1%"),
        (1, 0, "–"),
        (None, 5, "–"),
    ],
)
def test_a_share_is_neither_whole_nor_nothing_before_it_is(
    part: int | None, whole: int, text: str
) -> None:
    assert percent_text(part, whole) == text


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("Asia/Jakarta", "Sen 30 Nov 2026, 08.30 WIB"),
        ("Asia/Makassar", "Sen 30 Nov 2026, 09.30 WITA"),
        ("Asia/Jayapura", "Sen 30 Nov 2026, 10.30 WIT"),
    ],
)
def test_a_moment_is_told_in_the_zone_of_the_place(zone: str, text: str) -> None:
    assert moment_text(MOMENT, zone) == text


def test_english_changes_names_and_keeps_the_form() -> None:
    with translation.override("en"):
        assert moment_text(MOMENT) == "Mon 30 Nov 2026, 08.30 WIB"
        assert date_text(date(2026, 12, 12), weekday=True, year=False) == "Sat 12 Dec"
        assert short_rupiah_text(2_613_000_000_000) == "Rp2,61 trillion"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (4, "4 detik lalu"),
        (125, "2 menit lalu"),
        (7300, "2 jam lalu"),
        (3 * 86400, "3 hari lalu"),
        (-5, "0 detik lalu"),
    ],
)
def test_ages_are_said_in_their_largest_unit(seconds: int, text: str) -> None:
    assert age_text(seconds) == text
