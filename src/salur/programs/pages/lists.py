"""Lists: upload, what the columns mean, review, decision, held rows, reports."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from salur.access.doors import page
from salur.access.queries import names_for_system
from salur.programs import exporting, operations
from salur.programs.errors import ListReceivedAlready
from salur.programs.forms import MappingForm, UploadForm
from salur.programs.importing import BrokenFile
from salur.programs.models import NominativeList
from salur.programs.operations.receiving import Covering
from salur.programs.queries.lists import (
    differences_for,
    earlier_rows_for,
    list_for,
    lists_visible_to,
    rows_for,
)
from salur.programs.queries.previews import preview_for
from salur.programs.reasons import REASONS, WARNINGS, name_of

PER_PAGE = 50
_UNDER_WAY = (
    NominativeList.Status.RECEIVED,
    NominativeList.Status.CHECKING,
    NominativeList.Status.APPROVING,
)


@page(permission="programs.view_lists", methods=("GET",))
def lists(request: HttpRequest) -> HttpResponse:
    actor: Any = request.actor  # type: ignore[attr-defined]
    found = lists_visible_to(actor)
    status = request.GET.get("keadaan", "")
    if status in NominativeList.Status.values:
        found = found.filter(status=status)
    context = {
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("hal")),
        "status": status,
        "statuses": NominativeList.Status.values,
    }
    return render(request, "programs/lists.html", context)


@page(permission="programs.upload_list")
def upload(request: HttpRequest) -> HttpResponse:
    actor: Any = request.actor  # type: ignore[attr-defined]
    form = UploadForm(request.POST or None, request.FILES or None, initial=request.GET.dict())
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "programs/upload.html", {"form": form}, status=status)
    data = form.cleaned_data
    covering = Covering(
        order_id=data["order"].id,
        sender=data["sender"].strip(),
        rows=data["rows"],
        rupiah=data["rupiah"],
        kind=data["kind"],
        source=data["source"],
    )
    try:
        received = operations.receive_nominative_list(
            uploaded(data["file"]), Path(data["file"].name).name, covering, by=actor
        )
    except ListReceivedAlready as known:
        messages.info(request, str(known))
        return redirect("programs:list", known.details["list"])
    return redirect("programs:list", received.id)


def uploaded(file: Any) -> bytes | Path:
    """Where Django put an upload: on the disk when it is large, else in memory."""
    if hasattr(file, "temporary_file_path"):
        return Path(file.temporary_file_path())
    content: bytes = file.read()
    return content


@page(permission="programs.view_lists", methods=("GET",))
def show(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """The review. While work is under way, the same page shows how far it is."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    found = list_for(actor, list_id)
    context = _context(actor, found)
    part = bool(request.headers.get("HX-Request"))
    if part and not context["under_way"]:
        response = HttpResponse()
        response["HX-Refresh"] = "true"
        return response
    return render(request, f"programs/{'progress' if part else 'list'}.html", context)


def _context(actor: Any, found: NominativeList) -> dict[str, Any]:
    counts = found.counts or {}
    names = names_for_system([found.received_by, found.decided_by])
    refusal = (found.refusal or {}).get("messages", {})
    progress = found.progress or {}
    return {
        "list": found,
        "counts": counts,
        "payable": counts.get("payable", {}),
        "held": counts.get("held", {}),
        "held_reasons": [
            (code, name_of(code), held) for code, held in counts.get("held_by_reason", {}).items()
        ],
        "warnings": [
            (code, name_of(code), count) for code, count in counts.get("warnings", {}).items()
        ],
        "absent": counts.get("absent", {}),
        "agrees": counts.get("rows") == found.control_rows
        and counts.get("rupiah") == found.control_rupiah,
        "received_by": names.get(found.received_by, found.received_by),
        "decided_by": names.get(found.decided_by, found.decided_by),
        "refusal": refusal.get(get_language() or "id") or refusal.get("id", ""),
        "under_way": found.status in _UNDER_WAY and progress.get("step") != "failed",
        "failed": progress.get("step") == "failed",
        "progress": progress,
        "mine": found.received_by == actor.id
        or (found.mapping is not None and found.mapping.made_by == actor.id),
    }


