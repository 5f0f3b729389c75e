"""Events about notes: floats accepted by officers, bags counted at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from salur.disbursement.operations import accept_float, lock_passings, record_passings
from salur.disbursement.rules.passing import GIVE, TAKE, Word
from salur.field.handlers.handovers import APPLIED, CONFLICT, NOTED, read_bodies
from salur.field.handlers.passings import read_passings
from salur.field.reading import (
    Answer,
    FieldEvent,
    read_notes,
    required_uuid,
    whole_rupiah,
)
from salur.kernel.actor import SYSTEM, Actor
from salur.kernel.errors import Refusal
from salur.ledger.errors import NotEnoughMoney
from salur.reconciliation.operations import Count, record_counts

VAULT_SHORT = "vault_short"


def apply_cash_transfers(events: Sequence[FieldEvent]) -> list[Answer]:
    """Floats that officers took, and cash that went from one of them to another."""
    between = [event for event in events if event.body.get("direction") in (GIVE, TAKE)]
    others = [event for event in events if event.body.get("direction") not in (GIVE, TAKE)]
    heard, answers = read_passings(between)
    # Locked before the floats, so that the other officer's events do not wait for ours in a ring.
    lock_passings([word for words in heard.values() for word in words])
    return answers + _apply_floats(others) + _apply_passings(heard)


def _apply_floats(events: Sequence[FieldEvent]) -> list[Answer]:
    """One at a time: a session has few, and each may fail by itself.

    Notes that were taken after their offer had lapsed wait while the vault has promised the same
    sum to others: that an officer took them is a fact, and one of the promises cannot be kept.
    """
    good, answers = read_bodies(
        events, lambda event: required_uuid(event.body.get("float_id"), "float_id")
    )
    for event, float_id in good:
        if event.body.get("direction") != "accept":
            answers.append(Answer(event.arrival, NOTED, "return_is_counted_at_the_desk"))
            continue
        try:
            accept_float(float_id, by=_holder(event))
            answers.append(Answer(event.arrival, APPLIED))
        except NotEnoughMoney:
            answers.append(Answer(event.arrival, "", VAULT_SHORT, parked=True))
        except Refusal as refusal:
            answers.append(Answer(event.arrival, CONFLICT, refusal.code[-40:]))
    return answers


_RESULT = {"passed": APPLIED, "in_transit": APPLIED, "waits_for_giver": NOTED}


def _apply_passings(heard: Mapping[int, Sequence[Word]]) -> list[Answer]:
    passed = record_passings([word for words in heard.values() for word in words], by=SYSTEM)
    codes = {arrival: passed[words[0].key].code for arrival, words in heard.items()}
    return [
        Answer(arrival, _RESULT.get(code, CONFLICT), "" if code == "passed" else code)
        for arrival, code in codes.items()
    ]


def _holder(event: FieldEvent) -> Actor:
    """The officer behind the device: the signature stands for the person."""
    holder = str(event.device.holder_id)
    return Actor(
        id=holder,
        kind="user",
        permissions=frozenset({"field.work"}),
        offices=(event.device.office_path,),
        extra={"device": str(event.device.id)},
    )


def apply_cash_counts(events: Sequence[FieldEvent]) -> list[Answer]:
    good, answers = read_bodies(events, _count)
    outcomes = record_counts([count for _, count in good], by=SYSTEM)
    for event, count in good:
        code = outcomes[count.reference]
        applied = code == "counted"
        answers.append(
            Answer(event.arrival, APPLIED if applied else CONFLICT, "" if applied else code)
        )
    return answers


def _count(event: FieldEvent) -> Count:
    return Count(
        reference=str(event.waiting.event_id),
        officer_id=event.device.holder_id,
        session_id=event.session_id,
        notes=tuple(read_notes(event.body.get("notes"))),
        total=whole_rupiah(event.body.get("total"), "total"),
        counted_at=event.waiting.received_at,
    )
