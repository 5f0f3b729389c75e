"""What a lease says of a hand-over after the fact: who was to pay it, and on whose word.

Asked when a hand-over is judged, never when it is booked: cash that left the bag is paid where it
is payable, and these doubts send it to a person. They are the same in whatever order things came.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from salur.access.queries import DeviceKey, device_keys_for_system
from salur.access.slips import Slip, read_slip
from salur.disbursement.models import HandOver, Lease, LeaseDevice, LeasePassing, Visit
from salur.disbursement.operations.leases.groups import members_of
from salur.disbursement.operations.leases.passing import as_passing
from salur.disbursement.rules.leases import PAYING_ROLES, Passing, believed_to_hold

FRESH_WITHIN = timedelta(minutes=5)
"""A hand-over of an online-only visit that arrives later was made without asking the server."""


@dataclass(frozen=True, slots=True)
class LeasedHandOver:
    """A hand-over with what its events say of lease, chain and verifier."""

    hand_over: HandOver
    visit: Visit | None
    lease_id: UUID | None
    sequence: int
    ending: dict[str, Any]
    verifying_device: UUID | None


@dataclass(slots=True)
class _Known:
    """What the server knows about a batch: a handful of queries."""

    leases: dict[UUID, Lease]
    members: dict[UUID, dict[UUID, LeaseDevice]]
    said: dict[tuple[UUID, UUID, UUID | None], list[Passing]]
    keys: dict[UUID, DeviceKey]
    unleased: dict[UUID, bool] = field(default_factory=dict)


def doubts_of_leases(facts: Sequence[LeasedHandOver]) -> dict[UUID, list[str]]:
    """Hand-over > what is odd about it as far as leases go."""
    slips = {fact.hand_over.id: read_slip(fact.ending.get("slip")) for fact in facts}
    known = _read(facts, slips)
    found: dict[UUID, list[str]] = {}
    for fact in facts:
        doubts = _ticket_doubts(fact, slips[fact.hand_over.id], known)
        if fact.ending.get("unleased") is not None:
            within = known.unleased.get(fact.hand_over.id, False)
            doubts.append("unleased" if within else "unleased_beyond")
        else:
            doubts += _desk_doubts(fact, known)
        if _is_late_online(fact):
            doubts.append("online_only")
        found[fact.hand_over.id] = doubts
    return found


def _read(facts: Sequence[LeasedHandOver], slips: dict[UUID, Slip | None]) -> _Known:
    leases = Lease.objects.in_bulk({fact.lease_id for fact in facts if fact.lease_id})
    groups = [lease.id for lease in leases.values() if lease.kind == Lease.Kind.GROUP]
    said: dict[tuple[UUID, UUID, UUID | None], list[Passing]] = defaultdict(list)
    if groups:
        visits = [fact.hand_over.visit_id for fact in facts if fact.hand_over.visit_id]
        for row in LeasePassing.objects.filter(
            Q(visit_id__in=visits) | Q(visit_id__isnull=True),
            lease__in=groups,
            device_id__in={fact.hand_over.device_id for fact in facts},
        ):
            said[(row.lease_id, row.device_id, row.visit_id)].append(as_passing(row))
    return _Known(
        leases=leases,
        members=members_of(groups),
        said=said,
        keys=device_keys_for_system({slip.device_id for slip in slips.values() if slip}),
        unleased=_within_policy(
            [fact.hand_over.id for fact in facts if fact.ending.get("unleased") is not None]
        ),
    )


def _within_policy(hand_overs: list[UUID]) -> dict[UUID, bool]:
    """Good code, good letter, the code's first use, and within the lease's number and sum; the
    earliest by the devices' own reckoning count first."""
    if not hand_overs:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH asked AS (
                SELECT DISTINCT lease_id FROM disbursement_unleased_payout WHERE id = ANY(%s)
            ), ranked AS (
                SELECT u.id, u.lease_id, u.amount, u.at,
                    row_number() OVER (PARTITION BY u.lease_id, u.code_hash
                                       ORDER BY u.at, u.id) AS use
                FROM disbursement_unleased_payout u JOIN asked USING (lease_id) WHERE u.good
            ), counted AS (
                SELECT r.id, r.lease_id, r.at,
                    count(*) OVER so_far AS families, sum(r.amount) OVER so_far AS rupiah
                FROM ranked r WHERE r.use = 1
                WINDOW so_far AS (PARTITION BY r.lease_id ORDER BY r.at, r.id)
            )
            SELECT c.id, c.families <= l.unleased_most AND c.rupiah <= l.unleased_most_rupiah
                AND c.at <= l.until
            FROM counted c JOIN disbursement_lease l ON l.id = c.lease_id
            """,
            [hand_overs],
        )
        return dict(cursor.fetchall())


def _ticket_doubts(fact: LeasedHandOver, slip: Slip | None, known: _Known) -> list[str]:
    """Whether the payer rightly believed another device's word on who stood there."""
    hand_over = fact.hand_over
    given = fact.ending.get("slip") is not None
    elsewhere = fact.verifying_device not in (None, hand_over.device_id)
    if not given:
        return ["no_ticket"] if elsewhere else []
    signer = known.keys.get(slip.device_id) if slip else None
    members = known.members.get(fact.lease_id, {}) if fact.lease_id else {}
    good = (
        slip is not None
        and signer is not None
        and slip.kind == "verified"
        and slip.to in (None, hand_over.device_id)
        and slip.body.get("visit") == str(hand_over.visit_id)
        and slip.body.get("verification") == str(hand_over.verification_id)
        and fact.verifying_device in (None, slip.device_id)
        and slip.device_id in members
        and slip.is_signed_by(signer.public_key)
    )
    return [] if good else ["bad_ticket"]


def _desk_doubts(fact: LeasedHandOver, known: _Known) -> list[str]:
    """Whether the device belonged to the group, may pay at all, and held the visit as far as its
    own chain tells; the original letter's stub stands in for a release."""
    lease = known.leases.get(fact.lease_id) if fact.lease_id else None
    if lease is None or lease.kind != Lease.Kind.GROUP:
        return []
    member = known.members.get(lease.id, {}).get(fact.hand_over.device_id)
    if member is not None and member.role not in PAYING_ROLES:
        return ["no_money_rights"]
    visit = fact.visit
    if member is not None and (visit is None or visit.session_id != lease.session_id):
        return []
    if member is not None and visit is not None and _held(fact, member, visit, lease.id, known):
        return []
    return ["group_token" if fact.ending.get("stub") is True else "wrong_desk"]


def _held(
    fact: LeasedHandOver, member: LeaseDevice, visit: Visit, lease_id: UUID, known: _Known
) -> bool:
    device = fact.hand_over.device_id
    seals = [i for i in known.said[(lease_id, device, None)] if i.from_desk == visit.desk]
    said = [
        item
        for item in (*known.said[(lease_id, device, visit.id)], *seals)
        if item.sequence < fact.sequence
    ]
    desk = member.desk or 0
    # A visit that had been passed on before its desk died is the seal's as the books have it.
    home = desk if visit.held_desk == desk else visit.desk
    return believed_to_hold(home, desk, said)


def _is_late_online(fact: LeasedHandOver) -> bool:
    until = fact.visit.online_only_until if fact.visit else None
    paid_at = fact.hand_over.handed_over_at
    return (
        until is not None
        and paid_at < until
        and fact.hand_over.received_at - paid_at > FRESH_WITHIN
    )
