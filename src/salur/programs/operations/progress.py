"""How far a long job is, for the page that waits for it."""

from __future__ import annotations

from uuid import UUID

from salur.programs.models import NominativeList


def show_progress(list_id: UUID, step: str, of: int = 0, done: int = 0) -> None:
    """Steps: waiting, reading, judging, matching, sealing, writing, done, failed."""
    NominativeList.objects.filter(id=list_id).update(
        progress={"step": step, "done": done, "of": of}
    )
