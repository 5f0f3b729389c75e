"""The cashier's doors: cash for the vault, floats for officers; and the officer's own floats."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from salur.access.doors import page
from salur.access.queries import holders_with_role_for_system
from salur.access.rules import OFFICER
from salur.disbursement.errors import FloatUnknown
from salur.disbursement.models import FloatSession
from salur.disbursement.operations import (
    accept_float,
    draw_cash,
    hand_back,
    issue_float,
    withdraw_float,
)
from salur.disbursement.pages.asking import actor_of, id_of, notes_of, number_of
from salur.disbursement.queries.cash import (
    cash_needed_for_system,
    floats_out_for_system,
    floats_visible_to,
    passings_of_officer_for_system,
)
from salur.disbursement.queries.preparation import sessions_visible_to
from salur.disbursement.rules.cash import bundles_of, notes_for_float
from salur.kernel.clock import now
from salur.kernel.errors import Refusal
from salur.kernel.ids import new_id
from salur.kernel.money import DENOMINATIONS
from salur.ledger.queries import balances_for_system, custodian_order_balances_for_system
from salur.ledger.rules import AccountKey
from salur.places.queries import offices_visible_to
from salur.programs.models import PaymentOrder

SHOWN = 60
OPEN = (FloatSession.Status.ISSUED, FloatSession.Status.ACCEPTED, FloatSession.Status.COUNTED)


@page(permission="disbursement.issue_float", methods=("GET",))
def floats(request: HttpRequest) -> HttpResponse:
    """Coming sessions with what they need, floats that are out, and what lies in the vaults."""
    actor = actor_of(request)
    coming = list(
        sessions_visible_to(actor)
        .filter(ends_at__gt=now(), status__in=["planned", "open"])
        .exclude(channel="bank")[:SHOWN]
    )
    needs = cash_needed_for_system([row.id for row in coming])
    out = floats_out_for_system([row.id for row in coming])
    paying = [office for office in offices_visible_to(actor) if office.kind in ("kc", "kcp", "kcu")]
    vaults = [
        (office, balances_for_system([key])[key], custodian_order_balances_for_system(key))
        for office in paying[:SHOWN]
        for key in [AccountKey("vault", office.code)]
    ]
    orders = list(
        PaymentOrder.objects.filter(tranche__closed_at=None)
        .exclude(funds_received_at=None)
        .select_related("program")
        .order_by("program", "number")
    )
    return render(
        request,
        "disbursement/floats.html",
        {
            "sessions": [
                (row, needs[row.id], out.get(row.id, 0), needs[row.id].amount - out.get(row.id, 0))
                for row in coming
            ],
            "floats": floats_visible_to(actor).filter(status__in=OPEN)[:SHOWN],
            "vaults": vaults,
            "in_vaults": sum(balance.posted for _, balance, _ in vaults),
            "orders": orders,
            "key": new_id(),
        },
    )


@page(permission="disbursement.issue_float")
def issue(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """GET shows the sum and the notes that a session needs; POST offers the float."""
    actor = actor_of(request)
    row = sessions_visible_to(actor).filter(pk=session_id).first()
    if row is None:
        raise FloatUnknown
    need = cash_needed_for_system([row.id])[row.id]
    if request.method == "POST":
        try:
            officer = id_of(request, "petugas")
            if officer is None:
                messages.error(request, _("Pilih dulu juru bayarnya."))
                return redirect("disbursement:issue_float", session_id)
            issue_float(
                officer,
                amount=number_of(request.POST.get("jumlah")),
                notes=notes_of(request),
                idempotency_key=request.POST.get("kunci", "")[:64],
                session_id=row.id,
                by=actor,
            )
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect("disbursement:issue_float", session_id)
        messages.success(
            request, _("Panjar ditawarkan. Uang berpindah setelah juru bayar menerimanya.")
        )
        return redirect("disbursement:floats")
    out = floats_out_for_system([row.id]).get(row.id, 0)
    rest = max(0, need.amount - out)
    counts = dict(notes_for_float(rest, need))
    return render(
        request,
        "disbursement/issue_float.html",
        {
            "session": row,
            "need": need,
            "out": out,
            "rest": rest,
            "tally": [
                (worth, counts.get(worth, 0), *bundles_of(counts.get(worth, 0)))
                for worth in DENOMINATIONS
            ],
            "officers": holders_with_role_for_system(OFFICER, row.office.path),
            "key": new_id(),
        },
    )


@page(permission="disbursement.issue_float", methods=("POST",))
def draw(request: HttpRequest) -> HttpResponse:
    try:
        order = id_of(request, "perintah")
        if order is not None:
            draw_cash(
                order,
                request.POST.get("kantor", ""),
                number_of(request.POST.get("jumlah")),
                idempotency_key=request.POST.get("kunci", "")[:64],
                by=actor_of(request),
            )
            messages.success(request, _("Uang tunai dicatat masuk brankas."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("disbursement:floats")


@page(permission="disbursement.issue_float", methods=("POST",))
def withdraw(request: HttpRequest, float_id: UUID) -> HttpResponse:
    try:
        withdraw_float(float_id, by=actor_of(request))
        messages.success(request, _("Tawaran panjar ditarik; uangnya tetap di brankas."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("disbursement:floats")


@page(permission="disbursement.issue_float")
def take_back(request: HttpRequest, float_id: UUID) -> HttpResponse:
    actor = actor_of(request)
    row = floats_visible_to(actor).filter(pk=float_id).first()
    if row is None:
        raise FloatUnknown
    if request.method == "POST":
        try:
            hand_back(
                float_id,
                amount=number_of(request.POST.get("jumlah")),
                notes=notes_of(request) or [],
                idempotency_key=request.POST.get("kunci", "")[:64],
                by=actor,
            )
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect("disbursement:hand_back", float_id)
        messages.success(request, _("Uang kembali dicatat di brankas."))
        return redirect("disbursement:floats")
    key = AccountKey("cash", str(row.officer_id))
    return render(
        request,
        "disbursement/hand_back.html",
        {
            "float": row,
            "in_hand": balances_for_system([key])[key].posted,
            "tally": [(worth, "", 0, 0) for worth in DENOMINATIONS],
            "key": new_id(),
        },
    )


@page(permission="field.work")
def own_floats(request: HttpRequest) -> HttpResponse:
    """The officer's own offers, for a day on which the phone is at the repairer's."""
    actor = actor_of(request)
    if request.method == "POST":
        try:
            float_id = id_of(request, "panjar")
            if float_id is not None:
                accept_float(float_id, by=actor)
                messages.success(request, _("Panjar diterima. Uang ini sekarang tanggungan Anda."))
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return redirect("disbursement:own_floats")
    rows = (
        FloatSession.objects.filter(officer_id=UUID(actor.id), status__in=OPEN)
        .select_related("office", "session__point")
        .order_by("-issued_at")
    )
    return render(
        request,
        "disbursement/own_floats.html",
        {
            "rows": [(row, [(w, c, *bundles_of(c)) for w, c in row.notes]) for row in rows],
            "passings": passings_of_officer_for_system(UUID(actor.id)).filter(
                status__in=["given", "claimed", "asked"]
            ),
        },
    )
