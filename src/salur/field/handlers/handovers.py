"""Events about payments: read bodies, call disbursement once per batch, answer for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from salur.disbursement.operations import (
    CancelledHandOver,
    FailedAttempt,
    UnleasedFact,
    record_attempts,
    record_beginnings,
    record_cancellations,
    record_handovers,
    record_unleased,
)
from salur.disbursement.queries import payments_of_visits_for_system
from salur.disbursement.rules.handovers import ClaimedLine, HandedOver
from salur.field.reading import (
    MOST_LINES,
    Answer,
    BadBody,
    FieldEvent,
    optional_uuid,
    read_position,
    required_uuid,
    whole_rupiah,
)
from salur.intake.models import Outcome
from salur.intake.queries import contents_of_events_for_system
from salur.kernel.actor import SYSTEM

APPLIED, CONFLICT, NOTED = Outcome.Result.APPLIED, Outcome.Result.CONFLICT, Outcome.Result.NOTED
Read = TypeVar("Read")


def read_bodies(
    events: Sequence[FieldEvent], read: Callable[[FieldEvent], Read]
) -> tuple[list[tuple[FieldEvent, Read]], list[Answer]]:
    """The events whose bodies make sense, and the answers for those that do not."""
    good: list[tuple[FieldEvent, Read]] = []
    bad: list[Answer] = []
    for event in events:
        try:
            good.append((event, read(event)))
        except BadBody as error:
            bad.append(Answer(event.arrival, CONFLICT, f"bad_{error.code}"))
    return good, bad


def apply_handovers(events: Sequence[FieldEvent]) -> list[Answer]:
    """Books hand-overs. The method comes from the verification that each one names."""
    named = [optional_uuid(event.body.get("verification")) for event in events]
    verifications = contents_of_events_for_system([v for v in named if v])
    marked = _payments_of_letters(events)
    good, answers = read_bodies(events, lambda event: _hand_over(event, verifications, marked))
    booked = {item.event_id: item for item in record_handovers([f for _, f in good], by=SYSTEM)}
    if unleased := [told for event, fact in good if (told := _unleased(event, fact))]:
        record_unleased(unleased, by=SYSTEM)
    for event, fact in good:
        if (item := booked.get(fact.event_id)) is None:
            answers.append(Answer(event.arrival, NOTED, "known"))
        else:
            result = APPLIED if item.applied else CONFLICT
            answers.append(Answer(event.arrival, result, item.code))
    return answers


def _unleased(event: FieldEvent, fact: HandedOver) -> UnleasedFact | None:
    """What was given instead of a lease, if the hand-over says so and names whose code it was."""
    given, lease_id = event.body.get("unleased"), optional_uuid(event.content["lease"])
    if not isinstance(given, dict) or lease_id is None:
        return None
    return UnleasedFact(
        event_id=fact.event_id,
        lease_id=lease_id,
        visit_id=fact.visit_id,
        letter=str(given.get("letter") or "")[:1000],
        code=str(given.get("code") or "")[:20],
        amount=sum(claim.amount for claim in fact.claims),
        at=fact.server_time or fact.device_time or fact.received_at,
    )


_MARK_ALONE = 0xFFFFFFFF
"""A phone that knows a payment from its letter alone gives the mark and zeros before it."""


def _payments_of_letters(events: Sequence[FieldEvent]) -> dict[tuple[UUID, int], UUID]:
    """(visit, mark in the letter) > payment, for hand-overs that rest on a letter alone."""
    visits = {e.visit_id for e in events if isinstance(e.body.get("unleased"), dict)} - {None}
    return {
        (visit_id, payment_id.int & _MARK_ALONE): payment_id
        for visit_id, payment_id in payments_of_visits_for_system([v for v in visits if v])
    }


def _hand_over(
    event: FieldEvent,
    verifications: dict[UUID, dict[str, Any]],
    marked: dict[tuple[UUID, int], UUID],
) -> HandedOver:
    body = event.body
    claims = body.get("payments")
    if not isinstance(claims, list) or not 1 <= len(claims) <= MOST_LINES:
        raise BadBody("payments")
    try:
        lines = tuple(
            ClaimedLine(
                _whole_id(required_uuid(item["id"], "payments"), event.visit_id, marked),
                whole_rupiah(item["amount"], "payments"),
            )
            for item in claims
        )
    except (TypeError, KeyError) as error:
        raise BadBody("payments") from error
    verification_id = optional_uuid(body.get("verification"))
    verification = verifications.get(verification_id, {}).get("body", {}) if verification_id else {}
    collector = body.get("collector")
    collector = collector if isinstance(collector, dict) else {}
    latitude, longitude, accuracy = read_position(event.content)
    return HandedOver(
        event_id=event.waiting.event_id,
        device_id=event.device.id,
        officer_id=event.device.holder_id,
        office_code=event.device.office_code,
        zone=event.device.zone,
        visit_id=event.visit_id,
        session_id=event.session_id,
        claims=lines,
        total=whole_rupiah(body.get("total"), "total"),
        begun_id=optional_uuid(body.get("begun")),
        verification_id=verification_id,
        method=str(verification.get("method", "")),
        collector_id=optional_uuid(collector.get("person_id")),
        relation=str(collector.get("relation", ""))[:20],
        receipt_mark=str(body.get("receipt_mark", ""))[:12],
        sop=event.content["sop"],
        device_time=event.moment("device"),
        server_time=event.moment("server"),
        received_at=event.waiting.received_at,
        latitude=latitude,
        longitude=longitude,
        accuracy_m=accuracy,
        revoked=event.waiting.revoked,
        cloned=event.waiting.cloned,
        sequence=event.sequence,
    )


def _whole_id(
    payment_id: UUID, visit_id: UUID | None, marked: dict[tuple[UUID, int], UUID]
) -> UUID:
    """The payment that a letter's mark stands for; an id of its own stays as it is."""
    if visit_id is None or payment_id.int > _MARK_ALONE:
        return payment_id
    return marked.get((visit_id, payment_id.int), payment_id)


