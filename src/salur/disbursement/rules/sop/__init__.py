"""The standard procedure as data, and whether a hand-over followed it. Pure; `contract/sop.md`.

What is missing sends a hand-over to review; it never undoes a payment.
"""

from salur.disbursement.rules.sop.checking import Problem, WrongProcedure, check_steps
from salur.disbursement.rules.sop.reading import (
    KINDS,
    REASONS,
    STEP_CODES,
    read_steps,
    unknown_codes,
    usual_reasons,
)
from salur.disbursement.rules.sop.shipped import SHIPPED
from salur.disbursement.rules.sop.walk import (
    Facts,
    PlannedAsk,
    PlannedStep,
    Recorded,
    draw,
    excuse,
    holds,
    is_settled,
    open_asks,
    plan_walk,
    review_walk,
    split_walk,
)

__all__ = [
    "KINDS",
    "REASONS",
    "SHIPPED",
    "STEP_CODES",
    "Facts",
    "PlannedAsk",
    "PlannedStep",
    "Problem",
    "Recorded",
    "WrongProcedure",
    "check_steps",
    "draw",
    "excuse",
    "holds",
    "is_settled",
    "open_asks",
    "plan_walk",
    "read_steps",
    "review_walk",
    "split_walk",
    "unknown_codes",
    "usual_reasons",
]
