"""Tranches and the ministry's orders."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from salur.access.doors import page
from salur.programs import operations
from salur.programs.errors import UnknownTranche
from salur.programs.forms import OrderForm, TrancheForm
from salur.programs.queries import order_money_for_system, orders_visible_to, tranches_visible_to
from salur.programs.queries.lists import lists_visible_to


@page(permission="programs.view_lists", methods=("GET",))
def tranches(request: HttpRequest) -> HttpResponse:
    actor: Any = request.actor  # type: ignore[attr-defined]
    context = {"tranches": tranches_visible_to(actor), "form": TrancheForm()}
    return render(request, "programs/tranches.html", context)


@page(permission="programs.record_order", methods=("POST",))
def new_tranche(request: HttpRequest) -> HttpResponse:
    actor: Any = request.actor  # type: ignore[attr-defined]
    form = TrancheForm(request.POST)
    if not form.is_valid():
        context = {"tranches": tranches_visible_to(actor), "form": form}
        return render(request, "programs/tranches.html", context, status=422)
    tranche = operations.open_tranche(**form.cleaned_data, by=actor)
    messages.success(request, _("Tahap dibuka."))
    return redirect("programs:tranche", tranche.id)


@page(permission="programs.view_lists", methods=("GET",))
def tranche(request: HttpRequest, tranche_id: UUID) -> HttpResponse:
    return _tranche(request, tranche_id, OrderForm())


def _tranche(
    request: HttpRequest, tranche_id: UUID, form: OrderForm, status: int = 200
) -> HttpResponse:
    actor: Any = request.actor  # type: ignore[attr-defined]
    found = tranches_visible_to(actor).filter(id=tranche_id).first()
    if found is None:
        raise UnknownTranche
    orders = list(orders_visible_to(actor).filter(tranche=found))
    context = {
        "tranche": found,
        "orders": [(order, order_money_for_system(order.id)) for order in orders],
        "total": sum(order.amount for order in orders),
        "lists": lists_visible_to(actor).filter(tranche=found),
        "form": form,
    }
    return render(request, "programs/tranche.html", context, status=status)


@page(permission="programs.record_order", methods=("POST",))
def new_order(request: HttpRequest, tranche_id: UUID) -> HttpResponse:
    actor: Any = request.actor  # type: ignore[attr-defined]
    form = OrderForm(request.POST)
    if not form.is_valid():
        return _tranche(request, tranche_id, form, status=422)
    data = form.cleaned_data
    operations.record_order(
        tranche_id=tranche_id,
        program=data["program"].code,
        number=data["number"],
        amount=data["amount"],
        dated_on=data["dated_on"],
        by=actor,
    )
    messages.success(request, _("Surat perintah dicatat. Orang lain mencatat dananya masuk."))
    return redirect("programs:tranche", tranche_id)


@page(permission="programs.confirm_funds", methods=("POST",))
def confirm_funds(request: HttpRequest, order_id: UUID) -> HttpResponse:
    actor: Any = request.actor  # type: ignore[attr-defined]
    order = operations.confirm_funds(order_id, by=actor)
    messages.success(request, _("Dana tercatat masuk."))
    return redirect("programs:tranche", order.tranche_id)
