"""Families at the entrance of a session, as the devices there wrote them down. Facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from salur.disbursement.models import CheckIn
from salur.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """One family's arrival, by its event."""

    event_id: UUID
    session_id: UUID
    visit_id: UUID | None
    number: int
    letter: str
    priority: tuple[str, ...]
    problems: tuple[str, ...]
    device_id: UUID
    at: datetime


@transaction.atomic
def record_check_ins(arrivals: Sequence[CheckedIn], *, by: Actor) -> None:
    """Keeps arrivals. Idempotent by event; a family that comes twice is counted once by readers."""
    CheckIn.objects.bulk_create(
        [
            CheckIn(
                id=item.event_id,
                session_id=item.session_id,
                visit_id=item.visit_id,
                number=item.number,
                letter=item.letter,
                priority=list(item.priority),
                problems=list(item.problems),
                device_id=item.device_id,
                at=item.at,
            )
            for item in arrivals
        ],
        ignore_conflicts=True,
    )
