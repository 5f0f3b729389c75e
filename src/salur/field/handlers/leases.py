"""Events about who pays whom: leases given back, visits passed from desk to desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from salur.access.queries import DeviceKey, device_keys_for_system
from salur.access.slips import Slip, read_slip
from salur.disbursement.operations import PassedVisits, record_visit_passings, release_leases
from salur.field.handlers.handovers import APPLIED, CONFLICT, NOTED, read_bodies
from salur.field.reading import Answer, BadBody, FieldEvent, optional_uuid, required_uuid
from salur.kernel.actor import SYSTEM

MOST_PASSED = 20
PASSED = "passed"


def apply_releases(events: Sequence[FieldEvent]) -> list[Answer]:
    """A device gives its whole lease back, or visits to another desk of its group."""
    whole = [event for event in events if not event.body.get("visits")]
    good, answers = read_bodies(whole, lambda event: required_uuid(event.content["lease"], "lease"))
    for event, lease_id in good:
        released = release_leases([lease_id], device_id=event.device.id, by=SYSTEM)
        answers.append(Answer(event.arrival, APPLIED if released else NOTED))
    return answers + _pass([event for event in events if event.body.get("visits")], _release)


def apply_acceptances(events: Sequence[FieldEvent]) -> list[Answer]:
    """A device takes over visits: against another desk's slip, or with a sealed code."""
    return _pass(events, _acceptance)


def _pass(events: Sequence[FieldEvent], read: Any) -> list[Answer]:
    if not events:
        return []
    slips = {event.arrival: read_slip(event.body.get("slip")) for event in events}
    signers = device_keys_for_system({slip.device_id for slip in slips.values() if slip})
    good, answers = read_bodies(events, lambda event: read(event, slips[event.arrival], signers))
    codes = record_visit_passings([fact for _, fact in good], by=SYSTEM)
    for event, fact in good:
        code = codes[fact.event_id]
        answers.append(
            Answer(event.arrival, APPLIED)
            if code == PASSED
            else Answer(event.arrival, CONFLICT, code)
        )
    return answers


def _release(event: FieldEvent, slip: Slip | None, signers: dict[UUID, DeviceKey]) -> PassedVisits:
    return PassedVisits(
        event_id=event.waiting.event_id,
        kind="release",
        lease_id=required_uuid(event.content["lease"], "lease"),
        device_id=event.device.id,
        sequence=event.content["sequence"],
        at=moment_of(event),
        visits=_visits(event),
    )


def _acceptance(
    event: FieldEvent, slip: Slip | None, signers: dict[UUID, DeviceKey]
) -> PassedVisits:
    lease_id = required_uuid(event.content["lease"], "lease")
    how = event.body.get("how")
    if how == "seal":
        desk = event.body.get("desk")
        if type(desk) is not int or not 1 <= desk <= 99:
            raise BadBody("desk")
        return PassedVisits(
            event_id=event.waiting.event_id,
            kind="seal",
            lease_id=lease_id,
            device_id=event.device.id,
            sequence=event.content["sequence"],
            at=moment_of(event),
            desk=desk,
            seal=str(event.body.get("seal") or "")[:40],
        )
    if how != "slip":
        raise BadBody("how")
    visits, giver = _visits(event), optional_uuid(event.body.get("from"))
    return PassedVisits(
        event_id=event.waiting.event_id,
        kind="accept",
        lease_id=lease_id,
        device_id=event.device.id,
        sequence=event.content["sequence"],
        at=moment_of(event),
        visits=visits,
        from_device=giver,
        slip_id=slip.id if slip else None,
        problem="" if slip and _is_good(event, slip, giver, visits, signers) else "bad_slip",
    )


def _is_good(
    event: FieldEvent,
    slip: Slip,
    giver: UUID | None,
    visits: tuple[UUID, ...],
    signers: dict[UUID, DeviceKey],
) -> bool:
    """Whether the giver signed these visits away, to this device or to whoever reads it."""
    signer = signers.get(slip.device_id)
    named = slip.body.get("visits")
    return (
        slip.kind == "release"
        and slip.device_id == giver
        and slip.to in (None, event.device.id)
        and isinstance(named, list)
        and {str(visit) for visit in visits} <= {str(visit) for visit in named}
        and signer is not None
        and slip.is_signed_by(signer.public_key)
    )


def _visits(event: FieldEvent) -> tuple[UUID, ...]:
    named = event.body.get("visits")
    if not isinstance(named, list) or not 1 <= len(named) <= MOST_PASSED:
        raise BadBody("visits")
    return tuple(dict.fromkeys(required_uuid(visit, "visits") for visit in named))


def moment_of(event: FieldEvent) -> datetime:
    """When it happened by the device's own reckoning: the same whenever it arrives."""
    moment = event.moment("server") or event.moment("device")
    if moment is None:
        raise BadBody("time")
    return moment
