"""What planning's pages read from a request: the tranche, days, ids, notes."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from salur.kernel.actor import Actor
from salur.kernel.money import DENOMINATIONS
from salur.programs.models import Tranche


def actor_of(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def tranche_of(request: HttpRequest) -> tuple[Tranche | None, list[Tranche]]:
    """(the tranche that the address names, else the newest; all of them)."""
    tranches = list(Tranche.objects.order_by("-year", "-number"))
    asked = request.GET.get("tahap") or request.POST.get("tahap") or ""
    chosen = next((item for item in tranches if str(item.id) == asked), None)
    return chosen or (tranches[0] if tranches else None), tranches


def day_of(request: HttpRequest) -> date | None:
    try:
        return date.fromisoformat(request.GET.get("hari", ""))
    except ValueError:
        return None


def ids_of(request: HttpRequest, name: str) -> list[UUID]:
    found = []
    for value in request.POST.getlist(name):
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found


def id_of(request: HttpRequest, name: str) -> UUID | None:
    found = ids_of(request, name)
    return found[0] if found else None


def number_of(text: Any) -> int:
    """A whole number as typed, with or without `Rp` and dots; -1 when it is none."""
    digits = str(text or "").strip().removeprefix("Rp").replace(".", "").replace(" ", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else -1


def notes_of(request: HttpRequest) -> list[tuple[int, int]] | None:
    """The tally of the form, or None when it was left empty. A wrong count becomes -1: refused."""
    typed = [(worth, request.POST.get(f"lembar_{worth}", "").strip()) for worth in DENOMINATIONS]
    if not any(text for _, text in typed):
        return None
    return [(worth, number_of(text)) for worth, text in typed if text]
