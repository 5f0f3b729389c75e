"""The only writers of this room."""

from salur.disbursement.operations.attempts import (
    FailedAttempt,
    decide_attempts,
    record_attempts,
)
from salur.disbursement.operations.handovers import (
    Booked,
    CancelledHandOver,
    record_beginnings,
    record_cancellations,
    record_handovers,
)
from salur.disbursement.operations.journal import sequence_journal
from salur.disbursement.operations.judging import judge_handovers, review_handover
from salur.disbursement.operations.planning import PlanResult, current_policy, plan_payments

__all__ = [
    "Booked",
    "CancelledHandOver",
    "FailedAttempt",
    "PlanResult",
    "current_policy",
    "decide_attempts",
    "judge_handovers",
    "plan_payments",
    "record_attempts",
    "record_beginnings",
    "record_cancellations",
    "record_handovers",
    "review_handover",
    "sequence_journal",
]
