"""The live page, its table as a file, its map's shapes."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from io import StringIO
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from salur.access.doors import page
from salur.kernel.actor import Actor
from salur.kernel.clock import iso, now
from salur.monitoring import attention, rules, telling, words
from salur.monitoring.pages.address import kept_filters, place_words
from salur.monitoring.queries import (
    Dashboard,
    Row,
    dashboard,
    filters_from,
    shapes,
)
from salur.monitoring.queries.scope import BY_OFFICE
from salur.programs.models import Program, Tranche
from salur.theme.words import percent_text

REASONS_SHOWN = 7
SORTS: dict[str, Any] = {
    "sasaran": lambda board, row: -board.count(row.figures.listed),
    "tersalur": lambda board, row: (
        board.count(row.figures.paid) / max(1, board.count(row.figures.listed))
    ),
    "hari-ini": lambda board, row: -board.count(row.figures.paid_today),
    "belum": lambda board, row: -board.count(row.figures.not_received),
    "kas": lambda board, row: -row.cash,
}


@page(permission="monitoring.view_dashboard", methods=("GET",))
def show_dashboard(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not Tranche.objects.exists():
        return render(request, "monitoring/no_tranche.html")
    filters = filters_from(actor, request.GET.dict())
    board = dashboard(actor, filters)
    if request.GET.get("unduh") == "csv":
        return _table_as_csv(board)
    sort = request.GET.get("urut", "")
    rows = list(board.rows)
    if sort in SORTS:
        rows.sort(key=lambda row: SORTS[sort](board, row))
    place, way = place_words(actor, filters)
    kept = kept_filters(request)
    count = board.count
    context = {
        "board": board,
        "filters": filters,
        "measure": telling.measure(board),
        "figures": telling.headline(board),
        "finish": telling.finish(board),
        "rows": [_cells(board, row, kept) for row in rows],
        "total": _cells(
            board,
            Row("", place[0].upper() + place[1:], board.total, _sum(board, "review"), _cash(board)),
            kept,
        ),
        "reasons": _reasons(board, kept),
        "most": max((count(reason.tally) for reason in board.reasons), default=1),
        "channels": [
            {
                "code": code,
                "word": words.CHANNELS.get(code, code),
                "paid": count(f.paid),
                "whole": count(f.assigned),
            }
            for code, f in board.channels
        ],
        "days": board.days,
        "chart": telling.chart(board),
        "attention": attention.items(board, kept),
        "place": place,
        "way": way[:-1],
        "level": telling.level_word(filters, board),
        "served": iso(now()),
        "sort": sort,
        "kept": urlencode(kept),
        "poll": "?" + urlencode({**kept, **({"urut": sort} if sort else {}), "potongan": "1"}),
        "programs": Program.objects.order_by("code"),
        "tranches": Tranche.objects.order_by("-year", "-number"),
        "all_channels": [(code, str(word)) for code, word in words.CHANNELS.items()],
        "map_url": reverse("monitoring:shapes")
        + "?"
        + urlencode({"wilayah": board.filters.region}),
        "shows_map": filters.view != BY_OFFICE and len(board.filters.region) < 8,
        "may_list": actor.may("monitoring.view_story"),
    }
    template = (
        "monitoring/live.html" if request.GET.get("potongan") else "monitoring/dashboard.html"
    )
    response = render(request, template, context)
    patch_cache_control(response, no_store=True)
    return response


def _sum(board: Dashboard, kind: str) -> int:
    return board.standing[kind].payments if kind in board.standing else 0


def _cash(board: Dashboard) -> int:
    return board.standing["cash"].rupiah if "cash" in board.standing else 0


def _reason_url(kept: Mapping[str, str], code: str) -> str:
    chosen = {"held": {"isi": "ditahan"}, "unassigned": {"isi": "belum-dijadwalkan"}}.get(
        code, {"isi": "belum-menerima", **({"sebab": code} if code else {})}
    )
    return reverse("monitoring:payments") + "?" + urlencode({**kept, **chosen})


def _cells(board: Dashboard, row: Row, kept: Mapping[str, str]) -> dict[str, Any]:
    """One row of the table as it is shown; its address goes one level deeper."""
    count = board.count
    figures = row.figures
    key = "kantor" if board.filters.view == BY_OFFICE else "wilayah"
    below = {**kept, key: row.code} if row.code else dict(kept)
    lists = reverse("monitoring:payments")
    paid, whole = count(figures.paid), count(figures.listed)
    return {
        "code": row.code,
        "name": row.name or _("Desa tidak dikenal"),
        "listed": whole,
        "paid": paid,
        "share": percent_text(paid, whole),
        "map_class": rules.map_class(paid, whole),
        "today": count(figures.paid_today),
        "not_received": count(figures.not_received),
        "review": row.review,
        "cash": row.cash,
        "behind": row.behind,
        "url": _deeper_url(row, below, kept),
        **{
            name: f"{lists}?{urlencode({**below, 'isi': isi})}"
            for name, isi in (
                ("paid_url", "tersalur"),
                ("today_url", "hari-ini"),
                ("not_received_url", "belum-menerima"),
                ("review_url", "tinjauan"),
            )
        },
    }


def _reasons(board: Dashboard, kept: Mapping[str, str]) -> list[dict[str, Any]]:
    """The largest reasons, the small ones gathered, and those whose turn has not come."""
    tried = [reason for reason in board.reasons if reason.code not in telling.NOT_TRIED]
    waiting = [reason for reason in board.reasons if reason.code in telling.NOT_TRIED]
    shown = tried if len(tried) <= REASONS_SHOWN else tried[: REASONS_SHOWN - 1]
    small = sum(board.count(reason.tally) for reason in tried[len(shown) :])
    found = [
        {
            "code": reason.code,
            "word": words.reason_word(reason.code),
            "count": board.count(reason.tally),
            "final": reason.final or reason.code == "held",
            "url": _reason_url(kept, reason.code),
        }
        for reason in (*shown, *waiting)
    ]
    if small:
        others = {
            "code": "",
            "word": ngettext("%(n)s alasan lain", "%(n)s alasan lain", len(tried) - len(shown))
            % {"n": len(tried) - len(shown)},
            "count": small,
            "final": False,
            "url": _reason_url(kept, ""),
        }
        found.insert(len(shown), others)
    return found


def _deeper_url(row: Row, below: Mapping[str, str], kept: Mapping[str, str]) -> str:
    """One level down; from the last level, and for rows without a place, the list itself."""
    if row.code and row.deeper:
        return "?" + urlencode(below)
    chosen = below if row.code else {**kept, "isi": "ditahan"}
    return f"{reverse('monitoring:payments')}?{urlencode(chosen)}"


def _table_as_csv(board: Dashboard) -> HttpResponse:
    """The table as a file; names that look like formulas stay text."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(
        [
            "kode",
            "nama",
            "sasaran",
            "sasaran_rupiah",
            "tersalur",
            "tersalur_rupiah",
            "hari_ini",
            "gagal_akhir",
            "belum",
            "tinjauan",
            "kas_rupiah",
        ]
    )
    for row in board.rows:
        f = row.figures
        name = "'" + row.name if row.name[:1] in "=+-@\t\r" else row.name
        writer.writerow(
            [
                row.code,
                name,
                board.count(f.listed),
                f.listed.rupiah,
                board.count(f.paid),
                f.paid.rupiah,
                board.count(f.paid_today),
                board.count(f.failed),
                board.count(f.outstanding),
                row.review,
                row.cash,
            ]
        )
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="penyaluran.csv"'
    return response


@page(permission="monitoring.view_dashboard", methods=("GET",))
def show_shapes(request: HttpRequest) -> HttpResponse:
    found = shapes(request.actor, request.GET.get("wilayah", ""))  # type: ignore[attr-defined]
    if found is None:
        return redirect(static("theme/vendor/provinces.geojson"))
    response = JsonResponse(found)
    patch_cache_control(response, private=True, max_age=3600)
    return response
