"""Words to people in the field: messages, stops, and the word to go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from salur.access.models import Device
from salur.audit.operations import record
from salur.disbursement.errors import EmptyInstruction, UnknownTarget
from salur.disbursement.models import Instruction, PaySession, SeenInstruction
from salur.kernel.actor import Actor
from salur.kernel.clock import now
from salur.kernel.ids import new_id

MOST_LETTERS = 300


@transaction.atomic
def send_instruction(
    kind: str,
    text: str,
    *,
    device_id: UUID | None = None,
    session_id: UUID | None = None,
    by: Actor,
) -> Instruction:
    """Tells one device, or every device of a session. It reaches them with their next contact.

    A stop asks that no new hand-over begins; facts that a device signs all the same stay facts.
    A stop or resume without words gets none. Raises Forbidden, UnknownTarget, EmptyInstruction.
    """
    by.require("disbursement.instruct_field")
    text = " ".join(text.split())
    if len(text) > MOST_LETTERS or (kind == Instruction.Kind.MESSAGE and not text):
        raise EmptyInstruction(most=MOST_LETTERS)
    device = session = None
    if device_id is not None:
        device = Device.objects.select_related("office").filter(pk=device_id).first()
    elif session_id is not None:
        session = PaySession.objects.select_related("office").filter(pk=session_id).first()
    target = device or session
    if target is None or not by.sees_office(target.office.path):
        raise UnknownTarget
    if kind not in Instruction.Kind.values:
        raise EmptyInstruction(most=MOST_LETTERS)
    row = Instruction.objects.create(
        id=new_id(),
        office=target.office,
        device=device,
        session=session,
        kind=kind,
        text=text,
        sent_by=f"{by.kind}:{by.id}",
        sent_at=now(),
    )
    record(
        f"field.{kind}",
        f"device:{device.id}" if device else f"session:{target.id}",
        {"instruction": str(row.id)},
        by=by,
        personal={"text": text} if text else None,
    )
    return row


@dataclass(frozen=True, slots=True)
class Seen:
    """A device's word that its holder read an instruction."""

    event_id: UUID
    instruction_id: UUID
    device_id: UUID
    seen_at: datetime


@transaction.atomic
def record_seen(seen: Sequence[Seen], *, by: Actor) -> set[UUID]:
    """Keeps who read what, once for each device; the events that name an instruction of ours."""
    known = set(
        Instruction.objects.filter(id__in=[item.instruction_id for item in seen]).values_list(
            "id", flat=True
        )
    )
    good = [item for item in seen if item.instruction_id in known]
    SeenInstruction.objects.bulk_create(
        [
            SeenInstruction(
                id=item.event_id,
                instruction_id=item.instruction_id,
                device_id=item.device_id,
                seen_at=item.seen_at,
            )
            for item in good
        ],
        ignore_conflicts=True,
    )
    return {item.event_id for item in good}
