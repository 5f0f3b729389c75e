"""A session moved to another day: its families, its leases and what the families are told."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db import connection, transaction

from salur.audit.operations import record
from salur.disbursement.errors import NothingToMove, SessionTaken, UnknownSession
from salur.disbursement.models import PaySession
from salur.disbursement.operations.journal import Move, append_moves
from salur.disbursement.queries.policy import current_policy
from salur.kernel.actor import Actor
from salur.kernel.clock import business_date, now
from salur.messaging.operations import NewMessage, queue_messages


@transaction.atomic
def move_session(session_id: UUID, to: date, *, by: Actor) -> int:
    """Moves a planned or open session with the families that are still to be paid; how many.

    Leases go on until the new end plus the grace, and are never shortened: a phone out of reach
    keeps its families. Letters stay valid, their time is only text; families are told. The day it
    has already changes nothing. Raises UnknownSession, NothingToMove when the session is over or
    the day is not within the tranche, SessionTaken when the point has a session on that day.
    """
    by.require("disbursement.plan_payments")
    session = (
        PaySession.objects.select_for_update(of=("self",))
        .select_related("office", "point", "tranche")
        .filter(pk=session_id)
        .first()
    )
    if session is None or not by.sees_office(session.office.path):
        raise UnknownSession
    if session.business_date == to:
        return 0
    today = business_date(now(), session.office.zone)
    if (
        session.status not in (PaySession.Status.PLANNED, PaySession.Status.OPEN)
        or not today <= to <= session.tranche.return_by
    ):
        raise NothingToMove
    if PaySession.objects.filter(
        tranche=session.tranche_id, point=session.point_id, business_date=to
    ).exists():
        raise SessionTaken
    before, shift = session.business_date, to - session.business_date
    session.business_date = to
    session.starts_at += shift
    session.ends_at += shift
    session.save(update_fields=["business_date", "starts_at", "ends_at"])
    visits = _move_visits(session, shift)
    grace = timedelta(hours=current_policy(session.tranche).lease_grace_hours)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE disbursement_lease SET until = greatest(until, %s)
            WHERE session_id = %s AND status = 'active'
            """,
            [session.ends_at + grace, session.id],
        )
    _journal(session, visits)
    _tell(session, visits)
    record(
        "session.moved",
        f"session:{session.id}",
        {"from": before.isoformat(), "to": to.isoformat(), "families": len(visits)},
        by=by,
    )
    return len(visits)


def _move_visits(session: PaySession, shift: timedelta) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id FROM disbursement_visit
            WHERE session_id = %s AND status IN ('planned', 'partly') ORDER BY id
            FOR NO KEY UPDATE
            """,
            [session.id],
        )
        visits = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            """
            UPDATE disbursement_visit
            SET slot_at = slot_at + make_interval(days => %s), updated_at = %s
            WHERE id = ANY(%s)
            """,
            [shift.days, now(), visits],
        )
    return visits


def _journal(session: PaySession, visits: list[UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT p.id, p.status, v.office_id, v.channel FROM disbursement_payment p
            JOIN disbursement_visit v ON v.id = p.visit_id
            WHERE v.id = ANY(%s) AND p.status = 'planned' ORDER BY p.id FOR NO KEY UPDATE OF p
            """,
            [visits],
        )
        payments = cursor.fetchall()
    append_moves(
        [
            Move("replanned", payment, status, office, channel, session.business_date)
            for payment, status, office, channel in payments
        ]
    )


def _tell(session: PaySession, visits: list[UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT v.id, v.household_id, v.recipient_name, v.village_id, h.phone_sealed,
                (SELECT coalesce(sum(p.amount), 0)::bigint FROM disbursement_payment p
                 WHERE p.visit_id = v.id AND p.status = 'planned')
            FROM disbursement_visit v JOIN registry_household h ON h.id = v.household_id
            WHERE v.id = ANY(%s) ORDER BY v.id
            """,
            [visits],
        )
        rows = cursor.fetchall()
    day = session.business_date.isoformat()
    queue_messages(
        [
            NewMessage(
                reference=f"moved:{visit}:{day}:{session.starts_at.isoformat()}",
                template="moved",
                household_id=household,
                phone_sealed=bytes(phone) if phone is not None else None,
                village_code=village,
                params={
                    "name": name,
                    "amount": amount,
                    "date": day,
                    "place": session.point.name,
                },
            )
            for visit, household, name, village, phone, amount in rows
        ]
    )
