"""How a session with many families is going: who came, who was served, whether cash will do."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from salur.disbursement.models import CheckIn, PaySession, Visit
from salur.disbursement.queries.preparation import sessions_visible_to
from salur.kernel.actor import Actor
from salur.kernel.clock import now

RATE_OVER = timedelta(hours=1)
"""The pace is that of the last hour, or since the first family if that is less."""
MOST_PROBLEMS = 50


@dataclass(frozen=True, slots=True)
class EventStanding:
    """A session as it stands. Families are counted once, however often they were written down."""

    families: int
    arrived: int
    """Families of the session that came, and those on no list."""
    unlisted: int
    """Of them, those that no list here names."""
    served: int
    waiting: int
    """Came, not served, still to be paid."""
    priority_waiting: int
    waiting_rupiah: int
    paid_rupiah: int
    float_rupiah: int
    recent: int
    """Served within the window that the pace is taken from."""
    recent_rupiah: int
    first_served_at: datetime | None
    last_served_at: datetime | None
    at: datetime

    @property
    def cash_left(self) -> int:
        """In the bags of this session, as far as events have arrived."""
        return self.float_rupiah - self.paid_rupiah

    @property
    def short_rupiah(self) -> int:
        """What those who wait need more than there is."""
        return max(0, self.waiting_rupiah - self.cash_left)

    @property
    def _hours(self) -> float:
        if self.first_served_at is None:
            return 0.0
        return min(RATE_OVER, self.at - self.first_served_at) / timedelta(hours=1)

    @property
    def per_hour(self) -> int | None:
        """None until there is a pace: three families and five minutes."""
        if self.recent < 3 or self._hours < 1 / 12:
            return None
        return round(self.recent / self._hours)

    @property
    def clear_at(self) -> datetime | None:
        """When the last of those who wait now will be served at this pace."""
        if not self.per_hour or not self.waiting:
            return None
        return self.at + timedelta(hours=self.waiting / self.per_hour)

    @property
    def cash_out_at(self) -> datetime | None:
        """When the cash runs out at this pace; None when it lasts for all who are waiting."""
        if not self.per_hour or not self.short_rupiah or not self.recent_rupiah:
            return None
        hours = max(0, self.cash_left) / (self.recent_rupiah / self._hours)
        return self.at + timedelta(hours=hours)


_STANDING = """
WITH listed AS (
    SELECT id, status, priority,
        (SELECT coalesce(sum(p.amount), 0) FROM disbursement_payment p
         WHERE p.visit_id = v.id AND p.status = 'planned') AS owed
    FROM disbursement_visit v WHERE v.session_id = %(session)s AND v.status <> 'cancelled'
), arrived AS (
    SELECT coalesce(visit_id, id) AS who, bool_or(cardinality(priority) > 0) AS priority
    FROM disbursement_check_in WHERE session_id = %(session)s GROUP BY 1
), served AS (
    SELECT h.visit_id, min(h.handed_over_at) AS at, sum(h.total) AS rupiah
    FROM listed l JOIN disbursement_hand_over h ON h.visit_id = l.id
    WHERE h.session_id = %(session)s OR h.session_id IS NULL GROUP BY 1
), queue AS (
    SELECT l.owed, l.priority OR a.priority AS priority FROM arrived a JOIN listed l ON l.id = a.who
    LEFT JOIN served s ON s.visit_id = l.id
    WHERE s.visit_id IS NULL AND l.status IN ('planned', 'partly')
), floats AS (
    SELECT coalesce(sum(amount), 0) AS rupiah FROM disbursement_float_session
    WHERE session_id = %(session)s AND status IN ('accepted', 'counted', 'closed')
)
SELECT (SELECT count(*) FROM listed), (SELECT count(*) FROM arrived),
    (SELECT count(*) FROM arrived a WHERE NOT EXISTS (SELECT 1 FROM listed l WHERE l.id = a.who)),
    (SELECT count(*) FROM served), (SELECT count(*) FROM queue),
    (SELECT count(*) FROM queue WHERE priority), (SELECT coalesce(sum(owed), 0) FROM queue)::bigint,
    (SELECT coalesce(sum(rupiah), 0) FROM served)::bigint, (SELECT rupiah FROM floats)::bigint,
    (SELECT count(*) FROM served WHERE at > %(since)s),
    (SELECT coalesce(sum(rupiah), 0) FROM served WHERE at > %(since)s)::bigint,
    (SELECT min(at) FROM served), (SELECT max(at) FROM served)
"""


def event_standing(actor: Actor, session: PaySession) -> EventStanding:
    """One query. Raises Forbidden."""
    actor.require("disbursement.view_plans")
    moment = now()
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"session": session.id, "since": moment - RATE_OVER})
        return EventStanding(*(*cursor.fetchone(), moment))


@dataclass(frozen=True, slots=True)
class Trouble:
    """A family whose data were found wrong at the entrance, for the desk and the supervisor."""

    number: int
    visit_id: UUID | None
    payment_number: str
    name: str
    problems: list[str]
    at: datetime


def troubles_of(actor: Actor, session: PaySession) -> list[Trouble]:
    """Problems found at check-in, the newest first, fifty at most; two queries."""
    actor.require("disbursement.view_plans")
    found: dict[UUID, CheckIn] = {}
    problems: dict[UUID, list[str]] = defaultdict(list)
    rows = CheckIn.objects.filter(session_id=session.id).exclude(problems=[]).order_by("-at", "-id")
    for row in rows[: MOST_PROBLEMS * 2]:
        who = row.visit_id or row.id
        found.setdefault(who, row)
        problems[who] += [code for code in row.problems if code not in problems[who]]
    visits = Visit.objects.in_bulk([row.visit_id for row in found.values() if row.visit_id])
    return [
        Trouble(
            row.number,
            row.visit_id,
            visits[row.visit_id].number if row.visit_id in visits else "",
            visits[row.visit_id].recipient_name if row.visit_id in visits else "",
            problems[who],
            row.at,
        )
        for who, row in list(found.items())[:MOST_PROBLEMS]
    ]


def session_for(actor: Actor, session_id: UUID) -> PaySession | None:
    """The session if the actor sees it, without its figures."""
    return sessions_visible_to(actor).filter(pk=session_id).first()
