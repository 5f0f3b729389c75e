"""The left rail: which pages a person sees there, at most seven.

A room declares its entries in its own ``rail.py`` as ``ENTRIES = [Entry(...), ...]``; this shelf
knows no room. Which of them a person sees follows from the permissions alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any

from django.apps import apps
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.module_loading import module_has_submodule

from salur.kernel.actor import Actor

LIMIT = 7


@dataclass(frozen=True)
class Entry:
    """One line of the rail. Lower ``order`` stands higher; ``count`` is the number beside it.

    ``pages`` names other pages on which this line is the current one; a page that no line names
    belongs to the first line of its room.
    """

    label: str | Promise
    url_name: str
    icon: str
    permission: str
    order: int = 100
    count: Callable[[Actor], int | None] | None = None
    pages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """An entry as one person sees it on one page."""

    label: str | Promise
    url: str
    icon: str
    current: bool
    count: int | None


@lru_cache(maxsize=1)
def declared() -> tuple[Entry, ...]:
    """Every room's entries, in order."""
    entries: list[Entry] = []
    for config in apps.get_app_configs():
        if config.name.startswith("salur.") and module_has_submodule(config.module, "rail"):
            entries += getattr(import_module(f"{config.name}.rail"), "ENTRIES", [])
    return tuple(sorted(entries, key=lambda entry: (entry.order, entry.url_name)))


def split(lines: Sequence[Any], limit: int = LIMIT) -> tuple[list[Any], list[Any]]:
    """What the rail shows and what waits under its last line, "Lainnya"."""
    if len(lines) <= limit:
        return list(lines), []
    return list(lines[: limit - 1]), list(lines[limit - 1 :])


def lines_for(actor: Actor, current: str) -> list[Line]:
    """The lines of ``actor``; ``current`` is the name of the page being shown."""
    seen = [entry for entry in declared() if actor.may(entry.permission)]
    room = current.partition(":")[0] + ":"
    own = next((e for e in seen if current == e.url_name or current in e.pages), None) or next(
        (e for e in seen if e.url_name.startswith(room)), None
    )
    lines = []
    for entry in seen:
        try:
            url = reverse(entry.url_name)
        except NoReverseMatch:
            continue
        lines.append(
            Line(
                label=entry.label,
                url=url,
                icon=entry.icon,
                current=entry is own,
                count=entry.count(actor) if entry.count else None,
            )
        )
    return lines
