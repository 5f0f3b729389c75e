"""Cash on its way to families: order fund > vault > officer, and back.

Intentions: each may be refused. Only the officer's acceptance is a fact: notes that were taken
are booked even when the offer had lapsed meanwhile. Amounts are checked on the custodian's total;
whose money the notes are is a dimension beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from salur.access.models import User
from salur.access.queries import holders_with_role_for_system
from salur.access.rules import OFFICER
from salur.audit.operations import record
from salur.disbursement.errors import (
    CashLimit,
    FloatNotOpen,
    FloatUnknown,
    KeyReused,
    NotAnOfficer,
    NotesDiffer,
    UnknownOrder,
    UnknownSession,
    VaultShort,
)
from salur.disbursement.models import FloatAllocation, FloatSession, PaySession
from salur.disbursement.queries.cash import cash_needed_for_system
from salur.disbursement.queries.policy import current_policy
from salur.disbursement.rules.cash import (
    CashNeed,
    allot_orders,
    allot_return,
    check_notes,
    notes_for_float,
)
from salur.disbursement.rules.policy import PlanPolicy
from salur.kernel.actor import SYSTEM, Actor
from salur.kernel.clock import business_date, now
from salur.kernel.ids import new_id
from salur.ledger.models import Transfer
from salur.ledger.operations import expire_held, hold, post, post_held, void_held
from salur.ledger.queries import balances_for_system, custodian_order_balances_for_system
from salur.ledger.rules import AccountKey, NewTransfer
from salur.places.models import Office
from salur.programs.models import PaymentOrder

Notes = Sequence[Sequence[int]]


def _office(code: str, by: Actor) -> Office:
    office = Office.objects.filter(code=code).first()
    if office is None or not by.sees_office(office.path):
        raise FloatUnknown
    return office


def _vault(office: str) -> AccountKey:
    return AccountKey("vault", office)


def _cash(officer: UUID) -> AccountKey:
    return AccountKey("cash", str(officer))


@transaction.atomic
def draw_cash(
    order_id: UUID, office_code: str, amount: int, *, idempotency_key: str, by: Actor
) -> UUID:
    """Cash of an order comes into an office's vault; the id of its transfer.

    The same key with the same parameters answers the same transfer. Raises UnknownOrder,
    FloatUnknown (office out of scope), KeyReused, NotEnoughMoney (the order's fund).
    """
    by.require("disbursement.issue_float")
    office = _office(office_code, by)
    if not PaymentOrder.objects.filter(pk=order_id).exists():
        raise UnknownOrder
    source, vault = AccountKey("order_fund", str(order_id)), _vault(office.code)
    reference = f"draw:{idempotency_key}"
    known = _known_transfer(reference, source, vault, amount)
    if known is not None:
        return known
    transfer = NewTransfer(
        id=new_id(),
        source=source,
        destination=vault,
        amount=amount,
        order_id=order_id,
        reason="cash_drawn",
        reference=reference,
        business_date=business_date(now(), office.zone),
    )
    post([transfer], by=by)
    record(
        "cash.drawn",
        f"office:{office.code}",
        {"order": str(order_id), "amount": amount, "transfers": [str(transfer.id)]},
        by=by,
    )
    return transfer.id


def _known_transfer(
    reference: str, source: AccountKey, destination: AccountKey, amount: int
) -> UUID | None:
    known = (
        Transfer.objects.filter(reference=reference).select_related("source", "destination").first()
    )
    if known is None:
        return None
    accounts = (str(known.source), str(known.destination))
    if accounts != (str(source), str(destination)) or known.amount != amount:
        raise KeyReused
    return known.id


@transaction.atomic
def issue_float(
    officer_id: UUID,
    *,
    amount: int,
    idempotency_key: str,
    by: Actor,
    session_id: UUID | None = None,
    office_code: str | None = None,
    notes: Notes | None = None,
) -> FloatSession:
    """Offers an officer cash out of the vault; it moves when the officer accepts.

    For a session (its office and needs), or for an office without one. Without ``notes`` they
    are chosen so that every family of the session gets its exact sum. The same key with the same
    parameters answers the same float. Raises UnknownSession, FloatUnknown, NotAnOfficer,
    NotesDiffer, CashLimit, VaultShort, KeyReused.
    """
    by.require("disbursement.issue_float")
    known = FloatSession.objects.filter(idempotency_key=idempotency_key).first()
    if known is not None:
        if (known.officer_id, known.amount, known.session_id) != (officer_id, amount, session_id):
            raise KeyReused
        return known
    session = _session(session_id, by) if session_id is not None else None
    office = session.office if session else _office(office_code or "", by)
    policy = current_policy(session.tranche) if session else PlanPolicy()
    officer = _officer(officer_id, office, by)
    need = cash_needed_for_system([session.id])[session.id] if session else CashNeed()
    tally = _tally(notes, amount, need)
    balances = balances_for_system([_cash(officer.id)])[_cash(officer.id)]
    in_hand = balances.posted + balances.held_in
    if in_hand + amount > policy.officer_cash_limit:
        raise CashLimit(in_hand=in_hand, amount=amount, limit=policy.officer_cash_limit)
    try:
        allotted = allot_orders(
            amount, need.orders, custodian_order_balances_for_system(_vault(office.code))
        )
    except ValueError as error:
        raise VaultShort(short=int(str(error))) from error
    moment = now()
    day = session.business_date if session else business_date(moment, office.zone)
    row = FloatSession.objects.create(
        id=new_id(),
        officer=officer,
        office=office,
        session=session,
        business_date=day,
        amount=amount,
        notes=[list(pair) for pair in tally],
        issued_by=f"{by.kind}:{by.id}",
        issued_at=moment,
        expires_at=moment + timedelta(hours=policy.float_hours),
        idempotency_key=idempotency_key,
    )
    transfers = [
        NewTransfer(
            id=new_id(),
            source=_vault(office.code),
            destination=_cash(officer.id),
            amount=part,
            order_id=order,
            reason="float_issued",
            reference=f"float:{row.id}:{order}",
            business_date=business_date(moment, office.zone),
        )
        for order, part in sorted(allotted.items(), key=lambda item: str(item[0]))
    ]
    hold(transfers, by=by)
    FloatAllocation.objects.bulk_create(
        FloatAllocation(
            float_session=row,
            order_id=transfer.order_id,
            amount=transfer.amount,
            transfer_id=transfer.id,
        )
        for transfer in transfers
    )
    record(
        "float.issued",
        f"float:{row.id}",
        {
            "officer": str(officer.id),
            "office": office.code,
            "session": str(session.id) if session else None,
            "amount": amount,
            "notes": row.notes,
            "orders": {str(t.order_id): t.amount for t in transfers},
            "transfers": [str(t.id) for t in transfers],
        },
        by=by,
    )
    return row


def _session(session_id: UUID, by: Actor) -> PaySession:
    session = PaySession.objects.select_related("office", "tranche").filter(pk=session_id).first()
    if session is None or not by.sees_office(session.office.path):
        raise UnknownSession
    return session


def _officer(officer_id: UUID, office: Office, by: Actor) -> User:
    """Locked, so that two cashiers cannot both stay below one officer's limit."""
    if str(officer_id) == by.id:
        raise NotAnOfficer
    head = office.path.rpartition("/")[0]
    known = holders_with_role_for_system(OFFICER, office.path) | holders_with_role_for_system(
        OFFICER, head
    )
    officer = User.objects.select_for_update().filter(pk=officer_id).first()
    if officer is None or not known.filter(pk=officer_id).exists():
        raise NotAnOfficer
    return officer


def _tally(notes: Notes | None, amount: int, need: CashNeed) -> tuple[tuple[int, int], ...]:
    if notes is None:
        return notes_for_float(amount, need)
    try:
        return check_notes(notes, amount)
    except ValueError as error:
        raise NotesDiffer(amount=amount) from error


def _locked(float_id: UUID) -> FloatSession:
    row = (
        FloatSession.objects.select_for_update(of=("self",))
        .select_related("office")
        .filter(pk=float_id)
        .first()
    )
    if row is None:
        raise FloatUnknown
    return row


def _transfers(row: FloatSession) -> list[UUID]:
    return list(row.allocations.order_by("transfer_id").values_list("transfer_id", flat=True))


@transaction.atomic
def accept_float(float_id: UUID, *, by: Actor) -> FloatSession:
    """The officer has counted the notes and taken them: vault > officer.

    A fact, by the officer alone. Accepting again changes nothing. When the offer had lapsed, the
    notes are booked all the same, as taken late. Raises FloatUnknown for somebody else's float,
    NotEnoughMoney when the vault has promised or paid out the lapsed sum meanwhile: whoever heard
    of it asks again later.
    """
    row = _locked(float_id)
    if str(row.officer_id) != by.extra.get("holder", by.id):
        raise FloatUnknown
    moment = now()
    day = business_date(moment, row.office.zone)
    late = row.status == FloatSession.Status.WITHDRAWN
    if row.status == FloatSession.Status.ISSUED:
        moved = list(post_held(_transfers(row), business_date=day, by=by).values())
    elif late:
        taken = [
            NewTransfer(
                id=new_id(),
                source=_vault(row.office_id),
                destination=_cash(row.officer_id),
                amount=part.amount,
                order_id=part.order_id,
                reason="float_taken_late",
                reference=f"float:{row.id}:{part.order_id}:late",
                business_date=day,
            )
            for part in row.allocations.order_by("order_id")
        ]
        post(taken, by=by)
        moved = [transfer.id for transfer in taken]
    else:
        return row
    row.status = FloatSession.Status.ACCEPTED
    row.accepted_at = moment
    row.save(update_fields=["status", "accepted_at"])
    record(
        "float.accepted",
        f"float:{row.id}",
        {"amount": row.amount, "late": late, "transfers": [str(one) for one in moved]},
        by=by,
    )
    return row


@transaction.atomic
def withdraw_float(float_id: UUID, *, by: Actor) -> FloatSession:
    """Takes an offer back that nobody accepted yet. Raises FloatUnknown, FloatNotOpen."""
    by.require("disbursement.issue_float")
    row = _locked(float_id)
    if not by.sees_office(row.office.path):
        raise FloatUnknown
    if row.status != FloatSession.Status.ISSUED:
        raise FloatNotOpen(status=row.status)
    day = business_date(now(), row.office.zone)
    moved = void_held(_transfers(row), business_date=day, by=by)
    row.status = FloatSession.Status.WITHDRAWN
    row.save(update_fields=["status"])
    record(
        "float.withdrawn",
        f"float:{row.id}",
        {"amount": row.amount, "transfers": [str(one) for one in moved.values()]},
        by=by,
    )
    return row


@transaction.atomic
def expire_floats(*, by: Actor = SYSTEM) -> int:
    """Offers that nobody accepted in time fall back to the vault; how many. Run by the worker."""
    rows = list(
        FloatSession.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("office")
        .filter(status=FloatSession.Status.ISSUED, expires_at__lte=now())
        .order_by("id")[:500]
    )
    for row in rows:
        day = business_date(now(), row.office.zone)
        moved = expire_held(_transfers(row), business_date=day, by=by)
        row.status = FloatSession.Status.WITHDRAWN
        row.save(update_fields=["status"])
        record(
            "float.expired",
            f"float:{row.id}",
            {"amount": row.amount, "transfers": [str(one) for one in moved.values()]},
            by=by,
        )
    return len(rows)


@transaction.atomic
def hand_back(
    float_id: UUID, *, amount: int, notes: Notes, idempotency_key: str, by: Actor
) -> FloatSession:
    """The cashier takes unspent notes back before the float is closed: officer > vault.

    What lies on the table is booked even when the books know less of it: events may still be on
    their way. The same key answers the same float without moving anything. Raises FloatUnknown,
    FloatNotOpen, NotesDiffer, KeyReused.
    """
    by.require("disbursement.issue_float")
    row = _locked(float_id)
    if not by.sees_office(row.office.path) or str(row.officer_id) == by.id:
        raise FloatUnknown
    reference = f"handback:{row.id}:{idempotency_key}"
    known = Transfer.objects.filter(
        source__kind="cash",
        source__custodian=str(row.officer_id),
        reason="hand_back",
        reference__startswith=f"{reference}:",
    )
    if earlier := sum(known.values_list("amount", flat=True)):
        if earlier != amount:
            raise KeyReused
        return row
    if row.status not in (FloatSession.Status.ACCEPTED, FloatSession.Status.COUNTED):
        raise FloatNotOpen(status=row.status)
    try:
        tally = check_notes(notes, amount)
    except ValueError as error:
        raise NotesDiffer(amount=amount) from error
    held = custodian_order_balances_for_system(_cash(row.officer_id))
    allotted = allot_return(amount, held or {a.order_id: a.amount for a in row.allocations.all()})
    transfers = [
        NewTransfer(
            id=new_id(),
            source=_cash(row.officer_id),
            destination=_vault(row.office_id),
            amount=part,
            order_id=order,
            reason="hand_back",
            reference=f"{reference}:{order}",
            business_date=business_date(now(), row.office.zone),
        )
        for order, part in sorted(allotted.items(), key=lambda item: str(item[0]))
    ]
    post(transfers, by=by)
    record(
        "float.handed_back",
        f"float:{row.id}",
        {
            "amount": amount,
            "notes": [list(pair) for pair in tally],
            "orders": {str(order): part for order, part in allotted.items()},
            "transfers": [str(transfer.id) for transfer in transfers],
        },
        by=by,
    )
    return row
