"""Closing float sessions and office days. Facts are counted; two people sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from salur.access.models import Device
from salur.access.rules import check_different_person
from salur.audit.operations import record, record_many
from salur.audit.rules import NewEntry
from salur.disbursement.models import FloatSession
from salur.disbursement.operations import leave_unsynced
from salur.disbursement.queries import doubts_of_officer_for_system, open_passings_for_system
from salur.intake.queries import (
    highest_sequences_for_system,
    missing_sequences_for_system,
    parked_of_devices_for_system,
)
from salur.kernel.actor import Actor
from salur.kernel.clock import business_date, now
from salur.kernel.ids import new_id
from salur.ledger.operations import post
from salur.ledger.queries import balances_for_system, custodian_order_balances_for_system
from salur.ledger.rules import AccountKey, NewTransfer
from salur.places.models import Office
from salur.reconciliation.errors import (
    CashInTransit,
    DayClosed,
    EventsMissing,
    FloatUnknown,
    HandOversInDoubt,
    NotCountable,
    NotCounted,
    NotesDiffer,
)
from salur.reconciliation.models import OfficeDay, SessionClose
from salur.reconciliation.rules import Leg, close_legs, count_notes

OPEN = (FloatSession.Status.ACCEPTED, FloatSession.Status.COUNTED)


@dataclass(frozen=True, slots=True)
class Count:
    """An officer's own count of the bag at the end of a session."""

    reference: str
    officer_id: UUID
    session_id: UUID | None
    notes: tuple[tuple[int, int], ...]
    total: int
    counted_at: datetime


@transaction.atomic
def record_counts(counts: Sequence[Count], *, by: Actor) -> dict[str, str]:
    """Keeps counts on the officers' open floats; answers ``counted`` or why not, by reference.

    A fact: a later count of the same float replaces the earlier one until the session is closed;
    both stay in the audit log.
    """
    answers: dict[str, str] = {}
    entries = []
    for count in counts:
        floats = FloatSession.objects.select_for_update().filter(
            officer_id=count.officer_id, status__in=OPEN
        )
        if count.session_id is not None:
            # An advance that was issued for no session in particular lies in the same bag.
            floats = floats.filter(Q(session_id=count.session_id) | Q(session_id=None))
        row = floats.order_by("-accepted_at").first()
        if row is None:
            answers[count.reference] = "no_open_float"
        elif count_notes(count.notes) != count.total:
            answers[count.reference] = "notes_differ"
        else:
            row.counted_notes = [list(note) for note in count.notes]
            row.counted_amount = count.total
            row.counted_at = count.counted_at
            row.status = FloatSession.Status.COUNTED
            row.save(update_fields=["counted_notes", "counted_amount", "counted_at", "status"])
            answers[count.reference] = "counted"
            entries.append(
                NewEntry(
                    "float.counted",
                    f"float:{row.id}",
                    {"total": count.total, "notes": row.counted_notes},
                    actor=f"user:{count.officer_id}",
                )
            )
    record_many(entries, by=by)
    return answers


@transaction.atomic
def close_session(
    float_session_id: UUID, *, note: str = "", despite_gaps: bool = False, by: Actor
) -> SessionClose:
    """Compares the counted bag with the books, books the variance and takes the notes back.

    The officer counted, another person closes. All open floats of the officer are one pile: the
    counted one is closed with the figures, top-ups beside it with nothing. What arrives later from
    the officer's devices is still booked, dated on its day of arrival. Raises Forbidden,
    FloatUnknown, NotCounted, NotCountable, SamePerson, EventsMissing, HandOversInDoubt and
    CashInTransit (unless a head closes ``despite_gaps``, with a note; what is missing then waits in
    suspense for the facts that explain it).
    """
    by.require("reconciliation.sign_variance" if despite_gaps else "reconciliation.close_session")
    row = (
        FloatSession.objects.select_for_update(of=("self",))
        .select_related("office")
        .filter(id=float_session_id)
        .first()
    )
    if row is None or not by.sees_office(row.office.path):
        raise FloatUnknown
    if row.status == FloatSession.Status.ACCEPTED:
        raise NotCounted
    if row.status != FloatSession.Status.COUNTED or row.counted_amount is None:
        raise NotCountable
    check_different_person(by, str(row.officer_id))
    devices = list(Device.objects.filter(holder_id=row.officer_id).values_list("id", flat=True))
    unsynced = _check_events(row.officer_id, devices, despite_gaps and bool(note))
    cash = AccountKey("cash", str(row.officer_id))
    balances = custodian_order_balances_for_system(cash)
    expected, counted = sum(balances.values()), row.counted_amount
    today = business_date(now(), row.office.zone)
    legs = close_legs(balances, counted)
    transfers = _transfers(row, legs, today, unsynced=unsynced)
    post(transfers, by=by)
    close = _keep_close(row, expected, counted, today, note, by)
    top_ups = list(
        FloatSession.objects.select_for_update()
        .filter(officer_id=row.officer_id, status__in=OPEN)
        .exclude(id=row.id)
    )
    for top_up in top_ups:
        _keep_close(top_up, 0, 0, today, f"float:{row.id}", by)
    if unsynced:
        leave_unsynced(
            row,
            [(leg.order_id, leg.amount) for leg in legs if leg.kind in ("missing", "extra")],
            missing=counted < expected,
            closed_along=top_ups,
            devices=highest_sequences_for_system(devices),
        )
    record(
        "float.closed",
        f"float:{row.id}",
        {
            "expected": expected,
            "counted": counted,
            "variance": counted - expected,
            "despite_gaps": unsynced,
            "transfers": [str(transfer.id) for transfer in transfers],
        },
        by=by,
        personal={"note": note} if note else None,
    )
    return close


