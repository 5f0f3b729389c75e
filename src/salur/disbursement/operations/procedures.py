"""Versions of the standard procedure: proposed by one person, put into force by another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from salur.access.rules import check_different_person
from salur.audit.operations import record
from salur.disbursement.errors import AlreadyDecided, UnknownProcedure, WrongSettings
from salur.disbursement.models import SopVersion
from salur.disbursement.rules.sop import SHIPPED, WrongProcedure, check_steps
from salur.kernel.actor import SYSTEM, Actor
from salur.kernel.clock import now

MAKER = "salur"
MOST_NOTE = 500


@transaction.atomic
def load_procedures(*, by: Actor = SYSTEM) -> int:
    """Writes the procedures that ship with the house where a channel has none; how many."""
    made = 0
    for channel, versions in SHIPPED.items():
        if SopVersion.objects.filter(channel=channel).exists():
            continue
        for number, steps in enumerate(versions, start=1):
            SopVersion.objects.create(
                code=f"{channel}/{number}",
                channel=channel,
                number=number,
                steps=steps,
                valid_from=now(),
                made_by=MAKER,
                made_at=now(),
                approved_by=f"{by.kind}:{by.id}",
            )
            made += 1
    if made:
        record("procedures.loaded", "procedures:shipped", {"count": made}, by=by)
    return made


@transaction.atomic
def propose_procedure(
    channel: str,
    steps: Sequence[Mapping[str, Any]],
    *,
    valid_from: datetime,
    note: str = "",
    by: Actor,
) -> SopVersion:
    """A new version of a channel's procedure, without force until another person approves it.

    Raises WrongSettings naming a step that no app of ours could do.
    """
    by.require("disbursement.plan_payments")
    if channel not in SHIPPED:
        raise WrongSettings(problem=channel)
    try:
        check_steps(steps)
    except WrongProcedure as error:
        raise WrongSettings(problem=str(error)) from error
    # Locked by the newest version's row, so that two proposals cannot get one number.
    newest = SopVersion.objects.select_for_update().filter(channel=channel).order_by("-number")
    number = (first.number if (first := newest.first()) else 0) + 1
    version = SopVersion.objects.create(
        code=f"{channel}/{number}",
        channel=channel,
        number=number,
        steps=[dict(step) for step in steps],
        valid_from=valid_from,
        made_by=f"{by.kind}:{by.id}",
        made_at=now(),
        note=note.strip()[:MOST_NOTE],
    )
    record("procedure.proposed", f"procedure:{version.code}", {"steps": version.steps}, by=by)
    return version


@transaction.atomic
def approve_procedure(code: str, *, by: Actor) -> SopVersion:
    """Puts a proposed version into force from its day on.

    A day that has passed meanwhile counts from now: no device works by what nobody had approved.
    Raises UnknownProcedure, AlreadyDecided, SamePerson.
    """
    by.require("disbursement.approve_final")
    version = _waiting(code)
    check_different_person(by, version.made_by)
    version.approved_by = f"{by.kind}:{by.id}"
    version.decided_at = now()
    version.valid_from = max(version.valid_from, version.decided_at)
    version.save(update_fields=["approved_by", "decided_at", "valid_from"])
    record("procedure.approved", f"procedure:{version.code}", {}, by=by)
    return version


@transaction.atomic
def decline_procedure(code: str, *, by: Actor) -> SopVersion:
    """Sends a proposal back; its number stays used. Whoever proposed it may take it back too.

    Raises Forbidden, UnknownProcedure, AlreadyDecided.
    """
    version = _waiting(code)
    if version.made_by != f"{by.kind}:{by.id}":
        by.require("disbursement.approve_final")
    version.declined_by = f"{by.kind}:{by.id}"
    version.decided_at = now()
    version.save(update_fields=["declined_by", "decided_at"])
    record("procedure.declined", f"procedure:{version.code}", {}, by=by)
    return version


def _waiting(code: str) -> SopVersion:
    version = SopVersion.objects.select_for_update().filter(pk=code).first()
    if version is None:
        raise UnknownProcedure
    if version.state != "waiting":
        raise AlreadyDecided
    return version