def apply_beginnings(events: Sequence[FieldEvent]) -> list[Answer]:
    good, answers = read_bodies(events, _beginning)
    record_beginnings([item for _, item in good], by=SYSTEM)
    return answers + [Answer(event.arrival, APPLIED) for event, _ in good]


def _beginning(event: FieldEvent) -> tuple[UUID, UUID, Any]:
    if event.visit_id is None:
        raise BadBody("visit")
    return event.waiting.event_id, event.visit_id, event.waiting.received_at


def apply_cancellations(events: Sequence[FieldEvent]) -> list[Answer]:
    good, answers = read_bodies(
        events,
        lambda event: CancelledHandOver(
            event.waiting.event_id, required_uuid(event.body.get("begun"), "begun"), event.visit_id
        ),
    )
    record_cancellations([item for _, item in good], by=SYSTEM)
    return answers + [Answer(event.arrival, APPLIED) for event, _ in good]


def apply_attempts(events: Sequence[FieldEvent]) -> list[Answer]:
    good, answers = read_bodies(events, _attempt)
    outcomes = record_attempts([item for _, item in good], by=SYSTEM)
    for event, item in good:
        code = outcomes[item.event_id]
        result = {"recorded": APPLIED, "known": NOTED}.get(code, CONFLICT)
        answers.append(Answer(event.arrival, result, "" if code == "recorded" else code))
    return answers


def _attempt(event: FieldEvent) -> FailedAttempt:
    if event.visit_id is None:
        raise BadBody("visit")
    return FailedAttempt(
        event_id=event.waiting.event_id,
        visit_id=event.visit_id,
        code=str(event.body.get("code", "")),
        note=str(event.body.get("note") or "")[:500],
        recorded_by=f"device:{event.device.id}",
        officer_id=event.device.holder_id,
        office_code=event.device.office_code,
        zone=event.device.zone,
        device_time=event.moment("device"),
        server_time=event.moment("server"),
        received_at=event.waiting.received_at,
    )
