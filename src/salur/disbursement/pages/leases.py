"""The devices of a session: who holds what, groups of desks, sealed codes, broken leases."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from salur.access.doors import page
from salur.access.models import Device
from salur.access.queries import devices_visible_to
from salur.disbursement.errors import UnknownSession
from salur.disbursement.models import Lease
from salur.disbursement.operations import (
    GroupMember,
    LeaseCodes,
    break_lease,
    lease_to_group,
    move_session,
    print_codes,
)
from salur.disbursement.pages.asking import actor_of, number_of
from salur.disbursement.queries.events import event_standing, session_for, troubles_of
from salur.disbursement.rules.leases import ROLES
from salur.disbursement.words import PROBLEMS, word_for
from salur.kernel.errors import Refusal
from salur.kernel.money import format_number


def _back(session_id: UUID) -> HttpResponse:
    return redirect("disbursement:session", session_id)


@page(permission="disbursement.view_plans", methods=("GET",))
def panel(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The live part of a session's page, asked for again and again."""
    actor = actor_of(request)
    session = session_for(actor, session_id)
    if session is None:
        raise UnknownSession
    if "HX-Request" not in request.headers:
        return redirect("disbursement:session", session_id)  # no page of its own
    return render(
        request,
        "disbursement/parts/event.html",
        {
            "session": session,
            "event": event_standing(actor, session),
            "troubles": [
                (row, [word_for(PROBLEMS, code) for code in row.problems])
                for row in troubles_of(actor, session)
            ],
        },
    )


@page(permission="disbursement.lease_visits", methods=("POST",))
def group(request: HttpRequest, session_id: UUID) -> HttpResponse:
    actor = actor_of(request)
    members = [
        member
        for device in devices_visible_to(actor).filter(status=Device.Status.ACTIVE)
        if (member := _member(request, device))
    ]
    try:
        made = lease_to_group(session_id, members, by=actor)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return _back(session_id)
    messages.success(
        request,
        _("%(count)s keluarga dititipkan ke kelompok meja ini.")
        % {"count": format_number(made.taken)},
    )
    return _envelopes(request, made.lease, made.codes) if made.seals else _back(session_id)


def _member(request: HttpRequest, device: Device) -> GroupMember | None:
    role = request.POST.get(f"peran_{device.id}", "")
    if role not in ROLES:
        return None
    desk = number_of(request.POST.get(f"meja_{device.id}"))
    return GroupMember(device.id, desk if desk > 0 else None, role)


@page(permission="disbursement.lease_visits", methods=("POST",))
def codes(request: HttpRequest, lease_id: UUID) -> HttpResponse:
    """New codes, told on this one answer."""
    actor = actor_of(request)
    printed = print_codes(lease_id, by=actor)
    return _envelopes(request, Lease.objects.get(pk=lease_id), printed)


def _envelopes(request: HttpRequest, lease: Lease, printed: LeaseCodes) -> HttpResponse:
    response = render(
        request,
        "disbursement/codes.html",
        {
            "lease": lease,
            "session": lease.session,
            "seals": sorted(printed.seals.items()),
            "unleased": printed.unleased,
        },
    )
    patch_cache_control(response, no_store=True)
    return response


@page(permission="disbursement.break_lease", methods=("POST",))
def break_one(request: HttpRequest, lease_id: UUID) -> HttpResponse:
    lease = Lease.objects.filter(pk=lease_id).first()
    if lease is None:
        raise UnknownSession
    reason = request.POST.get("alasan", "").strip()[:300]
    if not reason:
        messages.error(request, _("Tulis dulu alasannya."))
        return _back(lease.session_id)
    try:
        freed = break_lease(lease_id, reason=reason, by=actor_of(request))
        messages.success(
            request,
            _("Titipan diputus: %(count)s keluarga kini hanya dapat dibayar daring.")
            % {"count": format_number(freed)},
        )
    except UnknownSession:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return _back(lease.session_id)


@page(permission="disbursement.plan_payments", methods=("POST",))
def move(request: HttpRequest, session_id: UUID) -> HttpResponse:
    try:
        day = date.fromisoformat(request.POST.get("hari", ""))
    except ValueError:
        messages.error(request, _("Pilih dulu harinya."))
        return _back(session_id)
    try:
        families = move_session(session_id, day, by=actor_of(request))
        messages.success(
            request,
            _("Sesi dipindah; %(count)s keluarga diberi tahu.")
            % {"count": format_number(families)},
        )
    except UnknownSession:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return _back(session_id)
