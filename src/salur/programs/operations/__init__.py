"""The only writers of programs."""

from salur.programs.operations.applying import apply_approved_list
from salur.programs.operations.approving import approve_nominative_list, return_nominative_list
from salur.programs.operations.blocks import block, lift_block
from salur.programs.operations.checking import check_nominative_list
from salur.programs.operations.entitlements import (
    claim_entitlements,
    close_pending_changes,
    lock_entitlements,
    release_entitlements,
    reopen_entitlements,
    settle_entitlements,
)
from salur.programs.operations.orders import confirm_funds, open_tranche, record_order
from salur.programs.operations.programs import load_programs
from salur.programs.operations.receiving import (
    mend_mapping,
    receive_nominative_list,
    recheck_nominative_list,
)

__all__ = [
    "apply_approved_list",
    "approve_nominative_list",
    "block",
    "check_nominative_list",
    "claim_entitlements",
    "close_pending_changes",
    "confirm_funds",
    "lift_block",
    "load_programs",
    "lock_entitlements",
    "mend_mapping",
    "open_tranche",
    "receive_nominative_list",
    "recheck_nominative_list",
    "record_order",
    "release_entitlements",
    "reopen_entitlements",
    "return_nominative_list",
    "settle_entitlements",
]
