"""The arithmetic behind the page."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salur.monitoring.rules import (
    ZERO,
    Figures,
    Tally,
    curve,
    days_behind,
    map_class,
    next_level,
    project_finish,
)

TODAY = date(2026, 12, 7)
END = date(2026, 12, 14)
tallies = st.builds(
    Tally,
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.integers(0, 10**12),
)


def days(*counts: int, until: date = TODAY - timedelta(days=1)) -> dict[date, int]:
    first = until - timedelta(days=len(counts) - 1)
    return {first + timedelta(days=i): count for i, count in enumerate(counts)}


@given(tallies, tallies, tallies, tallies, tallies)
def test_the_list_is_paid_failed_outstanding_and_held(
    accepted: Tally, held: Tally, scheduled: Tally, paid: Tally, failed: Tally
) -> None:
    figures = Figures(accepted, held, scheduled, paid, failed)
    assert figures.listed == paid + failed + figures.outstanding + held
    assert figures.outstanding == scheduled + figures.unassigned
    assert figures.payable == paid + figures.outstanding
    assert figures.not_received == figures.listed - paid


@given(tallies, tallies)
def test_figures_of_two_areas_add_up(one: Tally, two: Tally) -> None:
    total = Figures(accepted=one, paid=one) + Figures(accepted=two, paid=two)
    assert total.listed == one + two
    assert total.outstanding == ZERO


def test_an_even_pace_projects_the_day() -> None:
    found = project_finish(days(100, 100, 100), 350, today=TODAY, planned_end=END)
    assert found is not None
    assert found.finish == TODAY + timedelta(days=4)
    assert found.earliest <= found.finish <= found.latest
    assert found.days_late == -3


def test_an_uneven_pace_widens_the_band() -> None:
    even = project_finish(days(100, 100, 100), 1000, today=TODAY, planned_end=END)
    uneven = project_finish(days(10, 190, 100), 1000, today=TODAY, planned_end=END)
    assert even is not None
    assert uneven is not None
    assert uneven.latest - uneven.earliest > even.latest - even.earliest


def test_today_does_not_slow_the_pace_while_it_runs() -> None:
    whole = project_finish(days(100, 100), 200, today=TODAY, planned_end=END)
    begun = project_finish({**days(100, 100), TODAY: 3}, 200, today=TODAY, planned_end=END)
    assert whole == begun


@pytest.mark.parametrize("paid", [{}, {TODAY + timedelta(days=1): 5}])
def test_without_a_pay_day_nothing_is_projected(paid: dict[date, int]) -> None:
    assert project_finish(paid, 10, today=TODAY, planned_end=END) is None


def test_a_pace_of_more_than_a_year_is_no_projection() -> None:
    assert project_finish(days(1), 5000, today=TODAY, planned_end=END) is None


def test_when_all_is_paid_the_last_day_is_the_finish() -> None:
    found = project_finish(days(4, 5), 0, today=TODAY, planned_end=END)
    assert found is not None
    assert found.finish == found.latest == TODAY - timedelta(days=1)


def test_days_behind_counts_from_the_day_the_plan_stood_there() -> None:
    plan = days(10, 10, 10, until=TODAY)
    assert days_behind(plan, 30, today=TODAY) == 0
    assert days_behind(plan, 15, today=TODAY) == 1
    assert days_behind(plan, 0, today=TODAY) == 2
    assert days_behind(plan, 0, today=TODAY - timedelta(days=3)) == 0


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(0, 0, 0), (0, 10, 1), (499, 1000, 1), (500, 1000, 2), (899, 1000, 5), (900, 1000, 6)],
)
def test_map_classes(part: int, whole: int, expected: int) -> None:
    assert map_class(part, whole) == expected


def test_levels_end_at_the_village() -> None:
    assert [next_level(code) for code in ("", "16", "16.71", "16.71.01", "16.71.01.1001")] == [
        2,
        5,
        8,
        13,
        None,
    ]


def test_the_curve_has_no_gap_and_no_future() -> None:
    plan = {TODAY - timedelta(days=2): 5, TODAY + timedelta(days=2): 5}
    found = curve(plan, {TODAY - timedelta(days=1): 4}, today=TODAY)
    assert [day.planned_total for day in found] == [5, 5, 5, 5, 10]
    assert [day.paid_total for day in found] == [0, 4, 4, None, None]
