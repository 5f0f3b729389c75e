"""Roles and what each may do. The permissions of a role hold within its scope and nowhere else.

A permission is ``room.verb_noun``. It says that a door opens; what is behind the door is narrowed
by the actor's regions and offices.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from typing import Literal

from salur.access.errors import SamePerson
from salur.kernel.actor import Actor

Scope = Literal["country", "region", "office"]

MINISTRY_VIEWER = "ministry_viewer"
LIST_CLERK = "list_clerk"
LIST_APPROVER = "list_approver"
PLANNER = "planner"
CASHIER = "cashier"
BRANCH_HEAD = "branch_head"
REGIONAL_HEAD = "regional_head"
OFFICER = "officer"
VERIFIER = "verifier"
COMPANION = "companion"
AUDITOR = "auditor"
ADMIN = "admin"

_WATCH = frozenset({"monitoring.view_dashboard", "monitoring.view_story", "places.view_offices"})
_READ_LISTS = frozenset({"programs.view_lists", "programs.view_orders", "programs.view_programs"})
_HEAD = (
    _WATCH
    | _READ_LISTS
    | frozenset(
        {
            "access.view_devices",
            "access.issue_enrolment_code",
            "access.revoke_device",
            "access.answer_unlock",
            "access.manage_officers",
            "access.view_users",
            "audit.read",
            "casework.view_cases",
            "casework.approve_change",
            "casework.answer_grievance",
            "casework.open_grievance",
            "casework.manage_companions",
            "disbursement.view_plans",
            "disbursement.view_payments",
            "disbursement.approve_final",
            "disbursement.break_lease",
            "disbursement.instruct_field",
            "identity.review",
            "intake.view_quarantine",
            "intake.import_outbox",
            "messaging.view_messages",
            "reconciliation.view_books",
            "reconciliation.sign_variance",
            "reconciliation.close_day",
        }
    )
)

PERMISSIONS_OF_ROLE: dict[str, frozenset[str]] = {
    MINISTRY_VIEWER: _WATCH | _READ_LISTS | frozenset({"reconciliation.view_books"}),
    LIST_CLERK: _WATCH
    | _READ_LISTS
    | frozenset(
        {
            "programs.upload_list",
            "programs.check_list",
            "programs.map_columns",
            "programs.record_order",
            "programs.manage_programs",
            "registry.view_household",
        }
    ),
    LIST_APPROVER: _WATCH
    | _READ_LISTS
    | frozenset(
        {
            "programs.approve_list",
            "programs.approve_order",
            "programs.confirm_funds",
            "programs.resolve_flags",
            "registry.view_household",
        }
    ),
    PLANNER: _WATCH
    | _READ_LISTS
    | frozenset(
        {
            "disbursement.view_plans",
            "disbursement.view_payments",
            "disbursement.plan_payments",
            "disbursement.print_letters",
            "disbursement.lease_visits",
            "disbursement.replan_payments",
            "casework.view_cases",
            "messaging.view_messages",
            "messaging.queue_messages",
        }
    ),
    CASHIER: frozenset(
        {
            "monitoring.view_dashboard",
            "monitoring.view_story",
            "access.view_devices",
            "access.issue_enrolment_code",
            "disbursement.view_plans",
            "disbursement.view_payments",
            "disbursement.issue_float",
            "disbursement.instruct_field",
            "disbursement.lease_visits",
            "reconciliation.view_books",
            "reconciliation.close_session",
            "reconciliation.close_day",
        }
    ),
    BRANCH_HEAD: _HEAD,
    REGIONAL_HEAD: _HEAD
    | frozenset({"reconciliation.return_funds", "reconciliation.close_tranche"}),
    OFFICER: frozenset({"field.work", "access.view_own_devices"}),
    VERIFIER: frozenset({"field.work", "field.verify", "access.view_own_devices"}),
    COMPANION: frozenset(
        {
            "field.work",
            "access.view_own_devices",
            "casework.view_families",
            "casework.announce_schedule",
            "casework.hand_out_invitations",
            "casework.explain_failure",
            "casework.propose_change",
            "casework.open_grievance",
        }
    ),
    AUDITOR: _WATCH
    | _READ_LISTS
    | frozenset(
        {
            "access.view_devices",
            "access.view_users",
            "audit.read",
            "audit.read_all",
            "casework.view_cases",
            "disbursement.view_plans",
            "disbursement.view_payments",
            "intake.view_quarantine",
            "messaging.view_messages",
            "reconciliation.view_books",
            "registry.view_household",
        }
    ),
    ADMIN: frozenset(
        {
            "access.view_users",
            "access.manage_users",
            "access.manage_officers",
            "access.view_devices",
            "access.issue_enrolment_code",
            "access.revoke_device",
            "places.view_offices",
            "places.import_offices",
            "places.load_regions",
        }
    ),
}
ROLES = tuple(PERMISSIONS_OF_ROLE)
PERMISSIONS = frozenset().union(*PERMISSIONS_OF_ROLE.values())

#: Where a role can be given. What is not listed is refused.
SCOPES_OF_ROLE: dict[str, frozenset[Scope]] = {
    MINISTRY_VIEWER: frozenset({"country", "region"}),
    LIST_CLERK: frozenset({"country"}),  # orders and lists are the country's
    LIST_APPROVER: frozenset({"country"}),
    PLANNER: frozenset({"country", "office"}),
    CASHIER: frozenset({"office"}),
    BRANCH_HEAD: frozenset({"office"}),
    REGIONAL_HEAD: frozenset({"country", "office"}),
    OFFICER: frozenset({"office"}),
    VERIFIER: frozenset({"office"}),
    COMPANION: frozenset({"region"}),
    AUDITOR: frozenset({"country", "region", "office"}),
    ADMIN: frozenset({"country"}),
}

#: Roles of people who work with a device; heads may create these accounts in their own line.
FIELD_ROLES = frozenset({OFFICER, VERIFIER, COMPANION})
ROLES_GRANTED_BY_HEADS = frozenset({OFFICER, VERIFIER})

#: Pairs of duties that must not lie in one hand: who lists does not approve, who keeps the cash
#: does not hand it out, who looks after families never touches their money.
COLLIDING: frozenset[frozenset[str]] = frozenset(
    {
        frozenset({LIST_CLERK, LIST_APPROVER}),
        frozenset({CASHIER, OFFICER}),
        frozenset({CASHIER, BRANCH_HEAD}),
        frozenset({CASHIER, REGIONAL_HEAD}),
        frozenset({COMPANION, OFFICER}),
        frozenset({COMPANION, CASHIER}),
        frozenset({COMPANION, VERIFIER}),
        *(frozenset({AUDITOR, role}) for role in ROLES if role != AUDITOR),
        *(frozenset({ADMIN, role}) for role in ROLES if role != ADMIN),
    }
)


def permissions_of(roles: Iterable[str]) -> frozenset[str]:
    """All that the roles allow; an unknown role allows nothing."""
    return frozenset().union(*(PERMISSIONS_OF_ROLE.get(role, frozenset()) for role in roles))


def colliding_with(role: str, held: Collection[str]) -> str | None:
    """A held role that may not be held beside ``role``."""
    return next((other for other in sorted(held) if frozenset({role, other}) in COLLIDING), None)


def check_different_person(by: Actor, *others: str) -> None:
    """Four eyes: raises SamePerson when ``by`` is one of those who did the earlier step.

    ``others`` are actor ids as rooms store them, with or without their ``user:`` prefix. A device
    counts as the person who holds it.
    """
    mine = {by.id, by.extra.get("holder", by.id)}
    if mine & {other.rpartition(":")[2] for other in others}:
        raise SamePerson


# Enrolment codes: read aloud and typed on a phone, so without letters that look alike
# (Crockford's base 32). Ten of 32 signs are 50 bits, valid for ten minutes.

CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 10
CODE_MINUTES = 10
_LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_code() -> str:
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def printed_code(code: str) -> str:
    """``7KQ29-XWM4T``"""
    return f"{code[:5]}-{code[5:]}"


def typed_code(text: str) -> str:
    """A code as typed, in its one form: upper case, no separators, look-alikes mended."""
    return "".join(text.upper().split()).replace("-", "").translate(_LOOK_ALIKES)
