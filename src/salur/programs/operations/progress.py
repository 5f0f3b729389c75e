"""Long jobs: one at a time per list, and how far each is for the page that waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection

from salur.programs.models import NominativeList


def show_progress(list_id: UUID, step: str, of: int = 0, done: int = 0) -> None:
    """Steps: waiting, reading, judging, matching, sealing, writing, done, failed."""
    NominativeList.objects.filter(id=list_id).update(
        progress={"step": step, "done": done, "of": of}
    )


@contextmanager
def one_at_a_time(list_id: UUID) -> Iterator[None]:
    """Waits until no other process checks or writes this list. Held by the database session, so
    that a killed process lets go."""
    key = [f"list {list_id}"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", key)
    try:
        yield
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", key)
