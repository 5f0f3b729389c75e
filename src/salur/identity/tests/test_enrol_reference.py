"""A reference is made by somebody else than the payer, from a good photo, and sealed."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from salur.audit.models import Entry
from salur.identity.errors import (
    EnrolledByPayer,
    PersonUnknown,
    PhotoNotGoodEnough,
    PhotoRefused,
    ReferenceExists,
    WitnessNotIndependent,
)
from salur.identity.faces import FaceEngine, to_bytes
from salur.identity.images import decode
from salur.identity.limits import current_limits
from salur.identity.models import ReferenceFace
from salur.identity.operations import NewReference, enrol_reference
from salur.identity.operations.templates import FIELD, open_references
from salur.identity.quality import embed, look_at
from salur.identity.queries import references_for_system, with_reference_for_system
from salur.identity.tests.conftest import RUDI, VERA
from salur.kernel.actor import Actor
from salur.kernel.errors import Forbidden
from salur.kernel.ids import new_id
from salur.kernel.sealing import SealBroken, unseal_bytes
from salur.registry.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("face_engine")]
Photo = Callable[[str], bytes]


def test_the_verifier_enrols_a_family_that_has_no_reference(
    siti: Person, vera: Actor, photo: Photo
) -> None:
    assert with_reference_for_system([siti.id]) == set()
    enrol_reference(NewReference(siti.id, enrolled_by=VERA, payer=RUDI), photo("a1"), by=vera)
    info = references_for_system([siti.id])[siti.id]
    assert (info.origin, info.enrolled_by) == ("first_enrolment", VERA)
    entry = Entry.objects.get(kind="identity.reference_enrolled")
    assert entry.subject == f"person:{siti.id}"
    assert entry.sealed is None


def test_the_payer_is_refused_without_a_witness_and_allowed_with_one(
    siti: Person, vera: Actor, photo: Photo
) -> None:
    with pytest.raises(EnrolledByPayer) as refused:
        enrol_reference(NewReference(siti.id, enrolled_by=RUDI, payer=RUDI), photo("a1"), by=vera)
    assert refused.value.code == "enrolled_by_payer"
    assert not ReferenceFace.objects.exists()
    made = enrol_reference(
        NewReference(siti.id, enrolled_by=RUDI, payer=RUDI, witness="Pak RT Hasan"),
        photo("a1"),
        by=vera,
    )
    assert made.strength == "witnessed"
    entry = Entry.objects.get(kind="identity.reference_enrolled")
    assert entry.payload["witnessed"] is True
    assert "Hasan" not in str(entry.payload)
    assert entry.sealed is not None


@pytest.mark.parametrize("witness", [RUDI, "Siti Aminah"])
def test_payer_and_recipient_are_no_witnesses(
    witness: str, siti: Person, vera: Actor, photo: Photo
) -> None:
    with pytest.raises(WitnessNotIndependent):
        enrol_reference(
            NewReference(siti.id, enrolled_by=VERA, payer=RUDI, witness=witness),
            photo("a1"),
            by=vera,
        )


def test_a_bad_photo_makes_no_reference(siti: Person, vera: Actor, photo: Photo) -> None:
    with pytest.raises(PhotoNotGoodEnough) as refused:
        enrol_reference(NewReference(siti.id, enrolled_by=VERA), photo("a2"), by=vera)
    assert refused.value.details["reasons"] == ["turned_away"]
    with pytest.raises(PhotoRefused):
        enrol_reference(NewReference(siti.id, enrolled_by=VERA), b"<svg/>", by=vera)


def test_a_second_reference_needs_a_reason(siti: Person, vera: Actor, photo: Photo) -> None:
    first = enrol_reference(NewReference(siti.id, enrolled_by=VERA), photo("a1"), by=vera)
    with pytest.raises(ReferenceExists):
        enrol_reference(NewReference(siti.id, enrolled_by=VERA), photo("a3"), by=vera)
    second = enrol_reference(
        NewReference(siti.id, enrolled_by=VERA, replacing="sudah lama"), photo("a3"), by=vera
    )
    first.refresh_from_db()
    assert (first.active, first.end_reason) == (False, "sudah lama")
    assert ReferenceFace.objects.get(person=siti, active=True) == second


def test_the_database_refuses_a_second_live_reference(
    siti: Person, vera: Actor, photo: Photo
) -> None:
    first = enrol_reference(NewReference(siti.id, enrolled_by=VERA), photo("a1"), by=vera)
    first.id = new_id()
    with pytest.raises(IntegrityError), transaction.atomic():
        first.save(force_insert=True)


def test_an_unknown_person_and_an_actor_without_the_right_are_refused(
    siti: Person, vera: Actor, photo: Photo
) -> None:
    with pytest.raises(PersonUnknown):
        enrol_reference(NewReference(new_id(), enrolled_by=VERA), photo("a1"), by=vera)
    with pytest.raises(Forbidden):
        enrol_reference(
            NewReference(siti.id, enrolled_by=VERA), photo("a1"), by=Actor("tamu", "user")
        )


def test_a_template_is_not_readable_in_the_table(
    siti: Person, vera: Actor, photo: Photo, face_engine: FaceEngine
) -> None:
    enrol_reference(NewReference(siti.id, enrolled_by=VERA), photo("a1"), by=vera)
    vector = embed(look_at(decode(photo("a1")), face_engine, current_limits()), face_engine)
    assert vector is not None
    plain = to_bytes(vector)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, template_sealed, t::text FROM identity_reference_face t")
        ((_, sealed, as_text),) = cursor.fetchall()
    for part in (plain[:8], plain[100:108], plain[-8:]):
        assert part not in bytes(sealed)
        assert part.hex() not in as_text
    # The control: it is there, for whoever holds the key and knows whose it is.
    assert unseal_bytes(bytes(sealed), field=FIELD, subject=siti.id) == plain


def test_a_template_moved_to_another_person_does_not_open(
    siti: Person, budi: Person, vera: Actor, photo: Photo, face_engine: FaceEngine
) -> None:
    made = enrol_reference(NewReference(siti.id, enrolled_by=VERA), photo("a1"), by=vera)
    ReferenceFace.objects.filter(id=made.id).update(person_id=budi.id)
    with pytest.raises(SealBroken):
        open_references([budi.id], face_engine.version)


def test_the_event_that_made_a_reference_is_kept(
    siti: Person, vera: Actor, photo: Photo, event_id: UUID
) -> None:
    new = NewReference(siti.id, enrolled_by=VERA, event_id=event_id)
    assert enrol_reference(new, photo("a1"), by=vera).event_id == event_id
