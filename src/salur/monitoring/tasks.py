"""What the worker runs for this room."""

from __future__ import annotations

from salur.kernel.actor import SYSTEM
from salur.monitoring.operations import count_standing, count_targets, follow_journal


def follow() -> int:
    """Brings every count up to date; how many journal rows it read. Safe to call at any time."""
    rows = follow_journal(by=SYSTEM)
    count_targets(by=SYSTEM)
    count_standing(by=SYSTEM)
    return rows
