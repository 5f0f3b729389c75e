"""Tranches, and the ministry's orders whose money they pay out."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction

from salur.access.rules import check_different_person
from salur.audit.operations import record
from salur.kernel.actor import Actor
from salur.kernel.clock import business_date, now
from salur.kernel.ids import new_id
from salur.ledger.operations import post
from salur.ledger.rules import TREASURY, AccountKey, NewTransfer
from salur.programs.errors import (
    FundsRecorded,
    OrderNumberUsed,
    TrancheClosed,
    TrancheOverlaps,
    UnknownOrder,
    UnknownProgram,
    UnknownTranche,
)
from salur.programs.models import PaymentOrder, Program, Tranche

#: The treasury and the head office keep the clock of the capital.
CAPITAL_ZONE = "Asia/Jakarta"


@transaction.atomic
def open_tranche(
    *,
    year: int,
    number: int,
    name: str,
    opens_on: date,
    planned_end_on: date,
    return_by: date,
    by: Actor,
) -> Tranche:
    """A new round of payments. Raises TrancheOverlaps when year and number are taken."""
    by.require("programs.record_order")
    if Tranche.objects.filter(year=year, number=number).exists():
        raise TrancheOverlaps(year=year, number=number)
    tranche = Tranche.objects.create(
        id=new_id(),
        year=year,
        number=number,
        name=name,
        opens_on=opens_on,
        planned_end_on=planned_end_on,
        return_by=return_by,
    )
    dates = {"opens_on": opens_on, "planned_end_on": planned_end_on, "return_by": return_by}
    record(
        "tranche.opened",
        f"tranche:{tranche.id}",
        {"year": year, "number": number, **{key: day.isoformat() for key, day in dates.items()}},
        by=by,
    )
    return tranche


@transaction.atomic
def record_order(
    *, tranche_id: UUID, program: str, number: str, amount: int, dated_on: date, by: Actor
) -> PaymentOrder:
    """Writes down the ministry's order. Its money is not there yet: see ``confirm_funds``.

    Raises UnknownTranche, UnknownProgram, TrancheClosed, OrderNumberUsed.
    """
    by.require("programs.record_order")
    tranche = Tranche.objects.filter(id=tranche_id).first()
    if tranche is None:
        raise UnknownTranche
    if tranche.closed_at:
        raise TrancheClosed
    if not Program.objects.filter(code=program).exists():
        raise UnknownProgram(program=program)
    if PaymentOrder.objects.filter(number=number).exists():
        raise OrderNumberUsed(number=number)
    order = PaymentOrder.objects.create(
        id=new_id(),
        tranche=tranche,
        program_id=program,
        number=number,
        amount=amount,
        dated_on=dated_on,
        recorded_by=by.id,
        recorded_at=now(),
    )
    record(
        "order.recorded",
        f"order:{order.id}",
        {"tranche": str(tranche_id), "program": program, "number": number, "amount": amount},
        by=by,
    )
    return order


@transaction.atomic
def confirm_funds(order_id: UUID, *, by: Actor) -> PaymentOrder:
    """The order's money has come: treasury > order fund, in the same transaction.

    By another person than the one who wrote the order down. Raises UnknownOrder, FundsRecorded,
    SamePerson.
    """
    by.require("programs.confirm_funds")
    order = PaymentOrder.objects.select_for_update().filter(id=order_id).first()
    if order is None:
        raise UnknownOrder
    check_different_person(by, order.recorded_by)
    moment = now()
    fresh = PaymentOrder.objects.filter(id=order_id, funds_received_at=None)
    if fresh.update(funds_received_at=moment) != 1:
        raise FundsRecorded
    transfer = NewTransfer(
        id=new_id(),
        source=TREASURY,
        destination=AccountKey("order_fund", str(order.id)),
        amount=order.amount,
        order_id=order.id,
        reason="order_received",
        reference=f"order:{order.id}",
        business_date=business_date(moment, CAPITAL_ZONE),
    )
    post([transfer], by=by)
    record(
        "order.funded",
        f"order:{order.id}",
        {"amount": order.amount, "transfers": [str(transfer.id)]},
        by=by,
    )
    order.funds_received_at = moment
    return order
