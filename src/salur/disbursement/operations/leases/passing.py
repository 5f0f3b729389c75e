"""Visits passed between the desks of a group, as their devices signed it. Facts: never refused.

What was said is kept first; then the visits of the lease are put where the whole of it says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from salur.audit.operations import record_many
from salur.audit.rules import NewEntry
from salur.disbursement.models import Lease, LeaseDevice, LeasePassing
from salur.disbursement.operations.leases.groups import members_of
from salur.disbursement.rules.leases import (
    ACCEPT,
    PAYING_ROLES,
    SEAL,
    Passing,
    holding_desk,
    seal_hash,
)
from salur.kernel.actor import Actor
from salur.kernel.clock import now

PASSED = "passed"


@dataclass(frozen=True, slots=True)
class PassedVisits:
    """One event of a device: visits released, accepted by a slip, or taken over by a sealed code.

    ``problem`` names what was wrong with the slip, as far as the slip alone tells.
    """

    event_id: UUID
    kind: str
    lease_id: UUID
    device_id: UUID
    sequence: int
    at: datetime
    visits: tuple[UUID, ...] = ()
    from_device: UUID | None = None
    slip_id: UUID | None = None
    problem: str = ""
    desk: int | None = None
    seal: str = ""


@transaction.atomic
def record_visit_passings(facts: Sequence[PassedVisits], *, by: Actor) -> dict[UUID, str]:
    """Keeps what devices said and moves the visits that it moves: event > ``passed`` or why not.

    In any order and any number of times the same visits end at the same desks. What is worth
    nothing (a stranger's slip, a wrong code, a device that may not pay) moves nothing.
    """
    if not facts:
        return {}
    leases = {
        lease.id: lease
        for lease in Lease.objects.select_for_update()
        .filter(pk__in={fact.lease_id for fact in facts}, kind=Lease.Kind.GROUP)
        .order_by("pk")
    }
    members = members_of(list(leases))
    codes: dict[UUID, str] = {}
    rows: list[LeasePassing] = []
    touched: dict[UUID, set[UUID]] = defaultdict(set)
    for fact in facts:
        lease = leases.get(fact.lease_id)
        code, from_desk = _judge(fact, lease, members.get(fact.lease_id, {}))
        codes[fact.event_id] = code or PASSED
        if code or lease is None:
            continue
        desk = members[lease.id][fact.device_id].desk or 0
        for visit_id in fact.visits if fact.kind != SEAL else (None,):
            rows.append(
                LeasePassing(
                    event_id=fact.event_id,
                    kind=fact.kind,
                    lease=lease,
                    visit_id=visit_id,
                    device_id=fact.device_id,
                    sequence=fact.sequence,
                    desk=desk,
                    from_desk=from_desk,
                    slip_id=fact.slip_id,
                    at=fact.at,
                )
            )
        touched[lease.id] |= set(fact.visits)
        if fact.kind == SEAL:
            touched[lease.id] |= _visits_of(lease.id)
    LeasePassing.objects.bulk_create(rows, ignore_conflicts=True)
    for lease_id, visits in sorted(touched.items()):
        _place(lease_id, visits)
    record_many(
        [
            NewEntry(
                f"visits.{fact.kind}",
                f"lease:{fact.lease_id}",
                {
                    "event": str(fact.event_id),
                    "device": str(fact.device_id),
                    "visits": sorted(map(str, fact.visits)),
                    "desk": fact.desk,
                    "code": codes[fact.event_id],
                },
            )
            for fact in facts
        ],
        by=by,
    )
    return codes


def _judge(
    fact: PassedVisits, lease: Lease | None, members: dict[UUID, LeaseDevice]
) -> tuple[str, int | None]:
    """(why it moves nothing, or "", the desk whose visits are taken over)."""
    if lease is None:
        return "no_such_group", None
    member = members.get(fact.device_id)
    if member is None:
        return "not_in_group", None
    if member.role not in PAYING_ROLES:
        return "no_money_rights", None
    if fact.problem:
        return fact.problem, None
    if fact.kind == ACCEPT:
        giver = members.get(fact.from_device) if fact.from_device else None
        if giver is None or giver.role not in PAYING_ROLES:
            return "bad_slip", None
        return "", giver.desk
    if fact.kind == SEAL:
        known = lease.seals.get(str(fact.desk), [])
        if fact.desk is None or seal_hash(lease.id, fact.desk, fact.seal) not in known:
            return "wrong_seal", None
        return "", fact.desk
    return "", None


def _visits_of(lease_id: UUID) -> set[UUID]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM disbursement_visit WHERE lease_id = %s", [lease_id])
        return {row[0] for row in cursor.fetchall()}


def _place(lease_id: UUID, visits: set[UUID]) -> None:
    """Puts visits of the lease where all that was ever said of them says."""
    said: dict[UUID | None, list[Passing]] = defaultdict(list)
    for row in LeasePassing.objects.filter(lease=lease_id):
        said[row.visit_id].append(as_passing(row))
    moment = now()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id, desk FROM disbursement_visit WHERE id = ANY(%s) AND lease_id = %s
            ORDER BY id FOR NO KEY UPDATE
            """,
            [list(visits), lease_id],
        )
        homes = dict(cursor.fetchall())
        held = {
            visit: holding_desk(home, said[visit] + said[None]) for visit, home in homes.items()
        }
        cursor.execute(
            """
            UPDATE disbursement_visit v
            SET held_desk = n.desk, passing = n.passing, updated_at = %s
            FROM unnest(%s::uuid[], %s::int[], %s::bool[]) AS n(id, desk, passing)
            WHERE v.id = n.id AND (v.held_desk, v.passing) IS DISTINCT FROM (n.desk, n.passing)
            """,
            [
                moment,
                list(held),
                [
                    holding.desk if holding.desk != homes[visit] else None
                    for visit, holding in held.items()
                ],
                [holding.passing for holding in held.values()],
            ],
        )


def as_passing(row: LeasePassing) -> Passing:
    return Passing(
        kind=row.kind,
        desk=row.desk,
        from_desk=row.from_desk,
        at=row.at,
        event_id=row.event_id,
        sequence=row.sequence,
        device_id=row.device_id,
        slip_id=row.slip_id,
    )
