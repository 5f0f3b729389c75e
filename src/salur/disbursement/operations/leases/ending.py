"""How a lease ends: given back, over, or broken by two people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from salur.access.rules import check_different_person
from salur.audit.operations import record
from salur.disbursement.errors import UnknownSession
from salur.disbursement.models import Lease, LeaseDevice
from salur.disbursement.rules.leases import PAYING_ROLES
from salur.kernel.actor import SYSTEM, Actor
from salur.kernel.clock import now


@transaction.atomic
def release_leases(lease_ids: Sequence[UUID], *, device_id: UUID, by: Actor) -> int:
    """A device gave its leases back, signed: its visits are free again; how many.

    A group's visits are free when the last of its paying devices has given its part back. A fact:
    another device's lease, or one that has ended, changes nothing.
    """
    groups = LeaseDevice.objects.filter(device=device_id, lease__in=lease_ids)
    active = list(
        Lease.objects.select_for_update()
        .filter(
            Q(device=device_id) | Q(pk__in=groups.values("lease_id")),
            pk__in=lease_ids,
            status=Lease.Status.ACTIVE,
        )
        .order_by("pk")
    )
    LeaseDevice.objects.filter(lease__in=active, device=device_id, released_at__isnull=True).update(
        released_at=now()
    )
    still_paying = set(
        LeaseDevice.objects.filter(
            lease__in=active, role__in=PAYING_ROLES, released_at__isnull=True
        ).values_list("lease_id", flat=True)
    )
    return _end(
        [lease.id for lease in active if lease.id not in still_paying],
        Lease.Status.RELEASED,
        "leases.released",
        by=by,
    )


@transaction.atomic
def end_leases(*, by: Actor = SYSTEM) -> int:
    """Leases whose time is over let their visits go; how many visits. Run by the worker."""
    over = Lease.objects.filter(status=Lease.Status.ACTIVE, until__lte=now()).order_by("pk")
    return _end(list(over.values_list("pk", flat=True)[:1000]), Lease.Status.ENDED, "", by=by)


@transaction.atomic
def break_lease(lease_id: UUID, *, reason: str, by: Actor) -> int:
    """A head takes a lease from a device that is lost or dead; how many visits are free again.

    Another person than the one who issued it. Until the lease would have ended, its device may
    still pay them without knowing better: so long they are payable online only. What it signed
    meanwhile is a fact. Raises UnknownSession, SamePerson.
    """
    by.require("disbursement.break_lease")
    lease = (
        Lease.objects.select_for_update(of=("self",))
        .select_related("session__office")
        .filter(pk=lease_id)
        .first()
    )
    if lease is None or not by.sees_office(lease.session.office.path):
        raise UnknownSession
    check_different_person(by, lease.issued_by)
    return _end([lease.id], Lease.Status.BROKEN, "lease.broken", by=by, reason=reason)


def _end(
    lease_ids: list[UUID], status: Lease.Status, kind: str, *, by: Actor, reason: str = ""
) -> int:
    moment = now()
    ended = Lease.objects.filter(pk__in=lease_ids, status=Lease.Status.ACTIVE).update(
        status=status, ended_at=moment
    )
    if not ended:
        return 0
    values: dict[str, Any] = {
        "leases": lease_ids,
        "now": moment,
        "broken": status == Lease.Status.BROKEN,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id FROM disbursement_visit WHERE lease_id = ANY(%(leases)s) ORDER BY id
            FOR NO KEY UPDATE
            """,
            values,
        )
        cursor.execute(
            """
            INSERT INTO disbursement_lease_departure (lease_id, visits, at)
            SELECT lease_id, array_agg(id ORDER BY id), %(now)s FROM disbursement_visit
            WHERE lease_id = ANY(%(leases)s) AND status IN ('planned', 'partly')
            GROUP BY lease_id
            """,
            values,
        )
        cursor.execute(
            """
            UPDATE disbursement_visit v SET lease_id = NULL, updated_at = %(now)s,
                held_desk = NULL, passing = false,
                online_only_until = CASE
                    WHEN %(broken)s AND v.status IN ('planned', 'partly') THEN l.until
                    ELSE v.online_only_until END
            FROM disbursement_lease l
            WHERE v.lease_id = ANY(%(leases)s) AND l.id = v.lease_id
            """,
            values,
        )
        visits = cursor.rowcount
    if kind:
        record(
            kind,
            "leases:batch" if len(lease_ids) > 1 else f"lease:{lease_ids[0]}",
            {"leases": sorted(map(str, lease_ids)), "visits": visits, "reason": reason},
            by=by,
        )
    return visits
