"""One person is one person, another is another, and a bad photo says what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter

from salur.identity import faces, quality
from salur.identity.faces import FaceEngine, Vector, from_bytes, to_bytes
from salur.identity.images import decode
from salur.identity.rules import FaceLimits, Reason
from salur.identity.tests.conftest import as_jpeg, opened

LIMITS = FaceLimits()
Photo = Callable[[str], bytes]


def vector_of(data: bytes, engine: FaceEngine) -> Vector:
    vector = quality.embed(quality.look_at(decode(data), engine, LIMITS), engine)
    assert vector is not None
    return vector


def reasons_for(image: Image.Image | bytes, engine: FaceEngine) -> tuple[Reason, ...]:
    data = image if isinstance(image, bytes) else as_jpeg(image)
    return quality.look_at(decode(data), engine, LIMITS).reasons


@pytest.mark.parametrize(("one", "other"), [("a1", "a2"), ("a1", "a3"), ("a2", "a3")])
def test_two_photos_of_one_person_are_alike(
    one: str, other: str, photo: Photo, face_engine: FaceEngine
) -> None:
    likeness = faces.cosine(
        vector_of(photo(one), face_engine), vector_of(photo(other), face_engine)
    )
    assert likeness >= LIMITS.match_from


@pytest.mark.parametrize("name", ["a1", "a2", "a3"])
def test_photos_of_two_people_are_not_alike(
    name: str, photo: Photo, face_engine: FaceEngine
) -> None:
    likeness = faces.cosine(
        vector_of(photo(name), face_engine), vector_of(photo("b1"), face_engine)
    )
    assert likeness < LIMITS.review_from


def test_the_same_bytes_give_the_same_numbers_in_every_thread(
    photo: Photo, face_engine: FaceEngine
) -> None:
    engine = FaceEngine()  # fresh: the threads also race to open the models
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: to_bytes(vector_of(photo("a1"), engine)), range(8)))
    assert set(made) == {to_bytes(vector_of(photo("a1"), face_engine))}


def test_a_vector_has_length_one_and_survives_its_bytes(
    photo: Photo, face_engine: FaceEngine
) -> None:
    vector = vector_of(photo("b1"), face_engine)
    assert float(np.linalg.norm(vector)) == pytest.approx(1.0, abs=1e-6)
    assert len(to_bytes(vector)) == 512
    assert (from_bytes(to_bytes(vector)) == vector).all()
    with pytest.raises(ValueError):
        from_bytes(b"\0" * 511)


@pytest.mark.parametrize("name", ["a1", "a3", "b1"])
def test_a_good_photo_passes_the_gate(name: str, photo: Photo, face_engine: FaceEngine) -> None:
    assert reasons_for(photo(name), face_engine) == ()


@pytest.mark.parametrize("name", ["a1", "a3", "b1"])
class TestABadPhotoSaysWhatIsWrong:
    def test_blurred(self, name: str, photo: Photo, face_engine: FaceEngine) -> None:
        image = opened(photo(name)).filter(ImageFilter.GaussianBlur(9))
        assert Reason.BLURRED in reasons_for(image, face_engine)

    def test_dark(self, name: str, photo: Photo, face_engine: FaceEngine) -> None:
        image = ImageEnhance.Brightness(opened(photo(name))).enhance(0.2)
        assert Reason.DARK in reasons_for(image, face_engine)

    def test_bright(self, name: str, photo: Photo, face_engine: FaceEngine) -> None:
        image = ImageEnhance.Brightness(opened(photo(name))).enhance(2.6)
        found = reasons_for(image, face_engine)
        assert Reason.BRIGHT in found
        assert Reason.GLARE in found

    def test_small(self, name: str, photo: Photo, face_engine: FaceEngine) -> None:
        image = opened(photo(name))
        image.thumbnail((240, 240))
        assert reasons_for(image, face_engine) == (Reason.FACE_SMALL,)

    @pytest.mark.parametrize("degrees", [90, 180, 270])
    def test_sideways_or_upside_down(
        self, degrees: int, name: str, photo: Photo, face_engine: FaceEngine
    ) -> None:
        image = opened(photo(name)).rotate(degrees, expand=True)
        assert reasons_for(image, face_engine) == (Reason.SIDEWAYS,)


def test_a_face_turned_away_says_so(photo: Photo, face_engine: FaceEngine) -> None:
    assert reasons_for(photo("a2"), face_engine) == (Reason.TURNED_AWAY,)


def test_two_faces_say_so(photo: Photo, face_engine: FaceEngine) -> None:
    one, other = opened(photo("a1")), opened(photo("b1"))
    both = Image.new("RGB", (one.width + other.width, one.height))
    both.paste(one, (0, 0))
    both.paste(other, (one.width, 0))
    assert Reason.SEVERAL_FACES in reasons_for(both, face_engine)


def test_a_bystander_far_behind_is_not_a_second_face(photo: Photo, face_engine: FaceEngine) -> None:
    image, bystander = opened(photo("a1")), opened(photo("b1"))
    bystander.thumbnail((120, 150))
    image.paste(bystander, (0, 0))
    assert reasons_for(image, face_engine) == ()


def test_no_face_says_so(face_engine: FaceEngine) -> None:
    rng = np.random.default_rng(7)
    noise = Image.fromarray(rng.integers(0, 255, (400, 400, 3), dtype=np.uint8))
    assert reasons_for(noise, face_engine) == (Reason.NO_FACE,)
    assert reasons_for(Image.new("RGB", (400, 400), "white"), face_engine) == (Reason.NO_FACE,)
