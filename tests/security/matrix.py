"""Who may knock where: one row for every URL of ours. A new door without a row fails the test.

A permission opens a page for the roles that hold it (``access/rules.py``); the words below are for
doors of another kind.
"""

PUBLIC = "anyone"
SIGNED_IN = "whoever is signed in"
DEVICE = "an enrolled device, by its signature"
LOOPBACK = "this machine alone"

MATRIX = {
    "healthz": PUBLIC,
    "readyz": PUBLIC,
    "metrics": LOOPBACK,
    "set_language": PUBLIC,
    "field-app": PUBLIC,
    "field-app-file": PUBLIC,
    "access:home": SIGNED_IN,
    "access:own_account": SIGNED_IN,
    "access:own_devices": "access.view_own_devices",
    "access:users": "access.view_users",
    "access:new_user": "access.manage_officers",
    "access:roles": "access.view_users",
    "access:user": "access.view_users",
    "access:grant": "access.manage_officers",
    "access:withdraw": "access.manage_officers",
    "access:end_user": "access.manage_officers",
    "access:devices": "access.view_devices",
    "access:issue_code": "access.issue_enrolment_code",
    "access:revoke_device": "access.revoke_device",
    "access:offices": "places.view_offices",
    "messaging:messages": "messaging.view_messages",
    "programs:tranches": "programs.view_lists",
    "programs:new_tranche": "programs.record_order",
    "programs:tranche": "programs.view_lists",
    "programs:new_order": "programs.record_order",
    "programs:confirm_funds": "programs.confirm_funds",
    "programs:lists": "programs.view_lists",
    "programs:upload": "programs.upload_list",
    "programs:list": "programs.view_lists",
    "programs:rows": "programs.view_lists",
    "programs:mapping": "programs.map_columns",
    "programs:held_report": "programs.view_lists",
    "programs:difference_report": "programs.view_lists",
    "programs:approve": "programs.approve_list",
    "programs:give_back": "programs.approve_list",
    "programs:check_again": "programs.check_list",
    "programs:programs_api:send_list": "programs.upload_list",
    "programs:programs_api:ask_list": "programs.view_lists",
    "casework:families": "casework.view_families",
    "casework:hand_out": "casework.hand_out_invitations",
    "casework:failures": "casework.explain_failure",
    "casework:family": "casework.view_families",
    "casework:propose": "casework.propose_change",
    "casework:proposals": "casework.approve_change",
    "casework:cases": "casework.view_cases",
    "casework:grievance": "casework.open_grievance",
    "casework:settle": "casework.answer_grievance",
    "field_api:enrol": PUBLIC,
    "field_api:worklist": DEVICE,
    "field_api:find": DEVICE,
    "field_api:push": DEVICE,
    "field_api:has_evidence": DEVICE,
    "field_api:put_evidence": DEVICE,
    "field_api:verify_face": DEVICE,
    "monitoring:dashboard": "monitoring.view_dashboard",
    "monitoring:shapes": "monitoring.view_dashboard",
    "monitoring:payments": "monitoring.view_story",
    "monitoring:story": "monitoring.view_story",
    "monitoring:photos": "disbursement.view_payments",
    "monitoring:photo": "disbursement.view_payments",
}
"""``enrol`` is public because the one-time code in it is the key."""
