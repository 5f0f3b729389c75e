"""Verdicts and enrolment, on plain values."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salur.identity.rules import (
    Decision,
    EnrolmentFault,
    FaceLimits,
    FaceMeasures,
    Reason,
    ReferenceOrigin,
    Strength,
    best_of,
    check_enrolment,
    check_quality,
    decide,
    is_third_person,
    prove,
    quality_among,
)

LIMITS = FaceLimits()
GOOD = FaceMeasures(
    faces=1, score=0.95, eye_distance_px=90, inside=True, sharpness=5, brightness=120
)


@pytest.mark.parametrize(
    ("likeness", "decision"),
    [
        (1.0, Decision.MATCH),
        (0.43, Decision.MATCH),
        (0.4299, Decision.REVIEW),
        (0.36, Decision.REVIEW),
        (0.3599, Decision.CAPTURE_AGAIN),
        (-1.0, Decision.CAPTURE_AGAIN),
        (None, Decision.NO_REFERENCE),
    ],
)
def test_likeness_decides_at_the_thresholds(likeness: float | None, decision: Decision) -> None:
    assert decide(likeness, (), LIMITS)[0] is decision


@given(st.floats(-1, 1))
def test_an_identity_card_never_supports_more_than_a_review(likeness: float) -> None:
    assert decide(likeness, (), LIMITS, card_only=True)[0] is not Decision.MATCH


@given(st.one_of(st.none(), st.floats(-1, 1)))
def test_a_photo_that_fails_the_gate_never_matches(likeness: float | None) -> None:
    decision, reasons = decide(likeness, (Reason.BLURRED,), LIMITS)
    assert decision is Decision.CAPTURE_AGAIN
    assert reasons == (Reason.BLURRED,)


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_a_likelier_face_never_fares_worse(one: float, other: float) -> None:
    order = (Decision.CAPTURE_AGAIN, Decision.REVIEW, Decision.MATCH)
    lower, higher = sorted((one, other))
    assert order.index(decide(lower, (), LIMITS)[0]) <= order.index(decide(higher, (), LIMITS)[0])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"second_face_area_share": 0.1}, Reason.SEVERAL_FACES),
        ({"roll_degrees": -20.0}, Reason.TILTED),
        ({"roll_degrees": 50.0}, Reason.SIDEWAYS),
        ({"yaw": -0.35}, Reason.TURNED_AWAY),
        ({"eye_distance_px": 59.9}, Reason.FACE_SMALL),
        ({"inside": False}, Reason.FACE_CUT_OFF),
        ({"brightness": 49.9}, Reason.DARK),
        ({"brightness": 205.1}, Reason.BRIGHT),
        ({"glare_share": 0.3}, Reason.GLARE),
        ({"sharpness": 3.0}, Reason.BLURRED),
        ({"score": 0.79}, Reason.FACE_UNCLEAR),
        ({"found_when_turned": True}, Reason.SIDEWAYS),
        ({"faces": 0}, Reason.NO_FACE),
    ],
)
def test_each_limit_has_its_reason(change: dict[str, float], reason: Reason) -> None:
    assert check_quality(GOOD, LIMITS) == ()
    assert check_quality(replace(GOOD, **change), LIMITS) == (reason,)


def test_the_payer_alone_makes_nobodys_reference() -> None:
    assert check_enrolment(enrolled_by="rudi", payer="rudi", witness="") is EnrolmentFault.BY_PAYER
    assert check_enrolment(enrolled_by="", payer="rudi", witness="") is EnrolmentFault.BY_PAYER
    assert check_enrolment(enrolled_by="vera", payer="rudi", witness="") is None
    assert check_enrolment(enrolled_by="rudi", payer="rudi", witness="Pak RT") is None
    assert check_enrolment(enrolled_by="vera", payer=None, witness="") is None


@pytest.mark.parametrize("witness", ["rudi", "vera", "siti  Aminah", "SITI AMINAH"])
def test_a_witness_is_a_third_person(witness: str) -> None:
    fault = check_enrolment(
        enrolled_by="vera", payer="rudi", witness=witness, not_witnesses=("Siti Aminah",)
    )
    assert fault is EnrolmentFault.WITNESS_NOT_INDEPENDENT
    assert not is_third_person("", ("rudi",))


@pytest.mark.parametrize(
    ("method", "decision", "more", "strength"),
    [
        ("face", Decision.MATCH, {}, Strength.FACE),
        (
            "face",
            Decision.MATCH,
            {"reference_origin": ReferenceOrigin.REGISTRY},
            Strength.REGISTRY,
        ),
        ("face", Decision.REVIEW, {}, Strength.UNVERIFIED),
        ("face", Decision.REVIEW, {"witnessed": True}, Strength.WITNESS),
        ("face", None, {}, Strength.UNVERIFIED),
        ("enrolment", Decision.NO_REFERENCE, {"enrolled_now": True}, Strength.ENROLMENT),
        ("enrolment", Decision.NO_REFERENCE, {}, Strength.UNVERIFIED),
        ("enrolment", Decision.MATCH, {"enrolled_now": True}, Strength.ENROLMENT),
        ("witness", Decision.CAPTURE_AGAIN, {"witnessed": True}, Strength.WITNESS),
        ("witness", Decision.CAPTURE_AGAIN, {}, Strength.UNVERIFIED),
        ("document", None, {}, Strength.DOCUMENT),
        ("proxy", Decision.MATCH, {}, Strength.PROXY),
    ],
)
def test_an_officers_word_counts_for_no_more_than_the_photo_shows(
    method: str, decision: Decision | None, more: dict[str, object], strength: Strength
) -> None:
    assert prove(method, decision, **more) is strength  # type: ignore[arg-type]


def test_of_several_photos_the_one_that_proves_most_counts() -> None:
    found = [
        (Decision.UNREADABLE, None),
        (Decision.MATCH, 0.5),
        (Decision.MATCH, 0.7),
        (Decision.REVIEW, 0.4),
    ]
    assert best_of(found) == 2
    with pytest.raises(ValueError):
        best_of([])


def test_a_kept_check_gives_back_what_was_wrong_with_its_photo() -> None:
    assert quality_among(["blurred", "likeness_low"]) == (Reason.BLURRED,)
    assert quality_among(["no_reference"]) == ()
