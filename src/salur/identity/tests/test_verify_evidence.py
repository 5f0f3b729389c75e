"""What the uploaded photos prove, whatever the device had said."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from salur.audit.models import Entry
from salur.identity.models import FaceCheck, ReferenceFace
from salur.identity.operations import (
    EvidenceAnswer,
    EvidenceQuestion,
    NewReference,
    enrol_reference,
    evidence,
    verify_evidence,
    verify_live,
)
from salur.identity.rules import Decision, Reason, Strength
from salur.identity.tests.conftest import RUDI, VERA
from salur.kernel.actor import SYSTEM, Actor
from salur.kernel.canonical import sha256_hex
from salur.kernel.ids import new_id
from salur.registry.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("face_engine")]
Photo = Callable[[str], bytes]
Uploaded = Callable[[bytes], str]


def question(person: Person, *photos: str, method: str = "face", **more: Any) -> EvidenceQuestion:
    values = {
        "event_id": new_id(),
        "visit_id": new_id(),
        "person_id": person.id,
        "photos": photos,
        "method": method,
        "verified_by": VERA,
        "paid_by": RUDI,
    }
    return EvidenceQuestion(**{**values, **more})


def ask(asked: EvidenceQuestion) -> EvidenceAnswer:
    return verify_evidence([asked], by=SYSTEM)[asked.event_id]


@pytest.fixture
def known(siti: Person, vera: Actor, photo: Photo) -> Person:
    enrol_reference(NewReference(siti.id, enrolled_by=VERA), photo("a1"), by=vera)
    return siti


def test_the_photo_decides_whatever_the_officer_claimed(
    known: Person, photo: Photo, uploaded: Uploaded
) -> None:
    right = ask(question(known, uploaded(photo("a3"))))
    assert (right.decision, right.strength, right.convincing) == (
        Decision.MATCH,
        Strength.FACE,
        True,
    )
    wrong = ask(question(known, uploaded(photo("b1"))))
    assert (wrong.decision, wrong.strength, wrong.convincing) == (
        Decision.CAPTURE_AGAIN,
        Strength.UNVERIFIED,
        False,
    )
    assert wrong.reasons == (Reason.LIKENESS_LOW,)


def test_a_first_photo_by_the_verifier_becomes_the_reference(
    siti: Person, photo: Photo, uploaded: Uploaded
) -> None:
    asked = question(siti, uploaded(photo("a1")), method="enrolment")
    answer = ask(asked)
    assert (answer.strength, answer.enrolled, answer.convincing, answer.reasons) == (
        Strength.ENROLMENT,
        True,
        True,
        (),
    )
    reference = ReferenceFace.objects.get(person=siti)
    assert (reference.event_id, reference.enrolled_by) == (asked.event_id, VERA)
    later = ask(question(siti, uploaded(photo("a3"))))
    assert later.strength is Strength.FACE


def test_a_first_photo_by_the_payer_alone_makes_no_reference(
    siti: Person, photo: Photo, uploaded: Uploaded
) -> None:
    sha256 = uploaded(photo("a1"))
    asked = question(siti, sha256, method="enrolment", verified_by=RUDI)
    answer = ask(asked)
    assert answer.reasons == (Reason.NO_REFERENCE, Reason.ENROLLED_BY_PAYER)
    assert (answer.strength, answer.convincing) == (Strength.UNVERIFIED, False)
    assert not ReferenceFace.objects.exists()
    assert ask(asked) == answer
    with_witness = ask(
        question(siti, sha256, method="enrolment", verified_by=RUDI, witness="Pak RT Hasan")
    )
    assert with_witness.enrolled
    assert ReferenceFace.objects.get().strength == "witnessed"


def test_the_recipient_is_no_witness_to_their_own_enrolment(
    siti: Person, photo: Photo, uploaded: Uploaded
) -> None:
    answer = ask(
        question(siti, uploaded(photo("a1")), method="enrolment", witness=siti.name.title())
    )
    assert Reason.WITNESS_NOT_INDEPENDENT in answer.reasons
    assert answer.strength is Strength.UNVERIFIED


def test_asking_again_changes_nothing(siti: Person, photo: Photo, uploaded: Uploaded) -> None:
    asked = [
        question(siti, uploaded(photo("a1")), method="enrolment"),
        question(siti, uploaded(photo("a3"))),
        question(siti, uploaded(photo("b1"))),
    ]
    first = verify_evidence(asked, by=SYSTEM)
    kept = FaceCheck.objects.count(), ReferenceFace.objects.count(), Entry.objects.count()
    assert verify_evidence(asked, by=SYSTEM) == first
    assert (FaceCheck.objects.count(), ReferenceFace.objects.count(), Entry.objects.count()) == kept
    assert [first[item.event_id].strength for item in asked] == [
        Strength.ENROLMENT,
        Strength.FACE,
        Strength.UNVERIFIED,
    ]


def test_a_missing_photo_is_asked_for_again_and_counts_when_it_comes(
    known: Person, photo: Photo, uploaded: Uploaded
) -> None:
    asked = question(known, sha256_hex(photo("a3")), method="witness", witness="Bu Lurah")
    missing = ask(asked)
    assert (missing.complete, missing.reasons) == (False, (Reason.PHOTO_MISSING,))
    assert missing.strength is Strength.WITNESS
    assert not FaceCheck.objects.exists()
    uploaded(photo("a3"))
    assert (ask(asked).complete, ask(asked).decision) == (True, Decision.MATCH)


def test_the_best_of_several_photos_counts(known: Person, photo: Photo, uploaded: Uploaded) -> None:
    shas = [uploaded(data) for data in (b"\xff\xd8\xff not a photo", photo("b1"), photo("a3"))]
    answer = ask(question(known, *shas, shas[0]))
    assert (answer.decision, answer.photo_sha256, answer.complete) == (
        Decision.MATCH,
        shas[2],
        True,
    )
    verdicts = dict(FaceCheck.objects.values_list("photo_sha256", "verdict"))
    assert verdicts == {shas[0]: "unreadable", shas[1]: "capture_again", shas[2]: "match"}


def test_a_photo_we_saw_live_is_not_opened_again(
    known: Person,
    vera: Actor,
    photo: Photo,
    uploaded: Uploaded,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    live = verify_live(known.id, photo("a3"), by=vera)
    sha256 = uploaded(photo("a3"))

    def refuse(data: bytes) -> None:
        raise AssertionError("opened again")

    monkeypatch.setattr(evidence, "decode", refuse)
    answer = ask(question(known, sha256))
    assert (answer.decision, answer.score) == (live.decision, live.score)


def test_a_photo_seen_live_for_one_person_says_nothing_about_another(
    known: Person, budi: Person, vera: Actor, photo: Photo, uploaded: Uploaded
) -> None:
    verify_live(known.id, photo("a3"), by=vera)
    enrol_reference(NewReference(budi.id, enrolled_by=VERA), photo("b1"), by=vera)
    assert ask(question(budi, uploaded(photo("a3")))).decision is Decision.CAPTURE_AGAIN


def test_a_proxy_stays_a_proxy_even_when_the_face_matches(
    known: Person, photo: Photo, uploaded: Uploaded
) -> None:
    answer = ask(question(known, uploaded(photo("a3")), method="proxy"))
    assert (answer.strength, answer.convincing) == (Strength.PROXY, True)


def test_a_batch_costs_no_more_queries_than_one(
    siti: Person, budi: Person, vera: Actor, photo: Photo, uploaded: Uploaded
) -> None:
    enrol_reference(NewReference(siti.id, enrolled_by=VERA), photo("a1"), by=vera)
    enrol_reference(NewReference(budi.id, enrolled_by=VERA), photo("b1"), by=vera)
    for person in (siti, budi):
        verify_live(person.id, photo("a3"), by=vera)
    sha256 = uploaded(photo("a3"))

    def queries(count: int) -> int:
        asked = [question((siti, budi)[i % 2], sha256) for i in range(count)]
        with CaptureQueriesContext(connection) as captured:
            verify_evidence(asked, by=SYSTEM)
        return len(captured)

    assert queries(30) == queries(1)


def test_one_audit_entry_reports_a_set(
    known: Person, photo: Photo, uploaded: Uploaded, event_id: UUID
) -> None:
    asked = [question(known, uploaded(photo(name))) for name in ("a3", "b1")]
    verify_evidence(asked, by=SYSTEM)
    entry = Entry.objects.get(kind="identity.evidence_checked")
    assert entry.payload["decisions"] == {"match": 1, "capture_again": 1}
    assert (entry.payload["photos"], entry.payload["enrolled"]) == (2, 0)


def test_two_desks_at_once_make_one_reference(
    committed: None, siti: Person, photo: Photo, uploaded: Uploaded
) -> None:
    asked = [question(siti, uploaded(photo(name)), method="enrolment") for name in ("a1", "a3")]
    both_opened = Barrier(2, timeout=60)

    def judge(item: EvidenceQuestion) -> EvidenceAnswer:
        try:
            return verify_evidence([item], by=SYSTEM)[item.event_id]
        finally:
            connection.close()

    write, arrived = evidence.write_references, iter(range(2))

    def write_together(*args: Any, **kwargs: Any) -> Any:
        if next(arrived, None) is not None:  # the retry does not wait again
            both_opened.wait()
        return write(*args, **kwargs)

    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(2) as pool:
        patch.setattr(evidence, "write_references", write_together)
        answers = list(pool.map(judge, asked))
    assert ReferenceFace.objects.count() == 1
    assert sorted(answer.strength for answer in answers) == [Strength.ENROLMENT, Strength.FACE]
