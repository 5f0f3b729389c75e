"""Where and when people are paid, and who sits at the desk; the planner's settings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from salur.access.models import User
from salur.access.queries import holders_with_role_for_system
from salur.access.rules import OFFICER
from salur.audit.operations import record
from salur.disbursement.errors import (
    NotAnOfficer,
    PointProblem,
    UnknownPoint,
    UnknownSession,
    UnknownTranche,
    WrongPoints,
    WrongSettings,
)
from salur.disbursement.importing import PointRow
from salur.disbursement.models import PayPoint, PaySession, PolicyVersion
from salur.disbursement.rules.policy import PlanPolicy, WrongPolicy, read_policy
from salur.kernel.actor import Actor
from salur.kernel.clock import now
from salur.kernel.ids import new_id, new_ids
from salur.places.models import Office, Region
from salur.programs.models import Tranche


@transaction.atomic
def assign_officer(session_ids: Sequence[UUID], officer_id: UUID, *, by: Actor) -> int:
    """Names the officer of sessions; how many changed. Raises UnknownSession, NotAnOfficer."""
    by.require("disbursement.plan_payments")
    sessions = _sessions(session_ids, by)
    for session in sessions:
        if officer_id not in officers_of(session.office):
            raise NotAnOfficer
    changed = [session.id for session in sessions if session.officer_id != officer_id]
    PaySession.objects.filter(pk__in=changed).update(officer_id=officer_id)
    if changed:
        record(
            "sessions.assigned",
            f"user:{officer_id}",
            {"sessions": [str(item) for item in changed]},
            by=by,
        )
    return len(changed)


@transaction.atomic
def assign_officers(tranche_id: UUID, *, by: Actor) -> tuple[int, int]:
    """Gives every coming session without an officer one of its office: (assigned, left without).

    Nobody gets two sessions on one day; the officers of an office take turns.
    """
    by.require("disbursement.plan_payments")
    coming = (
        PaySession.objects.select_for_update(of=("self",))
        .select_related("office")
        .filter(tranche=tranche_id, status=PaySession.Status.PLANNED, ends_at__gt=now())
        .order_by("business_date", "starts_at", "id")
    )
    sessions = [session for session in coming if by.sees_office(session.office.path)]
    busy: dict[UUID, set[date]] = defaultdict(set)
    for session in sessions:
        if session.officer_id is not None:
            busy[session.officer_id].add(session.business_date)
    officers: dict[str, list[UUID]] = {}
    assigned: list[PaySession] = []
    left = 0
    for session in sessions:
        if session.officer_id is not None:
            continue
        if session.office_id not in officers:
            officers[session.office_id] = officers_of(session.office)
        free = [
            officer
            for officer in officers[session.office_id]
            if session.business_date not in busy[officer]
        ]
        if not free:
            left += 1
            continue
        chosen = min(free, key=lambda officer: (len(busy[officer]), str(officer)))
        busy[chosen].add(session.business_date)
        session.officer_id = chosen
        assigned.append(session)
    PaySession.objects.bulk_update(assigned, ["officer"], batch_size=1000)
    if assigned:
        record(
            "sessions.assigned",
            f"tranche:{tranche_id}",
            {"sessions": len(assigned), "left_without": left},
            by=by,
        )
    return len(assigned), left


def _sessions(session_ids: Sequence[UUID], by: Actor) -> list[PaySession]:
    sessions = list(
        PaySession.objects.select_for_update(of=("self",))
        .select_related("office")
        .filter(pk__in=session_ids)
        .order_by("id")
    )
    if len(sessions) != len(set(session_ids)) or not sessions:
        raise UnknownSession
    if not all(by.sees_office(session.office.path) for session in sessions):
        raise UnknownSession
    return sessions


def officers_of(office: Office) -> list[UUID]:
    people: Any = holders_with_role_for_system(OFFICER, office.path)
    return list(User.objects.filter(pk__in=people.values("pk")).values_list("pk", flat=True))


@transaction.atomic
def change_point(
    point_id: UUID,
    *,
    name: str,
    address: str,
    desks: int,
    seconds_per_family: int,
    by: Actor,
) -> PayPoint:
    """Mends a pay point. Sessions that are planned keep their desks; new ones follow the point.

    Letters that are printed say the old name until they are printed again. Raises UnknownPoint,
    WrongSettings.
    """
    by.require("disbursement.plan_payments")
    point = (
        PayPoint.objects.select_for_update(of=("self",))
        .select_related("office")
        .filter(pk=point_id)
        .first()
    )
    if point is None or not by.sees_office(point.office.path):
        raise UnknownPoint
    if not name.strip() or not 1 <= desks <= 50 or not 10 <= seconds_per_family <= 7200:
        raise WrongSettings(problem=f"{name!r}, {desks}, {seconds_per_family}")
    before = {"desks": point.desks, "seconds_per_family": point.seconds_per_family}
    point.name, point.address = name.strip(), address.strip()
    point.desks, point.seconds_per_family = desks, seconds_per_family
    point.save()
    record(
        "pay_point.changed",
        f"pay_point:{point.id}",
        {
            "before": before,
            "after": {"desks": desks, "seconds_per_family": seconds_per_family},
        },
        by=by,
    )
    return point


@transaction.atomic
def import_points(rows: Sequence[PointRow], *, by: Actor) -> tuple[int, int]:
    """Writes pay points from a file, all or none: (new, changed). The same file again changes
    nothing. Raises WrongPoints with the rows and why."""
    by.require("disbursement.plan_payments")
    offices = Office.objects.in_bulk({row.office for row in rows})
    villages = set(
        Region.objects.filter(code__in={row.village for row in rows}).values_list("code", flat=True)
    )
    problems = []
    for row in rows:
        office = offices.get(row.office)
        if office is None or not by.sees_office(office.path):
            problems.append(PointProblem(row.row, "kantor", row.office))
        if row.village not in villages:
            problems.append(PointProblem(row.row, "desa", row.village))
    if problems:
        raise WrongPoints(problems=problems)
    known = {
        (point.office_id, point.channel, point.village_id): point
        for point in PayPoint.objects.select_for_update().filter(office__in=offices)
    }
    fresh, changed = [], []
    for row, point_id in zip(rows, new_ids(len(rows)), strict=True):
        values = {
            "name": row.name,
            "address": row.address,
            "latitude": row.latitude,
            "longitude": row.longitude,
            "desks": row.desks,
        }
        point = known.get((row.office, row.channel, row.village))
        if point is None:
            fresh.append(
                PayPoint(
                    id=point_id,
                    office_id=row.office,
                    channel=row.channel,
                    village_id=row.village,
                    seconds_per_family=PlanPolicy().seconds_for(row.channel),
                    **values,
                )
            )
        elif any(getattr(point, key) != value for key, value in values.items()):
            for key, value in values.items():
                setattr(point, key, value)
            changed.append(point)
    PayPoint.objects.bulk_create(fresh, batch_size=1000)
    PayPoint.objects.bulk_update(
        changed, ["name", "address", "latitude", "longitude", "desks"], batch_size=1000
    )
    if fresh or changed:
        record(
            "pay_points.imported",
            f"import:{new_id()}",
            {"new": len(fresh), "changed": len(changed), "rows": len(rows)},
            by=by,
        )
    return len(fresh), len(changed)


@transaction.atomic
def set_policy(
    document: Mapping[str, Any], *, by: Actor, tranche_id: UUID | None = None
) -> PolicyVersion:
    """Sets what the planner decides by, for one tranche or for all. What was planned stays.

    Raises UnknownTranche, WrongSettings with the setting that is wrong.
    """
    by.require("disbursement.plan_payments")
    if tranche_id is not None and not Tranche.objects.filter(pk=tranche_id).exists():
        raise UnknownTranche
    try:
        read_policy(document)
    except WrongPolicy as error:
        raise WrongSettings(problem=str(error)) from error
    version = PolicyVersion.objects.create(
        tranche_id=tranche_id,
        document=dict(document),
        made_by=f"{by.kind}:{by.id}",
        made_at=now(),
    )
    record(
        "plan_policy.set",
        f"plan_policy:{version.id}",
        {"tranche": str(tranche_id) if tranche_id else None, "document": dict(document)},
        by=by,
    )
    return version
