"""One photo against one reference: the step that live and later checks have in common."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from salur.identity import quality
from salur.identity.faces import FaceEngine, Vector
from salur.identity.images import Picture
from salur.identity.operations.templates import Reference
from salur.identity.rules import Decision, FaceLimits, Reason, decide


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one photo showed. `vector` is None without a face, or where it was not made again."""

    decision: Decision
    score: float | None
    reasons: tuple[Reason, ...]
    reference_id: UUID | None
    vector: Vector | None = None


def compare(
    picture: Picture, reference: Reference | None, engine: FaceEngine, limits: FaceLimits
) -> Comparison:
    """Judge the photo and compare its face, without touching the database."""
    look = quality.look_at(picture, engine, limits)
    vector = quality.embed(look, engine)
    score = reference.likeness(vector) if reference is not None else None
    return conclude(score, look.reasons, reference, limits, vector)


def conclude(
    score: float | None,
    quality_reasons: tuple[Reason, ...],
    reference: Reference | None,
    limits: FaceLimits,
    vector: Vector | None = None,
) -> Comparison:
    """The verdict that today's thresholds give for what was measured."""
    usable = reference is not None and reference.vector is not None
    decision, reasons = decide(
        score,
        quality_reasons,
        limits,
        card_only=reference is not None and reference.card_only,
    )
    if decision is Decision.NO_REFERENCE and reference is not None:
        reasons = (Reason.OTHER_MODEL,)
    return Comparison(
        decision, score, reasons, reference.id if reference and usable else None, vector
    )
