"""Companions and their families: groups, letters handed out, failed payments explained."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from salur.access.queries import actor_for, holders_with_role_for_system
from salur.access.rules import COMPANION
from salur.audit.operations import record
from salur.casework.errors import (
    AlreadyExplained,
    CompanionUnknown,
    FamilyNotYours,
    WrongCode,
)
from salur.casework.models import Explanation, Group, Membership
from salur.casework.rules import EXPLANATIONS, deal_groups
from salur.disbursement.models import Attempt
from salur.kernel.actor import Actor
from salur.kernel.clock import now
from salur.kernel.ids import new_id
from salur.places.models import Region
from salur.registry.models import Household


@transaction.atomic
def form_groups(companion_id: UUID, village_code: str, *, by: Actor) -> list[Group]:
    """Puts a village's families that have no companion yet into groups of about 25.

    Idempotent: families in a group stay where they are. Raises Forbidden, and CompanionUnknown
    for somebody who is no companion or works elsewhere.
    """
    by.require("casework.manage_companions")
    companion = holders_with_role_for_system(COMPANION).filter(id=companion_id).first()
    if (
        companion is None
        or not by.sees_region(village_code)
        or not actor_for(companion).sees_region(village_code)
    ):
        raise CompanionUnknown
    village = Region.objects.get(code=village_code)
    families = list(
        Household.objects.filter(village=village, companion_membership=None)
        .order_by("rw", "rt", "id")
        .values_list("id", flat=True)
    )
    before = Group.objects.filter(companion_id=companion_id, village=village).count()
    groups = []
    for number, members in enumerate(deal_groups(families), start=before + 1):
        group = Group.objects.create(
            id=new_id(),
            companion_id=companion_id,
            village=village,
            name=f"{village.name} {number}",
        )
        Membership.objects.bulk_create(
            Membership(group=group, household_id=household) for household in members
        )
        groups.append(group)
    if groups:
        record(
            "companion.groups_formed",
            f"user:{companion_id}",
            {"village": village_code, "groups": len(groups), "families": len(families)},
            by=by,
        )
    return groups


@transaction.atomic
def hand_out_invitations(visit_ids: Sequence[UUID], *, by: Actor) -> int:
    """Marks letters as handed to their families; how many were new. Own families only."""
    by.require("casework.hand_out_invitations")
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO casework_invitation (visit_id, handed_out_by, handed_out_at)
            SELECT v.id, %s, %s FROM disbursement_visit v
            JOIN casework_membership m ON m.household_id = v.household_id
            JOIN casework_group g ON g.id = m.group_id
            WHERE v.id = ANY(%s) AND g.companion_id = %s AND v.status <> 'cancelled'
            ON CONFLICT (visit_id) DO NOTHING
            """,
            [f"user:{by.id}", now(), list(visit_ids), by.id],
        )
        handed_out = int(cursor.rowcount)
    if handed_out:
        record("invitation.handed_out", f"user:{by.id}", {"letters": handed_out}, by=by)
    return handed_out


@transaction.atomic
def explain_failure(attempt_id: UUID, code: str, note: str, *, by: Actor) -> Explanation:
    """A companion's coded answer why a family of the own groups was not paid.

    Raises Forbidden, WrongCode, FamilyNotYours, AlreadyExplained.
    """
    by.require("casework.explain_failure")
    if code not in EXPLANATIONS:
        raise WrongCode
    own = Attempt.objects.filter(
        id=attempt_id, visit__household__companion_membership__group__companion_id=UUID(by.id)
    )
    if (attempt := own.first()) is None:
        raise FamilyNotYours
    try:
        with transaction.atomic():
            row = Explanation.objects.create(
                id=new_id(),
                attempt=attempt,
                code=code,
                note=note[:500],
                answered_by=f"user:{by.id}",
                answered_at=now(),
            )
    except IntegrityError as error:
        raise AlreadyExplained from error
    record(
        "attempt.explained",
        f"visit:{attempt.visit_id}",
        {"attempt": str(attempt.id), "code": code},
        by=by,
    )
    return row
