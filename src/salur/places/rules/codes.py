"""What a region code says by itself: level, parent, kind, clock.

Codes are those of the Ministry of Home Affairs with dots: ``16``, ``16.71``, ``16.71.04``,
``16.71.04.1001``.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Literal

Level = Literal["province", "regency", "district", "village"]
#: "city" and "regency" for the second level, "urban" (kelurahan) and "rural" (desa) for the
#: fourth, "" where there is only one kind.
RegionSort = Literal["city", "regency", "urban", "rural", ""]

LEVELS: tuple[Level, ...] = ("province", "regency", "district", "village")

_CODE = re.compile(r"\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?", re.ASCII)
_DIGITS_BY_LENGTH = {2: (2,), 4: (2, 4), 6: (2, 4, 6), 10: (2, 4, 6, 10)}


def level_of(code: str) -> Level:
    """The level that a dotted code stands for. Raises ValueError for what is not a code."""
    if not _CODE.fullmatch(code):
        raise ValueError(code)
    return LEVELS[code.count(".")]


def parent_of(code: str) -> str:
    """The code one level up; "" above a province."""
    return code.rpartition(".")[0]


def ancestors_of(code: str) -> tuple[str, ...]:
    """The codes above, nearest last: ``16.71.04`` gives ``("16", "16.71")``."""
    parts = code.split(".")
    return tuple(".".join(parts[:n]) for n in range(1, len(parts)))


def dotted_code(written: object) -> str | None:
    """A code as lists write it (``1671041001``, ``16.71.04.1001``, ``'1671041001``,
    ``1671041001.0``) in dotted form, or None when it cannot be one."""
    text = str(written).strip().strip("'’`").strip()
    if _CODE.fullmatch(text):
        return text
    if re.fullmatch(r"\d+\.0+", text):
        text = text.split(".")[0]
    digits = re.sub(r"[.\s-]", "", text)
    if not digits.isascii() or not digits.isdigit() or len(digits) not in _DIGITS_BY_LENGTH:
        return None
    cuts = (0, *_DIGITS_BY_LENGTH[len(digits)])
    return ".".join(digits[a:b] for a, b in pairwise(cuts))


# Clocks: one zone per province (presidential decree 41/1987 and the provinces split off since).

ZONE_LABELS = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
_CENTRAL = frozenset({"51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76"})
_EASTERN = frozenset({"81", "82", "91", "92", "93", "94", "95", "96"})


def zone_of(code: str) -> str:
    """IANA zone of a region, by its province."""
    province = code[:2]
    if province in _EASTERN:
        return "Asia/Jayapura"
    return "Asia/Makassar" if province in _CENTRAL else "Asia/Jakarta"


def sort_of(code: str) -> RegionSort:
    """What a code says about the kind: regencies 01–69, cities 71–99; villages 1… urban
    (kelurahan), else rural (desa)."""
    level = level_of(code)
    if level == "regency":
        return "city" if int(code[3:5]) >= 70 else "regency"
    if level == "village":
        return "urban" if code[9] == "1" else "rural"
    return ""
