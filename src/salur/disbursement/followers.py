"""What the task process does here, round by round."""

from datetime import timedelta

from salur.disbursement.operations import (
    end_leases,
    expire_floats,
    expire_passings,
    judge_news,
    plan_rounds,
    sequence_journal,
)
from salur.kernel.actor import SYSTEM

OVERLAP = timedelta(seconds=30)
"""Longer than a photo takes to be put away: what was being stored is looked at again."""


def judge() -> int:
    """Judges hand-overs whose evidence is here or overdue; one batch."""
    return judge_news(by=SYSTEM, overlap=OVERLAP)


FOLLOWERS = (
    sequence_journal,
    judge,
    end_leases,
    expire_floats,
    expire_passings,
    plan_rounds,
)
