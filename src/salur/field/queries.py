"""What the office sees of events that could not be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from salur.access.models import Device
from salur.access.queries import devices_visible_to
from salur.intake.queries import count_clones_for_system, quarantined_for_system
from salur.kernel.actor import Actor

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class HeldEvent:
    """One event in quarantine. ``device`` is None where it names one that nobody knows."""

    received_at: datetime
    reason: str
    event_id: UUID | None
    device: Device | None
    length: int


@dataclass(frozen=True, slots=True)
class Clone:
    """A device held because a number of its chain was used twice; its events are booked."""

    device: Device
    events: int


@dataclass(frozen=True, slots=True)
class Quarantine:
    held: list[HeldEvent]
    clones: list[Clone]


def quarantine_visible_to(actor: Actor) -> Quarantine:
    """The newest events held apart, of the devices that the actor sees; events of devices that
    nobody knows are shown to those who see the whole country."""
    actor.require("intake.view_quarantine")
    seen: dict[UUID | None, Device] = {device.id: device for device in devices_visible_to(actor)}
    everything = "" in actor.offices
    held = [
        HeldEvent(row.received_at, row.reason, row.event_id, seen.get(row.device_id), row.length)
        for row in quarantined_for_system(
            None if everything else [d.id for d in seen.values()], limit=MOST_SHOWN
        )
    ]
    suspects = [each for each in seen.values() if each.status == Device.Status.QUARANTINED]
    counts = count_clones_for_system([device.id for device in suspects])
    return Quarantine(held, [Clone(device, counts.get(device.id, 0)) for device in suspects])
