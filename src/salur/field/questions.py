"""The devices' door for a doubtful face: ask a person in the office, and hear the answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from salur.access.doors import DeviceAuth
from salur.access.signatures import unpadded
from salur.disbursement.queries import visit_is_on_device
from salur.field.errors import NotBase64, PersonNotHere
from salur.field.schemas import Problem
from salur.identity.errors import QuestionUnknown
from salur.identity.models import FaceQuestion
from salur.identity.operations import ask_about_face
from salur.identity.queries import question_of_device
from salur.kernel.clock import iso, now

router = Router()
_PROBLEMS = dict.fromkeys((400, 401, 403, 404, 409, 422, 429), Problem)


class AskIn(Schema):
    visit_id: UUID
    person_id: UUID
    image: str = Field(max_length=7_000_000)


class QuestionOut(Schema):
    question: str
    answer: str
    """Empty while nobody has answered; then same, different or unclear."""
    answered_by: str
    expires: str
    server_time: str


@router.post("/faces/ask", auth=DeviceAuth(), response={201: QuestionOut, **_PROBLEMS})
def ask(request: HttpRequest, data: AskIn) -> Status[dict[str, Any]]:
    """Shows this face to whoever reviews faces at the device's office; answers at once."""
    device = request.device  # type: ignore[attr-defined]
    if not visit_is_on_device(device, data.visit_id, data.person_id):
        raise PersonNotHere
    try:
        photo = unpadded(data.image)
    except ValueError as error:
        raise NotBase64(field="image") from error
    question = ask_about_face(
        data.person_id,
        photo,
        visit_id=data.visit_id,
        office=device.office,
        by=request.actor,  # type: ignore[attr-defined]
    )
    return Status(201, _told(question))


@router.get("/faces/ask/{question_id}", auth=DeviceAuth(), response={200: QuestionOut, **_PROBLEMS})
def hear(request: HttpRequest, question_id: UUID) -> dict[str, Any]:
    """What became of this device's own question."""
    question = question_of_device(question_id, request.device.holder_id)  # type: ignore[attr-defined]
    if question is None:
        raise QuestionUnknown
    return _told(question)


def _told(question: FaceQuestion) -> dict[str, Any]:
    return {
        "question": str(question.id),
        "answer": question.answer,
        "answered_by": question.answered_name,
        "expires": iso(question.expires_at),
        "server_time": iso(now()),
    }
