"""Where one lands: the first page that one may see."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from salur.access.doors import page
from salur.theme.rail import lines_for


@page(permission=None, methods=("GET",))
def home(request: HttpRequest) -> HttpResponse:
    lines = lines_for(request.actor, "")  # type: ignore[attr-defined]
    if lines:
        return redirect(lines[0].url)
    return render(request, "access/nothing_here.html")
