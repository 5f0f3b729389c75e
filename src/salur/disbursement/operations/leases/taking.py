"""Leasing a session's visits to one device, and what every lease takes with it."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from django.db import connection, transaction

from salur.access.models import Device
from salur.audit.operations import record
from salur.disbursement.errors import DeviceUnfit, UnknownSession, VisitLeased
from salur.disbursement.models import Lease, PaySession
from salur.disbursement.queries.policy import current_policy
from salur.kernel.actor import Actor
from salur.kernel.clock import now
from salur.kernel.ids import new_ids
from salur.kernel.sealing import seal

COLLECTOR_KEY_FIELD = "disbursement.lease.collector_key"


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
    session = leasable_session(session_id, by)
    device = fit_devices([device_id], by)[0]
    lease = Lease.objects.filter(
        device=device, session=session, status=Lease.Status.ACTIVE, until__gt=now()
    ).first()
    fresh = lease is None
    if lease is None:
        lease = new_lease(session, by, device=device)
    taken, held = take(lease, session, desk)
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


def leasable_session(session_id: UUID, by: Actor) -> PaySession:
    """Raises UnknownSession; DeviceUnfit when the session is over."""
    session = (
        PaySession.objects.select_related("office", "tranche", "officer")
        .filter(pk=session_id)
        .first()
    )
    if session is None or not by.sees_office(session.office.path):
        raise UnknownSession
    if session.status not in (PaySession.Status.PLANNED, PaySession.Status.OPEN):
        raise DeviceUnfit
    return session


def fit_devices(device_ids: list[UUID], by: Actor) -> list[Device]:
    """The devices, locked in order of their ids, in the order asked for. Raises DeviceUnfit."""
    found = {
        device.id: device
        for device in Device.objects.select_related("office")
        .select_for_update(of=("self",))
        .filter(pk__in=device_ids, status=Device.Status.ACTIVE)
        .order_by("pk")
    }
    devices = [found[device_id] for device_id in device_ids if device_id in found]
    if len(devices) != len(device_ids) or not all(by.sees_office(d.office.path) for d in devices):
        raise DeviceUnfit
    return devices


def new_lease(session: PaySession, by: Actor, *, device: Device | None) -> Lease:
    """Raises DeviceUnfit when the session and its grace are over."""
    first, second = new_ids(2)
    moment = now()
    policy = current_policy(session.tranche)
    until = session.ends_at + timedelta(hours=policy.lease_grace_hours)
    if until <= moment:
        raise DeviceUnfit
    key = sha256(first.bytes + second.bytes + session.id.bytes).digest()
    lease_id = new_ids(1)[0]
    return Lease.objects.create(
        id=lease_id,
        kind=Lease.Kind.DEVICE if device else Lease.Kind.GROUP,
        device=device,
        session=session,
        until=until,
        issued_by=f"{by.kind}:{by.id}",
        issued_at=moment,
        unleased_most=policy.unleased_most,
        unleased_most_rupiah=policy.unleased_most_rupiah,
        collector_key_sealed=seal(key, field=COLLECTOR_KEY_FIELD, subject=lease_id),
    )


_FREE = """
    v.session_id = %(session)s AND v.status IN ('planned', 'partly') AND NOT v.in_doubt
    AND (%(desk)s::int IS NULL OR v.desk = %(desk)s)
    AND NOT EXISTS (SELECT 1 FROM disbursement_lease l WHERE l.id = v.lease_id
                    AND l.status = 'active' AND l.until > %(now)s)
"""


def take(lease: Lease, session: PaySession, desk: int | None = None) -> tuple[int, int]:
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
        # A lease whose time is over but which nobody has ended yet loses its visits here.
        cursor.execute(
            f"""
            INSERT INTO disbursement_lease_departure (lease_id, visits, at)
            SELECT v.lease_id, array_agg(v.id ORDER BY v.id), %(now)s FROM disbursement_visit v
            WHERE {_FREE} AND v.lease_id IS NOT NULL GROUP BY v.lease_id
            """,  # noqa: S608 - a condition of ours
            values,
        )
        cursor.execute(
            f"""
            UPDATE disbursement_visit v SET lease_id = %(lease)s, held_desk = NULL,
                passing = false, updated_at = %(now)s
            WHERE {_FREE}
            """,  # noqa: S608 - a condition of ours
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
