"""Which procedure a channel works by, which one an event named, and how they came about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from salur.disbursement.models import SopVersion
from salur.disbursement.rules.sop import SHIPPED
from salur.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Procedure:
    """``known`` is false where the first of the channel stands for one that nobody here knows."""

    id: str
    steps: list[dict[str, Any]]
    known: bool = True


def shipped_procedure(code: str) -> Procedure | None:
    channel, _, number = code.partition("/")
    versions = SHIPPED.get(channel, [])
    if number.isdecimal() and 1 <= int(number) <= len(versions):
        return Procedure(code, versions[int(number) - 1])
    return None


def procedures_in_force(moment: datetime) -> dict[str, Procedure]:
    """Per channel the newest approved version that is valid, else the newest that ships."""
    found = {
        channel: Procedure(f"{channel}/{len(versions)}", versions[-1])
        for channel, versions in SHIPPED.items()
    }
    versions = SopVersion.objects.filter(valid_from__lte=moment).exclude(approved_by="")
    for version in versions.order_by("valid_from", "number"):
        found[version.channel] = Procedure(version.code, version.steps)
    return found


def procedures_of_events_for_system(codes: Iterable[str]) -> dict[str, Procedure]:
    """The versions that events name. An unknown one is answered by the first of its channel,
    and one of an unknown channel by steps that ask for nothing but the mark and the face."""
    codes = set(codes)
    channels = {code.partition("/")[0] for code in codes}
    firsts = {f"{channel}/1" for channel in channels}
    stored = dict(
        SopVersion.objects.filter(code__in=codes | firsts)
        .exclude(approved_by="")
        .values_list("code", "steps")
    )
    found = {}
    for code in codes:
        first = f"{code.partition('/')[0]}/1"
        shipped = shipped_procedure(code)
        if code in stored:
            found[code] = Procedure(code, stored[code])
        elif shipped is not None:
            found[code] = shipped
        else:
            fallback = shipped_procedure(first)
            steps = stored.get(first) or (fallback.steps if fallback else [])
            found[code] = Procedure(first, steps, known=False)
    return found


def procedures_visible_to(actor: Actor) -> QuerySet[SopVersion]:
    """All versions, newest first within each channel."""
    actor.require("disbursement.view_plans")
    return SopVersion.objects.order_by("channel", "-number")
