"""The figures of a dashboard turned into sentences."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from salur.kernel.money import format_rupiah
from salur.monitoring import words
from salur.monitoring.queries import Dashboard, Filters, Slice
from salur.monitoring.queries.scope import BY_OFFICE
from salur.monitoring.rules import Tally
from salur.theme.words import (
    date_text,
    number_text,
    percent_text,
    short_rupiah_parts,
    short_rupiah_text,
)

NOT_TRIED = frozenset({"waiting", "unassigned"})
"""Reasons of those whom nobody has tried to pay yet."""

SLICES: dict[str, str | Promise] = {
    "semua": gettext_lazy("Semua yang terjadwal"),
    "tersalur": gettext_lazy("Sudah menerima"),
    "hari-ini": gettext_lazy("Menerima hari ini"),
    "belum": gettext_lazy("Masih ditunggu"),
    "belum-menerima": gettext_lazy("Belum menerima"),
    "gagal": gettext_lazy("Gagal akhir"),
    "tinjauan": gettext_lazy("Bukti perlu ditinjau"),
    "ditahan": gettext_lazy("Ditahan saat pemeriksaan"),
    "belum-dijadwalkan": gettext_lazy("Belum dijadwalkan"),
}


def measure(board: Dashboard) -> str:
    """What is counted: families, or one program's recipients."""
    return _("keluarga") if board.counts_families else _("penerima")


def headline(board: Dashboard) -> dict[str, Any]:
    """The answer: how many, of how many, by both denominators."""
    total, count = board.total, board.count
    amount, unit = short_rupiah_parts(total.paid.rupiah)
    cash = board.standing["cash"].rupiah if "cash" in board.standing else 0
    return {
        "received": number_text(count(total.paid)),
        "listed": number_text(count(total.listed)),
        "whole": _("daftar") if board.lists_known else _("yang terjadwal"),
        "share": percent_text(count(total.paid), count(total.listed)),
        "payable": number_text(count(total.payable)),
        "share_of_payable": percent_text(count(total.paid), count(total.payable)),
        "amount": amount,
        "unit": unit,
        "exact": format_rupiah(total.paid.rupiah),
        "listed_amount": short_rupiah_text(total.listed.rupiah),
        "amount_share": percent_text(total.paid.rupiah, total.listed.rupiah),
        "cash": short_rupiah_text(cash) if cash else "",
    }


@dataclass(frozen=True, slots=True)
class Finish:
    """The projected finish as words: state is good, attention or wait."""

    state: str
    day: str = ""
    band: str = ""
    plan: str = ""
    verdict: str = ""


def finish(board: Dashboard) -> Finish:
    planned = date_text(board.filters.tranche.planned_end_on, year=False)
    found = board.projection
    if found is None:
        return Finish("wait", plan=planned)
    if not board.count(board.total.outstanding):
        day = date_text(found.finish, weekday=True, year=False)
        return Finish(
            "good", day=day, plan=planned, verdict=_("Semua yang dapat dibayar sudah dibayar")
        )
    late = found.days_late
    if late > 0:
        verdict = ngettext("Terlambat %(n)s hari", "Terlambat %(n)s hari", late) % {"n": late}
    elif late < 0:
        verdict = ngettext("Lebih cepat %(n)s hari", "Lebih cepat %(n)s hari", -late) % {"n": -late}
    else:
        verdict = _("Sesuai rencana")
    band = ""
    if found.earliest != found.latest:
        same_month = found.earliest.month == found.latest.month
        first = str(found.earliest.day) if same_month else date_text(found.earliest, year=False)
        band = f"{first}–{date_text(found.latest, year=False)}"
    return Finish(
        "attention" if late > 0 else "good",
        day=date_text(found.finish, weekday=True, year=False),
        band=band,
        plan=planned,
        verdict=verdict,
    )


def chart(board: Dashboard) -> str:
    """The curve for the script that draws it: days, totals, and the band of the projection."""
    projection = board.projection
    return json.dumps(
        {
            "days": [day.day.isoformat() for day in board.days],
            "labels": [date_text(day.day, weekday=True, year=False) for day in board.days],
            "planned": [day.planned_total for day in board.days],
            "paid": [day.paid_total for day in board.days],
            "whole": board.count(board.total.payable),
            "today": board.today.isoformat(),
            "finish": projection
            and {
                "earliest": projection.earliest.isoformat(),
                "finish": projection.finish.isoformat(),
                "latest": projection.latest.isoformat(),
            },
            "words": {"paid": _("tersalur"), "planned": _("rencana"), "of": _("dari")},
        }
    )


def level_word(filters: Filters, board: Dashboard) -> str:
    """What the rows of the table are."""
    if filters.view == BY_OFFICE:
        return _("Kantor")
    names = {0: _("Provinsi"), 2: _("Kabupaten/kota"), 5: _("Kecamatan"), 8: _("Desa/kelurahan")}
    return names.get(len(board.filters.region), _("Desa/kelurahan"))


def slice_word(chosen: Slice) -> str:
    word = str(SLICES[chosen.name])
    return f"{word}: {words.reason_word(chosen.reason)}" if chosen.reason else word


def known_count(board: Dashboard, chosen: Slice) -> int | None:
    """How long the list is, from the rollups; None where they cannot say."""
    total, count = board.total, board.count
    if chosen.reason:
        found = [count(reason.tally) for reason in board.reasons if reason.code == chosen.reason]
        return sum(found)
    tallies: Mapping[str, Tally] = {
        "semua": total.assigned,
        "tersalur": total.paid,
        "hari-ini": total.paid_today,
        "belum": total.scheduled,
        "belum-menerima": total.scheduled + total.failed,
        "gagal": total.failed,
    }
    return count(tallies[chosen.name]) if chosen.name in tallies else None
