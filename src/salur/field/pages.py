"""The back office's side of phones: the file of one that cannot send, and what is held apart."""

from __future__ import annotations

from io import BytesIO
from typing import Any, BinaryIO

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from salur.access.doors import page
from salur.field import words
from salur.field.forms import OutboxFileForm
from salur.field.queries import quarantine_visible_to
from salur.intake.errors import NotAnOutboxFile
from salur.intake.operations import import_outbox as keep_outbox
from salur.intake.sealed import read_outbox_file


@page(permission="intake.import_outbox")
def import_outbox(request: HttpRequest) -> HttpResponse:
    """The same file again brings nothing new, and says so."""
    form = OutboxFileForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                context["opened"] = keep_outbox(
                    read_outbox_file(_stream(form.cleaned_data["file"])),
                    by=request.actor,  # type: ignore[attr-defined]
                )
                status = 200
            except NotAnOutboxFile as refusal:
                form.add_error("file", str(refusal))
    return render(request, "field/import_outbox.html", context, status=status)


@page(permission="intake.view_quarantine", methods=("GET",))
def quarantine(request: HttpRequest) -> HttpResponse:
    """Events held apart and devices that were copied, for people to look into."""
    found = quarantine_visible_to(request.actor)  # type: ignore[attr-defined]
    shown = [
        {
            "received_at": item.received_at,
            "device": item.device,
            "event_id": item.event_id,
            "because": words.HELD_BECAUSE.get(item.reason)
            or f"{words.UNREADABLE} ({item.reason}, {item.length} byte)",
        }
        for item in found.held
    ]
    return render(request, "field/quarantine.html", {"shown": shown, "clones": found.clones})


def _stream(uploaded: Any) -> BinaryIO:
    """Django's own reading by lines knows no limit: the file itself does."""
    if hasattr(uploaded, "temporary_file_path"):
        return uploaded.file  # type: ignore[no-any-return]
    return BytesIO(uploaded.read())
