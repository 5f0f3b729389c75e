"""Doors of what is not clear yet: shown, proposed, decided."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from salur.access.doors import page
from salur.disbursement.operations import (
    decide_doubt,
    propose_doubt,
    settle_passing,
    settle_unsynced,
)
from salur.kernel.actor import Actor
from salur.kernel.errors import Refusal
from salur.reconciliation.operations import close_session
from salur.reconciliation.queries.matters import matters_of

MOST_NOTE = 500


@page(permission="reconciliation.view_books", methods=("GET",))
def matters(request: HttpRequest) -> HttpResponse:
    """Hand-overs in doubt, cash between officers, and differences that wait for a phone."""
    found = matters_of(_actor(request))
    return render(request, "reconciliation/matters.html", {"matters": found})


@page(permission="reconciliation.close_session", methods=("POST",))
def propose(request: HttpRequest, begun_id: UUID) -> HttpResponse:
    counted = request.POST.get("dihitung", "")
    return _do(
        request,
        lambda by: propose_doubt(
            begun_id,
            paid=request.POST.get("dibayar") == "ya",
            counted=int(counted) if counted.isascii() and counted.isdigit() else None,
            note=_note(request),
            by=by,
        ),
        _("Usulan dicatat. Orang kedua memutuskan."),
    )


@page(permission="reconciliation.sign_variance", methods=("POST",))
def decide(request: HttpRequest, begun_id: UUID) -> HttpResponse:
    agree = request.POST.get("setuju") == "ya"
    return _do(
        request,
        lambda by: decide_doubt(begun_id, agree=agree, by=by),
        _("Diputuskan.") if agree else _("Usulan dikembalikan; penyerahannya tetap belum jelas."),
    )


@page(permission="reconciliation.sign_variance", methods=("POST",))
def settle_cash(request: HttpRequest, passing_id: UUID) -> HttpResponse:
    happened = request.POST.get("terjadi") == "ya"
    return _do(
        request,
        lambda by: settle_passing(passing_id, happened=happened, note=_note(request), by=by),
        _("Dicatat dengan nama Anda."),
    )


@page(permission="reconciliation.sign_variance", methods=("POST",))
def give_up_waiting(request: HttpRequest, float_id: UUID) -> HttpResponse:
    return _do(
        request,
        lambda by: settle_unsynced(float_id, note=_note(request), by=by),
        _("Selisih dibukukan sebagai kekurangan petugas."),
    )


@page(permission="reconciliation.sign_variance", methods=("POST",))
def close_anyway(request: HttpRequest, float_id: UUID) -> HttpResponse:
    """A head closes a bag before everything was heard, with a reason."""
    return _do(
        request,
        lambda by: close_session(float_id, note=_note(request), despite_gaps=True, by=by),
        _("Uang muka ditutup. Yang kurang menunggu kabar ponsel."),
        to="reconciliation:cash_desk",
    )


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _note(request: HttpRequest) -> str:
    return request.POST.get("note", "").strip()[:MOST_NOTE]


def _do(
    request: HttpRequest,
    act: Callable[[Actor], object],
    done: str,
    to: str = "reconciliation:matters",
) -> HttpResponse:
    try:
        act(_actor(request))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(to)
