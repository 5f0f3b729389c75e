"""Cash between officers: two signed words, booked once. Facts; nothing here refuses but settling.

Order of locks: passings by key, then accounts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from salur.access.rules import check_different_person
from salur.audit.operations import record_many
from salur.audit.rules import NewEntry
from salur.disbursement.errors import PassingSettled, PassingUnknown
from salur.disbursement.models import FloatAllocation, Passing
from salur.disbursement.operations.unsynced import CashFact, explain_unsynced
from salur.disbursement.rules.cash import allot_return
from salur.disbursement.rules.passing import REVOKED, Heard, Notes, PassingKey, Word, hear
from salur.kernel.actor import SYSTEM, Actor
from salur.kernel.clock import business_date, now
from salur.kernel.ids import new_id
from salur.ledger.operations import expire_held, hold, post, post_held, void_held
from salur.ledger.queries import custodian_order_balances_for_system
from salur.ledger.rules import HOUSE_BOOK, AccountKey, NewTransfer

ASKED_AFTER = timedelta(hours=24)
"""How long one word waits for the other before a person is asked: both phones see a network on
the evening of an ordinary day."""

MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Passed:
    """How a passing stands once its words are heard. ``code`` is ``passed``, ``differs`` (booked as
    the taker counted), ``in_transit``, ``waits_for_giver``, ``revoked_device`` or ``dropped``."""

    code: str
    booked: int


def lock_passings(words: Iterable[Word]) -> dict[PassingKey, Passing]:
    """The rows of these words, made where there were none and locked in the house's order."""
    firsts = {word.key: word for word in words}
    moment = now()
    rows = {}
    Passing.objects.bulk_create(
        [
            Passing(
                id=new_id(),
                transfer_id=key.transfer_id,
                giver_device_id=key.giver_device,
                taker_device_id=key.taker_device,
                giver_id=word.giver.officer_id,
                taker_id=word.taker.officer_id,
                office_id=word.giver.office_code,
                taker_office_id=word.taker.office_code,
                status=Passing.Status.CLAIMED,
                heard_at=moment,
                asked_at=moment + ASKED_AFTER,
            )
            for key, word in sorted(firsts.items())
        ],
        ignore_conflicts=True,
    )
    found = (
        Passing.objects.select_for_update(of=("self",))
        .select_related("office")
        .filter(transfer_id__in={key.transfer_id for key in firsts})
        .order_by("transfer_id", "giver_device_id", "taker_device_id")
    )
    for row in found:
        rows[_key(row)] = row
    return {key: rows[key] for key in firsts}


def _key(row: Passing) -> PassingKey:
    return PassingKey(row.transfer_id, row.giver_device_id, row.taker_device_id)


@transaction.atomic
def record_passings(words: Sequence[Word], *, by: Actor) -> dict[PassingKey, Passed]:
    """Hears words and books what they come to; how each passing stands then.

    Idempotent, in any order: books move once both have signed, by the taker's count, and once per
    transfer. The giver's word alone holds the sum: it is in transit. The taker's alone moves
    nothing yet. Officers have few passings: they are booked one by one.
    """
    rows = lock_passings(words)
    by_key: dict[PassingKey, list[Word]] = {}
    for word in words:
        by_key.setdefault(word.key, []).append(word)
    passed = {}
    entries: list[NewEntry] = []
    for key in sorted(by_key):
        row = rows[key]
        before = _heard(row)
        heard = hear(before, by_key[key])
        if heard.differs and not before.differs:
            row.settled_by, row.settled_at = "", None
        _keep(row, heard)
        entries += _follow(row, heard, by)
        row.save()
        passed[key] = Passed(_code(row), row.booked)
    record_many(entries, by=by)
    return passed


def _heard(row: Passing) -> Heard:
    return Heard(
        given=None if row.given is None else (row.given, _tuple(row.given_notes)),
        taken=None if row.taken is None else (row.taken, _tuple(row.taken_notes)),
        flags=frozenset(row.flags),
        giver_session=row.giver_session_id,
        taker_session=row.taker_session_id,
    )


def _tuple(notes: Sequence[Sequence[int]]) -> Notes:
    return tuple((worth, count) for worth, count in notes)


def _keep(row: Passing, heard: Heard) -> None:
    if heard.given is not None:
        row.given, row.given_notes = heard.given[0], [list(pair) for pair in heard.given[1]]
    if heard.taken is not None:
        row.taken, row.taken_notes = heard.taken[0], [list(pair) for pair in heard.taken[1]]
    row.flags = sorted(heard.flags)
    row.giver_session_id, row.taker_session_id = heard.giver_session, heard.taker_session


def _code(row: Passing) -> str:
    if row.status == Passing.Status.BOOKED:
        return "differs" if row.differs else "passed"
    if row.status == Passing.Status.DROPPED:
        return "dropped"
    if REVOKED in row.flags and row.taken is None:
        return REVOKED
    return "waits_for_giver" if row.given is None else "in_transit"


def _follow(row: Passing, heard: Heard, by: Actor) -> list[NewEntry]:
    """Moves or holds what the words come to; what the audit log says of it."""
    due = heard.due - row.booked
    if due > 0:
        return [_book(row, due, by)]
    if row.status in (Passing.Status.BOOKED, Passing.Status.DROPPED):
        return []
    entries = []
    alone = heard.given is not None and row.status == Passing.Status.CLAIMED
    if alone and heard.given is not None:
        row.status = Passing.Status.GIVEN
        legs = _legs(row, heard.given[0], "held")
        hold(legs, by=by)
        row.held = [[str(leg.id), leg.amount] for leg in legs]
        entries.append(_entry("cash.in_transit", row, heard.given[0], [leg.id for leg in legs]))
    if REVOKED in heard.flags and heard.taken is None and row.status != Passing.Status.ASKED:
        entries.append(_ask(row, by))
    return entries


