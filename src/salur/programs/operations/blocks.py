"""The carry-over block list."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from salur.access.rules import check_different_person
from salur.audit.operations import record
from salur.kernel.actor import Actor
from salur.kernel.clock import now
from salur.kernel.ids import new_id
from salur.kernel.sealing import blind_index
from salur.programs.models import BlockEntry
from salur.registry.queries import CARD_PURPOSE, NIK_PURPOSE


@transaction.atomic
def block(
    *,
    reason: str,
    nik: str = "",
    family_card: str = "",
    program: str | None = None,
    since: UUID | None = None,
    by: Actor,
) -> BlockEntry:
    """Keeps a person, a card or both from being accepted in a list until someone else lifts it;
    ``program`` None blocks all programs. Counts from the next check, and at approval."""
    entry = BlockEntry.objects.create(
        id=new_id(),
        nik_index=blind_index(nik, purpose=NIK_PURPOSE) if nik else None,
        card_index=blind_index(family_card, purpose=CARD_PURPOSE) if family_card else None,
        program_id=program,
        reason=reason,
        since_id=since,
        made_by=by.id,
        made_at=now(),
    )
    payload = {"reason": reason, "program": program, "nik": bool(nik), "card": bool(family_card)}
    record("block.made", f"block:{entry.id}", payload, by=by)
    return entry


@transaction.atomic
def lift_block(entry_id: UUID, *, by: Actor) -> bool:
    """Lifts a block, by another person than the one who made it; False when it was lifted."""
    entry = BlockEntry.objects.select_for_update().get(id=entry_id)
    check_different_person(by, entry.made_by)
    if entry.lifted_at:
        return False
    BlockEntry.objects.filter(id=entry_id).update(lifted_by=by.id, lifted_at=now())
    record("block.lifted", f"block:{entry_id}", {"reason": entry.reason}, by=by)
    return True
