"""Which late facts explain what a closed bag lacked, and whose money that is. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Belongs:
    """What belongs before a close: its pay sessions ("" where a float was issued for none), and
    each device's events up to a sequence, and whatever was heard by then."""

    sessions: frozenset[str]
    devices: Mapping[str, int]
    closed_at: datetime


class _Fact(Protocol):
    @property
    def device_id(self) -> UUID: ...
    @property
    def sequence(self) -> int | None: ...
    @property
    def session_id(self) -> UUID | None: ...
    @property
    def heard_at(self) -> datetime: ...


def is_late(belongs: Belongs, fact: _Fact) -> bool:
    """Whether the fact happened before the close although it is booked after it.

    By what the device signed in its chain, never by its clock: an event of a session that was
    closed, one below another that was heard before the close, or one that waited here already.
    """
    if str(fact.session_id or "") in belongs.sessions:
        return True
    if fact.heard_at <= belongs.closed_at:
        return True
    known = belongs.devices.get(str(fact.device_id), 0)
    return fact.sequence is not None and fact.sequence <= known


def drain(legs: Sequence[tuple[UUID, int]], taken: int, amount: int) -> list[tuple[UUID, int]]:
    """The next ``amount`` of legs of which ``taken`` are gone, leg by leg, so that what each order
    lost depends on the sums alone and not on who drew first."""
    parts = []
    for order, size in legs:
        gone = min(taken, size)
        taken -= gone
        part = min(size - gone, amount)
        if part:
            parts.append((order, part))
            amount -= part
    return parts