@page(permission="programs.view_lists", methods=("GET",))
def rows(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """The rows behind a number: held by reason, changed, withdrawn, remarked upon."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    found = list_for(actor, list_id)
    reason = request.GET.get("alasan", "")
    warning = request.GET.get("catatan", "")
    change = request.GET.get("perubahan", "")
    verdict = request.GET.get("keputusan", "")
    chosen = rows_for(
        actor,
        found,
        verdict=verdict if verdict in ("held", "accepted") else "",
        change=change,
        reason=reason if reason in REASONS else "",
        warning=warning if warning in WARNINGS else "",
    )
    page_of_rows = Paginator(chosen, PER_PAGE).get_page(request.GET.get("hal"))
    shown = list(page_of_rows)
    earlier = earlier_rows_for(shown)
    context = {
        "list": found,
        "page": page_of_rows,
        "rows": [
            (row, earlier.get(row.earlier_row_id or 0), [_reason(c) for c in row.reasons],
             [name_of(c) for c in row.warnings])
            for row in shown
        ],
        "reason": reason,
        "verdict": verdict,
        "change": change,
        "warning": warning,
        "reasons": [(code, name_of(code)) for code in found.counts.get("held_by_reason", {})],
    }  # fmt: skip
    return render(request, "programs/rows.html", context)


def _reason(code: str) -> tuple[str, str]:
    reason = REASONS.get(code)
    return (str(reason.name), str(reason.sentence)) if reason else (code, "")


@page(permission="programs.view_lists", methods=("GET",))
def held_report(request: HttpRequest, list_id: UUID) -> HttpResponse:
    actor: Any = request.actor  # type: ignore[attr-defined]
    found = list_for(actor, list_id)
    held = rows_for(actor, found, verdict="held")[: exporting.MOST_ROWS]
    report = exporting.error_report(found, held.iterator(chunk_size=5_000))
    return _download(report, f"ditahan-{found.program_id}-{found.wave}.xlsx")


@page(permission="programs.view_lists", methods=("GET",))
def difference_report(request: HttpRequest, list_id: UUID) -> HttpResponse:
    actor: Any = request.actor  # type: ignore[attr-defined]
    found = list_for(actor, list_id)
    report = exporting.difference_report(found, differences_for(actor, found))
    return _download(report, f"selisih-{found.program_id}-{found.wave}.xlsx")


def _download(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=exporting.XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@page(permission="programs.map_columns")
def mapping(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """What each column means: as recognised, with the first rows; mended by hand."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    found = list_for(actor, list_id)
    try:
        preview = preview_for(actor, found)
    except BrokenFile as problem:
        return render(
            request, "programs/mapping.html", {"list": found, "problem": problem}, status=422
        )
    form = MappingForm(
        request.POST or None,
        titles=[(at, title) for at, title, _meaning, _cells in preview.columns],
        initial={f"column_{at}": key for at, _title, key, _cells in preview.columns},
    )
    if request.method == "POST" and form.is_valid():
        try:
            operations.mend_mapping(list_id, form.columns, by=actor)
        except BrokenFile as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("Pemasangan kolom disimpan; daftar diperiksa ulang."))
            return redirect("programs:list", list_id)
    fields = [
        (form[f"column_{at}"], preview.letters[at], title, cells)
        for at, title, _meaning, cells in preview.columns
    ]
    context = {"list": found, "form": form, "preview": preview, "fields": fields}
    status = 422 if form.errors else 200
    return render(request, "programs/mapping.html", context, status=status)


@page(permission="programs.approve_list", methods=("POST",))
def approve(request: HttpRequest, list_id: UUID) -> HttpResponse:
    actor: Any = request.actor  # type: ignore[attr-defined]
    operations.approve_nominative_list(
        list_id,
        rows=_number(request.POST.get("rows")),
        rupiah=_number(request.POST.get("rupiah")),
        by=actor,
        absent_confirmed=request.POST.get("absent_confirmed") == "1",
        note=request.POST.get("note", ""),
    )
    messages.success(request, _("Daftar disetujui; hak bantuan sedang ditulis."))
    return redirect("programs:list", list_id)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 20 else -1


@page(permission="programs.approve_list", methods=("POST",))
def give_back(request: HttpRequest, list_id: UUID) -> HttpResponse:
    actor: Any = request.actor  # type: ignore[attr-defined]
    operations.return_nominative_list(list_id, note=request.POST.get("note", ""), by=actor)
    messages.success(request, _("Daftar dikembalikan dengan catatan."))
    return redirect("programs:list", list_id)


@page(permission="programs.check_list", methods=("POST",))
def check_again(request: HttpRequest, list_id: UUID) -> HttpResponse:
    actor: Any = request.actor  # type: ignore[attr-defined]
    operations.recheck_nominative_list(list_id, by=actor)
    messages.success(request, _("Daftar akan diperiksa ulang."))
    return redirect("programs:list", list_id)
