"""What a device holds, by its own lease or as a desk of a group, and whom it may believe."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from salur.access.models import Device
from salur.access.queries import peers_for_system
from salur.access.rules import CASHIER, OFFICER
from salur.disbursement.models import Lease, LeaseDevice, PaySession
from salur.disbursement.rules.leases import CHECK_IN, PAYING_ROLES
from salur.intake.queries import missing_sequences_for_system
from salur.kernel.actor import Actor
from salur.kernel.clock import iso, now
from salur.kernel.sealing import unseal_bytes

COLLECTOR_KEY_FIELD = "disbursement.lease.collector_key"


@dataclass(frozen=True, slots=True)
class Held:
    """The leases in force on a device, the newest first, and its place in that one's group."""

    leases: list[Lease]
    member: LeaseDevice | None

    @property
    def ids(self) -> list[UUID]:
        return [lease.id for lease in self.leases]

    @property
    def lease(self) -> Lease | None:
        return self.leases[0] if self.leases else None

    @property
    def pays(self) -> bool:
        return self.member is None or self.member.role in PAYING_ROLES

    @property
    def collector_key(self) -> bytes | None:
        """Under which the device may recognise a collector's card; none at the entrance."""
        lease = self.lease
        if lease is None or lease.collector_key_sealed is None:
            return None
        if self.member is not None and self.member.role == CHECK_IN:
            return None
        return unseal_bytes(lease.collector_key_sealed, field=COLLECTOR_KEY_FIELD, subject=lease.id)


def held_by(device: Device) -> Held:
    """Two queries. A part that was given back is not held."""
    member_rows = {
        row.lease_id: row
        for row in LeaseDevice.objects.filter(device=device, released_at__isnull=True)
    }
    leases = list(
        Lease.objects.select_related(
            "session__point__village", "session__office", "session__tranche"
        )
        .filter(
            Q(device=device) | Q(pk__in=list(member_rows)),
            status=Lease.Status.ACTIVE,
            until__gt=now(),
        )
        .order_by("-issued_at")
    )
    return Held(leases, member_rows.get(leases[0].id) if leases else None)


