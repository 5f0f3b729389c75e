"""Who works in the field right now, and what they were told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from salur.access.models import Device
from salur.disbursement.models import Instruction, Lease, LeaseDevice
from salur.disbursement.queries.scope import offices_q
from salur.kernel.actor import Actor
from salur.kernel.clock import iso, now

KEPT_FOR = timedelta(hours=72)
"""How long a device is told of an instruction: longer than any session with its grace."""


def instructions_for_device(device: Device, session_ids: Iterable[UUID]) -> list[dict[str, Any]]:
    """What this device's holder should know, the oldest first: its own and its sessions'."""
    rows = Instruction.objects.filter(
        Q(device=device) | Q(session__in=list(session_ids)), sent_at__gte=now() - KEPT_FOR
    ).order_by("sent_at", "id")
    return [
        {"id": str(row.id), "kind": row.kind, "text": row.text, "at": iso(row.sent_at)}
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class AtWork:
    """A device with a live lease: who holds it, where, when it was heard of, and whether it was
    asked to stop."""

    device: Device
    lease: Lease
    heard_at: datetime | None
    stopped: bool


def at_work(actor: Actor) -> list[AtWork]:
    """Devices of the actor's offices that hold a lease now, alone or in a group, by session and
    name; four queries."""
    actor.require("disbursement.instruct_field")
    leases = list(
        Lease.objects.select_related("device__holder", "session__point", "session__office")
        .filter(offices_q(actor, "session__office"), status=Lease.Status.ACTIVE, until__gt=now())
        .order_by("session__starts_at", "session_id")
    )
    working = [(lease.device, lease) for lease in leases if lease.device is not None]
    by_id = {lease.id: lease for lease in leases}
    working += [
        (member.device, by_id[member.lease_id])
        for member in LeaseDevice.objects.select_related("device__holder").filter(
            lease__in=leases, released_at__isnull=True
        )
    ]
    working.sort(key=lambda one: (one[1].session.starts_at, one[1].session_id, one[0].name))
    stops = _stops([device.id for device, _ in working], [lease.session_id for lease in leases])
    return [
        AtWork(
            device,
            lease,
            device.last_seen_at,
            _is_stopped(stops.get(device.id), stops.get(lease.session_id)),
        )
        for device, lease in working
    ]


def _stops(
    devices: Iterable[UUID], sessions: Iterable[UUID]
) -> dict[UUID | None, tuple[datetime, str]]:
    """The newest stop or resume of each device and of each session."""
    rows = Instruction.objects.filter(
        Q(device__in=list(devices)) | Q(session__in=list(sessions)),
        kind__in=[Instruction.Kind.STOP, Instruction.Kind.RESUME],
        sent_at__gte=now() - KEPT_FOR,
    ).order_by("sent_at", "id")
    return {row.device_id or row.session_id: (row.sent_at, row.kind) for row in rows}


def _is_stopped(*newest: tuple[datetime, str] | None) -> bool:
    said = [word for word in newest if word]
    return bool(said) and max(said)[1] == Instruction.Kind.STOP


def instructions_visible_to(actor: Actor) -> QuerySet[Instruction]:
    """What was told in the actor's offices, the newest first, with who has read it."""
    actor.require("disbursement.instruct_field")
    return (
        Instruction.objects.select_related("device__holder", "session__point", "office")
        .prefetch_related("seen")
        .filter(offices_q(actor))
        .order_by("-sent_at", "-id")
    )
