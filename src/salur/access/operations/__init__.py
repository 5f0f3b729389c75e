"""The only writers of accounts, roles and devices."""

from salur.access.operations.devices import (
    IssuedCode,
    answer_unlock,
    enrol_device,
    forget_old_nonces,
    issue_enrolment_code,
    quarantine_device,
    remember_request,
    revoke_device,
    wipe_device,
)
from salur.access.operations.users import (
    create_user,
    end_user,
    grant_role,
    set_language,
    withdraw_role,
)

__all__ = [
    "IssuedCode",
    "answer_unlock",
    "create_user",
    "end_user",
    "enrol_device",
    "forget_old_nonces",
    "grant_role",
    "issue_enrolment_code",
    "quarantine_device",
    "remember_request",
    "revoke_device",
    "set_language",
    "wipe_device",
    "withdraw_role",
]
