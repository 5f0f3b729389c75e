"""Doors of the cashier's desk and of the books."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from salur.access.doors import page
from salur.kernel.clock import business_date, now
from salur.kernel.errors import Refusal
from salur.programs.models import Tranche
from salur.reconciliation.operations import close_office_day, close_session
from salur.reconciliation.queries import order_figures
from salur.reconciliation.queries.desk import bags_out, closes_of, days_of, offices_to_close
from salur.reconciliation.queries.matters import matters_of

LATEST = 30


@page(permission="reconciliation.view_books", methods=("GET",))
def cash_desk(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    bags = bags_out(actor)
    today = business_date(now(), "Asia/Jakarta")
    return render(
        request,
        "reconciliation/cash_desk.html",
        {
            "bags": bags,
            "not_clear": matters_of(actor).count,
            "in_field": sum(bag.expected for bag in bags),
            "closes": closes_of(actor)[:LATEST],
            "days": days_of(actor)[:LATEST],
            "to_close": offices_to_close(actor, today)
            if actor.may("reconciliation.close_day")
            else [],
            "today": today,
        },
    )


@page(permission="reconciliation.close_session", methods=("POST",))
def close_bag(request: HttpRequest, float_id: UUID) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    try:
        close = close_session(float_id, note=request.POST.get("note", "")[:500], by=actor)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        if close.variance:
            messages.warning(request, _("Uang muka ditutup dengan selisih; selisihnya dibukukan."))
        else:
            messages.success(request, _("Uang muka ditutup, cocok sampai rupiah terakhir."))
    return redirect("reconciliation:cash_desk")


@page(permission="reconciliation.close_day", methods=("POST",))
def close_day(request: HttpRequest, office_code: str) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    try:
        close_office_day(office_code, business_date(now(), "Asia/Jakarta"), by=actor)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Hari kantor ditutup."))
    return redirect("reconciliation:cash_desk")


@page(permission="reconciliation.view_books", methods=("GET",))
def orders(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    tranche = Tranche.objects.order_by("-year", "-number").first()
    rows = order_figures(actor, tranche.id) if tranche else []
    return render(
        request,
        "reconciliation/orders.html",
        {
            "tranche": tranche,
            "rows": rows,
            "closes": all(row.difference == 0 for row in rows),
            "whole_country": "" in actor.regions or "" in actor.offices,
        },
    )
