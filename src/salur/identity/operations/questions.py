"""A doubtful face, decided by a person in the office while the family waits."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from salur.access.rules import check_different_person
from salur.audit.operations import record
from salur.identity.errors import QuestionOver, QuestionUnknown
from salur.identity.images import decode
from salur.identity.models import FaceCheck, FaceQuestion, ReferenceFace
from salur.intake.operations import keep_file
from salur.intake.queries import evidence_present_for_system
from salur.kernel.actor import Actor
from salur.kernel.canonical import sha256_hex
from salur.kernel.clock import now
from salur.kernel.ids import new_id
from salur.places.models import Office

PATIENCE = timedelta(minutes=5)
"""How long a family is asked to wait; afterwards the officer goes on with a witness."""


def ask_about_face(
    person_id: UUID, photo: bytes, *, visit_id: UUID, office: Office, by: Actor
) -> FaceQuestion:
    """Shows the photo beside the reference to whoever reviews faces at this office or above.

    The photo is kept sealed. Asked again for the same photo: the same question. The caller has
    made sure that ``by`` may see this person. Raises Forbidden, PhotoRefused.
    """
    by.require("field.work")
    decode(photo)
    digest, moment = sha256_hex(photo), now()
    open_one = FaceQuestion.objects.filter(
        visit_id=visit_id, person=person_id, photo_sha256=digest, expires_at__gt=moment
    ).first()
    if open_one is not None:
        return open_one
    media_type = "image/png" if photo.startswith(b"\x89PNG") else "image/jpeg"
    keep_file(photo, kind="evidence", media_type=media_type, by=by)
    check = (
        FaceCheck.objects.filter(person_id=person_id, photo_sha256=digest)
        .order_by("-checked_at")
        .first()
    )
    reference = ReferenceFace.objects.filter(person=person_id, active=True).first()
    # A reference may have been made elsewhere: only a photo that is here can be shown.
    shown = evidence_present_for_system([reference.photo_sha256]) if reference else set()
    with transaction.atomic():
        question = FaceQuestion.objects.create(
            id=new_id(),
            person_id=person_id,
            visit_id=visit_id,
            office=office,
            photo_sha256=digest,
            reference_sha256=next(iter(shown), ""),
            score=check.score if check else None,
            asked_by=f"user:{by.extra.get('holder', by.id)}",
            asked_at=moment,
            expires_at=moment + PATIENCE,
        )
        record(
            "identity.face_asked",
            f"person:{person_id}",
            {"question": str(question.id), "visit": str(visit_id), "photo_sha256": digest},
            by=by,
        )
    return question


@transaction.atomic
def answer_about_face(question_id: UUID, answer: str, *, note: str = "", by: Actor) -> FaceQuestion:
    """A person's word: the same one, somebody else, or not to be told from these pictures.

    Counts as a witness's word, not as a match, and is reviewed like one. Raises Forbidden,
    QuestionUnknown, QuestionOver, SamePerson.
    """
    by.require("identity.review")
    question = (
        FaceQuestion.objects.select_for_update(of=("self",))
        .select_related("office")
        .filter(id=question_id)
        .first()
    )
    if question is None or not by.sees_office(question.office.path):
        raise QuestionUnknown
    if question.answer or question.expires_at <= now() or answer not in FaceQuestion.Answer.values:
        raise QuestionOver
    check_different_person(by, question.asked_by)
    question.answer = answer
    question.note = note[:300]
    question.answered_by = f"{by.kind}:{by.id}"
    question.answered_name = by.label
    question.answered_at = now()
    question.save()
    record(
        "identity.face_answered",
        f"person:{question.person_id}",
        {"question": str(question.id), "answer": answer, "visit": str(question.visit_id)},
        by=by,
        personal={"note": question.note} if question.note else None,
    )
    return question
