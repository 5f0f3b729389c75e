"""The story of one payment, and its photos on demand."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control

from salur.access.doors import page
from salur.intake.queries import picture_to_show_for_system
from salur.kernel.actor import Actor
from salur.kernel.errors import Forbidden, Missing
from salur.monitoring import operations, telling, words
from salur.monitoring.queries import (
    story,
)

PHOTO_SECONDS = 600


@page(permission="monitoring.view_story", methods=("GET",))
def show_story(request: HttpRequest, number: str) -> HttpResponse:
    return _render_story(request, number, photos=False)


def _render_story(request: HttpRequest, number: str, *, photos: bool) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    told = story(actor, number)
    response = render(
        request,
        "monitoring/story.html",
        {
            "story": told,
            "visit": told.visit,
            "state": telling.visit_state(told),
            "steps": telling.steps(told),
            "books": telling.books(told),
            "photos": _photos(actor, told.visit.number, told) if photos else [],
            "any_photo": any(each.arrived for each in told.hand_overs),
            "may_see_photos": actor.may("disbursement.view_payments"),
        },
    )
    patch_cache_control(response, no_store=True)
    return response


def _photos(actor: Actor, number: str, told: Any) -> list[dict[str, str]]:
    """Addresses of the evidence that has arrived, good for this person and ten minutes."""
    signer = signing.TimestampSigner(salt="monitoring.photo")
    found: dict[str, dict[str, str]] = {}
    for hand_over in told.hand_overs:
        for kind, sha256, here in hand_over.evidence:
            if here:
                key = signer.sign(f"{actor.id}.{sha256}").rpartition(f"{sha256}:")[2]
                address = reverse("monitoring:photo", args=[number, sha256])
                found[sha256] = {
                    "kind": str(words.EVIDENCE.get(kind, kind)),
                    "url": f"{address}?{urlencode({'kunci': key})}",
                }
    return list(found.values())


@page(permission="disbursement.view_payments", methods=("POST",))
def reveal_photos(request: HttpRequest, number: str) -> HttpResponse:
    """Shows the photos once; who looked at whom is in the audit log."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    told = story(actor, number)
    operations.record_look(told.visit.id, by=actor)
    return _render_story(request, number, photos=True)


@page(permission="disbursement.view_payments", methods=("GET",))
def show_photo(request: HttpRequest, number: str, sha256: str) -> HttpResponse:
    """A photo by an address that ``reveal_photos`` gave this very person."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    signer = signing.TimestampSigner(salt="monitoring.photo")
    try:
        signer.unsign(f"{actor.id}.{sha256}:{request.GET.get('kunci', '')}", max_age=PHOTO_SECONDS)
    except signing.BadSignature as error:
        raise Forbidden(code="photo_expired") from error
    told = story(actor, number)
    if sha256 not in {digest for each in told.hand_overs for _, digest, _ in each.evidence}:
        raise Missing(photo=sha256[:12])
    response = HttpResponse(picture_to_show_for_system(sha256), content_type="image/jpeg")
    response["Content-Disposition"] = "inline"
    patch_cache_control(response, no_store=True)
    return response
