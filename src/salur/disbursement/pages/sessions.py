"""Sessions and pay points: the calendar, who sits at the desk, and files of points."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from salur.access.doors import page
from salur.access.models import Device
from salur.access.queries import devices_visible_to, holders_with_role_for_system
from salur.access.rules import OFFICER
from salur.disbursement.channels import CHANNELS
from salur.disbursement.errors import UnknownSession
from salur.disbursement.importing import MOST_BYTES, read_points
from salur.disbursement.models import PaySession
from salur.disbursement.operations import (
    assign_officer,
    change_point,
    import_points,
    lease_visits,
    print_danom,
)
from salur.disbursement.pages.asking import actor_of, day_of, id_of, number_of, tranche_of
from salur.disbursement.queries.cash import cash_needed_for_system, floats_out_for_system
from salur.disbursement.queries.events import event_standing, troubles_of
from salur.disbursement.queries.leases import (
    holders_of_session,
    is_live,
    leases_of_session,
)
from salur.disbursement.queries.preparation import (
    days_of_sessions,
    points_visible_to,
    sessions_visible_to,
    visits_of_session,
)
from salur.disbursement.rules.cash import bundles_of
from salur.disbursement.words import LEASE_ROLES, PROBLEMS, word_for
from salur.kernel.errors import Refusal
from salur.kernel.money import format_number

PER_PAGE = 60


@page(permission="disbursement.view_plans", methods=("GET",))
def sessions(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    tranche, tranches = tranche_of(request)
    day = day_of(request)
    rows = sessions_visible_to(actor, tranche=tranche, day=day)
    listed = Paginator(rows if tranche else rows.none(), PER_PAGE).get_page(request.GET.get("hal"))
    shown = list(listed)
    needs = cash_needed_for_system([row.id for row in shown])
    out = floats_out_for_system([row.id for row in shown])
    return render(
        request,
        "disbursement/sessions.html",
        {
            "tranche": tranche,
            "tranches": tranches,
            "day": day,
            "days": days_of_sessions(actor, tranche) if tranche else [],
            "page": listed,
            "rows": [
                (row, CHANNELS[row.channel], needs[row.id], out.get(row.id, 0)) for row in shown
            ],
        },
    )


@page(permission="disbursement.view_plans", methods=("GET",))
def session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    actor = actor_of(request)
    row = sessions_visible_to(actor).filter(pk=session_id).first()
    if row is None:
        raise UnknownSession
    need = cash_needed_for_system([row.id])[row.id]
    listed = Paginator(visits_of_session(actor, row), PER_PAGE).get_page(request.GET.get("hal"))
    return render(
        request,
        "disbursement/session.html",
        {
            "session": row,
            "channel": CHANNELS[row.channel],
            "need": need,
            "notes": [(worth, count, *bundles_of(count)) for worth, count in need.notes],
            "out": floats_out_for_system([row.id]).get(row.id, 0),
            "page": listed,
            "officers": holders_with_role_for_system(OFFICER, row.office.path)
            if actor.may("disbursement.plan_payments")
            else [],
            "devices": devices_visible_to(actor).filter(status=Device.Status.ACTIVE)
            if actor.may("disbursement.lease_visits")
            else [],
            "holders": [
                (holder, word_for(LEASE_ROLES, holder.role))
                for holder in holders_of_session(actor, row)
            ],
            "live": [lease for lease in leases_of_session(actor, row) if is_live(lease)],
            "roles": LEASE_ROLES.items(),
            "event": event_standing(actor, row),
            "troubles": [
                (trouble, [word_for(PROBLEMS, code) for code in trouble.problems])
                for trouble in troubles_of(actor, row)
            ],
            "movable": actor.may("disbursement.plan_payments")
            and row.status in (PaySession.Status.PLANNED, PaySession.Status.OPEN),
        },
    )


def _back(session_id: UUID) -> HttpResponse:
    return redirect("disbursement:session", session_id)


@page(permission="disbursement.plan_payments", methods=("POST",))
def assign(request: HttpRequest, session_id: UUID) -> HttpResponse:
    officer = id_of(request, "petugas")
    try:
        if officer is not None:
            assign_officer([session_id], officer, by=actor_of(request))
            messages.success(request, _("Petugas sesi dicatat."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return _back(session_id)


@page(permission="disbursement.lease_visits", methods=("POST",))
def lease(request: HttpRequest, session_id: UUID) -> HttpResponse:
    device = id_of(request, "perangkat")
    try:
        if device is not None:
            _lease, taken = lease_visits(session_id, device, by=actor_of(request))
            messages.success(
                request,
                _("%(count)s keluarga dititipkan ke perangkat ini.")
                % {"count": format_number(taken)},
            )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return _back(session_id)


@page(permission="disbursement.print_letters", methods=("POST",))
def danom(request: HttpRequest, session_id: UUID) -> HttpResponse:
    (run,) = print_danom([session_id], by=actor_of(request))
    return redirect("disbursement:print_file", run.id)


@page(permission="disbursement.view_plans", methods=("GET",))
def points(request: HttpRequest) -> HttpResponse:
    listed = Paginator(points_visible_to(actor_of(request)), PER_PAGE).get_page(
        request.GET.get("hal")
    )
    return render(
        request,
        "disbursement/points.html",
        {"page": listed, "rows": [(row, CHANNELS[row.channel]) for row in listed]},
    )


@page(permission="disbursement.plan_payments", methods=("POST",))
def edit_point(request: HttpRequest, point_id: UUID) -> HttpResponse:
    try:
        change_point(
            point_id,
            name=request.POST.get("nama", "")[:200],
            address=request.POST.get("alamat", "")[:400],
            desks=number_of(request.POST.get("meja")),
            seconds_per_family=number_of(request.POST.get("detik")),
            by=actor_of(request),
        )
        messages.success(request, _("Titik bayar disimpan."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("disbursement:points")


@page(permission="disbursement.plan_payments", methods=("POST",))
def upload_points(request: HttpRequest) -> HttpResponse:
    file = request.FILES.get("berkas")
    if file is None:
        messages.error(request, _("Pilih dulu berkas CSV titik bayar."))
        return redirect("disbursement:points")
    fresh, changed = import_points(read_points(file.read(MOST_BYTES + 1)), by=actor_of(request))
    messages.success(
        request,
        _("%(fresh)s titik baru, %(changed)s diubah.")
        % {"fresh": format_number(fresh), "changed": format_number(changed)},
    )
    return redirect(reverse("disbursement:points"))
