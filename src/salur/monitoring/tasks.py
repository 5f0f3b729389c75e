"""What the worker runs for this room."""

from __future__ import annotations

from salur.kernel.actor import SYSTEM
from salur.monitoring.operations import count_standing, count_targets, follow_journal


def follow() -> int:
    """One bounded batch of the journal, and every few seconds what is not told by it; how many
    journal rows it read. Idempotent, safe to call at any time."""
    rows = follow_journal(by=SYSTEM, most=1)
    if count_standing(by=SYSTEM):
        count_targets(by=SYSTEM)
    return rows
