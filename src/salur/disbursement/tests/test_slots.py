"""Nobody is invited into a full session, and the queue has an order."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from salur.disbursement.rules.slots import Timetable, place_of, sessions_needed

START = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)


def timetable(hours: float = 6, desks: int = 3, **more: int) -> Timetable:
    return Timetable(START, START + timedelta(hours=hours), desks, **more)


def test_three_desks_in_six_hours_serve_six_hundred_families() -> None:
    assert timetable().capacity == 600


def test_the_first_families_go_to_different_desks_at_the_same_time() -> None:
    first = [place_of(i, timetable()) for i in range(3)]
    assert [place.desk for place in first] == [1, 2, 3]
    assert {place.starts for place in first} == {START}


def test_no_window_has_more_families_than_its_desks_can_serve() -> None:
    table = timetable()
    windows = Counter(place_of(i, table).starts for i in range(table.capacity))
    assert len(windows) == 12
    assert max(windows.values()) <= 3 * (1800 // 108 + 1)


@given(some.integers(1, 12), some.integers(1, 10), some.integers(30, 1800))
def test_every_invited_family_comes_while_the_desk_is_open(
    hours: int, desks: int, seconds: int
) -> None:
    table = timetable(hours, desks, seconds_per_family=seconds)
    if not table.capacity:
        return
    last = place_of(table.capacity - 1, table)
    assert START <= last.starts < last.ends <= table.ends
    with pytest.raises(ValueError, match="capacity"):
        place_of(table.capacity, table)


def test_a_full_session_is_followed_by_another() -> None:
    assert [sessions_needed(n, 600) for n in (0, 1, 600, 601)] == [0, 1, 1, 2]
