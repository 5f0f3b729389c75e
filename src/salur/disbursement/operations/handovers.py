"""Hand-overs: facts that devices signed, booked in sets. Nothing here refuses.

Order of locks: entitlements, visits, payments, accounts, each by id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from salur.audit.operations import record_many
from salur.audit.rules import NewEntry
from salur.disbursement.models import HandOver, Judgement
from salur.disbursement.operations.journal import (
    Move,
    append_moves,
    append_notes,
    append_splits,
)
from salur.disbursement.rules.handovers import (
    METHODS,
    PAID,
    SHORT,
    SUSPENSE_OF,
    UNIDENTIFIED,
    Dated,
    HandedOver,
    JudgedLine,
    PaymentState,
    date_fact,
    judge_lines,
)
from salur.kernel.actor import Actor
from salur.kernel.batching import copy_rows
from salur.kernel.clock import now
from salur.kernel.ids import new_ids
from salur.ledger.operations import post
from salur.ledger.rules import HOUSE_BOOK, AccountKey, NewTransfer
from salur.messaging.operations import NewMessage, queue_messages
from salur.programs.operations import lock_entitlements, settle_entitlements
from salur.registry.operations import record_seen_alive

JUDGED_AFTER = timedelta(hours=24)
"""When a hand-over is judged although evidence is still missing."""


@dataclass(frozen=True, slots=True)
class Booked:
    """What became of one hand-over: ``code`` is ``paid`` or names what was odd."""

    event_id: UUID
    applied: bool
    code: str


@dataclass(slots=True)
class _Payment:
    """A payment as it stands locked, with its visit's part of the story."""

    id: UUID
    visit_id: UUID
    entitlement_id: UUID
    program_id: str
    order_id: UUID
    amount: int
    status: str
    part: int
    entitlement_version: int
    household_id: UUID
    recipient_id: UUID
    recipient_name: str
    channel: str
    village_code: str
    phone_sealed: bytes | None


@dataclass(slots=True)
class _Line:
    id: UUID
    transfer_id: UUID
    fact: HandedOver
    dated: Dated
    judged: JudgedLine
    payment: _Payment | None


@transaction.atomic
def record_handovers(facts: Sequence[HandedOver], *, by: Actor) -> list[Booked]:
    """Books hand-overs in one transaction: lines, ledger, audit, journal, receipt messages.

    Idempotent by event: one that is booked already is passed over. Payments are paid at most once;
    a second hand-over becomes a line of its own and its cash goes to suspense. Answers what became
    of each new one, in order of the facts.
    """
    facts = _not_booked_yet(facts)
    if not facts:
        return []
    payments = _lock_payments({claim.payment_id for fact in facts for claim in fact.claims})
    known_visits = _known_visits({fact.visit_id for fact in facts if fact.visit_id})
    lines, dates = _judge(facts, payments)
    _keep_facts(facts, dates, known_visits)
    _keep_lines(lines)
    post([_transfer(line) for line in lines], by=by)
    _settle(lines, by)
    end_beginnings({fact.begun_id: fact for fact in facts if fact.begun_id})
    _refresh_visits(known_visits | {line.payment.visit_id for line in lines if line.payment})
    _announce(lines)
    by_fact: dict[UUID, list[_Line]] = {fact.event_id: [] for fact in facts}
    for line in lines:
        by_fact[line.fact.event_id].append(line)
    record_many([_entry(fact, by_fact[fact.event_id]) for fact in facts], by=by)
    record_seen_alive(
        [
            (fact.collector_id, dates[fact.event_id].moment, f"device:{fact.device_id}")
            for fact in facts
            if fact.collector_id and fact.relation == "self"
        ]
    )
    queue_messages(_messages(lines))
    return [_booked(fact, by_fact[fact.event_id]) for fact in facts]


def _not_booked_yet(facts: Sequence[HandedOver]) -> list[HandedOver]:
    unique = {fact.event_id: fact for fact in facts}
    known = set(HandOver.objects.filter(id__in=list(unique)).values_list("id", flat=True))
    return [fact for event_id, fact in unique.items() if event_id not in known]


