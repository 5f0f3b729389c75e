"""The line of offices. It stands here because places knows no doors: it lies below access."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from salur.access.doors import page
from salur.access.forms import OfficesForm
from salur.kernel.errors import Refusal
from salur.places.operations import import_offices
from salur.places.queries import offices_visible_to, services_of

PER_PAGE = 100
KIND_NAMES = {"head": "Pusat", "regional": "Regional", "kcu": "KCU", "kc": "KC", "kcp": "KCP"}


@page(permission="places.view_offices")
def offices(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    form, problems = OfficesForm(), []
    if request.method == "POST":
        actor.require("places.import_offices")
        form = OfficesForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                done = import_offices(form.cleaned_data["file"].read(), by=actor)
            except Refusal as refusal:
                problems = list(refusal.details.get("problems", ())) or [refusal]
            else:
                messages.success(
                    request,
                    _("%(added)s kantor baru, %(changed)s berubah, %(unchanged)s tetap.")
                    % {
                        "added": done.added,
                        "changed": done.changed,
                        "unchanged": done.unchanged,
                    },
                )
                return redirect("access:offices")
    words, kind = request.GET.get("cari", "").strip(), request.GET.get("jenis", "")
    found = offices_visible_to(actor)
    if words:
        found = found.filter(
            Q(name__icontains=words) | Q(code__istartswith=words) | Q(region__name__icontains=words)
        )
    if kind:
        found = found.filter(kind=kind)
    listed = Paginator(found, PER_PAGE).get_page(request.GET.get("hal"))
    served = services_of([office.code for office in listed])
    for office in listed:
        office.depth = office.path.count("/")  # type: ignore[attr-defined]
        office.kind_name = KIND_NAMES[office.kind]  # type: ignore[attr-defined]
        office.serves = served[office.code]  # type: ignore[attr-defined]
    context = {
        "page": listed,
        "words": words,
        "kind": kind,
        "kinds": KIND_NAMES.items(),
        "form": form,
        "problems": problems[:200],
        "problem_count": len(problems),
        "may_import": actor.may("places.import_offices"),
    }
    failed = bool(problems) or bool(form.errors)
    return render(request, "access/offices.html", context, status=422 if failed else 200)
