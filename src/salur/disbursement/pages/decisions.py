"""The head's desk: final codes and weak evidence, each with a second person's word."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from salur.access.doors import page
from salur.disbursement.operations import decide_attempts, review_handover
from salur.disbursement.queries.desks import (
    attempts_to_decide,
    judgements_to_review,
    officers_notes_for_system,
)
from salur.disbursement.rules.attempts import reason_label
from salur.disbursement.words import doubts_of
from salur.kernel.errors import Refusal

PER_PAGE = 50


@page(permission="disbursement.approve_final")
def decide_final(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    if request.method == "POST":
        chosen = _chosen(request, "attempt")
        approve = request.POST.get("word") == "approve"
        try:
            if chosen:
                decide_attempts(chosen, approve=approve, by=actor)
                messages.success(
                    request,
                    ngettext("%s laporan diputuskan.", "%s laporan diputuskan.", len(chosen))
                    % len(chosen),
                )
            else:
                messages.error(request, _("Pilih dulu laporan yang akan diputuskan."))
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return redirect("disbursement:decide_final")
    listed = Paginator(attempts_to_decide(actor), PER_PAGE).get_page(request.GET.get("hal"))
    rows = [(row, reason_label(row.code)) for row in listed]
    return render(request, "disbursement/decide_final.html", {"page": listed, "rows": rows})


@page(permission="identity.review")
def review_evidence(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    if request.method == "POST":
        try:
            review_handover(
                UUID(request.POST.get("hand_over", "")),
                accept=request.POST.get("word") == "accept",
                note=request.POST.get("note", "")[:500],
                by=actor,
            )
            messages.success(request, _("Tinjauan dicatat."))
        except ValueError:
            messages.error(request, _("Pilih dulu serah terima yang ditinjau."))
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return redirect("disbursement:review_evidence")
    listed = Paginator(judgements_to_review(actor), PER_PAGE).get_page(request.GET.get("hal"))
    told = officers_notes_for_system(row.hand_over for row in listed)
    rows = [(row, doubts_of(row.reasons), told[row.hand_over_id]) for row in listed]
    return render(request, "disbursement/review_evidence.html", {"page": listed, "rows": rows})


def _chosen(request: HttpRequest, name: str) -> list[UUID]:
    chosen = []
    for value in request.POST.getlist(name):
        try:
            chosen.append(UUID(value))
        except ValueError:
            continue
    return chosen