def _lock_payments(payment_ids: set[UUID]) -> dict[UUID, _Payment]:
    """Locks what the facts touch, in the house's order, and answers it as it stands."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT entitlement_id, visit_id FROM disbursement_payment WHERE id = ANY(%s)",
            [list(payment_ids)],
        )
        rows = cursor.fetchall()
        lock_entitlements([row[0] for row in rows])
        cursor.execute(
            "SELECT id FROM disbursement_visit WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
            [[row[1] for row in rows]],
        )
        cursor.execute(
            """
            SELECT p.id, p.visit_id, p.entitlement_id, p.program_id, p.order_id, p.amount,
                p.status, p.part, p.entitlement_version, v.household_id, v.recipient_id,
                v.recipient_name, v.channel, v.village_id, h.phone_sealed
            FROM disbursement_payment p
            JOIN disbursement_visit v ON v.id = p.visit_id
            JOIN registry_household h ON h.id = v.household_id
            WHERE p.id = ANY(%s) ORDER BY p.id FOR NO KEY UPDATE OF p
            """,
            [list(payment_ids)],
        )
        return {row[0]: _Payment(*row) for row in cursor.fetchall()}


def _known_visits(visit_ids: set[UUID]) -> set[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM disbursement_visit WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
            [list(visit_ids)],
        )
        return {row[0] for row in cursor.fetchall()}


def _judge(
    facts: Sequence[HandedOver], payments: dict[UUID, _Payment]
) -> tuple[list[_Line], dict[UUID, Dated]]:
    states = {key: PaymentState(row.amount, row.status) for key, row in payments.items()}
    taken: set[UUID] = set()
    judged: list[tuple[HandedOver, Dated, JudgedLine]] = []
    dates: dict[UUID, Dated] = {}
    for fact in facts:
        dated = dates[fact.event_id] = date_fact(
            device_time=fact.device_time,
            server_time=fact.server_time,
            received_at=fact.received_at,
            zone=fact.zone,
        )
        judged += [(fact, dated, line) for line in judge_lines(fact.claims, states, taken)]
    ids, transfer_ids = new_ids(len(judged)), new_ids(len(judged))
    return [
        _Line(
            line_id,
            transfer_id,
            fact,
            dated,
            line,
            payments.get(line.payment_id) if line.payment_id else None,
        )
        for line_id, transfer_id, (fact, dated, line) in zip(ids, transfer_ids, judged, strict=True)
    ], dates


def _keep_facts(
    facts: Sequence[HandedOver], dates: dict[UUID, Dated], known_visits: set[UUID]
) -> None:
    moment = now()
    copy_rows(
        "disbursement_hand_over",
        (
            "id",
            "visit_id",
            "device_id",
            "officer_id",
            "office_id",
            "session_id",
            "channel",
            "collector_id",
            "relation",
            "method",
            "verification_id",
            "receipt_mark",
            "sop",
            "total",
            "latitude",
            "longitude",
            "accuracy_m",
            "handed_over_at",
            "business_date",
            "received_at",
            "booked_at",
            "flags",
        ),
        (
            (
                fact.event_id,
                fact.visit_id if fact.visit_id in known_visits else None,
                fact.device_id,
                fact.officer_id,
                fact.office_code,
                fact.session_id,
                fact.sop.partition("/")[0][:12],
                fact.collector_id,
                fact.relation,
                fact.method if fact.method in METHODS else HandOver.Method.UNVERIFIED.value,
                fact.verification_id,
                fact.receipt_mark,
                fact.sop,
                fact.total,
                fact.latitude,
                fact.longitude,
                fact.accuracy_m,
                dates[fact.event_id].moment,
                dates[fact.event_id].business_date,
                fact.received_at,
                moment,
                Jsonb(_flags(fact, dates[fact.event_id])),
            )
            for fact in facts
        ),
    )
    copy_rows(
        "disbursement_judgement",
        ("hand_over_id", "verdict", "method", "reasons", "due_at", "reviewed_by"),
        (
            (
                fact.event_id,
                Judgement.Verdict.EVIDENCE_PENDING.value,
                fact.method if fact.method in METHODS else HandOver.Method.UNVERIFIED.value,
                Jsonb([]),
                fact.received_at + JUDGED_AFTER,
                "",
            )
            for fact in facts
        ),
    )


def _flags(fact: HandedOver, dated: Dated) -> list[str]:
    flags = [*fact.flags, *dated.flags]
    if fact.revoked:
        flags.append("revoked_device")
    if fact.cloned:
        flags.append("cloned_device")
    if fact.total != sum(claim.amount for claim in fact.claims):
        flags.append("total_differs")
    return flags


def _keep_lines(lines: Sequence[_Line]) -> None:
    copy_rows(
        "disbursement_payout_line",
        (
            "id",
            "hand_over_id",
            "payment_id",
            "order_id",
            "program_id",
            "officer_id",
            "amount",
            "outcome",
            "source",
            "business_date",
            "transfer_id",
        ),
        (
            (
                line.id,
                line.fact.event_id,
                line.payment.id if line.payment else None,
                line.payment.order_id if line.payment else None,
                line.payment.program_id if line.payment else None,
                line.fact.officer_id,
                line.judged.amount,
                line.judged.outcome,
                "app",
                line.dated.business_date,
                line.transfer_id,
            )
            for line in lines
        ),
    )


def _transfer(line: _Line) -> NewTransfer:
    suspense = SUSPENSE_OF.get(line.judged.outcome)
    destination = (
        AccountKey("suspense", suspense) if suspense else AccountKey("paid", line.fact.office_code)
    )
    return NewTransfer(
        id=line.transfer_id,
        source=AccountKey("cash", str(line.fact.officer_id)),
        destination=destination,
        amount=line.judged.amount,
        order_id=line.payment.order_id if line.payment else HOUSE_BOOK,
        reason=f"hand_over_{line.judged.outcome}",
        reference=f"line:{line.id}",
        business_date=line.dated.business_date,
    )


def _paying(lines: Sequence[_Line]) -> list[tuple[_Line, _Payment]]:
    return [
        (line, line.payment)
        for line in lines
        if line.payment is not None and line.judged.outcome in (PAID, SHORT)
    ]


def _settle(lines: Sequence[_Line], by: Actor) -> None:
    """Payments become paid by compare-and-set; what a short one still owes becomes a new part."""
    paying = _paying(lines)
    if not paying:
        return
    moment = now()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE disbursement_payment SET status = 'paid', updated_at = %s
            WHERE id = ANY(%s) AND status = 'planned'
            """,
            [moment, [payment.id for _, payment in paying]],
        )
        if cursor.rowcount != len(paying):
            raise RuntimeError("a locked payment changed its state while it was being paid")
    short = [(line, payment) for line, payment in paying if line.judged.outcome == SHORT]
    if short:
        _split(short)
    settle_entitlements(
        [payment.entitlement_id for line, payment in paying if line.judged.outcome == PAID], by=by
    )


