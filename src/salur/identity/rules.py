"""When a photo is good enough, whom it shows, and who may enrol whom. Pure.

The figures are starting points, measured on public pictures that do not show the people whom we
serve: `bench/faces.py FOLDER` measures them again on local, consented ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a photo is not good enough, or why a verdict is what it is. Codes are stable."""

    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    FACE_UNCLEAR = "face_unclear"
    FACE_SMALL = "face_small"
    FACE_CUT_OFF = "face_cut_off"
    SIDEWAYS = "sideways"
    TILTED = "tilted"
    TURNED_AWAY = "turned_away"
    BLURRED = "blurred"
    DARK = "dark"
    BRIGHT = "bright"
    GLARE = "glare"
    NO_REFERENCE = "no_reference"
    OTHER_MODEL = "other_model"
    CARD_PHOTO_ONLY = "card_photo_only"
    LIKENESS_IN_DOUBT = "likeness_in_doubt"
    LIKENESS_LOW = "likeness_low"
    ENROLLED_BY_PAYER = "enrolled_by_payer"
    WITNESS_NOT_INDEPENDENT = "witness_not_independent"
    PHOTO_MISSING = "photo_missing"
    PHOTO_UNREADABLE = "photo_unreadable"


class Decision(StrEnum):
    """What a comparison ends in. A face in doubt never ends open: see the procedure's steps."""

    MATCH = "match"
    REVIEW = "review"
    CAPTURE_AGAIN = "capture_again"
    NO_REFERENCE = "no_reference"
    UNREADABLE = "unreadable"


class Strength(StrEnum):
    """How well it was proven who stood there, recorded for every payment, strongest first."""

    REGISTRY = "registry"
    FACE = "face"
    ENROLMENT = "enrolment"
    WITNESS = "witness"
    DOCUMENT = "document"
    PROXY = "proxy"
    UNVERIFIED = "unverified"


class ReferenceOrigin(StrEnum):
    """Where a reference face comes from; kept as `strength` on it."""

    FIRST_ENROLMENT = "first_enrolment"
    WITNESSED = "witnessed"
    REGISTRY = "registry"
    CARD = "card"


@dataclass(frozen=True, slots=True)
class FaceLimits:
    """Every threshold of this room. Cosines are between −1 and 1, shares between 0 and 1."""

    match_from: float = 0.43
    review_from: float = 0.36
    detection_score: float = 0.80
    second_face_area_share: float = 0.10
    """A second face smaller than this share of the largest is somebody in the background."""
    eye_distance_px: float = 60.0
    yaw: float = 0.35
    roll_degrees: float = 20.0
    sideways_degrees: float = 45.0
    sharpness: float = 3.0
    brightness_from: float = 50.0
    brightness_to: float = 205.0
    glare_share: float = 0.30


@dataclass(frozen=True, slots=True)
class FaceMeasures:
    """What was measured on one photo; see `quality.py` for how.

    With no face found, everything is zero but `found_when_turned`: whether a face appears, or a
    clearly better one, when the picture is turned by 90, 180 or 270 degrees.
    """

    faces: int = 0
    second_face_area_share: float = 0.0
    score: float = 0.0
    eye_distance_px: float = 0.0
    inside: bool = False
    yaw: float = 0.0
    roll_degrees: float = 0.0
    sharpness: float = 0.0
    brightness: float = 0.0
    glare_share: float = 0.0
    found_when_turned: bool = False


def check_quality(measures: FaceMeasures, limits: FaceLimits) -> tuple[Reason, ...]:
    """Everything that is wrong with the photo, the gravest first; empty means good enough."""
    if measures.found_when_turned:
        return (Reason.SIDEWAYS,)
    if measures.faces == 0:
        return (Reason.NO_FACE,)
    roll = abs(measures.roll_degrees)
    wrong = {
        Reason.SEVERAL_FACES: measures.second_face_area_share >= limits.second_face_area_share,
        Reason.SIDEWAYS: roll >= limits.sideways_degrees,
        Reason.TILTED: limits.roll_degrees <= roll < limits.sideways_degrees,
        Reason.TURNED_AWAY: abs(measures.yaw) >= limits.yaw,
        Reason.FACE_SMALL: measures.eye_distance_px < limits.eye_distance_px,
        Reason.FACE_CUT_OFF: not measures.inside,
        Reason.DARK: measures.brightness < limits.brightness_from,
        Reason.BRIGHT: measures.brightness > limits.brightness_to,
        Reason.GLARE: measures.glare_share >= limits.glare_share,
        Reason.BLURRED: measures.sharpness <= limits.sharpness,
        Reason.FACE_UNCLEAR: measures.score < limits.detection_score,
    }
    return tuple(reason for reason, holds in wrong.items() if holds)


