"""Houses to be located after their families were paid, and the order of doorstep rounds."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from salur.access.doors import page
from salur.access.queries import holders_with_role_for_system
from salur.access.rules import OFFICER
from salur.disbursement.operations import assign_house_round, order_session
from salur.disbursement.pages.asking import actor_of, id_of, tranche_of
from salur.disbursement.queries.houses import house_backlog
from salur.kernel.errors import Refusal
from salur.kernel.money import format_number

PER_PAGE = 60


@page(permission="disbursement.view_plans", methods=("GET",))
def houses(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    tranche, tranches = tranche_of(request)
    backlog = house_backlog(actor, tranche) if tranche else []
    listed = Paginator(backlog, PER_PAGE).get_page(request.GET.get("hal"))
    may = actor.may("disbursement.plan_payments")
    people = {
        row.office.code: holders_with_role_for_system(OFFICER, row.office.path)
        for row in (listed if may else ())
    }
    return render(
        request,
        "disbursement/houses.html",
        {
            "tranche": tranche,
            "tranches": tranches,
            "page": listed,
            "rows": [(row, people.get(row.office.code, ())) for row in listed],
            "paid": sum(row.paid for row in backlog),
            "located": sum(row.located for row in backlog),
            "may_assign": may,
        },
    )


@page(permission="disbursement.plan_payments", methods=("POST",))
def assign_houses(request: HttpRequest, tranche_id: UUID, village: str) -> HttpResponse:
    officer = id_of(request, "petugas")
    try:
        if officer is not None:
            assign_house_round(tranche_id, village, officer, by=actor_of(request))
            messages.success(request, _("Petugas ditugaskan. Daftar rumah ikut ke ponselnya."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("disbursement:houses")


@page(permission="disbursement.plan_payments", methods=("POST",))
def order_round(request: HttpRequest, session_id: UUID) -> HttpResponse:
    try:
        count = order_session(session_id, by=actor_of(request))
        messages.success(
            request, _("Urutan %(count)s rumah disusun.") % {"count": format_number(count)}
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("disbursement:session", session_id)
