"""What a batch of hand-overs touches, locked as it stands, and the lines that it makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

import psycopg

from salur.disbursement.rules.handovers import (
    PAID,
    SHORT,
    Dated,
    HandedOver,
    JudgedLine,
    PaymentState,
    date_fact,
    judge_lines,
)
from salur.kernel.batching import set_cursor
from salur.kernel.ids import new_ids
from salur.programs.operations import lock_entitlements


@dataclass(slots=True)
class LockedPayment:
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
class BookedLine:
    id: UUID
    transfer_id: UUID
    fact: HandedOver
    dated: Dated
    judged: JudgedLine
    payment: LockedPayment | None


def lock_payments(payment_ids: set[UUID]) -> dict[UUID, LockedPayment]:
    """Locks what the facts touch, in the house's order, and answers it as it stands."""
    with set_cursor() as cursor:
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
        locked = _locked(cursor, "p.id = ANY(%s)", list(payment_ids))
        paid = [row.entitlement_id for row in locked if row.status == "paid"]
        if paid:
            # What a short hand-over left of them: the next one of the same payment makes it up.
            locked += _locked(cursor, "p.entitlement_id = ANY(%s) AND p.status = 'planned'", paid)
        return {row.id: row for row in locked}


def _locked(
    cursor: psycopg.Cursor[Any], which: LiteralString, ids: list[UUID]
) -> list[LockedPayment]:
    cursor.execute(
        f"""
        SELECT p.id, p.visit_id, p.entitlement_id, p.program_id, p.order_id, p.amount,
            p.status, p.part, p.entitlement_version, v.household_id, v.recipient_id,
            v.recipient_name, v.channel, v.village_id, h.phone_sealed
        FROM disbursement_payment p
        JOIN disbursement_visit v ON v.id = p.visit_id
        JOIN registry_household h ON h.id = v.household_id
        WHERE {which} ORDER BY p.id FOR NO KEY UPDATE OF p
        """,  # noqa: S608 - only this module's own conditions are put in
        [ids],
    )
    return [LockedPayment(*row) for row in cursor.fetchall()]


def lock_visits(visit_ids: set[UUID]) -> set[UUID]:
    with set_cursor() as cursor:
        cursor.execute(
            "SELECT id FROM disbursement_visit WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
            [list(visit_ids)],
        )
        return {row[0] for row in cursor.fetchall()}


def judge_facts(
    facts: Sequence[HandedOver], payments: dict[UUID, LockedPayment]
) -> tuple[list[BookedLine], dict[UUID, Dated], list[HandedOver]]:
    """The lines and dates of these facts, and the facts that must wait for the next round: they
    claim what another fact of this round paid short, so its open part is not written yet."""
    states = _states(payments)
    taken: set[UUID] = set()
    shortened: set[UUID] = set()
    judged: list[tuple[HandedOver, Dated, JudgedLine]] = []
    dates: dict[UUID, Dated] = {}
    later: list[HandedOver] = []
    for fact in facts:
        claimed = (payments.get(claim.payment_id) for claim in fact.claims)
        if shortened and any(row and row.entitlement_id in shortened for row in claimed):
            later.append(fact)
            continue
        dated = dates[fact.event_id] = date_fact(
            device_time=fact.device_time,
            server_time=fact.server_time,
            received_at=fact.received_at,
            zone=fact.zone,
        )
        lines = judge_lines(fact.claims, states, taken)
        judged += [(fact, dated, line) for line in lines]
        shortened |= {
            payments[line.payment_id].entitlement_id
            for line in lines
            if line.payment_id and line.outcome == SHORT
        }
    ids, transfer_ids = new_ids(len(judged)), new_ids(len(judged))
    booked = [
        BookedLine(
            line_id,
            transfer_id,
            fact,
            dated,
            line,
            payments.get(line.payment_id) if line.payment_id else None,
        )
        for line_id, transfer_id, (fact, dated, line) in zip(ids, transfer_ids, judged, strict=True)
    ]
    return booked, dates, later


def _states(payments: dict[UUID, LockedPayment]) -> dict[UUID, PaymentState]:
    open_parts = {
        row.entitlement_id: row.id
        for row in payments.values()
        if row.status == "planned" and row.part > 1
    }
    return {
        key: PaymentState(
            row.amount,
            row.status,
            open_parts.get(row.entitlement_id) if row.status == "paid" else None,
        )
        for key, row in payments.items()
    }


def paid_lines(lines: Sequence[BookedLine]) -> list[tuple[BookedLine, LockedPayment]]:
    return [
        (line, line.payment)
        for line in lines
        if line.payment is not None and line.judged.outcome in (PAID, SHORT)
    ]