def _book(row: Passing, due: int, by: Actor) -> NewEntry:
    """Giver > taker. What was held moves when it is just that sum, and is let go otherwise."""
    moment = now()
    day = business_date(moment, row.office.zone)
    held = [UUID(one) for one, _ in row.held]
    closed: list[UUID] = []
    if held and sum(amount for _, amount in row.held) == due:
        closed = list(post_held(held, business_date=day, by=by).values())
    else:
        closed = list(void_held(held, business_date=day, by=by).values())
        legs = _legs(row, due, str(row.booked))
        post(legs, by=by)
        closed += [leg.id for leg in legs]
    post(explain_unsynced(_cash_facts(row, due), by=by), by=by)
    row.held = []
    row.booked += due
    row.booked_at, row.business_date = moment, day
    row.status = Passing.Status.BOOKED
    return _entry("cash.passed", row, due, closed)


def _cash_facts(row: Passing, due: int) -> list[CashFact]:
    """What the booking means for bags that were closed meanwhile, the giver's and the taker's."""
    subject, heard = f"passing:{row.id}:{row.booked}", row.heard_at
    return [
        CashFact(
            row.giver_id, row.giver_device_id, None, row.giver_session_id, heard, due, subject
        ),
        CashFact(
            row.taker_id, row.taker_device_id, None, row.taker_session_id, heard, -due, subject
        ),
    ]


def _legs(row: Passing, amount: int, what: str) -> list[NewTransfer]:
    """Whose money the notes are: one pile, so first what the giver has most of. A giver of whom the
    books know nothing yet gives what the own floats are made of."""
    giver = AccountKey("cash", str(row.giver_id))
    known = custodian_order_balances_for_system(giver)
    if not any(part > 0 for part in known.values()):
        floats = FloatAllocation.objects.filter(float_session__officer_id=row.giver_id).exclude(
            float_session__status__in=["closed", "withdrawn"]
        )
        known = dict(floats.values_list("order_id", "amount")) or known
    allotted = allot_return(amount, known) or {HOUSE_BOOK: amount}
    day = business_date(now(), row.office.zone)
    return [
        NewTransfer(
            id=new_id(),
            source=giver,
            destination=AccountKey("cash", str(row.taker_id)),
            amount=part,
            order_id=order,
            reason="cash_passed",
            reference=f"passing:{row.id}:{what}:{order}",
            business_date=day,
        )
        for order, part in sorted(allotted.items(), key=lambda item: str(item[0]))
    ]


def _ask(row: Passing, by: Actor) -> NewEntry:
    """A person must say what happened; the sum stays with the giver until then."""
    day = business_date(now(), row.office.zone)
    moved = expire_held([UUID(one) for one, _ in row.held], business_date=day, by=by)
    row.held = []
    row.status = Passing.Status.ASKED
    return _entry("cash.asked_about", row, row.given or row.taken or 0, list(moved.values()))


def _entry(kind: str, row: Passing, amount: int, transfers: Sequence[UUID]) -> NewEntry:
    return NewEntry(
        kind,
        f"passing:{row.id}",
        {
            "transfer": str(row.transfer_id),
            "giver": str(row.giver_id),
            "taker": str(row.taker_id),
            "amount": amount,
            "given": row.given,
            "taken": row.taken,
            "flags": row.flags,
            "transfers": [str(one) for one in transfers],
        },
    )


@transaction.atomic
def expire_passings(*, by: Actor = SYSTEM) -> int:
    """One word that waited for the other too long is asked about; how many. Run by the worker.

    What is asked about is still booked by itself when the missing word comes.
    """
    rows = list(
        Passing.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("office")
        .filter(
            status__in=[Passing.Status.GIVEN, Passing.Status.CLAIMED],
            asked_at__lte=now(),
        )
        .order_by("transfer_id", "giver_device_id", "taker_device_id")[:MOST_AT_ONCE]
    )
    entries = []
    for row in rows:
        entries.append(_ask(row, by))
        row.save(update_fields=["held", "status"])
    record_many(entries, by=by)
    return len(rows)


@transaction.atomic
def settle_passing(passing_id: UUID, *, happened: bool, note: str, by: Actor) -> Passing:
    """A head who is neither giver nor taker says what became of cash that only one of them spoke
    of, or has looked at what differed (then only the note is kept).

    Happened: it is booked by the one word there is. Not: it stays with the giver. A word that comes
    later still counts. Raises Forbidden, PassingUnknown, PassingSettled, SamePerson.
    """
    by.require("reconciliation.sign_variance")
    row = (
        Passing.objects.select_for_update(of=("self",))
        .select_related("office", "taker_office")
        .filter(pk=passing_id)
        .first()
    )
    if row is None or not (
        by.sees_office(row.office.path) or by.sees_office(row.taker_office.path)
    ):
        raise PassingUnknown
    check_different_person(by, str(row.giver_id))
    check_different_person(by, str(row.taker_id))
    differed = row.status == Passing.Status.BOOKED and row.differs
    if row.settled_by or not (row.status == Passing.Status.ASKED or differed):
        raise PassingSettled
    entries = []
    if row.status == Passing.Status.ASKED:
        amount = row.given if row.taken is None else row.taken
        if happened and amount:
            entries.append(_book(row, amount - row.booked, by))
        else:
            row.status = Passing.Status.DROPPED
    row.settled_by, row.settled_at, row.note = f"{by.kind}:{by.id}", now(), note
    row.save()
    settled = NewEntry(
        "cash.settled",
        f"passing:{row.id}",
        {"happened": happened, "booked": row.booked, "status": row.status},
        personal={"note": note} if note else None,
    )
    record_many([*entries, settled], by=by)
    return row
