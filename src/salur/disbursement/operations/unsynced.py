"""Bags closed before everything was heard: what was missing waits for the facts that explain it.

Order of locks: after payments and passings, before accounts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from salur.access.rules import check_different_person
from salur.audit.operations import record, record_many
from salur.audit.rules import NewEntry
from salur.disbursement.errors import NothingUnsynced
from salur.disbursement.models import FloatSession, HandOver, UnsyncedCash
from salur.disbursement.rules.unsynced import Belongs, drain, is_late
from salur.kernel.actor import Actor
from salur.kernel.clock import business_date, now
from salur.kernel.ids import new_id
from salur.ledger.operations import post
from salur.ledger.rules import AccountKey, NewTransfer

UNSYNCED = AccountKey("suspense", "unsynced")


@dataclass(frozen=True, slots=True)
class CashFact:
    """Cash that left an officer's bag (below zero: that came into it), by one signed fact.

    ``sequence``, ``session_id`` and ``heard_at`` (by the server's clock) say whether it belongs
    before a close: a phone's clock is not asked. ``subject`` names it in the books.
    """

    officer_id: UUID
    device_id: UUID
    sequence: int | None
    session_id: UUID | None
    heard_at: datetime
    amount: int
    subject: str


def leave_unsynced(
    row: FloatSession,
    legs: Sequence[tuple[UUID, int]],
    *,
    missing: bool,
    closed_along: Sequence[FloatSession],
    devices: Mapping[UUID, int],
) -> None:
    """Remembers what a bag that is being closed lacked (or held beyond), so that later facts of
    its officer explain it. Runs inside the close; its transfers are the close's own."""
    amount = sum(part for _, part in legs)
    if not amount:
        return
    floats = [row, *closed_along]
    since = min(one.accepted_at for one in floats if one.accepted_at is not None)
    worked = HandOver.objects.filter(officer_id=row.officer_id, booked_at__gte=since)
    sessions = {one.session_id for one in floats} | {
        one for one in worked.values_list("session_id", flat=True).distinct() if one
    }
    UnsyncedCash.objects.create(
        float_session=row,
        officer_id=row.officer_id,
        office_id=row.office_id,
        amount=amount if missing else -amount,
        legs=[[str(order), part] for order, part in legs],
        sessions=sorted(str(one or "") for one in sessions),
        devices={str(device): sequence for device, sequence in devices.items()},
        closed_at=now(),
    )


def explain_unsynced(facts: Sequence[CashFact], *, by: Actor) -> list[NewTransfer]:
    """The transfers by which facts that belong before a close account for what it lacked; the
    caller posts them with its own. At most what lies there: the rest stays the officer's.

    However the facts are ordered, the same is explained in the end. Audited here.
    """
    rows = _rows_of({fact.officer_id for fact in facts if fact.amount})
    transfers: list[NewTransfer] = []
    entries: list[NewEntry] = []
    touched: dict[UUID, UnsyncedCash] = {}
    for fact in facts:
        own = rows.get(fact.officer_id, [])
        if not any(is_late(_belongs(row), fact) for row in own):
            continue
        rest = abs(fact.amount)
        for row in own:
            part = min(rest, row.left) if (row.amount > 0) == (fact.amount > 0) else 0
            if not part:
                continue
            moved = _explain(row, part, fact)
            transfers += moved
            touched[row.pk] = row
            rest -= part
            entries.append(
                NewEntry(
                    "float.explained",
                    f"float:{row.pk}",
                    {
                        "by": fact.subject,
                        "amount": part,
                        "left": row.left,
                        "transfers": [str(transfer.id) for transfer in moved],
                    },
                )
            )
    UnsyncedCash.objects.bulk_update(touched.values(), ["explained"])
    record_many(entries, by=by)
    return transfers


def _rows_of(officers: set[UUID]) -> dict[UUID, list[UnsyncedCash]]:
    """All rows of those of the officers with something left, the oldest first, locked."""
    if not officers:
        return {}
    left = Q(amount__gt=F("explained") + F("settled")) | Q(
        amount__lt=-F("explained") - F("settled")
    )
    waiting = UnsyncedCash.objects.filter(left, officer_id__in=officers).values("officer_id")
    rows: dict[UUID, list[UnsyncedCash]] = {}
    for row in (
        UnsyncedCash.objects.select_for_update(of=("self",))
        .select_related("office")
        .filter(officer_id__in=waiting)
        .order_by("closed_at", "pk")
    ):
        rows.setdefault(row.officer_id, []).append(row)
    return rows


def _belongs(row: UnsyncedCash) -> Belongs:
    return Belongs(frozenset(row.sessions), row.devices, row.closed_at)


def _explain(row: UnsyncedCash, part: int, fact: CashFact) -> list[NewTransfer]:
    cash = AccountKey("cash", str(row.officer_id))
    if row.amount > 0:
        source, destination = UNSYNCED, cash
    else:
        source, destination = cash, AccountKey("surplus", str(row.officer_id))
    legs = [(UUID(order), size) for order, size in row.legs]
    parts = drain(legs, row.explained + row.settled, part)
    row.explained += part
    return [
        NewTransfer(
            id=new_id(),
            source=source,
            destination=destination,
            amount=amount,
            order_id=order,
            reason="unsynced_explained",
            reference=f"explained:{row.pk}:{fact.subject}:{order}",
            business_date=business_date(now(), row.office.zone),
        )
        for order, amount in parts
    ]


@transaction.atomic
def settle_unsynced(float_session_id: UUID, *, note: str, by: Actor) -> UnsyncedCash:
    """A head gives up waiting: what nothing accounts for is the officer's shortage after all.

    Raises Forbidden, NothingUnsynced (unknown, out of scope, explained, or more than the books),
    SamePerson.
    """
    by.require("reconciliation.sign_variance")
    row = (
        UnsyncedCash.objects.select_for_update(of=("self",))
        .select_related("office")
        .filter(pk=float_session_id)
        .first()
    )
    if row is None or not by.sees_office(row.office.path) or row.amount < 0 or not row.left:
        raise NothingUnsynced
    check_different_person(by, str(row.officer_id))
    left = row.left
    parts = drain([(UUID(order), size) for order, size in row.legs], row.explained, left)
    transfers = [
        NewTransfer(
            id=new_id(),
            source=UNSYNCED,
            destination=AccountKey("shortage", str(row.officer_id)),
            amount=amount,
            order_id=order,
            reason="shortage",
            reference=f"unexplained:{row.pk}:{order}",
            business_date=business_date(now(), row.office.zone),
        )
        for order, amount in parts
    ]
    post(transfers, by=by)
    row.settled, row.settled_by, row.note = left, f"{by.kind}:{by.id}", note
    row.save(update_fields=["settled", "settled_by", "note"])
    record(
        "float.unexplained",
        f"float:{row.pk}",
        {"amount": left, "transfers": [str(transfer.id) for transfer in transfers]},
        by=by,
        personal={"note": note} if note else None,
    )
    return row
