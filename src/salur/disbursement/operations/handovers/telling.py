"""Who hears of hand-overs: the journal, the audit log, the family."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from salur.audit.rules import NewEntry
from salur.disbursement.operations.handovers.standing import BookedLine, paid_lines
from salur.disbursement.operations.journal import Move, append_moves, append_notes
from salur.disbursement.rules.handovers import PAID, SHORT, HandedOver
from salur.messaging.operations import NewMessage


def announce(lines: Sequence[BookedLine]) -> None:
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
            for line, payment in paid_lines(lines)
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


def entry_of(fact: HandedOver, lines: Sequence[BookedLine]) -> NewEntry:
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


def messages_of(lines: Sequence[BookedLine]) -> list[NewMessage]:
    """One receipt per hand-over that paid something: the sum that the family should hold."""
    messages: dict[UUID, NewMessage] = {}
    for line, payment in paid_lines(lines):
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
