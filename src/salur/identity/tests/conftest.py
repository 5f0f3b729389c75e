"""Prepared models, pictures and two people."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from PIL import Image

from salur.identity.faces import FaceEngine, engine
from salur.identity.model_files import ModelsNotPrepared
from salur.identity.prepare_models import prepare_models
from salur.intake.operations import keep_file
from salur.kernel.actor import SYSTEM, Actor
from salur.kernel.clock import now
from salur.kernel.ids import new_id
from salur.kernel.sealing import blind_index, seal
from salur.places.models import Region
from salur.registry.models import Household, Person

FACES = Path(__file__).resolve().parents[4] / "tests" / "faces"


@pytest.fixture(scope="session")
def face_engine() -> FaceEngine:
    """The engine, its models made ready first; fails with what to do when they cannot be had."""
    try:
        prepare_models()
    except ModelsNotPrepared as error:
        pytest.fail(f"Face models are needed by these tests. {error}", pytrace=False)
    return engine()


@pytest.fixture(scope="session")
def photo() -> Callable[[str], bytes]:
    """The bytes of a portrait: a1, a2 and a3 are one person, b1 another."""
    return lambda name: (FACES / f"{name}.jpg").read_bytes()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def as_jpeg(image: Image.Image | np.ndarray, quality: int = 90, **options: object) -> bytes:
    file = io.BytesIO()
    if isinstance(image, np.ndarray):
        image = Image.fromarray(image)
    image.save(file, "JPEG", quality=quality, **options)
    return file.getvalue()


def _person(household: Household, name: str, nik: str) -> Person:
    person_id = new_id()
    return Person.objects.create(
        id=person_id,
        household=household,
        nik_index=blind_index(nik, purpose="nik"),
        nik_sealed=seal(nik, field="registry.person.nik", subject=person_id),
        nik_last4=nik[-4:],
        name=name,
        birth_date=date(1980, 1, 1),
        sex="f",
        created_at=now(),
        updated_at=now(),
    )


@pytest.fixture
def household(db: None) -> Household:
    village = Region.objects.create(
        code="16.71.01.1001",
        name="Talang Semut",
        search_name="talang semut",
        level="village",
        zone="Asia/Jakarta",
        valid_from=date(2000, 1, 1),
        source="test",
    )
    household_id = new_id()
    return Household.objects.create(
        id=household_id,
        card_index=blind_index("1671010101010001", purpose="card"),
        card_sealed=seal("1671010101010001", field="registry.household.card", subject=household_id),
        card_last4="0001",
        village=village,
        created_at=now(),
        updated_at=now(),
    )


@pytest.fixture
def siti(household: Household) -> Person:
    return _person(household, "SITI AMINAH", "1671014101800001")


@pytest.fixture
def budi(household: Household) -> Person:
    return _person(household, "BUDI SANTOSO", "1671010101790002")


RUDI = "018f0000-0000-7000-8000-000000000001"
"""The officer who pays."""
VERA = "018f0000-0000-7000-8000-000000000002"
"""The verifier at the other desk."""


@pytest.fixture
def vera() -> Actor:
    """The verifier's device."""
    return Actor(
        id=str(new_id()),
        kind="device",
        permissions=frozenset({"field.work"}),
        extra={"holder": VERA},
    )


@pytest.fixture
def uploaded() -> Callable[[bytes], str]:
    """Keep bytes as evidence that has arrived; their SHA-256."""
    return lambda data: keep_file(data, kind="evidence", media_type="image/jpeg", by=SYSTEM).sha256


@pytest.fixture
def event_id() -> UUID:
    return new_id()
