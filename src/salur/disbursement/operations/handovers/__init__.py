"""Hand-overs: facts that devices signed, booked in sets. Nothing here refuses.

Order of locks: entitlements, visits, payments, accounts, each by id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from salur.audit.operations import record_many
from salur.disbursement.operations.handovers.doubts import (
    CancelledHandOver,
    end_beginnings,
    record_beginnings,
    record_cancellations,
    refresh_visits,
)
from salur.disbursement.operations.handovers.settling import (
    decide_doubt,
    propose_doubt,
    replace_settled,
)
from salur.disbursement.operations.handovers.standing import (
    BookedLine,
    judge_facts,
    lock_payments,
    lock_visits,
)
from salur.disbursement.operations.handovers.telling import announce, entry_of, messages_of
from salur.disbursement.operations.handovers.writing import (
    cash_fact_of,
    keep_facts,
    keep_lines,
    settle,
    transfer_of,
)
from salur.disbursement.operations.unsynced import explain_unsynced
from salur.disbursement.rules.handovers import PAID, SHORT, UNIDENTIFIED, HandedOver
from salur.kernel.actor import Actor
from salur.kernel.batching import set_cursor
from salur.ledger.operations import post
from salur.messaging.operations import queue_messages
from salur.registry.operations import record_seen_alive

__all__ = [
    "Booked",
    "CancelledHandOver",
    "decide_doubt",
    "propose_doubt",
    "record_beginnings",
    "record_cancellations",
    "record_handovers",
]


@dataclass(frozen=True, slots=True)
class Booked:
    """What became of one hand-over: ``code`` is ``paid`` or names what was odd."""

    event_id: UUID
    applied: bool
    code: str


@transaction.atomic
def record_handovers(facts: Sequence[HandedOver], *, by: Actor) -> list[Booked]:
    """Books hand-overs in one transaction: lines, ledger, audit, journal, receipt messages.

    Idempotent by event: one that is booked already is passed over. Payments are paid at most once;
    a second hand-over becomes a line of its own and its cash goes to suspense. Answers what became
    of each new one, in order of the facts.
    """
    facts = _not_booked_yet(facts)
    back = replace_settled(facts, by=by)
    waiting = facts
    booked: dict[UUID, Booked] = {}
    while waiting:
        now_booked, waiting = _book(waiting, back, by)
        booked |= now_booked
    return [booked[fact.event_id] for fact in facts]


def _book(
    facts: Sequence[HandedOver], back: Mapping[UUID, int], by: Actor
) -> tuple[dict[UUID, Booked], list[HandedOver]]:
    """Books one round; what became of each fact, and the facts that the next round must judge."""
    payments = lock_payments({claim.payment_id for fact in facts for claim in fact.claims})
    known_visits = lock_visits({fact.visit_id for fact in facts if fact.visit_id})
    lines, dates, later = judge_facts(facts, payments)
    facts = [fact for fact in facts if fact.event_id in dates]
    keep_facts(facts, dates, known_visits)
    keep_lines(lines)
    settle(lines, by)
    end_beginnings({fact.begun_id: fact for fact in facts if fact.begun_id})
    refresh_visits(known_visits | {line.payment.visit_id for line in lines if line.payment})
    announce(lines)
    by_fact: dict[UUID, list[BookedLine]] = {fact.event_id: [] for fact in facts}
    for line in lines:
        by_fact[line.fact.event_id].append(line)
    record_many([entry_of(fact, by_fact[fact.event_id]) for fact in facts], by=by)
    record_seen_alive(
        [
            (fact.collector_id, dates[fact.event_id].moment, f"device:{fact.device_id}")
            for fact in facts
            if fact.collector_id and fact.relation == "self"
        ]
    )
    queue_messages(messages_of(lines))
    explained = explain_unsynced(
        [cash_fact_of(f, by_fact[f.event_id], back.get(f.event_id, 0)) for f in facts], by=by
    )
    # Last, because everybody's money goes through the same few accounts: they are locked briefly.
    post([*(transfer_of(line) for line in lines), *explained], by=by)
    return {fact.event_id: _booked(fact, by_fact[fact.event_id]) for fact in facts}, later


def _not_booked_yet(facts: Sequence[HandedOver]) -> list[HandedOver]:
    unique = {fact.event_id: fact for fact in facts}
    with set_cursor() as cursor:
        cursor.execute("SELECT id FROM disbursement_hand_over WHERE id = ANY(%s)", [list(unique)])
        known = {event_id for (event_id,) in cursor.fetchall()}
    return [fact for event_id, fact in unique.items() if event_id not in known]


def _booked(fact: HandedOver, lines: Sequence[BookedLine]) -> Booked:
    odd = [line.judged.outcome for line in lines if line.judged.outcome not in (PAID, SHORT)]
    if odd:
        return Booked(fact.event_id, applied=False, code=odd[0])
    if not lines:
        return Booked(fact.event_id, applied=False, code=UNIDENTIFIED)
    short = any(line.judged.outcome == SHORT for line in lines)
    return Booked(fact.event_id, applied=True, code=SHORT if short else PAID)
