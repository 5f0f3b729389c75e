"""Events that say that an instruction was read."""

from __future__ import annotations

from collections.abc import Sequence

from salur.disbursement.operations import Seen, record_seen
from salur.field.handlers.handovers import APPLIED, CONFLICT, read_bodies
from salur.field.reading import Answer, FieldEvent, required_uuid
from salur.kernel.actor import SYSTEM


def apply_seen(events: Sequence[FieldEvent]) -> list[Answer]:
    good, answers = read_bodies(
        events,
        lambda event: Seen(
            event.waiting.event_id,
            required_uuid(event.body.get("instruction"), "instruction"),
            event.device.id,
            event.waiting.received_at,
        ),
    )
    known = record_seen([item for _, item in good], by=SYSTEM)
    return answers + [
        Answer(event.arrival, APPLIED)
        if item.event_id in known
        else Answer(event.arrival, CONFLICT, "unknown_instruction")
        for event, item in good
    ]
