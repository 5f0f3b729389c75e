"""Doors: the live dashboard, the lists behind its numbers, the story of one payment."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from io import StringIO
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from salur.access.doors import page
from salur.intake.queries import read_whole_file_for_system
from salur.kernel.actor import Actor
from salur.kernel.clock import business_date, iso, now
from salur.kernel.errors import Forbidden, Missing
from salur.monitoring import attention, operations, rules, telling, words
from salur.monitoring.queries import (
    Dashboard,
    Filters,
    Row,
    Slice,
    dashboard,
    filters_from,
    payments,
    shapes,
    story,
)
from salur.monitoring.queries.payments import PAYMENT_SLICES, ROW_SLICES
from salur.monitoring.queries.scope import BY_OFFICE, home_office, home_region
from salur.places.models import Office
from salur.places.queries import path_names_for_system
from salur.places.rules import ancestors_of
from salur.programs.models import Program, Tranche
from salur.theme.words import percent_text

KEPT = ("tahap", "program", "kanal", "gelombang", "wilayah", "kantor", "menurut")
PER_PAGE = 50
PHOTO_SECONDS = 600
SORTS: dict[str, Any] = {
    "sasaran": lambda board, row: -board.count(row.figures.listed),
    "tersalur": lambda board, row: (
        board.count(row.figures.paid) / max(1, board.count(row.figures.listed))
    ),
    "hari-ini": lambda board, row: -board.count(row.figures.paid_today),
    "belum": lambda board, row: -board.count(row.figures.not_received),
    "kas": lambda board, row: -row.cash,
}


def _kept(request: HttpRequest) -> dict[str, str]:
    return {key: request.GET[key] for key in KEPT if request.GET.get(key)}


def _place_words(actor: Actor, filters: Filters) -> tuple[str, list[tuple[str, str]]]:
    """What the page is about, and the way up: (address query value, name) from the top."""
    if filters.view == BY_OFFICE:
        path = filters.office or home_office(actor)
        if not path:
            return _("seluruh kantor"), []
        parts = path.split("/")
        paths = ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
        found = {office.path: office for office in Office.objects.filter(path__in=paths)}
        way = [
            (found[each].code, found[each].name)
            for each in paths
            if each in found and (not actor.offices or actor.sees_office(each))
        ]
        return (way[-1][1] if way else path), way
    code = filters.region or home_region(actor)
    if not code:
        return _("seluruh Indonesia"), []
    names = path_names_for_system([*ancestors_of(code), code])
    way = []
    for step in (*ancestors_of(code), code):
        name = names.get(step)
        if name is not None and actor.sees_region(step):
            way.append((step, str(name).split(", ")[0]))
    return (way[-1][1] if way else code), way


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
    place, way = _place_words(actor, filters)
    kept = _kept(request)
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
        "reasons": [
            {
                "code": reason.code,
                "word": words.reason_word(reason.code),
                "count": count(reason.tally),
                "final": reason.final or reason.code == "held",
                "url": _reason_url(kept, reason.code),
            }
            for reason in board.reasons
        ],
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
        code, {"isi": "belum-menerima", "sebab": code}
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


class KnownCount(Paginator):  # type: ignore[type-arg]
    """Pages over a list whose length the rollups know already, so that nobody counts millions.

    Rollups may lag behind the list by seconds: a page is never cut by a count that is too small.
    """

    def __init__(self, *args: Any, known: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known is not None:
            self.__dict__["count"] = known

    def get_page(self, number: Any) -> Page[Any]:
        try:
            asked = max(1, int(number or 1))
        except ValueError:
            asked = 1
        start = (asked - 1) * self.per_page
        rows = list(self.object_list[start : start + self.per_page + 1])
        if not rows and asked > 1:
            return self.get_page(min(asked - 1, self.num_pages))
        self.__dict__["count"] = max(self.count, start + len(rows))
        self.__dict__.pop("num_pages", None)
        return Page(rows[: self.per_page], asked, self)


@page(permission="monitoring.view_story", methods=("GET",))
def show_payments(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if number := request.GET.get("cari", "").strip():
        return redirect("monitoring:story", number=number)
    if not Tranche.objects.exists():
        return render(request, "monitoring/no_tranche.html")
    filters = filters_from(actor, request.GET.dict())
    name = request.GET.get("isi", "semua")
    chosen = Slice(
        name if name in PAYMENT_SLICES or name in ROW_SLICES else "semua",
        request.GET.get("sebab", ""),
    )
    today = business_date(now(), "Asia/Jakarta")
    found = payments(actor, filters, chosen, today=today)
    listed = None
    if found is not None:
        known = None
        if chosen.of_payments and actor.may("monitoring.view_dashboard"):
            known = telling.known_count(dashboard(actor, filters), chosen)
        listed = KnownCount(found, PER_PAGE, known=known).get_page(request.GET.get("hal"))
    place = _place_words(actor, filters)[0]
    kept = _kept(request)
    return render(
        request,
        "monitoring/payments.html",
        {
            "filters": filters,
            "chosen": chosen,
            "title": telling.slice_word(chosen),
            "listed": listed,
            "places": _place_names(listed, chosen),
            "place": place,
            "slices": [
                (code, word, "?" + urlencode({**kept, "isi": code}))
                for code, word in telling.SLICES.items()
            ],
            "kept": urlencode(kept),
            "programs": Program.objects.order_by("code"),
            "all_channels": [(code, str(word)) for code, word in words.CHANNELS.items()],
        },
    )


def _place_names(listed: Any, chosen: Slice) -> dict[str, str]:
    if listed is None or chosen.name in ROW_SLICES:
        return {}
    codes = {payment.visit.village_id for payment in listed}
    return {
        code: f"{names.village}, {names.district}"
        for code, names in path_names_for_system(codes).items()
    }


@page(permission="monitoring.view_story", methods=("GET",))
def show_story(request: HttpRequest, number: str) -> HttpResponse:
    return _render_story(request, number, photos=False)


def _render_story(request: HttpRequest, number: str, *, photos: bool) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    told = story(actor, number)
    response = render(
        request,
        "monitoring/story.html",
        {
            "story": told,
            "visit": told.visit,
            "state": telling.visit_state(told),
            "steps": telling.steps(told),
            "books": telling.books(told),
            "photos": _photos(actor, told.visit.number, told) if photos else [],
            "any_photo": any(each.arrived for each in told.hand_overs),
            "may_see_photos": actor.may("disbursement.view_payments"),
        },
    )
    patch_cache_control(response, no_store=True)
    return response


def _photos(actor: Actor, number: str, told: Any) -> list[dict[str, str]]:
    """Addresses of the evidence that has arrived, good for this person and ten minutes."""
    signer = signing.TimestampSigner(salt="monitoring.photo")
    found: dict[str, dict[str, str]] = {}
    for hand_over in told.hand_overs:
        for kind, sha256, here in hand_over.evidence:
            if here:
                key = signer.sign(f"{actor.id}.{sha256}").rpartition(f"{sha256}:")[2]
                address = reverse("monitoring:photo", args=[number, sha256])
                found[sha256] = {
                    "kind": str(words.EVIDENCE.get(kind, kind)),
                    "url": f"{address}?{urlencode({'kunci': key})}",
                }
    return list(found.values())


@page(permission="disbursement.view_payments", methods=("POST",))
def reveal_photos(request: HttpRequest, number: str) -> HttpResponse:
    """Shows the photos once; who looked at whom is in the audit log."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    told = story(actor, number)
    operations.record_look(told.visit.id, by=actor)
    return _render_story(request, number, photos=True)


@page(permission="disbursement.view_payments", methods=("GET",))
def show_photo(request: HttpRequest, number: str, sha256: str) -> HttpResponse:
    """A photo by an address that ``reveal_photos`` gave this very person."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    signer = signing.TimestampSigner(salt="monitoring.photo")
    try:
        signer.unsign(f"{actor.id}.{sha256}:{request.GET.get('kunci', '')}", max_age=PHOTO_SECONDS)
    except signing.BadSignature as error:
        raise Forbidden(code="photo_expired") from error
    told = story(actor, number)
    if sha256 not in {digest for each in told.hand_overs for _, digest, _ in each.evidence}:
        raise Missing(photo=sha256[:12])
    image = read_whole_file_for_system(sha256)
    kind = "image/png" if image.startswith(b"\x89PNG") else "image/jpeg"
    response = HttpResponse(image, content_type=kind)
    response["Content-Disposition"] = "inline"
    patch_cache_control(response, no_store=True)
    return response
