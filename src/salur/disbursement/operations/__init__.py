"""The only writers of this room."""

from salur.disbursement.operations.arrivals import CheckedIn, record_check_ins
from salur.disbursement.operations.attempts import (
    FailedAttempt,
    decide_attempts,
    record_attempts,
)
from salur.disbursement.operations.changes import apply_pending_changes
from salur.disbursement.operations.control import Seen, record_seen, send_instruction
from salur.disbursement.operations.floats import (
    accept_float,
    draw_cash,
    expire_floats,
    hand_back,
    issue_float,
    withdraw_float,
)
from salur.disbursement.operations.handovers import (
    Booked,
    CancelledHandOver,
    decide_doubt,
    propose_doubt,
    record_beginnings,
    record_cancellations,
    record_handovers,
)
from salur.disbursement.operations.instructing import instruct_bank
from salur.disbursement.operations.journal import sequence_journal
from salur.disbursement.operations.judging import judge_handovers, judge_news, review_handover
from salur.disbursement.operations.leases import (
    GroupLease,
    GroupMember,
    LeaseCodes,
    PassedVisits,
    UnleasedFact,
    break_lease,
    end_leases,
    lease_to_group,
    lease_visits,
    print_codes,
    record_unleased,
    record_visit_passings,
    release_leases,
)
from salur.disbursement.operations.moving import move_session
from salur.disbursement.operations.passing import (
    Passed,
    expire_passings,
    lock_passings,
    record_passings,
    settle_passing,
)
from salur.disbursement.operations.planning import PlanResult, plan_payments
from salur.disbursement.operations.printing import PrintResult, print_danom, print_letters
from salur.disbursement.operations.procedures import (
    approve_procedure,
    decline_procedure,
    load_procedures,
    propose_procedure,
)
from salur.disbursement.operations.replanning import ReplanResult, replan_payments
from salur.disbursement.operations.rounds import assign_house_round, order_session, plan_rounds
from salur.disbursement.operations.sessions import (
    assign_officer,
    assign_officers,
    change_point,
    import_points,
    set_policy,
)
from salur.disbursement.operations.unsynced import (
    CashFact,
    explain_unsynced,
    leave_unsynced,
    settle_unsynced,
)
from salur.disbursement.queries.policy import current_policy

__all__ = [
    "Booked",
    "CancelledHandOver",
    "CashFact",
    "FailedAttempt",
    "Passed",
    "GroupLease",
    "GroupMember",
    "LeaseCodes",
    "CheckedIn",
    "UnleasedFact",
    "PassedVisits",
    "PlanResult",
    "PrintResult",
    "ReplanResult",
    "Seen",
    "accept_float",
    "apply_pending_changes",
    "approve_procedure",
    "assign_house_round",
    "assign_officer",
    "assign_officers",
    "break_lease",
    "change_point",
    "current_policy",
    "decide_attempts",
    "decide_doubt",
    "decline_procedure",
    "draw_cash",
    "end_leases",
    "expire_floats",
    "expire_passings",
    "explain_unsynced",
    "hand_back",
    "import_points",
    "instruct_bank",
    "issue_float",
    "judge_handovers",
    "judge_news",
    "leave_unsynced",
    "lease_to_group",
    "lease_visits",
    "load_procedures",
    "lock_passings",
    "order_session",
    "move_session",
    "plan_payments",
    "plan_rounds",
    "print_danom",
    "print_letters",
    "print_codes",
    "propose_doubt",
    "propose_procedure",
    "record_attempts",
    "record_beginnings",
    "record_cancellations",
    "record_handovers",
    "record_passings",
    "record_check_ins",
    "record_unleased",
    "record_visit_passings",
    "record_seen",
    "release_leases",
    "replan_payments",
    "review_handover",
    "send_instruction",
    "sequence_journal",
    "set_policy",
    "settle_passing",
    "settle_unsynced",
    "withdraw_float",
]
