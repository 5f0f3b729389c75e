"""Rounds of houses: the order of a doorstep session, and who locates the houses of a village."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from salur.audit.operations import record
from salur.disbursement.errors import UnknownSession, UnknownTranche, UnknownVillage
from salur.disbursement.models import HouseRound, PaySession
from salur.disbursement.operations.sessions import officers_of
from salur.disbursement.rules.rounds import House, Place, order_of_round
from salur.kernel.actor import SYSTEM, Actor
from salur.kernel.batching import set_cursor
from salur.kernel.clock import now
from salur.kernel.ids import new_id
from salur.places.models import Office
from salur.places.queries import office_of_villages_for_system
from salur.programs.models import Tranche

AHEAD = timedelta(days=2)
"""Rounds are put in order shortly before the day: until then families still come and go."""
DOORSTEP = "doorstep"


def plan_rounds(*, by: Actor = SYSTEM) -> int:
    """Puts the houses of coming doorstep sessions in order; how many sessions. Run by the worker.

    One session at a time, so that each round is kept as soon as it is found.
    """
    moment = now()
    coming = (
        PaySession.objects.filter(
            channel=DOORSTEP,
            status__in=[PaySession.Status.PLANNED, PaySession.Status.OPEN],
            round_planned_at=None,
            starts_at__lte=moment + AHEAD,
            ends_at__gt=moment,
        )
        .order_by("starts_at", "id")
        .values_list("id", flat=True)
    )
    done = 0
    for session_id in coming[:20]:
        order_session(session_id, by=by)
        done += 1
    return done


@transaction.atomic
def order_session(session_id: UUID, *, by: Actor) -> int:
    """Puts the houses of one session in order, anew when asked again; how many houses.

    Raises Forbidden, UnknownSession.
    """
    by.require("disbursement.plan_payments")
    session = (
        PaySession.objects.select_for_update(of=("self",))
        .select_related("office", "point")
        .filter(id=session_id, channel=DOORSTEP)
        .first()
    )
    if session is None or not by.sees_office(session.office.path):
        raise UnknownSession
    houses = _houses_of(session_id)
    order = order_of_round(houses, _start_of(session))
    with set_cursor() as cursor:
        cursor.execute(
            """
            SELECT id FROM disbursement_visit WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
            """,
            [order],
        )
        cursor.execute(
            """
            UPDATE disbursement_visit v SET round = n.place, updated_at = %s
            FROM unnest(%s::uuid[], %s::int[]) AS n(id, place) WHERE v.id = n.id
            """,
            [now(), order, list(range(1, len(order) + 1))],
        )
    session.round_planned_at = now()
    session.save(update_fields=["round_planned_at"])
    record(
        "round.planned",
        f"session:{session.id}",
        {"houses": len(order), "located": sum(house.place is not None for house in houses)},
        by=by,
    )
    return len(order)


def _start_of(session: PaySession) -> Place | None:
    """Where the officer sets out from: the point, else the office, else nobody knows."""
    for stands in (session.point, session.office):
        if stands.latitude is not None and stands.longitude is not None:
            return stands.latitude, stands.longitude
    return None


def _houses_of(session_id: UUID) -> list[House]:
    with set_cursor() as cursor:
        cursor.execute(
            """
            SELECT v.id, v.village_id, h.rw, h.rt, v.address, h.house_latitude, h.house_longitude
            FROM disbursement_visit v JOIN registry_household h ON h.id = v.household_id
            WHERE v.session_id = %s AND v.status IN ('planned', 'partly')
            """,
            [session_id],
        )
        return [
            House(
                id_, village, rw, rt, address, None if latitude is None else (latitude, longitude)
            )
            for id_, village, rw, rt, address, latitude, longitude in cursor.fetchall()
        ]


@transaction.atomic
def assign_house_round(
    tranche_id: UUID, village_code: str, officer_id: UUID, *, by: Actor
) -> HouseRound:
    """Sends an officer to locate the houses of a village whose families were paid at a counter.

    Assigned again, another officer takes over. Raises Forbidden, UnknownTranche, UnknownVillage
    (nobody of the actor's offices serves it, or the officer is not one of that office).
    """
    by.require("disbursement.plan_payments")
    if not Tranche.objects.filter(id=tranche_id).exists():
        raise UnknownTranche
    office = Office.objects.filter(
        code__in=office_of_villages_for_system([village_code]).values()
    ).first()
    if office is None or not by.sees_office(office.path) or officer_id not in officers_of(office):
        raise UnknownVillage
    row, _ = HouseRound.objects.update_or_create(
        tranche_id=tranche_id,
        village_id=village_code,
        defaults={
            "officer_id": officer_id,
            "assigned_by": f"{by.kind}:{by.id}",
            "assigned_at": now(),
        },
        create_defaults={
            "id": new_id(),
            "officer_id": officer_id,
            "assigned_by": f"{by.kind}:{by.id}",
            "assigned_at": now(),
        },
    )
    record(
        "house_round.assigned",
        f"user:{officer_id}",
        {"village": village_code, "tranche": str(tranche_id)},
        by=by,
    )
    return row
