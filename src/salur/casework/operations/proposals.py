"""Changes of a family's data: a companion proposes, another decides, the registry applies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from salur.access.rules import check_different_person
from salur.audit.operations import record
from salur.casework.errors import (
    FamilyNotYours,
    ProposalDecided,
    ProposalUnknown,
    WrongProposal,
)
from salur.casework.models import Proposal
from salur.casework.rules import missing_parts
from salur.kernel.actor import Actor
from salur.kernel.clock import now
from salur.kernel.ids import new_id
from salur.registry.models import Household, Person
from salur.registry.operations import apply_change


@transaction.atomic
def propose_change(
    household_id: UUID,
    kind: str,
    *,
    person_id: UUID | None = None,
    payload: Mapping[str, Any] | None = None,
    note: str = "",
    by: Actor,
) -> Proposal:
    """What a companion learned of an own family: died, moved, a new recipient.

    Nothing changes by it until another person approves. Raises Forbidden, FamilyNotYours,
    WrongProposal naming what is missing.
    """
    by.require("casework.propose_change")
    family = Household.objects.filter(
        id=household_id, companion_membership__group__companion_id=UUID(by.id)
    ).first()
    if family is None:
        raise FamilyNotYours
    payload = dict(payload or {})
    person = Person.objects.filter(id=person_id, household=family).first() if person_id else None
    if missing := missing_parts(kind, person, payload):
        raise WrongProposal(missing=", ".join(missing))
    row = Proposal.objects.create(
        id=new_id(),
        household=family,
        person=person,
        kind=kind,
        payload=payload,
        note=note[:500],
        proposed_by=f"user:{by.id}",
        proposed_at=now(),
    )
    record(
        "change.proposed",
        f"household:{household_id}",
        {"proposal": str(row.id), "kind": kind},
        by=by,
        personal={"payload": payload, "note": note},
    )
    return row


@transaction.atomic
def decide_proposal(proposal_id: UUID, *, approve: bool, by: Actor) -> Proposal:
    """A second person's word; an approved change stands in the registry at once and counts in the
    next list check. A new recipient is passed on to the ministry and changes no payment.

    Raises Forbidden, ProposalUnknown, ProposalDecided, SamePerson, and what the registry refuses.
    """
    by.require("casework.approve_change")
    row = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("household")
        .filter(id=proposal_id)
        .first()
    )
    if row is None or not by.sees_region(row.household.village_id):
        raise ProposalUnknown
    if row.status != Proposal.Status.PROPOSED:
        raise ProposalDecided
    check_different_person(by, row.proposed_by)
    if approve and row.kind in (Proposal.Kind.DIED, Proposal.Kind.MOVED):
        died = row.kind == Proposal.Kind.DIED
        apply_change(
            "deceased" if died else "moved",
            household_id=row.household_id,
            person_id=row.person_id if died else None,
            values=None if died else {"address": row.payload["address"]},
            source=f"proposal:{row.id}",
            proposed_by=row.proposed_by.partition(":")[2],
            by=by,
        )
    row.status = Proposal.Status.APPROVED if approve else Proposal.Status.REJECTED
    row.decided_by = f"user:{by.id}"
    row.decided_at = now()
    row.save(update_fields=["status", "decided_by", "decided_at"])
    record(
        f"change.{row.status}",
        f"household:{row.household_id}",
        {"proposal": str(row.id), "kind": row.kind},
        by=by,
    )
    return row
