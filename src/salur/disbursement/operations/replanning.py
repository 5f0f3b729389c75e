"""Families that were not paid get a new time, place or channel. In sets; nothing leased moves."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction

from salur.audit.operations import record
from salur.disbursement.errors import TrancheClosed, UnknownTranche
from salur.disbursement.operations.journal import Move, append_moves
from salur.disbursement.operations.planning.sessions import calendars_of, write_sessions
from salur.disbursement.queries.policy import current_policy
from salur.disbursement.rules.calendar import Group, Session, seat_groups
from salur.disbursement.rules.channels import POST_OFFICE
from salur.disbursement.rules.policy import PlanPolicy
from salur.disbursement.rules.replanning import next_channel
from salur.disbursement.rules.slots import place_of
from salur.kernel.actor import Actor
from salur.kernel.clock import business_date, now
from salur.places.models import Office
from salur.places.queries import path_names_for_system
from salur.programs.models import Tranche


@dataclass
class ReplanResult:
    """What moved, or would move in a dry run."""

    dry_run: bool = False
    families: int = 0
    rupiah: int = 0
    sessions: int = 0
    channels: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(channel before, channel after) > families"""
    skipped: Counter[str] = field(default_factory=Counter)
    """reason > families: leased, in_doubt, waiting_decision, no_day_left, changed"""


@dataclass(frozen=True, slots=True)
class _Visit:
    id: UUID
    version: int
    office: str
    village: str
    channel: str
    code: str
    attempts: int
    total: int
    skip: str


@dataclass(frozen=True, slots=True)
class _Seat:
    visit: _Visit
    channel: str
    session: Session
    slot: datetime
    desk: int


_CANDIDATES = """
SELECT v.id, v.version, v.office_id, v.village_id, v.channel, v.last_attempt_code,
       greatest(v.attempts, (s.ends_at < %(now)s)::int), v.total,
       CASE WHEN v.in_doubt THEN 'in_doubt'
            WHEN l.status = 'active' AND l.until > %(now)s THEN 'leased'
            WHEN EXISTS (SELECT 1 FROM disbursement_attempt a
                         WHERE a.visit_id = v.id AND a.decision = 'waiting') THEN 'waiting_decision'
            ELSE '' END
FROM disbursement_visit v
LEFT JOIN disbursement_pay_session s ON s.id = v.session_id
LEFT JOIN disbursement_lease l ON l.id = v.lease_id
WHERE v.tranche_id = %(tranche)s AND v.status IN ('planned', 'partly') AND v.channel <> 'bank'
  AND (%(visits)s::uuid[] IS NULL OR v.id = ANY(%(visits)s::uuid[]))
  AND (%(sessions)s::uuid[] IS NULL OR v.session_id = ANY(%(sessions)s::uuid[]))
  AND (%(visits)s::uuid[] IS NOT NULL OR v.session_id IS NULL OR s.ends_at < %(now)s
       OR s.status IN ('closed', 'cancelled'))
ORDER BY v.office_id, v.village_id, v.priority DESC, v.recipient_name, v.id
"""


@transaction.atomic
def replan_payments(
    tranche_id: UUID,
    *,
    by: Actor,
    visits: Sequence[UUID] | None = None,
    sessions: Sequence[UUID] | None = None,
    channel: str | None = None,
    dry_run: bool = False,
) -> ReplanResult:
    """Gives a new session to families whose session is over and who are still owed money.

    ``visits`` names families (whatever their session), ``sessions`` narrows to those; ``channel``
    overrules the rules. What is leased, in doubt or waits for a second person's decision stays
    and is counted. A new letter is due; the old one stays valid, only its time is old. Running it
    again moves nobody who has a coming session.
    """
    by.require("disbursement.replan_payments")
    tranche = Tranche.objects.filter(pk=tranche_id).first()
    if tranche is None:
        raise UnknownTranche(tranche=str(tranche_id))
    if tranche.closed_at is not None:
        raise TrancheClosed(tranche=tranche.name)
    policy = current_policy(tranche)
    result = ReplanResult(dry_run)
    candidates, offices = _candidates(tranche, visits, sessions, by, result)
    if not candidates:
        return result
    seats, opened = _seat(tranche, candidates, offices, channel, policy, result)
    result.sessions = sum(1 for session in opened if session.id is None and session.taken)
    if not dry_run:
        _write(tranche, seats, opened, offices, result)
        record(
            "visits.replanned",
            f"tranche:{tranche.id}",
            {
                "families": result.families,
                "rupiah": result.rupiah,
                "channels": {f"{a}>{b}": n for (a, b), n in sorted(result.channels.items())},
                "skipped": dict(sorted(result.skipped.items())),
            },
            by=by,
        )
    return result


