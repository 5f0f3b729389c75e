"""What waits for a person: final codes to decide, weak evidence to look at."""

from __future__ import annotations

from django.db.models import QuerySet

from salur.disbursement.models import Attempt, Judgement
from salur.disbursement.queries.scope import offices_q
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
