"""Sealed codes: one in an envelope for each desk, known to the server and the phones by hash."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from salur.audit.operations import record
from salur.disbursement.errors import LeaseOver, UnknownSession
from salur.disbursement.models import Lease
from salur.disbursement.rules.leases import code_of, seal_hash
from salur.kernel.actor import Actor
from salur.kernel.clock import now
from salur.kernel.ids import new_id


@transaction.atomic
def print_seals(lease_id: UUID, *, by: Actor) -> dict[int, str]:
    """New codes for the envelopes of a group's desks: desk > code, told this once and never again.

    Envelopes that were printed before stay good: a phone that has not been in contact since knows
    only those. Raises UnknownSession, LeaseOver.
    """
    by.require("disbursement.lease_visits")
    lease = (
        Lease.objects.select_for_update(of=("self",))
        .select_related("session__office")
        .filter(pk=lease_id, kind=Lease.Kind.GROUP)
        .first()
    )
    if lease is None or not by.sees_office(lease.session.office.path):
        raise UnknownSession
    if lease.status != Lease.Status.ACTIVE or lease.until <= now():
        raise LeaseOver
    return make_seals(lease, by=by)


def make_seals(lease: Lease, *, by: Actor) -> dict[int, str]:
    """``print_seals`` of a lease whose row is locked or new."""
    seated = lease.members.values_list("desk", flat=True)
    desks = sorted({desk for desk in seated if desk is not None})
    codes = {desk: code_of(new_id().int & ((1 << 62) - 1)) for desk in desks}
    for desk, code in codes.items():
        lease.seals.setdefault(str(desk), []).append(seal_hash(lease.id, desk, code))
    lease.save(update_fields=["seals"])
    record("lease.sealed", f"lease:{lease.id}", {"desks": desks}, by=by)
    return codes