def _split(short: Sequence[tuple[_Line, _Payment]]) -> None:
    moment = now()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO disbursement_payment (id, visit_id, entitlement_id, entitlement_version,
                part, program_id, order_id, amount, components, months, lead, status, failed_code,
                updated_at)
            SELECT n.id, p.visit_id, p.entitlement_id, p.entitlement_version, p.part + 1,
                p.program_id, p.order_id, n.rest, '[]', 0, false, 'planned', '', %s
            FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[]) AS n(id, payment_id, rest)
            JOIN disbursement_payment p ON p.id = n.payment_id
            """,
            [
                moment,
                (ids := new_ids(len(short))),
                [payment.id for _, payment in short],
                [line.judged.rest for line, _ in short],
            ],
        )
    append_splits([(part_id, payment.id) for part_id, (_, payment) in zip(ids, short, strict=True)])


def _refresh_visits(visit_ids: set[UUID]) -> None:
    """A visit is paid when none of its payments waits any more, and not in doubt when no begun
    hand-over of it is open."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE disbursement_visit v
            SET status = CASE WHEN NOT s.any_paid THEN v.status
                              WHEN s.any_open THEN 'partly' ELSE 'paid' END,
                in_doubt = EXISTS (SELECT 1 FROM disbursement_begun_hand_over b
                    WHERE b.visit_id = v.id AND b.ended_by IS NULL),
                updated_at = %s
            FROM (SELECT visit_id, bool_or(status = 'paid') AS any_paid,
                         bool_or(status IN ('planned', 'instructed')) AS any_open
                  FROM disbursement_payment WHERE visit_id = ANY(%s) GROUP BY visit_id) s
            WHERE v.id = s.visit_id AND v.status <> 'cancelled'
            """,
            [now(), list(visit_ids)],
        )


def end_beginnings(ended: dict[UUID, Any]) -> None:
    """Marks begun hand-overs as ended by these facts, whether or not their beginning arrived."""
    if not ended:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO disbursement_begun_hand_over (id, visit_id, ended_by)
            SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[]) ORDER BY 1
            ON CONFLICT (id) DO UPDATE SET ended_by = EXCLUDED.ended_by
            """,
            [
                list(ended),
                [fact.visit_id or UUID(int=0) for fact in ended.values()],
                [fact.event_id for fact in ended.values()],
            ],
        )


