"""Hand-overs in doubt, settled from the counted cash by two people."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from salur.access.rules import check_different_person
from salur.audit.operations import record
from salur.disbursement.errors import DoubtSettled, DoubtUnknown
from salur.disbursement.models import DoubtSettlement, Payment, PayoutLine
from salur.disbursement.operations.handovers.doubts import end_beginnings, refresh_visits
from salur.disbursement.operations.handovers.standing import (
    judge_facts,
    lock_payments,
    lock_visits,
)
from salur.disbursement.operations.handovers.telling import announce, messages_of
from salur.disbursement.operations.handovers.writing import (
    cash_fact_of,
    keep_lines,
    settle,
    transfer_of,
)
from salur.disbursement.operations.unsynced import explain_unsynced
from salur.disbursement.queries.doubts import Doubt, doubt_for_system
from salur.disbursement.rules.handovers import PAID, SHORT, ClaimedLine, HandedOver
from salur.kernel.actor import Actor
from salur.kernel.clock import business_date, now
from salur.kernel.ids import new_id
from salur.ledger.operations import post, reverse
from salur.ledger.queries import balances_for_system
from salur.ledger.rules import AccountKey
from salur.messaging.operations import queue_messages
from salur.places.models import Office
from salur.programs.operations import reopen_entitlements

SETTLED = "settled"


def _doubt(begun_id: UUID, by: Actor) -> Doubt:
    """Open, in the actor's offices, and not the actor's own."""
    doubt = doubt_for_system(begun_id)
    if doubt is None:
        raise DoubtUnknown
    if not by.sees_office(Office.objects.get(code=doubt.office_code).path):
        raise DoubtUnknown
    check_different_person(by, str(doubt.officer_id))
    return doubt


@transaction.atomic
def propose_doubt(
    begun_id: UUID, *, paid: bool, counted: int | None, note: str, by: Actor
) -> DoubtSettlement:
    """The first of two people: what the counted cash says of a hand-over in doubt. A later proposal
    replaces the earlier one until it is decided.

    Raises Forbidden, DoubtUnknown, SamePerson (the officer).
    """
    by.require("reconciliation.close_session")
    doubt = _doubt(begun_id, by)
    cash = AccountKey("cash", str(doubt.officer_id))
    row, _ = DoubtSettlement.objects.update_or_create(
        id=begun_id,
        defaults={
            "visit_id": doubt.visit_id,
            "officer_id": doubt.officer_id,
            "office_id": doubt.office_code,
            "paid": paid,
            "total": doubt.total,
            "expected": balances_for_system([cash])[cash].available,
            "counted": counted,
            "note": note,
            "proposed_by": f"user:{by.id}",
            "proposed_at": now(),
        },
    )
    record(
        "doubt.proposed",
        f"hand_over:{begun_id}",
        {"paid": paid, "total": row.total, "expected": row.expected, "counted": counted},
        by=by,
        personal={"note": note},
    )
    return row


@transaction.atomic
def decide_doubt(begun_id: UUID, *, agree: bool, by: Actor) -> DoubtSettlement | None:
    """The second of two people. Agreed: paid is booked as lines of source ``settled``, not paid
    releases the visit. Not agreed: the proposal is taken away (None), the doubt stays.

    Raises Forbidden, DoubtUnknown (ended meanwhile, too), DoubtSettled (nothing proposed),
    SamePerson (the officer, or who proposed).
    """
    by.require("reconciliation.sign_variance")
    doubt = _doubt(begun_id, by)
    row = DoubtSettlement.objects.select_for_update().filter(pk=begun_id).first()
    if row is None or row.decided_by:
        raise DoubtSettled
    check_different_person(by, row.proposed_by.removeprefix("user:"))
    if not agree:
        row.delete()
        record("doubt.refused", f"hand_over:{begun_id}", {"paid": row.paid}, by=by)
        return None
    fact = _fact(doubt)
    transfers: list[UUID] = []
    if row.paid:
        row.lines, transfers = _book(fact, by)
    else:
        visits = lock_visits({doubt.visit_id})
        end_beginnings({begun_id: fact})
        refresh_visits(visits)
    row.decided_by, row.decided_at = f"user:{by.id}", now()
    row.save(update_fields=["lines", "decided_by", "decided_at"])
    record(
        "doubt.settled",
        f"hand_over:{begun_id}",
        {
            "paid": row.paid,
            "total": row.total,
            "lines": len(row.lines),
            "evidence": "none",
            "transfers": [str(one) for one in transfers],
        },
        by=by,
    )
    return row


def _fact(doubt: Doubt) -> HandedOver:
    """What the begun event promised, as if it had been ended."""
    return HandedOver(
        event_id=new_id(),
        device_id=doubt.device_id,
        officer_id=doubt.officer_id,
        office_code=doubt.office_code,
        zone=doubt.zone,
        visit_id=doubt.visit_id,
        session_id=doubt.session_id,
        claims=tuple(ClaimedLine(payment, amount) for payment, amount in doubt.claims),
        total=doubt.total,
        begun_id=doubt.begun_id,
        verification_id=None,
        method="",
        collector_id=None,
        relation="",
        receipt_mark="",
        sop=doubt.sop,
        device_time=None,
        server_time=None,
        received_at=now(),
        sequence=doubt.sequence,
    )


def _book(fact: HandedOver, by: Actor) -> tuple[list[str], list[UUID]]:
    payments = lock_payments({claim.payment_id for claim in fact.claims})
    visits = lock_visits({fact.visit_id} if fact.visit_id else set())
    lines, _dates, _later = judge_facts([fact], payments)
    keep_lines(lines, source=SETTLED)
    settle(lines, by)
    end_beginnings({fact.begun_id: fact} if fact.begun_id else {})
    refresh_visits(visits | {line.payment.visit_id for line in lines if line.payment})
    announce(lines)
    queue_messages(messages_of(lines))
    explained = explain_unsynced([cash_fact_of(fact, lines)], by=by)
    post([*(transfer_of(line) for line in lines), *explained], by=by)
    return [str(line.id) for line in lines], [line.transfer_id for line in lines]


def replace_settled(facts: Sequence[HandedOver], *, by: Actor) -> dict[UUID, int]:
    """Undoes settlements whose own hand-over has come after all, so that the fact is booked in
    their place; rupiah that came back into the bag, by the fact that replaces them."""
    begun = {fact.begun_id: fact for fact in facts if fact.begun_id}
    rows = list(
        DoubtSettlement.objects.select_for_update()
        .filter(pk__in=list(begun), paid=True, replaced_by=None)
        .exclude(decided_by="")
        .order_by("pk")
    )
    back: dict[UUID, int] = {}
    for row in rows:
        fact = begun[row.pk]
        lines = list(PayoutLine.objects.filter(id__in=row.lines, reversed_by=None).order_by("id"))
        if any(line.outcome == SHORT for line in lines):
            continue  # Its rest is planned anew already: the fact makes that up instead.
        payments = lock_payments({line.payment_id for line in lines if line.payment_id})
        day = business_date(now(), fact.zone)
        undone = reverse(
            [line.transfer_id for line in lines],
            reason="settlement_replaced",
            business_date=day,
            by=by,
        )
        PayoutLine.objects.filter(id__in=[line.id for line in lines]).update(
            reversed_by=fact.event_id
        )
        paid = [line.payment_id for line in lines if line.outcome == PAID and line.payment_id]
        Payment.objects.filter(id__in=paid, status=Payment.Status.PAID).update(
            status=Payment.Status.PLANNED, updated_at=now()
        )
        reopen_entitlements([payments[one].entitlement_id for one in paid], by=by)
        row.replaced_by = fact.event_id
        row.save(update_fields=["replaced_by"])
        back[fact.event_id] = sum(line.amount for line in lines)
        record(
            "doubt.replaced",
            f"hand_over:{row.pk}",
            {"by": str(fact.event_id), "transfers": [str(one) for one in undone.values()]},
            by=by,
        )
    return back
