"""Figures, shares and the projected finish: plain arithmetic on plain values.

The words (listed, payable, received …) are defined in ``docs/words.md``; every share names its
whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import ceil, sqrt

MAP_LIMITS = (50, 60, 70, 80, 90)
"""Per cent; five limits make six classes."""
PROJECTION_DAYS = 5
"""The last days with payouts whose mean and spread carry the projection."""
PROJECTION_HORIZON_DAYS = 365
REGION_LEVELS = (2, 5, 8, 13)
"""Lengths of dotted codes: province, regency, district, village."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Families once over all programs, payments once per program, and rupiah."""

    families: int = 0
    payments: int = 0
    rupiah: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.families + other.families,
            self.payments + other.payments,
            self.rupiah + other.rupiah,
        )

    def __sub__(self, other: Tally) -> Tally:
        return Tally(
            self.families - other.families,
            self.payments - other.payments,
            self.rupiah - other.rupiah,
        )

    def floor(self) -> Tally:
        """Nothing below zero."""
        return Tally(max(0, self.families), max(0, self.payments), max(0, self.rupiah))

    def largest(self, other: Tally) -> Tally:
        return Tally(
            max(self.families, other.families),
            max(self.payments, other.payments),
            max(self.rupiah, other.rupiah),
        )


ZERO = Tally()


@dataclass(frozen=True, slots=True)
class Figures:
    """Where the families and the rupiah of one area, office or channel stand."""

    accepted: Tally = ZERO
    """Approved list rows; what was planned, where the lists cannot be told apart by office."""
    held: Tally = ZERO
    scheduled: Tally = ZERO
    """Planned or instructed, not yet handed over."""
    paid: Tally = ZERO
    failed: Tally = ZERO
    """Final, approved by a second person."""
    paid_today: Tally = ZERO

    @property
    def assigned(self) -> Tally:
        return self.scheduled + self.paid + self.failed

    @property
    def listed(self) -> Tally:
        """The ministry's list: approved rows and those held back."""
        return self.accepted.largest(self.assigned) + self.held

    @property
    def unassigned(self) -> Tally:
        return (self.listed - self.held - self.assigned).floor()

    @property
    def payable(self) -> Tally:
        """The list without what is held or has failed for good."""
        return (self.listed - self.held - self.failed).floor()

    @property
    def outstanding(self) -> Tally:
        return (self.payable - self.paid).floor()

    @property
    def not_received(self) -> Tally:
        return (self.listed - self.paid).floor()

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.accepted + other.accepted,
            self.held + other.held,
            self.scheduled + other.scheduled,
            self.paid + other.paid,
            self.failed + other.failed,
            self.paid_today + other.paid_today,
        )


NO_FIGURES = Figures()


@dataclass(frozen=True, slots=True)
class Projection:
    """When the outstanding ones will have been reached at the pace of the last days."""

    finish: date
    earliest: date
    latest: date
    rate: float
    """Families a day."""
    planned_end: date

    @property
    def days_late(self) -> int:
        """Days after the planned end; negative when earlier."""
        return (self.finish - self.planned_end).days


def project_finish(
    paid_by_day: Mapping[date, int], outstanding: int, *, today: date, planned_end: date
) -> Projection | None:
    """The finish at the mean pace of the last days with payouts, give or take their spread.

    Today counts only while it is the only day: it is not over yet. None where there is no pace, or
    where the pace would take longer than a year.
    """
    days = sorted(day for day, count in paid_by_day.items() if count > 0 and day <= today)
    if not days:
        return None
    if outstanding <= 0:
        last = days[-1]
        return Projection(last, last, last, 0.0, planned_end)
    whole = [day for day in days if day < today] or days
    counts = [paid_by_day[day] for day in whole[-PROJECTION_DAYS:]]
    mean = sum(counts) / len(counts)
    spread = sqrt(sum((count - mean) ** 2 for count in counts) / len(counts)) if counts[1:] else 0.0
    # One day says little about the next: never claim a band narrower than a tenth of the pace.
    spread = min(max(spread / sqrt(len(counts)), mean / 10), mean * 0.8)
    if outstanding / (mean - spread) > PROJECTION_HORIZON_DAYS:
        return None

    def after(rate: float) -> date:
        return today + timedelta(days=ceil(outstanding / rate))

    return Projection(after(mean), after(mean + spread), after(mean - spread), mean, planned_end)


def days_behind(planned_by_day: Mapping[date, int], reached: int, *, today: date) -> int:
    """How many days ago the plan stood where the facts stand now; 0 when not behind."""
    total = 0
    for day in sorted(planned_by_day):
        if day > today:
            return 0
        total += planned_by_day[day]
        if total > reached:
            return (today - day).days
    return 0


def next_level(code: str) -> int | None:
    """Length of the codes one level below ``code``; None below a village."""
    return next((length for length in REGION_LEVELS if length > len(code)), None)


def map_class(part: int, whole: int) -> int:
    """1 to 6 by share realised, 0 where there is nothing to realise."""
    if whole <= 0:
        return 0
    share = part * 100 / whole
    return 1 + sum(share >= limit for limit in MAP_LIMITS)


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the curve: planned for it, paid on it, and both added up."""

    day: date
    planned: int
    paid: int
    planned_total: int
    paid_total: int | None
    """None for days to come."""


def curve(planned: Mapping[date, int], paid: Mapping[date, int], *, today: date) -> Sequence[Day]:
    """Every day from the first to the last of either, without gaps."""
    known = [*planned, *paid]
    if not known:
        return []
    day, last = min(known), max(known)
    days: list[Day] = []
    planned_total = paid_total = 0
    while day <= last:
        planned_total += planned.get(day, 0)
        paid_total += paid.get(day, 0)
        days.append(
            Day(
                day,
                planned.get(day, 0),
                paid.get(day, 0),
                planned_total,
                paid_total if day <= max(today, max(paid, default=today)) else None,
            )
        )
        day += timedelta(days=1)
    return days


@dataclass(frozen=True, slots=True)
class Reason:
    """Why families have not received yet, with how many; ``final``: nobody will try again, or a
    second person is asked to say so."""

    code: str
    final: bool
    tally: Tally = field(default=ZERO)
