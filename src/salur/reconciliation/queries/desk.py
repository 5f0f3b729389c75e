"""The cashier's desk: bags to close, days closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from salur.disbursement.models import FloatSession
from salur.disbursement.queries.scope import offices_q
from salur.kernel.actor import Actor
from salur.ledger.queries import balances_for_system
from salur.ledger.rules import AccountKey
from salur.places.models import Office
from salur.reconciliation.models import OfficeDay, SessionClose


@dataclass(frozen=True, slots=True)
class Bag:
    """One float that is out: what the books expect in the bag, what the officer counted."""

    float_session: FloatSession
    expected: int
    counted: int | None

    @property
    def variance(self) -> int | None:
        return None if self.counted is None else self.counted - self.expected


def bags_out(actor: Actor) -> list[Bag]:
    """Floats of the actor's offices that are accepted and not closed yet."""
    actor.require("reconciliation.view_books")
    rows = list(
        FloatSession.objects.select_related("officer", "office", "session__point")
        .filter(offices_q(actor), status__in=["accepted", "counted"])
        .order_by("office__path", "accepted_at")
    )
    keys = {row.id: AccountKey("cash", str(row.officer_id)) for row in rows}
    balances = balances_for_system(keys.values())
    return [Bag(row, balances[keys[row.id]].available, row.counted_amount) for row in rows]


def closes_of(actor: Actor) -> QuerySet[SessionClose]:
    """Counted bags that were closed, the newest first; top-ups closed along with one are left out,
    for they were one pile."""
    actor.require("reconciliation.view_books")
    return (
        SessionClose.objects.select_related("float_session__officer", "float_session__office")
        .filter(offices_q(actor, "float_session__office"))
        .exclude(note__startswith="float:")
        .order_by("-closed_at")
    )


def days_of(actor: Actor) -> QuerySet[OfficeDay]:
    actor.require("reconciliation.view_books")
    return (
        OfficeDay.objects.select_related("office")
        .filter(offices_q(actor))
        .order_by("-business_date", "office__path")
    )


def offices_to_close(actor: Actor, day: date) -> list[Office]:
    """Offices of the actor with floats whose day is not closed yet."""
    actor.require("reconciliation.close_day")
    busy = FloatSession.objects.filter(business_date=day).values("office")
    closed = OfficeDay.objects.filter(business_date=day).values("office")
    own = Q(pk__in=())
    for path in actor.offices:
        own |= Q(path=path) | Q(path__startswith=path + "/") if path else Q(pk__isnull=False)
    return list(Office.objects.filter(own, pk__in=busy).exclude(pk__in=closed).order_by("path"))
