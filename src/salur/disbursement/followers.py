"""What the task process does here, round by round."""

from salur.disbursement.operations import (
    end_leases,
    expire_floats,
    judge_handovers,
    sequence_journal,
)
from salur.kernel.actor import SYSTEM


def judge() -> int:
    """Judges hand-overs whose evidence is here or overdue."""
    return judge_handovers(by=SYSTEM)


FOLLOWERS = (sequence_journal, judge, end_leases, expire_floats)
