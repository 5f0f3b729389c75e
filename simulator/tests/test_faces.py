"""Simulated evidence photos: many, different, repeatable, and as like as they claim to be."""

from __future__ import annotations

import io
import time

import pytest
from PIL import Image

from salur.identity.faces import FaceEngine, cosine
from salur.identity.images import decode
from salur.identity.model_files import ModelsNotPrepared
from salur.identity.prepare_models import prepare_models
from salur.identity.quality import embed, look_at
from salur.identity.rules import FaceLimits, Reason
from simulator.faces import FaceLibrary

PEOPLE = [f"person-{number}" for number in range(100)]


@pytest.fixture(scope="module")
def engine() -> FaceEngine:
    try:
        return FaceEngine(prepare_models())
    except ModelsNotPrepared as error:
        pytest.fail(f"Face models are needed by these tests. {error}", pytrace=False)


def test_two_hundred_photos_are_all_different_and_made_in_time() -> None:
    library = FaceLibrary(seed=1)
    started = time.perf_counter()
    photos = [library.portrait(person, take) for person in PEOPLE for take in (0, 1)]
    assert time.perf_counter() - started < 20  # 5 s on an idle machine
    assert len(set(photos)) == 200
    assert all(40_000 < len(photo) < 160_000 for photo in photos)


def test_one_seed_gives_the_same_files_and_another_gives_others() -> None:
    photo = FaceLibrary(seed=1).portrait("siti", 3)
    assert FaceLibrary(seed=1).portrait("siti", 3) == photo
    assert FaceLibrary(seed=2).portrait("siti", 3) != photo


def test_a_photo_carries_nothing_but_the_picture() -> None:
    with Image.open(io.BytesIO(FaceLibrary(seed=1).portrait("siti"))) as image:
        assert not image.getexif()


def test_takes_of_one_person_match_and_strangers_do_not(engine: FaceEngine) -> None:
    library, limits = FaceLibrary(seed=1), FaceLimits()
    refused = 0
    for person in PEOPLE[:20]:
        looks = [
            look_at(decode(photo), engine, limits)
            for photo in (
                library.portrait(person, 0),
                library.portrait(person, 1),
                library.stranger(person, 0),
            )
        ]
        refused += sum(bool(look.reasons) for look in looks)
        one, other, stranger = (embed(look, engine) for look in looks)
        assert one is not None
        assert other is not None
        assert stranger is not None
        assert cosine(one, other) >= limits.match_from
        assert cosine(one, stranger) < limits.review_from
    assert refused <= 1


def test_bad_photos_are_bad_in_the_way_they_say(engine: FaceEngine) -> None:
    library, limits = FaceLibrary(seed=1), FaceLimits()
    blurred = look_at(decode(library.blurred("siti")), engine, limits)
    turned = look_at(decode(library.turned_away("siti")), engine, limits)
    assert Reason.BLURRED in blurred.reasons
    assert turned.reasons == (Reason.TURNED_AWAY,)
