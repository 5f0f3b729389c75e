"""The right of one device to pay without a network: one pointer on each visit, set only when free.

An intention, so it may be refused. A device holds what it was leased until the session's end plus
a grace; only then, or after a signed release, or when two people break it, may another have it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction

from salur.access.models import Device
from salur.access.rules import check_different_person
from salur.audit.operations import record
from salur.disbursement.errors import DeviceUnfit, UnknownSession, VisitLeased
from salur.disbursement.models import Lease, PaySession
from salur.disbursement.operations.planning import current_policy
from salur.kernel.actor import SYSTEM, Actor
from salur.kernel.clock import now
from salur.kernel.ids import new_id


@transaction.atomic
def lease_visits(
    session_id: UUID, device_id: UUID, *, by: Actor, desk: int | None = None
) -> tuple[Lease, int]:
    """Leases a session's open visits (of one desk, if named) to a device: (lease, newly leased).

    Idempotent: the same device gets its lease again, with the visits that became free since.
    Raises UnknownSession, DeviceUnfit, VisitLeased when there are visits and all are held by
    somebody else.
    """
    by.require("disbursement.lease_visits")
    session = (
        PaySession.objects.select_related("office", "tranche", "officer")
        .filter(pk=session_id)
        .first()
    )
    if session is None or not by.sees_office(session.office.path):
        raise UnknownSession
    device = (
        Device.objects.select_related("office")
        .select_for_update(of=("self",))
        .filter(pk=device_id)
        .first()
    )
    if (
        device is None
        or device.status != Device.Status.ACTIVE
        or not by.sees_office(device.office.path)
        or session.status not in (PaySession.Status.PLANNED, PaySession.Status.OPEN)
    ):
        raise DeviceUnfit
    moment = now()
    until = session.ends_at + timedelta(hours=current_policy(session.tranche).lease_grace_hours)
    if until <= moment:
        raise DeviceUnfit
    lease = Lease.objects.filter(
        device=device, session=session, status=Lease.Status.ACTIVE, until__gt=moment
    ).first()
    fresh = lease is None
    if lease is None:
        lease = Lease.objects.create(
            id=new_id(),
            device=device,
            session=session,
            until=until,
            issued_by=f"{by.kind}:{by.id}",
            issued_at=moment,
        )
    taken, held = _take(lease, session, desk)
    if fresh and not taken and held:
        raise VisitLeased
    if fresh or taken:
        record(
            "visits.leased",
            f"lease:{lease.id}",
            {
                "device": str(device.id),
                "session": str(session.id),
                "visits": taken,
                "until": lease.until.isoformat(),
            },
            by=by,
        )
    return lease, taken


def _take(lease: Lease, session: PaySession, desk: int | None) -> tuple[int, int]:
    """(visits taken now, visits that another device holds)."""
    values = {
        "lease": lease.id,
        "session": session.id,
        "desk": desk,
        "now": now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id FROM disbursement_visit
            WHERE session_id = %(session)s AND status IN ('planned', 'partly')
              AND (%(desk)s::int IS NULL OR desk = %(desk)s)
            ORDER BY id FOR NO KEY UPDATE
            """,
            values,
        )
        cursor.execute(
            """
            UPDATE disbursement_visit v SET lease_id = %(lease)s, updated_at = %(now)s
            WHERE v.session_id = %(session)s AND v.status IN ('planned', 'partly')
              AND NOT v.in_doubt AND (%(desk)s::int IS NULL OR v.desk = %(desk)s)
              AND NOT EXISTS (SELECT 1 FROM disbursement_lease l WHERE l.id = v.lease_id
                              AND l.status = 'active' AND l.until > %(now)s)
            """,
            values,
        )
        taken = cursor.rowcount
        cursor.execute(
            """
            SELECT count(*) FROM disbursement_visit v WHERE v.session_id = %(session)s
              AND (%(desk)s::int IS NULL OR v.desk = %(desk)s) AND v.lease_id IS NOT NULL
              AND v.lease_id <> %(lease)s AND v.status IN ('planned', 'partly')
            """,
            values,
        )
        return taken, cursor.fetchone()[0]


@transaction.atomic
def release_leases(lease_ids: Sequence[UUID], *, device_id: UUID, by: Actor) -> int:
    """A device gave its leases back, signed: its visits are free again; how many.

    A fact: another device's lease, or one that has ended, changes nothing.
    """
    return _end(
        list(
            Lease.objects.filter(
                pk__in=lease_ids, device=device_id, status=Lease.Status.ACTIVE
            ).values_list("pk", flat=True)
        ),
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

    Another person than the one who issued it. What the device signed meanwhile is still a fact.
    Raises UnknownSession, SamePerson.
    """
    by.require("disbursement.break_lease")
    lease = Lease.objects.select_related("session__office").filter(pk=lease_id).first()
    if lease is None or not by.sees_office(lease.session.office.path):
        raise UnknownSession
    check_different_person(by, lease.issued_by)
    return _end([lease.id], Lease.Status.BROKEN, "lease.broken", by=by, reason=reason)


def _end(
    lease_ids: list[UUID], status: Lease.Status, kind: str, *, by: Actor, reason: str = ""
) -> int:
    ended = Lease.objects.filter(pk__in=lease_ids, status=Lease.Status.ACTIVE).update(status=status)
    if not ended:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM disbursement_visit WHERE lease_id = ANY(%s) ORDER BY id"
            " FOR NO KEY UPDATE",
            [lease_ids],
        )
        visits = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            "UPDATE disbursement_visit SET lease_id = NULL, updated_at = %s WHERE id = ANY(%s)",
            [now(), visits],
        )
    if kind:
        record(
            kind,
            "leases:batch" if len(lease_ids) > 1 else f"lease:{lease_ids[0]}",
            {"leases": sorted(map(str, lease_ids)), "visits": len(visits), "reason": reason},
            by=by,
        )
    return len(visits)
