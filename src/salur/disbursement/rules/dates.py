"""Days and hours as a family reads them, in the zone of the place."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

DAYS: Final = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS: Final = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
ZONES: Final = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Jayapura": "WIT",
}


@lru_cache(maxsize=8192)
def say_date(moment: datetime, zone: str) -> str:
    """`Senin, 30 November 2026`."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{DAYS[local.weekday()]}, {local.day} {MONTHS[local.month - 1]} {local.year}"


@lru_cache(maxsize=8192)
def say_window(starts: datetime, ends: datetime, zone: str) -> str:
    """`pukul 08.00–08.30 WIB`."""
    start, end = starts.astimezone(ZoneInfo(zone)), ends.astimezone(ZoneInfo(zone))
    name = ZONES.get(zone, "")
    return f"pukul {start:%H.%M}–{end:%H.%M} {name}".rstrip()


def say_day(day: date) -> str:
    """`14 Desember 2026`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def say_clock(moment: datetime, zone: str) -> str:
    """`08.30`."""
    return f"{moment.astimezone(ZoneInfo(zone)):%H.%M}"
