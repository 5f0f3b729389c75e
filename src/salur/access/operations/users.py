"""Accounts and roles."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from salur.access.errors import (
    BeyondOwnScope,
    OwnRole,
    PasswordWeak,
    RolesCollide,
    RoleUnknown,
    ScopeNeeded,
    ScopesDiffer,
    UserMissing,
    UsernameTaken,
)
from salur.access.models import Assignment, User
from salur.access.rules import (
    PERMISSIONS_OF_ROLE,
    ROLES_GRANTED_BY_HEADS,
    SCOPES_OF_ROLE,
    Scope,
    colliding_with,
)
from salur.audit.operations import record
from salur.kernel.actor import Actor
from salur.kernel.clock import now
from salur.kernel.errors import Forbidden
from salur.kernel.ids import new_id
from salur.kernel.sealing import blind_index
from salur.places.models import Office, Region
from salur.places.queries import office_for_system, region_by_code_for_system

NIK_PURPOSE = "nik"
"""The purpose under which the registry finds people by it, so that the two can be compared."""

#: Accounts that a head makes for temporary officers end by themselves.
LONGEST_TEMPORARY_ACCOUNT = timedelta(days=120)


@transaction.atomic
def create_user(
    username: str,
    *,
    name: str,
    password: str | None,
    by: Actor,
    staff_number: str = "",
    nik: str = "",
    office: str | None = None,
    language: str = "id",
    valid_until: datetime | None = None,
) -> User:
    """An account without any role yet. ``office`` is the code of the home office.

    Of ``nik`` only the blind index is kept: enough to see that somebody of us collects.
    Without a password nobody can sign in with it: enough for an officer who only uses a device.

    Heads (``access.manage_officers``) make accounts in their own line only, which end after 120
    days at the latest. Raises UsernameTaken, PasswordWeak, BeyondOwnScope.
    """
    home = office_for_system(office) if office else None
    if not by.may("access.manage_users"):
        by.require("access.manage_officers")
        if home is None or not by.sees_office(home.path):
            raise BeyondOwnScope
        latest = now() + LONGEST_TEMPORARY_ACCOUNT
        valid_until = min(valid_until or latest, latest)
    username = username.strip().lower()
    if User.objects.filter(username=username).exists():
        raise UsernameTaken(username=username)
    user = User(
        id=new_id(),
        username=username,
        name=name.strip(),
        staff_number=staff_number.strip(),
        nik_index=blind_index(nik, purpose=NIK_PURPOSE) if nik else None,
        language=language,
        home_office=home,
        valid_until=valid_until,
        date_joined=now(),
    )
    if password is None:
        user.set_unusable_password()
    else:
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise PasswordWeak(" ".join(error.messages)) from error
        user.set_password(password)
    user.save(force_insert=True)
    record(
        "access.user_created",
        f"user:{user.id}",
        {"office": office, "valid_until": valid_until.isoformat() if valid_until else None},
        by=by,
        personal={"username": username, "name": user.name, "staff_number": user.staff_number},
    )
    return user


@transaction.atomic
def grant_role(
    user_id: UUID,
    role: str,
    *,
    by: Actor,
    region: str | None = None,
    office: str | None = None,
    valid_until: datetime | None = None,
) -> Assignment:
    """Gives a role for a region or an office and everything below; neither means the country.

    Idempotent: the same role and scope again changes only ``valid_until``. Raises OwnRole,
    BeyondOwnScope, ScopeNeeded, ScopesDiffer, RolesCollide.
    """
    if role not in PERMISSIONS_OF_ROLE:
        raise RoleUnknown(role=role)
    user = User.objects.select_for_update().filter(id=user_id).first()
    if user is None:
        raise UserMissing
    if str(user.id) == by.id:
        raise OwnRole
    at_region = region_by_code_for_system(region) if region else None
    at_office = office_for_system(office) if office else None
    _check_scope(role, at_region, at_office)
    _check_grantor(role, at_region, at_office, by)
    held = list(user.assignments.all())
    others = {item.role for item in held} - {role}
    if other := colliding_with(role, others):
        raise RolesCollide(role=role, other=other)
    scopes_of_others = {(item.region_id, item.office_id) for item in held if item.role != role}
    scopes = {(item.region_id, item.office_id) for item in held if item.role == role}
    scopes.add((region, office))
    if scopes_of_others and scopes_of_others != scopes:
        raise ScopesDiffer
    assignment, created = Assignment.objects.update_or_create(
        user=user,
        role=role,
        region=at_region,
        office=at_office,
        defaults={"valid_until": valid_until},
        create_defaults={
            "valid_until": valid_until,
            "granted_at": now(),
            "granted_by": by.id,
        },
    )
    record(
        "access.role_granted" if created else "access.role_prolonged",
        f"user:{user.id}",
        {
            "role": role,
            "region": region,
            "office": office,
            "valid_until": valid_until.isoformat() if valid_until else None,
        },
        by=by,
    )
    return assignment


def _check_scope(role: str, region: Region | None, office: Office | None) -> None:
    scope: Scope = "region" if region else "office" if office else "country"
    if (region and office) or scope not in SCOPES_OF_ROLE[role]:
        raise ScopeNeeded(scope=", ".join(sorted(SCOPES_OF_ROLE[role])))


def _check_grantor(role: str, region: Region | None, office: Office | None, by: Actor) -> None:
    by_head = by.may("access.manage_officers") and role in ROLES_GRANTED_BY_HEADS
    if not by_head and not by.may("access.manage_users"):
        raise Forbidden(permission="access.manage_users")
    if region is not None:
        within = by.sees_region(region.code)
    elif office is not None:
        within = by.sees_office(office.path)
    else:
        within = "" in by.regions and "" in by.offices
    if not within:
        raise BeyondOwnScope


@transaction.atomic
def withdraw_role(assignment_id: int, *, by: Actor) -> None:
    """Takes a role back at once. A role that is gone already: nothing happens."""
    assignment = (
        Assignment.objects.select_related("region", "office").filter(id=assignment_id).first()
    )
    if assignment is None:
        return
    if str(assignment.user_id) == by.id:
        raise OwnRole
    _check_grantor(assignment.role, assignment.region, assignment.office, by)
    record(
        "access.role_withdrawn",
        f"user:{assignment.user_id}",
        {
            "role": assignment.role,
            "region": assignment.region_id,
            "office": assignment.office_id,
        },
        by=by,
    )
    assignment.delete()


@transaction.atomic
def end_user(user_id: UUID, reason: str, *, by: Actor) -> None:
    """Closes an account; what it did stays. Again changes nothing. Raises UserMissing outside the
    actor's line."""
    user = User.objects.select_related("home_office").filter(id=user_id).first()
    if user is None:
        raise UserMissing
    if str(user.id) == by.id:
        raise OwnRole
    if not by.may("access.manage_users"):
        by.require("access.manage_officers")
        roles = set(user.assignments.values_list("role", flat=True))
        if (
            user.home_office is None
            or not by.sees_office(user.home_office.path)
            or not roles <= ROLES_GRANTED_BY_HEADS
        ):
            raise UserMissing
    if User.objects.filter(id=user_id, is_active=True).update(is_active=False):
        record("access.user_ended", f"user:{user_id}", {"reason": reason}, by=by)


@transaction.atomic
def set_language(language: str, *, by: Actor) -> None:
    """The language a person sees where the browser says nothing else. Leaves no entry."""
    if by.kind == "user" and language in ("id", "en"):
        User.objects.filter(id=by.id).update(language=language)
