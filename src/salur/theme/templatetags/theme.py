"""``{% load theme %}``: numbers, money, moments, icons and shares in templates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from salur.kernel import clock
from salur.theme import words

register = template.Library()

register.filter("angka", words.number_text)
register.filter("rupiah", words.rupiah_text)
register.filter("rupiah_ringkas", words.short_rupiah_text)


@register.filter
def waktu(moment: datetime | None, zone_name: str = words.HOME_ZONE) -> SafeString:
    """A ``<time>`` with the moment as it was called in the zone of the place."""
    if not moment:
        return SafeString(words.NOTHING)
    return format_html(
        '<time datetime="{}">{}</time>',
        clock.iso(moment),
        words.moment_text(moment, zone_name or words.HOME_ZONE),
    )


@register.filter
def jam(moment: datetime | None, zone_name: str = words.HOME_ZONE) -> SafeString:
    """A ``<time>`` with the hour alone, for a page that is about one day."""
    if not moment:
        return SafeString(words.NOTHING)
    text = words.moment_text(moment, zone_name or words.HOME_ZONE)
    return format_html('<time datetime="{}">{}</time>', clock.iso(moment), text.rpartition(", ")[2])


@register.filter
def tanggal(day: date | datetime | None) -> SafeString:
    """A ``<time>`` with day, month and year."""
    if not day:
        return SafeString(words.NOTHING)
    return format_html('<time datetime="{}">{}</time>', day.isoformat()[:10], words.date_text(day))


@register.filter
def hari(day: date | None) -> str:
    """``Sab 12 Des``: day, month and weekday, for dates within the tranche."""
    return words.date_text(day, weekday=True, year=False)


@register.filter
def lalu(moment: datetime | None) -> str:
    """How long ago, in words."""
    return (
        words.NOTHING if moment is None else words.age_text((clock.now() - moment).total_seconds())
    )


@register.simple_tag
def persen(part: int | None, whole: int | None) -> str:
    return words.percent_text(part, whole)


def _bar(part: int, whole: int, css: str) -> SafeString:
    width = words.percent(part, whole)
    shown = 0 if width is None else min(100, float(width))
    return format_html(
        '<svg class="{}" aria-hidden="true"><rect width="{}%" height="100%" rx="3.5"/></svg>',
        css,
        f"{shown:.2f}",
    )


@register.simple_tag
def share(part: int | None, whole: int | None, low: int = 0) -> SafeString:
    """A bar and its percentage, whose title says the share of what. ``low``: amber below it."""
    text = words.percent_text(part, whole)
    if part is None or not whole:
        return format_html('<span class="share"><span class="share-text">{}</span></span>', text)
    title = words.of_text(words.number_text(part), words.number_text(whole))
    css = "share-bar is-low" if low and part * 100 < low * whole else "share-bar"
    return format_html(
        '<span class="share" title="{}">{}<span class="share-text">{}</span></span>',
        title,
        _bar(part, whole, css),
        text,
    )


@register.simple_tag
def bar(part: int, whole: int, css: str = "") -> SafeString:
    """Only the bar, as long as the share of ``part`` in ``whole``."""
    return _bar(part, whole, f"reason-bar {css}".strip())


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A Tabler outline icon. Without a label it is decoration: the word stands beside it."""
    sprite = static("theme/vendor/icons.svg")
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"></use></svg>',
            label,
            sprite,
            name,
        )
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', sprite, name
    )


_STATUS_ICONS = {
    "good": "circle-check",
    "wait": "clock",
    "attention": "alert-triangle",
    "bad": "alert-octagon",
}


@register.simple_tag
def status(kind: str, word: str, icon_name: str = "") -> SafeString:
    """A state as icon and word. ``kind``: good, wait, attention, bad."""
    return format_html(
        '<span class="state state-{}">{}{}</span>',
        kind,
        icon(icon_name or _STATUS_ICONS[kind]),
        word,
    )


@register.simple_tag(takes_context=True)
def query(context: Mapping[str, Any], **changes: Any) -> str:
    """The page's own query string with some keys set, or dropped where the value is None or ""."""
    request = context["request"]
    pairs = {key: request.GET.getlist(key) for key in request.GET}
    for key, value in changes.items():
        if value in (None, ""):
            pairs.pop(key, None)
        else:
            pairs[key] = [str(value)]
    return "?" + urlencode(pairs, doseq=True)


@register.filter
def input_kind(bound_field: Any) -> str:
    return str(getattr(bound_field.field.widget, "input_type", ""))
