"""Rules of regions: codes, names, matching."""

from salur.places.rules.codes import (
    LEVELS,
    ZONE_LABELS,
    Level,
    RegionSort,
    ancestors_of,
    dotted_code,
    level_of,
    parent_of,
    sort_of,
    zone_of,
)
from salur.places.rules.matching import Found, RegionIndex
from salur.places.rules.names import NameKey, name_key

__all__ = [
    "LEVELS",
    "ZONE_LABELS",
    "Found",
    "Level",
    "NameKey",
    "RegionIndex",
    "RegionSort",
    "ancestors_of",
    "dotted_code",
    "level_of",
    "name_key",
    "parent_of",
    "sort_of",
    "zone_of",
]
