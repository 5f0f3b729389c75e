"""What waits for a person: final codes to decide, weak evidence to look at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from salur.disbursement.models import Attempt, HandOver, Judgement
from salur.disbursement.queries.scope import offices_q
from salur.intake.queries import contents_of_events_for_system
from salur.kernel.actor import Actor


def attempts_to_decide(actor: Actor) -> QuerySet[Attempt]:
    """Final codes of the actor's offices that nobody has decided yet, the oldest first."""
    actor.require("disbursement.approve_final")
    return (
        Attempt.objects.select_related("visit__village", "office")
        .filter(offices_q(actor), decision=Attempt.Decision.WAITING)
        .order_by("attempted_at", "id")
    )


def judgements_to_review(actor: Actor) -> QuerySet[Judgement]:
    """Hand-overs of the actor's offices with weak or missing evidence, the oldest first."""
    actor.require("identity.review")
    return (
        Judgement.objects.select_related("hand_over__visit", "hand_over__office")
        .filter(offices_q(actor, "hand_over__office"), verdict=Judgement.Verdict.REVIEW)
        .order_by("judged_at", "hand_over_id")
    )


def officers_notes_for_system(hand_overs: Iterable[HandOver]) -> dict[UUID, list[str]]:
    """What officers wrote where something could not be had, per hand-over; one query."""
    events = {h.id: [h.id, *([h.verification_id] if h.verification_id else [])] for h in hand_overs}
    contents = contents_of_events_for_system([one for named in events.values() for one in named])
    return {
        hand_over_id: [
            str(entry["note"])
            for event in named
            for entry in _missing(contents.get(event))
            if isinstance(entry, dict) and entry.get("note")
        ]
        for hand_over_id, named in events.items()
    }


def _missing(content: dict[str, Any] | None) -> list[Any]:
    found = content["body"].get("missing") if content else None
    return found if isinstance(found, list) else []
