"""What needs somebody, said in one line each, with the page where it is mended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from salur.monitoring.queries import Dashboard
from salur.monitoring.queries.payments import HELD, REVIEW
from salur.monitoring.rules import ZERO
from salur.theme.words import number_text, percent_text, short_rupiah_text

OFFICES_SHOWN = 3
RETURN_WARNING_DAYS = 10


@dataclass(frozen=True, slots=True)
class Item:
    title: str
    text: str
    action: str
    url: str


def _page(name: str, query: Mapping[str, str] | None = None) -> str:
    """Its address, or "" where that room has no such page."""
    try:
        address = reverse(name)
    except NoReverseMatch:
        return ""
    return f"{address}?{urlencode(query)}" if query else address


def items(board: Dashboard, kept: Mapping[str, str]) -> list[Item]:
    """``kept``: the page's own filters, which its lists keep."""
    found = []
    for row in board.behind[:OFFICES_SHOWN]:
        figures = row.figures
        share = percent_text(board.count(figures.paid), board.count(figures.listed))
        found.append(
            Item(
                row.name,
                ngettext(
                    "%(share)s, tertinggal %(n)s hari",
                    "%(share)s, tertinggal %(n)s hari",
                    row.behind,
                )
                % {"share": share, "n": row.behind},
                _("Lihat yang belum menerima"),
                _page("monitoring:payments", {**kept, "kantor": row.code, "isi": "belum"}),
            )
        )
    silent = board.standing.get("silent", ZERO)
    if silent.payments:
        found.append(
            Item(
                ngettext(
                    "%(n)s perangkat diam > 24 jam",
                    "%(n)s perangkat diam > 24 jam",
                    silent.payments,
                )
                % {"n": number_text(silent.payments)},
                _("%(amount)s kas") % {"amount": short_rupiah_text(silent.rupiah)},
                _("Lihat perangkat"),
                _page("access:devices"),
            )
        )
    found += _return_deadline(board)
    for kind, title, action, url in (
        (
            "review",
            _("Bukti perlu ditinjau"),
            _("Buka daftar"),
            _page("monitoring:payments", {**kept, "isi": REVIEW}),
        ),
        (
            "final",
            _("Gagal akhir menunggu orang kedua"),
            _("Buka daftar"),
            _page("disbursement:decide_final")
            or _page("monitoring:payments", {**kept, "isi": "belum"}),
        ),
        ("case", _("Kasus lewat tenggat"), _("Buka kasus"), _page("casework:cases")),
    ):
        standing = board.standing.get(kind, ZERO)
        if standing.payments:
            text = _("%(n)s, senilai %(amount)s") % {
                "n": number_text(standing.payments),
                "amount": short_rupiah_text(standing.rupiah),
            }
            found.append(Item(title, text, action, url))
    held = board.total.held
    if held.payments:
        found.append(
            Item(
                _("Baris daftar ditahan"),
                _("%(n)s, senilai %(amount)s")
                % {
                    "n": number_text(held.payments),
                    "amount": short_rupiah_text(held.rupiah),
                },
                _("Lihat baris dan sebabnya"),
                _page("monitoring:payments", {**kept, "isi": HELD}),
            )
        )
    return found


def _return_deadline(board: Dashboard) -> list[Item]:
    tranche = board.filters.tranche
    left = (tranche.return_by - board.today).days
    amount = board.total.outstanding.rupiah
    if tranche.closed_at or amount <= 0 or left > RETURN_WARNING_DAYS:
        return []
    when = (
        ngettext("%(n)s hari lagi", "%(n)s hari lagi", left) % {"n": left}
        if left > 0
        else _("sudah lewat")
    )
    return [
        Item(
            _("Batas pengembalian"),
            _("%(when)s, %(amount)s belum tersalur")
            % {"when": when, "amount": short_rupiah_text(amount)},
            _("Siapkan pengembalian"),
            _page("reconciliation:returns"),
        )
    ]