def collector_keys_for_system(lease_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The keys of leases, in force or over, as hex: what was drawn under them is found again."""
    rows = Lease.objects.filter(id__in=set(lease_ids), collector_key_sealed__isnull=False)
    return {
        lease_id: unseal_bytes(sealed, field=COLLECTOR_KEY_FIELD, subject=lease_id).hex()
        for lease_id, sealed in rows.values_list("id", "collector_key_sealed")
        if sealed is not None
    }


def describe_lease(held: Held) -> dict[str, Any] | None:
    """The newest lease as the device reads it."""
    lease, member = held.lease, held.member
    if lease is None:
        return None
    told: dict[str, Any] = {
        "id": str(lease.id),
        "until": iso(lease.until),
        "kind": lease.kind,
        "desk": member.desk if member else None,
        "role": member.role if member else "all",
        "seals": {desk: codes[-1] for desk, codes in lease.seals.items()} if held.pays else {},
        "unleased": {
            "most": lease.unleased_most,
            "most_rupiah": lease.unleased_most_rupiah,
            "codes": lease.unleased_codes,
        }
        if lease.unleased_codes and held.pays
        else None,
    }
    if key := held.collector_key:
        told["collector_key"] = key.hex()
    return told


def describe_peers(device: Device, held: Held) -> list[dict[str, Any]]:
    """The other devices of the group, and those of the office between which cash may pass."""
    lease = held.lease
    members: dict[UUID, LeaseDevice] = {}
    if lease is not None and lease.kind == Lease.Kind.GROUP:
        members = {row.device_id: row for row in LeaseDevice.objects.filter(lease=lease)}
    peers = peers_for_system(
        [*members], office_code=str(device.office_id), roles=(OFFICER, CASHIER)
    )
    found = []
    for peer in peers:
        if peer.device_id == device.id:
            continue
        member = members.get(peer.device_id)
        if member is not None:
            role = "companion" if member.role == CHECK_IN else "desk"
        else:
            role = "cashier" if CASHIER in peer.roles else "officer"
        found.append(
            {
                "device": str(peer.device_id),
                "officer": str(peer.holder_id),
                "name": peer.name,
                "key": peer.public_key.hex(),
                "role": role,
                "desk": member.desk if member else None,
            }
        )
    return found


def gone_since(device: Device, held: Held, since: datetime) -> list[str]:
    """Visits that left a lease of this device since then and that it does not hold again."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT v.id::text
            FROM disbursement_lease l
            JOIN disbursement_lease_departure d ON d.lease_id = l.id
            JOIN disbursement_visit v ON v.id = ANY(d.visits)
            WHERE d.at >= %(since)s AND coalesce(v.lease_id <> ALL(%(held)s::uuid[]), true)
              AND (l.device_id = %(device)s OR EXISTS (
                  SELECT 1 FROM disbursement_lease_device m
                  WHERE m.lease_id = l.id AND m.device_id = %(device)s))
            ORDER BY 1
            """,
            {"since": since, "held": held.ids, "device": device.id},
        )
        return [row[0] for row in cursor.fetchall()]


def leases_of_devices_q(device: Device, prefix: str = "lease") -> Q:
    """Rows whose lease is or was the device's own or its group's."""
    return Q(**{f"{prefix}__device": device}) | Q(**{f"{prefix}__members__device": device})


@dataclass(frozen=True, slots=True)
class HolderOfLease:
    """A device as it stands in a session: what it holds, when it was heard of, what is missing."""

    lease: Lease
    device: Device
    desk: int | None
    role: str
    holds: int
    """Families still to be paid that are this device's (its desk's, in a group)."""
    passing: int
    """Of them, released to another desk that has not accepted yet."""
    released: bool
    unsent: int
    """Events that are known to be missing from its chain."""


def leases_of_session(actor: Actor, session: PaySession) -> list[Lease]:
    """The session's leases, those in force first."""
    actor.require("disbursement.view_plans")
    return sorted(
        Lease.objects.filter(session=session).select_related("device__holder", "session"),
        key=lambda lease: (not is_live(lease), -lease.issued_at.timestamp()),
    )


def is_live(lease: Lease) -> bool:
    return lease.status == Lease.Status.ACTIVE and lease.until > now()


def holders_of_session(actor: Actor, session: PaySession) -> list[HolderOfLease]:
    """Every device with a live lease of the session: a few queries and one for each device."""
    live = [lease for lease in leases_of_session(actor, session) if is_live(lease)]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT lease_id, coalesce(held_desk, desk), count(*), count(*) FILTER (WHERE passing)
            FROM disbursement_visit
            WHERE session_id = %s AND status IN ('planned', 'partly') AND lease_id IS NOT NULL
            GROUP BY 1, 2
            """,
            [session.id],
        )
        counts = {(lease, desk): (open_, passing) for lease, desk, open_, passing in cursor}
    found = []
    members = LeaseDevice.objects.filter(lease__in=live).select_related("device__holder")
    for lease in live:
        if lease.device is not None:
            rows = [value for (of, _), value in counts.items() if of == lease.id]
            found.append(
                HolderOfLease(
                    lease,
                    lease.device,
                    None,
                    "all",
                    sum(open_ for open_, _ in rows),
                    0,
                    False,
                    _unsent(lease.device.id),
                )
            )
            continue
        seats = [row for row in members if row.lease_id == lease.id]
        for row in sorted(seats, key=lambda row: (row.desk or 100, row.role, row.joined_at)):
            pays = row.role in PAYING_ROLES
            open_, passing = counts.get((lease.id, row.desk), (0, 0)) if pays else (0, 0)
            found.append(
                HolderOfLease(
                    lease,
                    row.device,
                    row.desk,
                    row.role,
                    open_,
                    passing,
                    row.released_at is not None,
                    _unsent(row.device_id),
                )
            )
    return found


def _unsent(device_id: UUID) -> int:
    return sum(last - first + 1 for first, last in missing_sequences_for_system(device_id))