def _check_events(officer_id: UUID, devices: Sequence[UUID], allowed: bool) -> bool:
    """Whether the books may not know everything yet: something that the officer's devices signed
    is not here or has no end, cash of the officer is in transit, or a head says so (``allowed``).
    """
    waiting = parked_of_devices_for_system(devices)
    gaps = sum(
        last - first + 1
        for device in devices
        for first, last in missing_sequences_for_system(device)
    )
    doubts = len(doubts_of_officer_for_system(officer_id))
    transit = len(open_passings_for_system(officer_id))
    if allowed:
        return True
    if waiting or gaps:
        raise EventsMissing(waiting=waiting, gaps=gaps)
    if doubts:
        raise HandOversInDoubt(visits=doubts)
    if transit:
        raise CashInTransit(passings=transit)
    return False


def _transfers(
    row: FloatSession, legs: Sequence[Leg], today: date, *, unsynced: bool
) -> list[NewTransfer]:
    officer = str(row.officer_id)
    cash, vault = AccountKey("cash", officer), AccountKey("vault", row.office_id)
    missing = AccountKey("suspense", "unsynced") if unsynced else AccountKey("shortage", officer)
    ways = {
        "back": (cash, vault, "hand_back"),
        "out": (vault, cash, "earmark_exchange"),
        "missing": (cash, missing, "unsynced" if unsynced else "shortage"),
        "extra": (AccountKey("surplus", officer), cash, "surplus"),
    }
    return [
        NewTransfer(
            id=new_id(),
            source=ways[leg.kind][0],
            destination=ways[leg.kind][1],
            amount=leg.amount,
            order_id=leg.order_id,
            reason=ways[leg.kind][2],
            reference=f"close:{row.id}:{leg.kind}:{leg.order_id}",
            business_date=today,
        )
        for leg in legs
    ]


def _keep_close(
    row: FloatSession, expected: int, counted: int, today: date, note: str, by: Actor
) -> SessionClose:
    row.status = FloatSession.Status.CLOSED
    row.closed_at = now()
    row.save(update_fields=["status", "closed_at"])
    return SessionClose.objects.create(
        float_session=row,
        expected=expected,
        counted=counted,
        variance=counted - expected,
        counted_by=f"user:{row.officer_id}",
        closed_by=f"user:{by.id}",
        note=note,
        closed_at=row.closed_at,
        business_date=today,
    )


@transaction.atomic
def count_at_desk(
    float_session_id: UUID, notes: Sequence[tuple[int, int]], total: int, *, by: Actor
) -> None:
    """The officer's count, entered by the officer at the cashier's desk when no phone is at hand.

    Raises FloatUnknown for somebody else's float, NotCountable, NotesDiffer.
    """
    row = FloatSession.objects.select_related("session").filter(id=float_session_id).first()
    if row is None or str(row.officer_id) != by.extra.get("holder", by.id):
        raise FloatUnknown
    if count_notes(notes) != total:
        raise NotesDiffer(notes=count_notes(notes), total=total)
    answer = record_counts(
        [Count("desk", row.officer_id, row.session_id, tuple(notes), total, now())], by=by
    )
    if answer["desk"] != "counted":
        raise NotCountable


@transaction.atomic
def close_office_day(office_code: str, day: date, *, by: Actor) -> OfficeDay:
    """Closes an office's day: what lies in the vault, what is still in the field, what differed.

    Open sessions do not hold it up; they are listed as cash in the field. Raises Forbidden,
    FloatUnknown (an office out of scope), DayClosed.
    """
    by.require("reconciliation.close_day")
    office = Office.objects.filter(code=office_code).first()
    if office is None or not by.sees_office(office.path):
        raise FloatUnknown
    floats = FloatSession.objects.filter(office=office, status__in=OPEN)
    officers = {
        AccountKey("cash", str(officer)) for officer in floats.values_list("officer_id", flat=True)
    }
    vault = AccountKey("vault", office_code)
    balances = balances_for_system([vault, *officers])
    closes = SessionClose.objects.filter(float_session__office=office, business_date=day)
    try:
        with transaction.atomic():
            row = OfficeDay.objects.create(
                office=office,
                business_date=day,
                vault_balance=balances[vault].posted,
                cash_in_field=sum(balances[key].posted for key in officers),
                open_sessions=floats.count(),
                variance=sum(closes.values_list("variance", flat=True)),
                closed_by=f"user:{by.id}",
                closed_at=now(),
            )
    except IntegrityError as error:
        raise DayClosed from error
    record(
        "office_day.closed",
        f"office:{office_code}",
        {
            "date": day.isoformat(),
            "vault": row.vault_balance,
            "in_field": row.cash_in_field,
            "open_sessions": row.open_sessions,
            "variance": row.variance,
        },
        by=by,
    )
    return row
