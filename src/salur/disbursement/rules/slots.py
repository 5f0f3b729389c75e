"""How many families a session can serve, and at what time each is asked to come.

An event of 600 families, three desks and six hours leaves 108 seconds for each; crowds remember a
queue without an order. Families are dealt to the desks one after the other and told a window of
time, so that the queue outside is never longer than a window's families.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

SECONDS_PER_FAMILY: Final = 108
"""At a counter or an event; 600 families ÷ 3 desks ÷ 6 hours."""
SECONDS_PER_DOORSTEP: Final = 15 * 60
"""A visit at home with the way to the next; a setting of the session, measured later."""
SLOT_MINUTES: Final = 30


@dataclass(frozen=True, slots=True)
class Timetable:
    """One session's day: from `starts` to `ends` over so many desks."""

    starts: datetime
    ends: datetime
    desks: int
    seconds_per_family: int = SECONDS_PER_FAMILY
    slot_minutes: int = SLOT_MINUTES

    @property
    def open_seconds(self) -> int:
        return max(0, int((self.ends - self.starts).total_seconds()))

    @property
    def capacity(self) -> int:
        """Families that the session can serve; none is asked to come beyond it."""
        return self.desks * (self.open_seconds // self.seconds_per_family)


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when one family is expected: desk (from 1) and window."""

    desk: int
    starts: datetime
    ends: datetime


def place_of(position: int, timetable: Timetable) -> Place:
    """The place of the family at `position` (from 0) in the session's order.

    Raises ValueError beyond the capacity: a family is never invited into a full session.
    """
    if not 0 <= position < timetable.capacity:
        raise ValueError(f"position {position} is beyond the capacity {timetable.capacity}")
    desk = position % timetable.desks
    offset = position // timetable.desks * timetable.seconds_per_family
    window = timetable.slot_minutes * 60
    start = timetable.starts + timedelta(seconds=offset // window * window)
    end = min(start + timedelta(seconds=window), timetable.ends)
    return Place(desk=desk + 1, starts=start, ends=end)


def sessions_needed(families: int, capacity: int) -> int:
    """How many sessions of one capacity serve so many families."""
    if capacity <= 0:
        raise ValueError("a session without capacity serves nobody")
    return -(-families // capacity)
