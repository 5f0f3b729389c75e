"""Codes on paper, known to the server and the phones by hash alone: one in an envelope for each
desk, and those by which a supervisor lets a walk-in be paid while the network is down."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from salur.audit.operations import record
from salur.disbursement.errors import LeaseOver, UnknownSession
from salur.disbursement.models import Lease
from salur.disbursement.rules.leases import code_of, seal_hash, unleased_hash
from salur.kernel.actor import Actor
from salur.kernel.clock import now
from salur.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class LeaseCodes:
    """What is printed, told this once and never again: desk > code, and codes for walk-ins."""

    seals: dict[int, str]
    unleased: tuple[str, ...]


NO_CODES = LeaseCodes({}, ())


@transaction.atomic
def print_codes(lease_id: UUID, *, by: Actor) -> LeaseCodes:
    """New codes of a lease: an envelope for each desk of a group, and the supervisor's codes for
    walk-ins where the policy allows any.

    Those that were printed before stay good: a phone that has not been in contact since knows
    only them. More codes allow no more walk-ins. Raises UnknownSession, LeaseOver.
    """
    by.require("disbursement.lease_visits")
    lease = (
        Lease.objects.select_for_update(of=("self",))
        .select_related("session__office")
        .filter(pk=lease_id)
        .first()
    )
    if lease is None or not by.sees_office(lease.session.office.path):
        raise UnknownSession
    if lease.status != Lease.Status.ACTIVE or lease.until <= now():
        raise LeaseOver
    return make_codes(lease, by=by)


def make_codes(lease: Lease, *, by: Actor) -> LeaseCodes:
    """``print_codes`` of a lease whose row is locked or new."""
    seated = lease.members.values_list("desk", flat=True)
    desks = sorted({desk for desk in seated if desk is not None})
    seals = {desk: _code() for desk in desks}
    for desk, code in seals.items():
        lease.seals.setdefault(str(desk), []).append(seal_hash(lease.id, desk, code))
    unleased = tuple(_code() for _ in range(lease.unleased_most))
    lease.unleased_codes = [
        *lease.unleased_codes,
        *(unleased_hash(lease.id, code) for code in unleased),
    ]
    lease.save(update_fields=["seals", "unleased_codes"])
    record("lease.sealed", f"lease:{lease.id}", {"desks": desks, "walk_ins": len(unleased)}, by=by)
    return LeaseCodes(seals, unleased)


def _code() -> str:
    return code_of(new_id().int & ((1 << 62) - 1))
