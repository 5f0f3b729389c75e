"""Hand-overs written down: facts, lines, what is paid by them and what a short one still owes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from psycopg.types.json import Jsonb

from salur.disbursement.models import HandOver, Judgement
from salur.disbursement.operations.handovers.standing import BookedLine, LockedPayment, paid_lines
from salur.disbursement.operations.journal import append_splits
from salur.disbursement.operations.unsynced import CashFact
from salur.disbursement.rules.handovers import (
    METHODS,
    PAID,
    SHORT,
    SUSPENSE_OF,
    Dated,
    HandedOver,
)
from salur.kernel.actor import Actor
from salur.kernel.batching import copy_rows, set_cursor
from salur.kernel.clock import now
from salur.kernel.ids import new_ids
from salur.ledger.rules import HOUSE_BOOK, AccountKey, NewTransfer
from salur.programs.operations import settle_entitlements

APP = "app"
JUDGED_AFTER = timedelta(hours=24)
"""When a hand-over is judged although evidence is still missing."""


def keep_facts(
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


def keep_lines(lines: Sequence[BookedLine], *, source: str = APP) -> None:
    """Lines of another source than the app have no hand-over: no device signed one."""
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
                line.fact.event_id if source == APP else None,
                line.payment.id if line.payment else None,
                line.payment.order_id if line.payment else None,
                line.payment.program_id if line.payment else None,
                line.fact.officer_id,
                line.judged.amount,
                line.judged.outcome,
                source,
                line.dated.business_date,
                line.transfer_id,
            )
            for line in lines
        ),
    )


def transfer_of(line: BookedLine) -> NewTransfer:
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


def cash_fact_of(fact: HandedOver, lines: Sequence[BookedLine], back: int = 0) -> CashFact:
    """``back``: what a settlement in its place had taken, and that has come back."""
    return CashFact(
        officer_id=fact.officer_id,
        device_id=fact.device_id,
        sequence=fact.sequence,
        session_id=fact.session_id,
        heard_at=fact.received_at,
        amount=sum(line.judged.amount for line in lines) - back,
        subject=f"hand_over:{fact.event_id}",
    )


def settle(lines: Sequence[BookedLine], by: Actor) -> None:
    """Payments become paid by compare-and-set; what a short one still owes becomes a new part."""
    paying = paid_lines(lines)
    if not paying:
        return
    moment = now()
    with set_cursor() as cursor:
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


def _split(short: Sequence[tuple[BookedLine, LockedPayment]]) -> None:
    moment = now()
    with set_cursor() as cursor:
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
