"""What is not clear yet about cash in the field: what waits for two people, for a signature, or for
word from a phone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from salur.disbursement.models import FloatSession, Passing, UnsyncedCash
from salur.disbursement.queries import (
    Doubt,
    doubts_in_offices_for_system,
    passings_to_follow,
    unsynced_to_explain,
)
from salur.disbursement.queries.scope import offices_q
from salur.kernel.actor import Actor
from salur.kernel.clock import now
from salur.ledger.queries import balances_for_system
from salur.ledger.rules import AccountKey

UNDER_WAY = timedelta(hours=1)
"""Longer than a hand-over takes: until then a beginning without an end is just under way."""


@dataclass(frozen=True, slots=True)
class DoubtInBag:
    """A hand-over in doubt beside its officer's bag: the two ways in which the cash may agree."""

    doubt: Doubt
    officer: str
    expected: int
    """By the books, the hand-over not counted."""
    counted: int | None

    @property
    def if_paid(self) -> int | None:
        """What would differ if it was paid."""
        return None if self.counted is None else self.counted - self.expected + self.doubt.total

    @property
    def if_not(self) -> int | None:
        return None if self.counted is None else self.counted - self.expected


@dataclass(frozen=True, slots=True)
class Matters:
    """Everything of an actor's offices that is not clear yet, the oldest first."""

    doubts: list[DoubtInBag]
    passings: list[Passing]
    unsynced: list[UnsyncedCash]
    moment: datetime

    @property
    def count(self) -> int:
        return len(self.doubts) + len(self.passings) + len(self.unsynced)


def matters_of(actor: Actor, most: int = 100) -> Matters:
    actor.require("reconciliation.view_books")
    moment = now()
    return Matters(
        _doubts(actor, moment)[:most],
        list(passings_to_follow(actor)[:most]),
        list(unsynced_to_explain(actor)[:most]),
        moment,
    )


def _doubts(actor: Actor, moment: datetime) -> list[DoubtInBag]:
    doubts = doubts_in_offices_for_system(_offices(actor))
    if not doubts:
        return []
    officers = {doubt.officer_id for doubt in doubts}
    counted: dict[UUID, int | None] = {}
    for row in (
        FloatSession.objects.filter(officer_id__in=officers)
        .exclude(counted_amount=None)
        .order_by("counted_at")
    ):
        counted[row.officer_id] = row.counted_amount if row.status == "counted" else None
    keys = {officer: AccountKey("cash", str(officer)) for officer in officers}
    balances = balances_for_system(keys.values())
    return [
        DoubtInBag(
            doubt,
            doubt.officer_name,
            balances[keys[doubt.officer_id]].available,
            counted.get(doubt.officer_id),
        )
        for doubt in doubts
        if doubt.officer_id in counted or moment - doubt.received_at > UNDER_WAY
    ]


def _offices(actor: Actor) -> list[str]:
    """Offices of the actor with floats: doubts arise nowhere else."""
    return list(
        FloatSession.objects.filter(offices_q(actor)).values_list("office_id", flat=True).distinct()
    )