def decide(
    likeness: float | None,
    quality: Sequence[Reason],
    limits: FaceLimits,
    *,
    card_only: bool = False,
) -> tuple[Decision, tuple[Reason, ...]]:
    """The verdict on one photo, with all its reasons.

    `likeness` is the best cosine against the person's references, None when there are none.
    `card_only`: the references were taken off an identity card, which never supports more than a
    review. A photo that fails the gate is captured again, however alike it may be.
    """
    if quality:
        return Decision.CAPTURE_AGAIN, tuple(quality)
    if likeness is None:
        return Decision.NO_REFERENCE, (Reason.NO_REFERENCE,)
    if likeness < limits.review_from:
        return Decision.CAPTURE_AGAIN, (Reason.LIKENESS_LOW,)
    if likeness < limits.match_from:
        return Decision.REVIEW, (Reason.LIKENESS_IN_DOUBT,)
    if card_only:
        return Decision.REVIEW, (Reason.CARD_PHOTO_ONLY,)
    return Decision.MATCH, ()


_LIKENESS = frozenset(
    {
        Reason.NO_REFERENCE,
        Reason.OTHER_MODEL,
        Reason.CARD_PHOTO_ONLY,
        Reason.LIKENESS_IN_DOUBT,
        Reason.LIKENESS_LOW,
        Reason.ENROLLED_BY_PAYER,
        Reason.WITNESS_NOT_INDEPENDENT,
    }
)


def quality_among(reasons: Iterable[str]) -> tuple[Reason, ...]:
    """Of a stored check's reasons, those that speak of the photo and not of the likeness."""
    return tuple(Reason(code) for code in reasons if Reason(code) not in _LIKENESS)


_BEST_FIRST = (
    Decision.MATCH,
    Decision.REVIEW,
    Decision.NO_REFERENCE,
    Decision.CAPTURE_AGAIN,
    Decision.UNREADABLE,
)


def best_of(found: Iterable[tuple[Decision, float | None]]) -> int:
    """Of several photos of one moment, the place of the one that proves most.

    By decision, then likeness, then order. Raises ValueError for none.
    """
    ranked = [
        (_BEST_FIRST.index(decision), -(score if score is not None else -1.0), place)
        for place, (decision, score) in enumerate(found)
    ]
    return min(ranked)[2]


def prove(
    method: str,
    decision: Decision | None,
    *,
    reference_origin: ReferenceOrigin | None = None,
    enrolled_now: bool = False,
    witnessed: bool = False,
) -> Strength:
    """How strongly a payment was authenticated, from what the officer did and what we found.

    `method` is the event's own word (face, enrolment, witness, document, proxy); it never counts
    for more than the server found in the photo.
    """
    if method == "proxy":
        return Strength.PROXY
    if enrolled_now:
        return Strength.ENROLMENT
    if decision is Decision.MATCH:
        registry = reference_origin is ReferenceOrigin.REGISTRY
        return Strength.REGISTRY if registry else Strength.FACE
    if witnessed:
        return Strength.WITNESS
    return Strength.DOCUMENT if method == "document" else Strength.UNVERIFIED


class EnrolmentFault(StrEnum):
    BY_PAYER = "enrolled_by_payer"
    WITNESS_NOT_INDEPENDENT = "witness_not_independent"


def check_enrolment(
    *, enrolled_by: str, payer: str | None, witness: str, not_witnesses: Iterable[str] = ()
) -> EnrolmentFault | None:
    """Whether this reference may be made; None when it may.

    Ids are plain text. `payer` is who pays this person in the same visit, None when nobody does.
    Nobody's reference is made by the person who pays, unless a third person stands by; an unknown
    enroller (empty) counts as the payer. `witness` is an id or a name, `not_witnesses` the ids and
    names of those who are no third person.
    """
    if witness and not is_third_person(witness, (enrolled_by, payer or "", *not_witnesses)):
        return EnrolmentFault.WITNESS_NOT_INDEPENDENT
    if payer is not None and enrolled_by in {payer, ""} and not witness:
        return EnrolmentFault.BY_PAYER
    return None


def is_third_person(witness: str, others: Iterable[str]) -> bool:
    """Whether a witness is named and is none of the others (ids or names, however written)."""
    return bool(witness) and _plain(witness) not in {_plain(other) for other in others}


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