def _candidates(
    tranche: Tranche,
    visits: Sequence[UUID] | None,
    sessions: Sequence[UUID] | None,
    by: Actor,
    result: ReplanResult,
) -> tuple[list[_Visit], dict[str, Office]]:
    with connection.cursor() as cursor:
        cursor.execute(
            _CANDIDATES,
            {
                "tranche": tranche.id,
                "now": now(),
                "visits": list(visits) if visits is not None else None,
                "sessions": list(sessions) if sessions is not None else None,
            },
        )
        rows = [_Visit(*row) for row in cursor.fetchall()]
    known = Office.objects.in_bulk({row.office for row in rows})
    offices = {code: office for code, office in known.items() if by.sees_office(office.path)}
    seen = [row for row in rows if row.office in offices]
    result.skipped.update(row.skip for row in seen if row.skip)
    free = [row for row in seen if not row.skip]
    return free, {code: offices[code] for code in {row.office for row in free}}


def _seat(
    tranche: Tranche,
    candidates: Sequence[_Visit],
    offices: dict[str, Office],
    channel: str | None,
    policy: PlanPolicy,
    result: ReplanResult,
) -> tuple[list[_Seat], list[Session]]:
    moment = now()
    with connection.cursor() as cursor:
        for code in sorted(offices):
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                [f"plan {tranche.id} {code}"],
            )
    today = business_date(moment, next(iter(offices.values())).zone)
    calendars = calendars_of(tranche, offices, today, moment, policy)
    queues: dict[Group, list[_Visit]] = {}
    by_place: dict[tuple[str, str, str], list[_Visit]] = defaultdict(list)
    for visit in candidates:
        to = channel or next_channel(visit.channel, visit.code, visit.attempts)
        village = str(offices[visit.office].region_id) if to == POST_OFFICE else visit.village
        by_place[(visit.office, to, village)].append(visit)
    for (office, to, village), queue in sorted(by_place.items()):
        group = Group(office, to, village, len(queue), offices[office].zone)
        queues[group] = queue
    seats = []
    for code, calendar in calendars.items():
        for share in seat_groups(calendar, [g for g in queues if g.office == code]):
            for position in range(share.first, share.last + 1):
                visit = queues[share.group][position - 1]
                place = place_of(share.offset + position - share.first, share.session.timetable)
                seats.append(
                    _Seat(visit, share.group.channel, share.session, place.starts, place.desk)
                )
    result.skipped["no_day_left"] += len(candidates) - len(seats)
    result.skipped += Counter()
    result.families = len(seats)
    result.rupiah = sum(seat.visit.total for seat in seats)
    result.channels.update((seat.visit.channel, seat.channel) for seat in seats)
    return seats, [session for calendar in calendars.values() for session in calendar.sessions]


def _write(
    tranche: Tranche,
    seats: Sequence[_Seat],
    opened: Sequence[Session],
    offices: dict[str, Office],
    result: ReplanResult,
) -> None:
    names = path_names_for_system({session.village for session in opened})
    write_sessions(
        tranche,
        opened,
        {code: path.village or str(path) for code, path in names.items()},
        {code: (office.name, office.address) for code, office in offices.items()},
    )
    ordered = sorted(seats, key=lambda seat: seat.visit.id)
    moment = now()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM disbursement_visit WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
            [[seat.visit.id for seat in ordered]],
        )
        cursor.execute(
            """
            UPDATE disbursement_visit v SET channel = n.channel, session_id = n.session,
                channel_reason = CASE WHEN v.channel = n.channel THEN v.channel_reason
                                      ELSE 'replanned' END,
                slot_at = n.slot, desk = n.desk, lease_id = NULL, version = v.version + 1,
                letter_printed_at = NULL, invited_at = NULL, updated_at = %s
            FROM unnest(%s::uuid[], %s::int[], %s::text[], %s::uuid[], %s::timestamptz[],
                        %s::int[]) AS n(id, version, channel, session, slot, desk)
            WHERE v.id = n.id AND v.version = n.version AND v.status IN ('planned', 'partly')
              AND NOT v.in_doubt
              AND NOT EXISTS (SELECT 1 FROM disbursement_lease l WHERE l.id = v.lease_id
                              AND l.status = 'active' AND l.until > %s)
            RETURNING v.id
            """,
            [
                moment,
                [seat.visit.id for seat in ordered],
                [seat.visit.version for seat in ordered],
                [seat.channel for seat in ordered],
                [seat.session.id for seat in ordered],
                [seat.slot for seat in ordered],
                [seat.desk for seat in ordered],
                moment,
            ],
        )
        moved = {row[0] for row in cursor.fetchall()}
        cursor.execute(
            """
            SELECT id, visit_id, status FROM disbursement_payment
            WHERE visit_id = ANY(%s) AND status = 'planned' ORDER BY id FOR NO KEY UPDATE
            """,
            [list(moved)],
        )
        payments = cursor.fetchall()
    if lost := len(ordered) - len(moved):
        result.skipped["changed"] += lost
        result.families -= lost
        result.rupiah -= sum(s.visit.total for s in ordered if s.visit.id not in moved)
    places = {seat.visit.id: seat for seat in ordered}
    append_moves([_move(payment, visit, status, places) for payment, visit, status in payments])


def _move(payment: UUID, visit: UUID, status: str, places: dict[UUID, _Seat]) -> Move:
    seat = places[visit]
    day: date = seat.session.day
    return Move(
        "replanned",
        payment,
        status,
        seat.visit.office,
        seat.channel,
        day,
        reason=seat.visit.code,
    )
