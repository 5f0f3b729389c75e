"""Letters, signature sheets and bank files: made on demand, downloaded as attachments."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from salur.access.doors import page
from salur.disbursement.errors import UnknownFile
from salur.disbursement.operations import instruct_bank, print_letters
from salur.disbursement.pages.asking import actor_of, tranche_of
from salur.disbursement.queries.preparation import banks_waiting, files_visible_to
from salur.intake.queries import read_file_for_system
from salur.kernel.errors import Refusal
from salur.kernel.money import format_number

PER_PAGE = 50


@page(permission="disbursement.print_letters")
def letters(request: HttpRequest) -> HttpResponse:
    """GET counts letters that are due and lists what was printed; POST prints."""
    actor = actor_of(request)
    tranche, tranches = tranche_of(request)
    if request.method == "POST" and tranche is not None:
        again = request.POST.get("lagi") == "ya"
        result = print_letters(tranche.id, by=actor, again=again)
        messages.success(
            request,
            _("%(letters)s surat dicetak dalam %(files)s berkas.")
            % {
                "letters": format_number(result.letters),
                "files": format_number(len(result.files)),
            },
        )
        return redirect(f"{reverse('disbursement:letters')}?tahap={tranche.id}")
    due = print_letters(tranche.id, by=actor, dry_run=True).letters if tranche else 0
    listed = Paginator(files_visible_to(actor), PER_PAGE).get_page(request.GET.get("hal"))
    return render(
        request,
        "disbursement/letters.html",
        {"tranche": tranche, "tranches": tranches, "due": due, "page": listed},
    )


def _stream(request: HttpRequest, run_id: UUID, kinds: tuple[str, ...]) -> HttpResponse:
    actor = actor_of(request)
    run = files_visible_to(actor, kinds=kinds).filter(pk=run_id).first()
    if run is None:
        raise UnknownFile
    response = StreamingHttpResponse(
        read_file_for_system(run.file_id), content_type=run.file.media_type
    )
    response.headers["Content-Length"] = str(run.file.length)
    response.headers["Content-Disposition"] = f'attachment; filename="{run.file_name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response  # type: ignore[return-value]


@page(permission="disbursement.print_letters", methods=("GET",))
def print_file(request: HttpRequest, run_id: UUID) -> HttpResponse:
    return _stream(request, run_id, ("letters", "danom"))


@page(permission="disbursement.view_plans", methods=("GET",))
def banks(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    tranche, tranches = tranche_of(request)
    return render(
        request,
        "disbursement/banks.html",
        {
            "tranche": tranche,
            "tranches": tranches,
            "rows": banks_waiting(actor, tranche) if tranche else [],
            "files": files_visible_to(actor, kinds=("bank",))[:PER_PAGE],
        },
    )


@page(permission="disbursement.plan_payments", methods=("POST",))
def instruct(request: HttpRequest) -> HttpResponse:
    tranche, _tranches = tranche_of(request)
    try:
        if tranche is not None:
            run = instruct_bank(tranche.id, request.POST.get("bank", ""), by=actor_of(request))
            messages.success(
                request, _("Berkas perintah %(name)s dibuat.") % {"name": run.file_name}
            )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("disbursement:banks")


@page(permission="disbursement.plan_payments", methods=("GET",))
def bank_file(request: HttpRequest, run_id: UUID) -> HttpResponse:
    return _stream(request, run_id, ("bank",))
