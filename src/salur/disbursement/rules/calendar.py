"""On which days a channel's families come: sessions dealt out over an office's working days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from salur.disbursement.rules.policy import PlanPolicy
from salur.disbursement.rules.slots import Timetable

MOST_DAYS: Final = 366


@dataclass(frozen=True, slots=True)
class Group:
    """Families that share an office, a channel and a pay point's village."""

    office: str
    channel: str
    village: str
    families: int
    zone: str


@dataclass(slots=True)
class Session:
    """A session with what is taken of it; `id` is None until it is written."""

    office: str
    channel: str
    village: str
    day: date
    timetable: Timetable
    taken: int = 0
    id: UUID | None = None

    @property
    def free(self) -> int:
        return max(0, self.timetable.capacity - self.taken)


@dataclass(frozen=True, slots=True)
class Share:
    """The families number `first` to `last` of a group, seated in a session from `offset` on."""

    group: Group
    session: Session
    first: int
    last: int
    offset: int


def working_days(first: date, last: date, policy: PlanPolicy) -> list[date]:
    """The days on which offices pay, both ends included."""
    span = min((last - first).days + 1, MOST_DAYS)
    days = (first + timedelta(days=n) for n in range(max(0, span)))
    return [day for day in days if day.isoweekday() in policy.working_days]


def timetable_of(day: date, zone: str, desks: int, seconds: int, policy: PlanPolicy) -> Timetable:
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    return Timetable(
        starts=midnight + timedelta(minutes=policy.minutes(policy.opens_at)),
        ends=midnight + timedelta(minutes=policy.minutes(policy.closes_at)),
        desks=desks,
        seconds_per_family=seconds,
        slot_minutes=policy.slot_minutes,
    )


@dataclass
class Calendar:
    """One office's sessions, existing ones first. Seats groups; a full day opens the next."""

    days: Sequence[date]
    policy: PlanPolicy
    sessions: list[Session] = field(default_factory=list)
    desks: dict[tuple[str, str], int] = field(default_factory=dict)
    """Desks of a known pay point by (channel, village); else the policy decides."""
    seconds: dict[tuple[str, str], int] = field(default_factory=dict)

    def seat(self, group: Group) -> Iterator[Share]:
        """Shares that cover the group, or as much of it as the days hold."""
        seated = 0
        for session in self._sessions_for(group):
            room = min(session.free, group.families - seated)
            if room > 0:
                yield Share(group, session, seated + 1, seated + room, session.taken)
                session.taken += room
                seated += room
            if seated == group.families:
                return

    def _sessions_for(self, group: Group) -> Iterator[Session]:
        place = (group.channel, group.village)
        mine = [s for s in self.sessions if (s.channel, s.village) == place]
        yield from sorted(mine, key=lambda session: session.day)
        desks = self.desks.get(place) or self.policy.desks_for(group.channel, group.families)
        seconds = self.seconds.get(place) or self.policy.seconds_for(group.channel)
        taken_days = {session.day for session in mine}
        for day in self.days:
            if day in taken_days or self._busy(group.channel, day):
                continue
            session = Session(
                group.office,
                group.channel,
                group.village,
                day,
                timetable_of(day, group.zone, desks, seconds, self.policy),
            )
            self.sessions.append(session)
            yield session

    def _busy(self, channel: str, day: date) -> bool:
        same = sum(1 for s in self.sessions if s.day == day and s.channel == channel)
        return same >= self.policy.sessions_per_day(channel)


def seat_groups(calendar: Calendar, groups: Iterable[Group]) -> list[Share]:
    """All groups of one office, largest first, so that big events get the early days."""
    ordered = sorted(groups, key=lambda group: (-group.families, group.channel, group.village))
    return [share for group in ordered for share in calendar.seat(group)]
