"""What the task process does here, round by round."""

from datetime import datetime, timedelta

from salur.disbursement.operations import (
    end_leases,
    expire_floats,
    judge_handovers,
    sequence_journal,
)
from salur.kernel.actor import SYSTEM
from salur.kernel.clock import now

OVERLAP = timedelta(seconds=30)
"""Longer than any transaction that books a batch: what was being committed is looked at again."""
FIRST_LOOK = timedelta(hours=25)
"""How far back a new process looks: beyond that, hand-overs are due and judged anyhow."""


_last_look: dict[str, datetime] = {}


def judge() -> int:
    """Judges hand-overs whose evidence is here or overdue; remembers when it last looked."""
    moment = now()
    last = _last_look.get("judge")
    judged = judge_handovers(by=SYSTEM, since=last - OVERLAP if last else moment - FIRST_LOOK)
    if not judged:
        _last_look["judge"] = moment
    return judged


FOLLOWERS = (sequence_journal, judge, end_leases, expire_floats)
