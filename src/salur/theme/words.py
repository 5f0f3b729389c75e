"""Numbers, money and moments as words on a page: Indonesian forms in every language.

A figure reads the same on the page, the letter and the minutes: ``1.234.567``, ``85,3%``,
``Rp2,61 triliun``, ``Sen 30 Nov 2026, 08.30 WIB``. Only names of months, days and scales are
translated.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext, gettext_lazy, ngettext

from salur.kernel.clock import zone
from salur.kernel.money import format_number, format_rupiah

DAYS = (
    gettext_lazy("Sen"),
    gettext_lazy("Sel"),
    gettext_lazy("Rab"),
    gettext_lazy("Kam"),
    gettext_lazy("Jum"),
    gettext_lazy("Sab"),
    gettext_lazy("Min"),
)
MONTHS = (
    gettext_lazy("Jan"),
    gettext_lazy("Feb"),
    gettext_lazy("Mar"),
    gettext_lazy("Apr"),
    gettext_lazy("Mei"),
    gettext_lazy("Jun"),
    gettext_lazy("Jul"),
    gettext_lazy("Agu"),
    gettext_lazy("Sep"),
    gettext_lazy("Okt"),
    gettext_lazy("Nov"),
    gettext_lazy("Des"),
)
ZONES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
HOME_ZONE = "Asia/Jakarta"
NOTHING = "–"

_SCALES = (
    (10**12, gettext_lazy("triliun"), 2),
    (10**9, gettext_lazy("miliar"), 1),
    (10**6, gettext_lazy("juta"), 1),
)


def decimal_text(value: Decimal, digits: int) -> str:
    """``Decimal("85.25")`` with one digit is ``85,3``; halves round away from zero."""
    rounded = value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    whole, _, fraction = f"{rounded:f}".partition(".")
    sign = "-" if whole.startswith("-") else ""
    return sign + format_number(abs(int(whole))) + (f",{fraction}" if fraction else "")


def number_text(value: int | None) -> str:
    return NOTHING if value is None else format_number(value)


def rupiah_text(amount: int | None) -> str:
    return NOTHING if amount is None else format_rupiah(amount)


def short_rupiah_parts(amount: int) -> tuple[str, str]:
    """``("Rp2,61", "triliun")``; below a million the unit is empty and every rupiah is shown."""
    sign = "-" if amount < 0 else ""
    for scale, name, digits in _SCALES:
        if abs(amount) >= scale:
            return f"{sign}Rp{decimal_text(Decimal(abs(amount)) / scale, digits)}", str(name)
    return format_rupiah(amount), ""


def short_rupiah_text(amount: int | None) -> str:
    return NOTHING if amount is None else " ".join(filter(None, short_rupiah_parts(amount)))


def percent(part: int | None, whole: int | None) -> Decimal | None:
    """Per hundred, exact; None where there is nothing to be a share of."""
    if part is None or not whole:
        return None
    return Decimal(part) * 100 / Decimal(whole)


def percent_text(part: int | None, whole: int | None) -> str:
    """``85,3%``. Never says 100% before the last one, nor 0% after the first one."""
    value = percent(part, whole)
    if value is None or part is None or whole is None:
        return NOTHING
    if part < whole and value >= Decimal("99.95"):
        return "99,9%"
    if part > 0 and value < Decimal("0.05"):
        return "<0,1%"
    if value in (0, 100):
        return f"{value:.0f}%"
    return decimal_text(value, 1) + "%"


def date_text(day: date | None, *, weekday: bool = False, year: bool = True) -> str:
    if day is None:
        return NOTHING
    words = [str(DAYS[day.weekday()])] if weekday else []
    words += [str(day.day), str(MONTHS[day.month - 1])]
    if year:
        words.append(str(day.year))
    return " ".join(words)


def moment_text(moment: datetime | None, zone_name: str = HOME_ZONE) -> str:
    """``Sen 30 Nov 2026, 08.30 WIB`` where the thing happened."""
    if moment is None:
        return NOTHING
    local = moment.astimezone(zone(zone_name))
    mark = ZONES.get(zone_name, local.tzname() or "")
    return f"{date_text(local.date(), weekday=True)}, {local:%H.%M} {mark}"


def age_text(seconds: int | float) -> str:
    """``4 detik lalu``, ``3 menit lalu``, ``2 jam lalu``, ``5 hari lalu``."""
    whole = max(0, int(seconds))
    if whole < 60:
        return ngettext("%(n)s detik lalu", "%(n)s detik lalu", whole) % {"n": whole}
    if whole < 3600:
        n = whole // 60
        return ngettext("%(n)s menit lalu", "%(n)s menit lalu", n) % {"n": n}
    if whole < 2 * 86400:
        n = whole // 3600
        return ngettext("%(n)s jam lalu", "%(n)s jam lalu", n) % {"n": n}
    n = whole // 86400
    return ngettext("%(n)s hari lalu", "%(n)s hari lalu", n) % {"n": n}


def of_text(part: str, whole: str) -> str:
    return gettext("%(part)s dari %(whole)s") % {"part": part, "whole": whole}
