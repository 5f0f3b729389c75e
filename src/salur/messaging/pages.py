"""The development gateway: what families would read on their phones."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from salur.access.doors import page
from salur.messaging.models import Message
from salur.messaging.queries import messages_visible_to, write_messages

PER_PAGE = 30


@page(permission="messaging.view_messages", methods=("GET",))
def show_messages(request: HttpRequest) -> HttpResponse:
    found = messages_visible_to(request.actor)  # type: ignore[attr-defined]
    status = request.GET.get("keadaan", "")
    if status in Message.Status.values:
        found = found.filter(status=status)
    listed = Paginator(found, PER_PAGE).get_page(request.GET.get("hal"))
    context = {
        "page": listed,
        "written": write_messages(listed, get_language() or "id"),
        "status": status,
        "statuses": Message.Status.values,
    }
    return render(request, "messaging/messages.html", context)
