"""Pages of companions (first for a phone) and of those who decide and settle."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from salur.access.doors import page
from salur.casework import operations, queries
from salur.casework.forms import (
    KIND_NAMES,
    ExplainForm,
    GrievanceForm,
    ProposalForm,
    ResolutionForm,
)
from salur.casework.models import Case, Proposal
from salur.disbursement.rules.attempts import reason_label
from salur.kernel.actor import Actor
from salur.kernel.errors import Refusal

PER_PAGE = 50


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined,no-any-return]


def id_in(request: HttpRequest, name: str) -> UUID | None:
    """The id that a form names, or None for what is no id."""
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError:
        return None


@page(permission="casework.view_families", methods=("GET",))
def families(request: HttpRequest) -> HttpResponse:
    only = request.GET.get("hanya", "")
    found = queries.families_of(_actor(request), only=only)
    groups: dict[str, list[queries.FamilyLine]] = {}
    for family in found:
        groups.setdefault(family.group, []).append(family)
    context = {
        "groups": groups.items(),
        "count": len(found),
        "paid": sum(family.status == "paid" for family in found),
        "only": only,
        "schedule": queries.schedule_of(_actor(request)),
        "failures": queries.failures_to_explain(_actor(request)).count(),
    }
    return render(request, "casework/families.html", context)


@page(permission="casework.view_families", methods=("GET",))
def family(request: HttpRequest, household_id: UUID) -> HttpResponse:
    household, people, visit = queries.family_of(_actor(request), household_id)
    return render(
        request,
        "casework/family.html",
        {
            "household": household,
            "people": people,
            "visit": visit,
            "form": ProposalForm(people=people),
            "proposals": Proposal.objects.filter(household=household).order_by("-proposed_at"),
            "kinds": KIND_NAMES,
        },
    )


@page(permission="casework.hand_out_invitations", methods=("POST",))
def hand_out(request: HttpRequest) -> HttpResponse:
    chosen = []
    for value in request.POST.getlist("visit"):
        try:
            chosen.append(UUID(value))
        except ValueError:
            continue
    done = operations.hand_out_invitations(chosen, by=_actor(request))
    if done:
        messages.success(request, _("%s undangan dicatat sudah sampai.") % done)
    else:
        messages.error(request, _("Pilih dulu keluarga yang sudah menerima undangannya."))
    return redirect("casework:families")


@page(permission="casework.propose_change", methods=("POST",))
def propose(request: HttpRequest, household_id: UUID) -> HttpResponse:
    household, people, visit = queries.family_of(_actor(request), household_id)
    form = ProposalForm(request.POST, people=people)
    if form.is_valid():
        values = form.cleaned_data
        try:
            operations.propose_change(
                household.id,
                values["kind"],
                person_id=UUID(values["person"]) if values["person"] else None,
                payload={"address": values["address"]} if values["address"] else {},
                note=values["note"],
                by=_actor(request),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Usulan dikirim. Orang lain akan memutuskannya."))
            return redirect("casework:family", household_id=household.id)
    context = {
        "household": household,
        "people": people,
        "visit": visit,
        "form": form,
        "proposals": [],
        "kinds": KIND_NAMES,
    }
    return render(request, "casework/family.html", context, status=422)


@page(permission="casework.explain_failure")
def failures(request: HttpRequest) -> HttpResponse:
    actor = _actor(request)
    form = ExplainForm(request.POST or None)
    attempt = id_in(request, "attempt")
    if attempt is not None and form.is_valid():
        operations.explain_failure(
            attempt,
            form.cleaned_data["code"],
            form.cleaned_data["note"],
            by=actor,
        )
        messages.success(request, _("Terima kasih, penjelasan dicatat."))
        return redirect("casework:failures")
    waiting = [
        (row, reason_label(row.code)) for row in queries.failures_to_explain(actor)[:PER_PAGE]
    ]
    return render(
        request,
        "casework/failures.html",
        {"waiting": waiting, "form": form},
        status=422 if request.method == "POST" else 200,
    )


@page(permission="casework.approve_change")
def proposals(request: HttpRequest) -> HttpResponse:
    actor = _actor(request)
    if request.method == "POST":
        try:
            operations.decide_proposal(
                id_in(request, "proposal") or UUID(int=0),
                approve=request.POST.get("word") == "approve",
                by=actor,
            )
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Keputusan dicatat."))
        return redirect("casework:proposals")
    listed = Paginator(queries.proposals_visible_to(actor), PER_PAGE).get_page(
        request.GET.get("hal")
    )
    rows = [(row, KIND_NAMES[Proposal.Kind(row.kind)]) for row in listed]
    waiting = queries.proposals_visible_to(actor).filter(status="proposed").count()
    return render(
        request, "casework/proposals.html", {"page": listed, "rows": rows, "waiting": waiting}
    )


@page(permission="casework.view_cases", methods=("GET",))
def cases(request: HttpRequest) -> HttpResponse:
    found = queries.cases_visible_to(_actor(request))
    status = request.GET.get("keadaan", Case.Status.OPEN)
    if status in Case.Status.values:
        found = found.filter(status=status)
    context = {
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("hal")),
        "status": status,
        "form": ResolutionForm(),
    }
    return render(request, "casework/cases.html", context)


@page(permission="casework.answer_grievance", methods=("POST",))
def settle(request: HttpRequest, case_id: UUID) -> HttpResponse:
    form = ResolutionForm(request.POST)
    try:
        case = operations.settle_case(case_id, form.data.get("resolution", ""), by=_actor(request))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Kasus %s selesai.") % case.ticket)
    return redirect("casework:cases")


@page(permission="casework.open_grievance")
def grievance(request: HttpRequest) -> HttpResponse:
    form = GrievanceForm(request.POST or None)
    ticket = None
    if request.method == "POST" and form.is_valid():
        try:
            ticket = operations.open_grievance(
                form.cleaned_data["text"],
                form.cleaned_data["village"],
                anonymous=form.cleaned_data["anonymous"],
                by=_actor(request),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    return render(
        request,
        "casework/grievance.html",
        {"form": form, "ticket": ticket},
        status=422 if form.errors else 200,
    )


@page(permission="casework.manage_companions")
def companions(request: HttpRequest) -> HttpResponse:
    actor = _actor(request)
    if request.method == "POST":
        try:
            groups = operations.form_groups(
                id_in(request, "companion") or UUID(int=0),
                request.POST.get("village", ""),
                by=actor,
            )
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("%s kelompok dibentuk.") % len(groups))
        return redirect("casework:companions")
    context = {
        "companions": queries.companions_visible_to(actor),
        "villages": queries.villages_without_companion(actor),
    }
    return render(request, "casework/companions.html", context)
