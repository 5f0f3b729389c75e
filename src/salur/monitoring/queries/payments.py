"""The lists behind the numbers: payments of one slice, within the actor's scope."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from salur.disbursement.models import HandOver, Payment, PayoutLine
from salur.kernel.actor import Actor
from salur.monitoring.queries.scope import Filters
from salur.places.models import Office
from salur.programs.models import Entitlement, ListRow

PAID = "tersalur"
TODAY = "hari-ini"
FAILED = "gagal"
WAITING = "belum"
NOT_RECEIVED = "belum-menerima"
REVIEW = "tinjauan"
ALL = "semua"
HELD = "ditahan"
UNASSIGNED = "belum-dijadwalkan"

_OPEN = ("planned", "instructed")
PAYMENT_SLICES: dict[str, Q] = {
    ALL: ~Q(status="cancelled"),
    PAID: Q(status="paid"),
    TODAY: Q(status="paid"),
    FAILED: Q(status="failed"),
    WAITING: Q(status__in=_OPEN),
    NOT_RECEIVED: Q(status__in=(*_OPEN, "failed")),
    REVIEW: ~Q(status="cancelled"),
}
ROW_SLICES = (HELD, UNASSIGNED)


@dataclass(frozen=True, slots=True)
class Slice:
    """Which of the payments: a name of this module and, for those not paid, a reason."""

    name: str = ALL
    reason: str = ""

    @property
    def of_payments(self) -> bool:
        return self.name in PAYMENT_SLICES


def _below(path_or_code: str, field: str, separator: str) -> Q:
    return Q(**{field: path_or_code}) | Q(**{f"{field}__startswith": path_or_code + separator})


def _any_of(parts: Sequence[str], condition: Callable[[str], Q], everything: Q) -> Q | None:
    """Or over the parts; None for none at all."""
    found: Q | None = None
    for part in parts:
        each = condition(part) if part else everything
        found = each if found is None else found | each
    return found


def in_scope(actor: Actor, *, village: str, office: str | None) -> Q | None:
    """The actor's scope over a model with these fields; None where nothing may be seen.

    ``office`` names a foreign key to places.Office, or None where the rows have none.
    """
    anything = Q(pk__isnull=False)
    if not actor.offices:
        return _any_of(actor.regions, lambda code: _below(code, village, "."), anything)
    if office is None:
        return anything if "" in actor.offices else None
    return _any_of(
        actor.offices,
        lambda path: Q(**{f"{office}__in": Office.objects.filter(_below(path, "path", "/"))}),
        anything,
    )


def payments(actor: Actor, filters: Filters, chosen: Slice, *, today: date) -> QuerySet[Any] | None:
    """The rows of a slice, in a stable order; None where the actor may see none of the kind.

    Payments (with ``visit``) for what was planned; list rows and entitlements for what was not.
    With no program asked for, a family stands once, with its leading payment.
    """
    actor.require("monitoring.view_story")
    if chosen.name == HELD:
        return _held(actor, filters)
    if chosen.name == UNASSIGNED:
        return _unassigned(actor, filters)
    scope = in_scope(actor, village="visit__village__code", office="visit__office")
    if scope is None:
        return None
    found = Payment.objects.filter(scope, PAYMENT_SLICES[chosen.name])
    found = found.filter(visit__tranche=filters.tranche)
    found = found.filter(program=filters.program) if filters.program else found.filter(lead=True)
    if filters.channel:
        found = found.filter(visit__channel=filters.channel)
    if filters.wave is not None:
        found = found.filter(entitlement__nominative_list__wave=filters.wave)
    if filters.region:
        found = found.filter(_below(filters.region, "visit__village__code", "."))
    if filters.office:
        offices = Office.objects.filter(_below(filters.office, "path", "/"))
        found = found.filter(visit__office__in=offices)
    if chosen.name == TODAY:
        lines = PayoutLine.objects.filter(
            payment=OuterRef("pk"),
            business_date=today,
            outcome__in=("paid", "short"),
            reversed_by__isnull=True,
        )
        found = found.filter(Exists(lines))
    if chosen.name == REVIEW:
        weak = HandOver.objects.filter(visit=OuterRef("visit"), judgement__verdict="review")
        found = found.filter(Exists(weak))
    if chosen.reason == "waiting":
        found = found.filter(status__in=_OPEN, visit__last_attempt_code="")
    elif chosen.reason:
        found = found.filter(
            Q(status="failed", failed_code=chosen.reason)
            | Q(status__in=_OPEN, visit__last_attempt_code=chosen.reason)
        )
    return found.select_related("visit", "visit__village", "visit__office", "program").order_by(
        "visit_id", "id"
    )


def _held(actor: Actor, filters: Filters) -> QuerySet[ListRow] | None:
    scope = in_scope(actor, village="village_code", office=None)
    if scope is None:
        return None
    accepted = Entitlement.objects.filter(pk=OuterRef("entitlement_id"))
    found = ListRow.objects.filter(
        scope,
        nominative_list__tranche=filters.tranche,
        nominative_list__status="approved",
        verdict="held",
        withdrawn=False,
    ).exclude(Exists(accepted))
    if filters.program:
        found = found.filter(nominative_list__program=filters.program)
    if filters.wave is not None:
        found = found.filter(nominative_list__wave=filters.wave)
    if filters.region:
        found = found.filter(_below(filters.region, "village_code", "."))
    return found.select_related("nominative_list", "nominative_list__program").order_by(
        "nominative_list_id", "row_number"
    )


def _unassigned(actor: Actor, filters: Filters) -> QuerySet[Entitlement] | None:
    scope = in_scope(actor, village="village__code", office=None)
    if scope is None:
        return None
    live = Payment.objects.filter(entitlement=OuterRef("pk")).exclude(status="cancelled")
    found = Entitlement.objects.filter(scope, tranche=filters.tranche, state="open").exclude(
        Exists(live)
    )
    if filters.program:
        found = found.filter(program=filters.program)
    if filters.wave is not None:
        found = found.filter(nominative_list__wave=filters.wave)
    if filters.region:
        found = found.filter(_below(filters.region, "village__code", "."))
    return found.select_related("program", "recipient", "village", "nominative_list").order_by("id")
