"""Devices and the one-time codes that enrol them."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from salur.access import operations
from salur.access.doors import page
from salur.access.forms import ReasonForm
from salur.access.qr import qr_image
from salur.access.queries import devices_visible_to, holders_visible_to, open_codes_visible_to
from salur.kernel.errors import Refusal

PER_PAGE = 50


@page(permission="access.view_own_devices", methods=("GET",))
def own_devices(request: HttpRequest) -> HttpResponse:
    """The phones of the person who looks, for whoever works in the field."""
    devices = devices_visible_to(request.actor).filter(  # type: ignore[attr-defined]
        holder_id=request.user.pk
    )
    return render(request, "access/own_devices.html", {"devices": devices})


@page(permission="access.view_devices", methods=("GET",))
def devices(request: HttpRequest) -> HttpResponse:
    return _list(request)


def _list(request: HttpRequest, status: int = 200, refusal: Refusal | None = None) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    found = devices_visible_to(actor)
    words = request.GET.get("cari", "").strip()
    state = request.GET.get("status", "")
    if words:
        found = found.filter(
            Q(name__icontains=words) | Q(holder__name__icontains=words) | Q(office__code=words)
        )
    if state:
        found = found.filter(status=state)
    context = {
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("hal")),
        "words": words,
        "state": state,
        "codes": open_codes_visible_to(actor),
        "holders": holders_visible_to(actor) if actor.may("access.issue_enrolment_code") else [],
        "refusal": refusal,
    }
    return render(request, "access/devices.html", context, status=status)


@page(permission="access.issue_enrolment_code", methods=("POST",))
def issue_code(request: HttpRequest) -> HttpResponse:
    """Shows the code once: it is in this answer and nowhere else."""
    try:
        holder_id = UUID(request.POST.get("holder", ""))
    except ValueError:
        messages.error(request, _("Pilih petugasnya lebih dahulu."))
        return redirect("access:devices")
    issued = operations.issue_enrolment_code(
        holder_id,
        by=request.actor,  # type: ignore[attr-defined]
    )
    address = f"{settings.PUBLIC_URL}/app/#/enrol/{issued.code}"
    context = {"issued": issued, "qr": qr_image(address)}
    return render(request, "access/enrolment_code.html", context)


@page(permission="access.revoke_device", methods=("POST",))
def revoke(request: HttpRequest, device_id: UUID) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Tuliskan alasan pencabutan."))
        return redirect("access:devices")
    operations.revoke_device(
        device_id,
        form.cleaned_data["reason"],
        by=request.actor,  # type: ignore[attr-defined]
    )
    messages.success(request, _("Perangkat dicabut. Permintaan berikutnya ditolak."))
    return redirect("access:devices")


@page(permission="access.revoke_device", methods=("POST",))
def wipe(request: HttpRequest, device_id: UUID) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Tuliskan alasan penghapusan."))
        return redirect("access:devices")
    operations.wipe_device(
        device_id,
        form.cleaned_data["reason"],
        by=request.actor,  # type: ignore[attr-defined]
    )
    messages.success(
        request,
        _("Data keluarga terhapus saat ponsel tersambung lagi. Yang belum terkirim tetap aman."),
    )
    return redirect("access:devices")


@page(permission="access.answer_unlock", methods=("POST",))
def answer_unlock(request: HttpRequest, device_id: UUID) -> HttpResponse:
    """Read out over the telephone; shown once, and it opens no data."""
    actor = request.actor  # type: ignore[attr-defined]
    challenge = request.POST.get("challenge", "")
    answer = operations.answer_unlock(device_id, challenge, by=actor)
    context = {
        "device": devices_visible_to(actor).get(id=device_id),
        "challenge": challenge,
        "first": answer[:4],
        "second": answer[4:],
    }
    return render(request, "access/unlock_answer.html", context)