@transaction.atomic
def record_beginnings(begun: Sequence[tuple[UUID, UUID, Any]], *, by: Actor) -> None:
    """(event, visit, moment): notes are about to leave the bag; without an end, in doubt."""
    if not begun:
        return
    visits = _known_visits({visit_id for _, visit_id, _ in begun})
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO disbursement_begun_hand_over (id, visit_id, begun_at)
            SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::timestamptz[]) ORDER BY 1
            ON CONFLICT (id) DO UPDATE SET begun_at = EXCLUDED.begun_at
            """,
            [list(column) for column in zip(*begun, strict=True)],
        )
    _refresh_visits(visits)


@dataclass(frozen=True, slots=True)
class CancelledHandOver:
    """The notes went back into the bag: event, the beginning that it ends, visit."""

    event_id: UUID
    begun_id: UUID
    visit_id: UUID | None


@transaction.atomic
def record_cancellations(cancelled: Sequence[CancelledHandOver], *, by: Actor) -> None:
    """Ends beginnings without a payment. Idempotent."""
    end_beginnings({item.begun_id: item for item in cancelled})
    _refresh_visits(_known_visits({item.visit_id for item in cancelled if item.visit_id}))


def _announce(lines: Sequence[_Line]) -> None:
    append_moves(
        [
            Move(
                "paid",
                payment.id,
                "paid",
                line.fact.office_code,
                payment.channel,
                line.dated.business_date,
                amount=line.judged.amount,
                event_id=line.fact.event_id,
                officer_id=line.fact.officer_id,
            )
            for line, payment in _paying(lines)
        ]
    )
    append_notes(
        [
            (
                line.judged.outcome,
                line.payment.id,
                line.judged.amount,
                line.fact.event_id,
                line.fact.officer_id,
            )
            for line in lines
            if line.payment is not None and line.judged.outcome not in (PAID, SHORT)
        ]
    )


def _entry(fact: HandedOver, lines: Sequence[_Line]) -> NewEntry:
    return NewEntry(
        "hand_over.recorded",
        f"hand_over:{fact.event_id}",
        {
            "visit": str(fact.visit_id) if fact.visit_id else None,
            "officer": str(fact.officer_id),
            "office": fact.office_code,
            "total": fact.total,
            "lines": [
                {
                    "line": str(line.id),
                    "payment": str(line.payment.id) if line.payment else None,
                    "amount": line.judged.amount,
                    "outcome": line.judged.outcome,
                    "transfer": str(line.transfer_id),
                }
                for line in lines
            ],
        },
        actor=f"device:{fact.device_id}",
    )


def _messages(lines: Sequence[_Line]) -> list[NewMessage]:
    """One receipt per hand-over that paid something: the sum that the family should hold."""
    messages: dict[UUID, NewMessage] = {}
    for line, payment in _paying(lines):
        event_id = line.fact.event_id
        before = messages[event_id].params["amount"] if event_id in messages else 0
        messages[event_id] = NewMessage(
            reference=f"hand_over:{event_id}",
            template="paid",
            household_id=payment.household_id,
            phone_sealed=payment.phone_sealed,
            village_code=payment.village_code,
            params={
                "name": payment.recipient_name,
                "amount": before + line.judged.amount,
                "date": line.dated.business_date.isoformat(),
            },
        )
    return list(messages.values())


def _booked(fact: HandedOver, lines: Sequence[_Line]) -> Booked:
    odd = [line.judged.outcome for line in lines if line.judged.outcome not in (PAID, SHORT)]
    if odd:
        return Booked(fact.event_id, applied=False, code=odd[0])
    if not lines:
        return Booked(fact.event_id, applied=False, code=UNIDENTIFIED)
    short = any(line.judged.outcome == SHORT for line in lines)
    return Booked(fact.event_id, applied=True, code=SHORT if short else PAID)
