"""The planner's doors: the board, planning with its dry run, re-planning."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from salur.access.doors import page
from salur.disbursement.channels import CHANNELS
from salur.disbursement.operations import (
    PlanResult,
    ReplanResult,
    assign_officers,
    plan_payments,
    replan_payments,
)
from salur.disbursement.pages.asking import actor_of, tranche_of
from salur.disbursement.queries.preparation import board_of
from salur.disbursement.words import CHANGES, CHANNEL_REASONS, SKIPS, word_for
from salur.kernel.errors import Refusal
from salur.kernel.money import format_number
from salur.programs.models import NominativeList


@page(permission="disbursement.view_plans", methods=("GET",))
def board(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    tranche, tranches = tranche_of(request)
    waves = (
        list(
            NominativeList.objects.filter(tranche=tranche, status="approved").order_by(
                "wave", "program"
            )
        )
        if tranche
        else []
    )
    wave = request.GET.get("gelombang", "")
    chosen = [item.id for item in waves if str(item.wave) == wave]
    rows = board_of(actor, tranche, lists=chosen or None) if tranche else []
    return render(
        request,
        "disbursement/board.html",
        {
            "tranche": tranche,
            "tranches": tranches,
            "waves": sorted({item.wave for item in waves}),
            "wave": wave if chosen else "",
            "rows": rows,
            "loaded": sum(row.loaded for row in rows),
            "planned": sum(row.planned for row in rows),
            "printed": sum(row.printed for row in rows),
            "invited": sum(row.invited for row in rows),
            "paid": sum(row.paid for row in rows),
            "needed": sum(row.cash_needed for row in rows),
            "out": sum(row.cash_out for row in rows),
        },
    )


def _plan_lines(result: PlanResult) -> dict[str, object]:
    return {
        "channels": [
            (CHANNELS[channel].label, word_for(CHANNEL_REASONS, reason), families)
            for (channel, reason), families in sorted(
                result.channels.items(), key=lambda item: -item[1]
            )
        ],
        "skipped": [
            (word_for(SKIPS, reason), families, rupiah)
            for reason, (families, rupiah) in sorted(result.skipped.items())
        ],
        "changes": [
            (word_for(CHANGES, kind), count) for kind, count in sorted(result.changes.items())
        ],
    }


@page(permission="disbursement.plan_payments")
def plan(request: HttpRequest) -> HttpResponse:
    """GET counts what a plan would do and changes nothing; POST plans."""
    actor = actor_of(request)
    tranche, tranches = tranche_of(request)
    context: dict[str, object] = {"tranche": tranche, "tranches": tranches}
    if tranche is None:
        return render(request, "disbursement/plan.html", context)
    if request.method == "POST":
        result = plan_payments(tranche.id, by=actor)
        _assigned, left = assign_officers(tranche.id, by=actor)
        messages.success(
            request,
            _("%(families)s keluarga direncanakan dalam %(sessions)s sesi baru.")
            % {
                "families": format_number(result.families),
                "sessions": format_number(result.sessions),
            },
        )
        if left:
            messages.warning(
                request,
                _("%(left)s sesi belum punya petugas.") % {"left": format_number(left)},
            )
        return redirect(f"{reverse('disbursement:board')}?tahap={tranche.id}")
    result = plan_payments(tranche.id, by=actor, dry_run=True)
    context |= {"result": result, **_plan_lines(result)}
    return render(request, "disbursement/plan.html", context)


@page(permission="disbursement.replan_payments")
def replan(request: HttpRequest) -> HttpResponse:
    """GET counts who would move where; POST moves them."""
    actor = actor_of(request)
    tranche, tranches = tranche_of(request)
    context: dict[str, object] = {"tranche": tranche, "tranches": tranches}
    if tranche is None:
        return render(request, "disbursement/replan.html", context)
    if request.method == "POST":
        try:
            result = replan_payments(tranche.id, by=actor)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request,
                _("%(families)s keluarga mendapat jadwal baru. Cetak surat barunya.")
                % {"families": format_number(result.families)},
            )
        return redirect(f"{reverse('disbursement:board')}?tahap={tranche.id}")
    result = replan_payments(tranche.id, by=actor, dry_run=True)
    return render(
        request, "disbursement/replan.html", {**context, "result": result, **_moves(result)}
    )


def _moves(result: ReplanResult) -> dict[str, object]:
    return {
        "moves": [
            (CHANNELS[before].label, CHANNELS[after].label, families)
            for (before, after), families in sorted(result.channels.items())
        ],
        "skipped": [
            (word_for(SKIPS, reason), families)
            for reason, families in sorted(result.skipped.items())
        ],
    }
