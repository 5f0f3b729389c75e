"""The only source of time for domain code, so that a simulation can be replayed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

_fixed: ContextVar[datetime | None] = ContextVar("salur_clock", default=None)


def now() -> datetime:
    """The moment in UTC, always with its zone."""
    return _fixed.get() or datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Within the block ``now()`` answers ``moment``; for tests and simulations."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    token = _fixed.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _fixed.reset(token)


@lru_cache(maxsize=16)
def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def business_date(moment: datetime, zone_name: str) -> date:
    """The calendar day of ``moment`` where the office stands."""
    return moment.astimezone(zone(zone_name)).date()


def iso(moment: datetime) -> str:
    """``2026-11-30T01:41:07.123Z``: how times travel in events and logs."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def parse_iso(text: str) -> datetime:
    """The inverse of ``iso``. Raises ValueError for anything without a zone."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"time without a zone: {text!r}")
    return moment.astimezone(UTC)
