"""The only writers of the registry."""

from salur.registry.operations.changes import (
    apply_change,
    locate_houses,
    record_seen_alive,
)
from salur.registry.operations.families import FAMILY_COLUMNS, FamiliesWritten, write_families

__all__ = [
    "FAMILY_COLUMNS",
    "FamiliesWritten",
    "apply_change",
    "locate_houses",
    "record_seen_alive",
    "write_families",
]
