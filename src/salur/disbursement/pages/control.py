"""Live control: who works in the field, words to them, and faces that wait for a person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from salur.access.doors import page
from salur.disbursement.operations import send_instruction
from salur.disbursement.pages.asking import actor_of, id_of
from salur.disbursement.queries.control import at_work, instructions_visible_to
from salur.disbursement.queries.preparation import visit_numbers_for_system
from salur.disbursement.rules.numbers import format_payment_number
from salur.identity.errors import QuestionUnknown
from salur.identity.operations import answer_about_face
from salur.identity.queries import questions_waiting
from salur.intake.errors import NoSuchFile
from salur.intake.queries import picture_to_show_for_system
from salur.kernel.actor import Actor
from salur.kernel.errors import Refusal

SHOWN = 30


@page(permission="disbursement.instruct_field")
def control(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    if request.method == "POST":
        try:
            send_instruction(
                request.POST.get("jenis", ""),
                request.POST.get("pesan", ""),
                device_id=id_of(request, "perangkat"),
                session_id=id_of(request, "sesi"),
                by=actor,
            )
            messages.success(request, _("Terkirim. Petugas melihatnya begitu ponselnya terhubung."))
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return redirect("disbursement:control")
    template = (
        "disbursement/parts/live.html"
        if request.headers.get("HX-Request")
        else "disbursement/control.html"
    )
    working = at_work(actor)
    return render(
        request,
        template,
        {
            "working": working,
            "sessions": {row.lease.session_id: row.lease.session for row in working}.values(),
            "told": instructions_visible_to(actor)[:SHOWN],
            "faces": _faces(actor),
        },
    )


def _faces(actor: Actor) -> list[tuple[Any, str]]:
    """Faces that wait, each with its payment number; none for those who may not decide."""
    if not actor.may("identity.review"):
        return []
    waiting = list(questions_waiting(actor)[:SHOWN])
    numbers = visit_numbers_for_system([row.visit_id for row in waiting])
    return [
        (row, format_payment_number(number) if (number := numbers.get(row.visit_id)) else "")
        for row in waiting
    ]


@page(permission="identity.review", methods=("POST",))
def decide_face(request: HttpRequest, question_id: UUID) -> HttpResponse:
    try:
        answer_about_face(
            question_id,
            request.POST.get("jawaban", ""),
            note=request.POST.get("catatan", ""),
            by=actor_of(request),
        )
        messages.success(request, _("Jawaban terkirim ke petugas."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("disbursement:control")


@page(permission="identity.review", methods=("GET",))
def face_photo(request: HttpRequest, question_id: UUID, which: str) -> HttpResponse:
    """The photo just taken, or the reference beside it; only while the question waits."""
    question = questions_waiting(actor_of(request)).filter(id=question_id).first()
    if question is None:
        raise QuestionUnknown
    sha256 = question.photo_sha256 if which == "baru" else question.reference_sha256
    if not sha256:
        raise NoSuchFile(sha256="")
    response = HttpResponse(picture_to_show_for_system(sha256), content_type="image/jpeg")
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, no_store=True, private=True)
    return response
