"""The only writers of casework."""

from salur.casework.operations.cases import (
    Observation,
    follow_journal,
    open_grievance,
    open_observations,
    settle_case,
)
from salur.casework.operations.families import (
    explain_failure,
    form_groups,
    hand_out_invitations,
)
from salur.casework.operations.proposals import decide_proposal, propose_change

__all__ = [
    "Observation",
    "decide_proposal",
    "explain_failure",
    "follow_journal",
    "form_groups",
    "hand_out_invitations",
    "open_grievance",
    "open_observations",
    "propose_change",
    "settle_case",
]
