"""Looking at evidence leaves a trace."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from salur.audit.operations import record
from salur.kernel.actor import Actor


@transaction.atomic
def record_look(visit_id: UUID, *, by: Actor) -> None:
    """Records that ``by`` was shown the photos of a visit."""
    record("evidence.shown", f"visit:{visit_id}", {}, by=by)
