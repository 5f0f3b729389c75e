"""One photo, while the person stands there."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import ImageFilter

from salur.audit.models import Entry
from salur.identity.errors import PhotoRefused
from salur.identity.limits import current_engine
from salur.identity.models import FaceCheck, ReferenceFace
from salur.identity.operations import (
    NewReference,
    enrol_reference,
    phone_templates,
    verify_live,
)
from salur.identity.operations.templates import open_references
from salur.identity.queries import checks_of_visit
from salur.identity.rules import Decision, ReferenceOrigin
from salur.identity.tests.conftest import VERA, as_jpeg, opened
from salur.identity.tickets import read_ticket
from salur.kernel.actor import SYSTEM, Actor
from salur.kernel.errors import Forbidden
from salur.kernel.ids import new_id
from salur.registry.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("face_engine")]
Photo = Callable[[str], bytes]


@pytest.fixture
def known(siti: Person, vera: Actor, photo: Photo) -> Person:
    """Siti, with a reference."""
    enrol_reference(NewReference(siti.id, enrolled_by=VERA), photo("a1"), by=vera)
    return siti


def test_the_person_matches_and_another_does_not(known: Person, vera: Actor, photo: Photo) -> None:
    same = verify_live(known.id, photo("a3"), by=vera)
    assert (same.decision, same.advice, same.reasons) == (Decision.MATCH, "match", ())
    assert same.has_reference
    other = verify_live(known.id, photo("b1"), by=vera)
    assert other.advice == "capture_again"
    assert other.reasons == ("likeness_low",)
    assert other.score is not None
    assert other.score < 0.36


def test_every_check_is_kept_and_audited_and_its_photo_is_not(
    known: Person, vera: Actor, photo: Photo
) -> None:
    visit = new_id()
    verdict = verify_live(known.id, photo("a3"), by=vera, visit_id=visit)
    (check,) = checks_of_visit(SYSTEM, visit)
    assert check.id == verdict.check_id
    assert (check.verdict, check.origin, check.checked_by) == (
        "match",
        "online",
        f"device:{vera.id}",
    )
    payload = Entry.objects.get(kind="identity.face_checked").payload
    assert payload["score_milli"] == round(1000 * (verdict.score or 0))


def test_a_bad_photo_is_to_be_taken_again_with_its_reason(
    known: Person, vera: Actor, photo: Photo
) -> None:
    blurred = as_jpeg(opened(photo("a1")).filter(ImageFilter.GaussianBlur(9)))
    verdict = verify_live(known.id, blurred, by=vera)
    assert (verdict.advice, verdict.reasons) == ("capture_again", ("blurred",))


def test_without_a_reference_nothing_can_match(siti: Person, vera: Actor, photo: Photo) -> None:
    verdict = verify_live(siti.id, photo("a1"), by=vera)
    assert (verdict.decision, verdict.advice) == (Decision.NO_REFERENCE, "review")
    assert not verdict.has_reference
    assert verdict.score is None


def test_a_card_photo_only_supports_a_review(siti: Person, vera: Actor, photo: Photo) -> None:
    card = NewReference(siti.id, enrolled_by=VERA, origin=ReferenceOrigin.CARD)
    enrol_reference(card, photo("a1"), by=vera)
    verdict = verify_live(siti.id, photo("a3"), by=vera)
    assert (verdict.advice, verdict.reasons) == ("review", ("card_photo_only",))


def test_a_reference_of_another_model_is_never_compared(
    known: Person, vera: Actor, photo: Photo
) -> None:
    ReferenceFace.objects.update(model_version="other/1")
    verdict = verify_live(known.id, photo("a1"), by=vera)
    assert (verdict.decision, verdict.reasons) == (Decision.NO_REFERENCE, ("other_model",))


def test_thresholds_are_settings(known: Person, vera: Actor, photo: Photo, settings: Any) -> None:
    settings.SALUR_FACE_LIMITS = {"match_from": 0.99}
    assert verify_live(known.id, photo("a3"), by=vera).advice == "review"
    settings.SALUR_FACE_LIMITS = {"match_form": 0.99}
    with pytest.raises(TypeError):
        verify_live(known.id, photo("a3"), by=vera)


def test_a_file_that_is_no_photo_leaves_nothing(known: Person, vera: Actor) -> None:
    with pytest.raises(PhotoRefused):
        verify_live(known.id, b"<svg/>", by=vera)
    assert not FaceCheck.objects.exists()


def test_who_may_not_work_in_the_field_may_not_ask(known: Person, photo: Photo) -> None:
    with pytest.raises(Forbidden):
        verify_live(known.id, photo("a3"), by=Actor("tamu", "user"))


def test_the_ticket_says_what_was_found_and_cannot_be_altered(
    known: Person, vera: Actor, photo: Photo
) -> None:
    visit = new_id()
    verdict = verify_live(known.id, photo("b1"), by=vera, visit_id=visit)
    claims = read_ticket(verdict.ticket)
    assert claims is not None
    assert (claims["decision"], claims["visit"], claims["person"], claims["photo"]) == (
        "capture_again",
        str(visit),
        str(known.id),
        verdict.photo_sha256,
    )
    body, _, signature = verdict.ticket.partition(".")
    other = verify_live(known.id, photo("a3"), by=vera).ticket.partition(".")[0]
    for forged in (f"{other}.{signature}", f"{body}.{signature[:-4]}AAAA", body, "", "a.b.c", "."):
        assert read_ticket(forged) is None


def test_a_phone_gets_a_template_that_points_the_same_way(
    known: Person, vera: Actor, photo: Photo
) -> None:
    told = b64decode(phone_templates([known.id])[known.id])
    engine = current_engine()
    vector = open_references([known.id], engine.version)[known.id].vector
    assert vector is not None
    small = np.frombuffer(told, dtype="i1").astype(np.float64)
    assert small @ vector / np.linalg.norm(small) >= 0.999
    ReferenceFace.objects.filter(person=known).update(strength="card")
    assert phone_templates([known.id]) == {}
    ReferenceFace.objects.filter(person=known).update(strength="registry", model_version="older/1")
    assert phone_templates([known.id]) == {}
