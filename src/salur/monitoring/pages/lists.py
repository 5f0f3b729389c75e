"""The lists behind the numbers."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from salur.access.doors import page
from salur.kernel.actor import Actor
from salur.kernel.clock import business_date, now
from salur.monitoring import telling, words
from salur.monitoring.pages.address import kept_filters, place_words
from salur.monitoring.queries import (
    Slice,
    dashboard,
    filters_from,
    payments,
)
from salur.monitoring.queries.payments import PAYMENT_SLICES, ROW_SLICES
from salur.places.queries import path_names_for_system
from salur.programs.models import Program, Tranche

PER_PAGE = 50


class KnownCount(Paginator):  # type: ignore[type-arg]
    """Pages over a list whose length the rollups know already, so that nobody counts millions.

    Rollups may lag behind the list by seconds: a page is never cut by a count that is too small.
    """

    def __init__(self, *args: Any, known: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known is not None:
            self.__dict__["count"] = known

    def get_page(self, number: Any) -> Page[Any]:
        try:
            asked = max(1, int(number or 1))
        except ValueError:
            asked = 1
        start = (asked - 1) * self.per_page
        rows = list(self.object_list[start : start + self.per_page + 1])
        if not rows and asked > 1:
            return self.get_page(min(asked - 1, self.num_pages))
        self.__dict__["count"] = max(self.count, start + len(rows))
        self.__dict__.pop("num_pages", None)
        return Page(rows[: self.per_page], asked, self)


@page(permission="monitoring.view_story", methods=("GET",))
def show_payments(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if number := request.GET.get("cari", "").strip():
        return redirect("monitoring:story", number=number)
    if not Tranche.objects.exists():
        return render(request, "monitoring/no_tranche.html")
    filters = filters_from(actor, request.GET.dict())
    name = request.GET.get("isi", "semua")
    chosen = Slice(
        name if name in PAYMENT_SLICES or name in ROW_SLICES else "semua",
        request.GET.get("sebab", ""),
    )
    today = business_date(now(), "Asia/Jakarta")
    found = payments(actor, filters, chosen, today=today)
    listed = None
    if found is not None:
        known = None
        if chosen.of_payments and actor.may("monitoring.view_dashboard"):
            known = telling.known_count(dashboard(actor, filters), chosen)
        listed = KnownCount(found, PER_PAGE, known=known).get_page(request.GET.get("hal"))
    place = place_words(actor, filters)[0]
    kept = kept_filters(request)
    return render(
        request,
        "monitoring/payments.html",
        {
            "filters": filters,
            "chosen": chosen,
            "title": telling.slice_word(chosen),
            "listed": listed,
            "places": _place_names(listed, chosen),
            "place": place,
            "slices": [
                (code, word, "?" + urlencode({**kept, "isi": code}))
                for code, word in telling.SLICES.items()
            ],
            "kept": urlencode(kept),
            "programs": Program.objects.order_by("code"),
            "all_channels": [(code, str(word)) for code, word in words.CHANNELS.items()],
        },
    )


def _place_names(listed: Any, chosen: Slice) -> dict[str, str]:
    if listed is None or chosen.name in ROW_SLICES:
        return {}
    codes = {payment.visit.village_id for payment in listed}
    return {
        code: f"{names.village}, {names.district}"
        for code, names in path_names_for_system(codes).items()
    }
