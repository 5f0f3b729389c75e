"""The only writers of regions and offices."""

from salur.places.operations.offices import OfficesImported, import_offices
from salur.places.operations.regions import (
    RegionsImported,
    RegionsLoaded,
    import_regions,
    load_regions,
)

__all__ = [
    "OfficesImported",
    "RegionsImported",
    "RegionsLoaded",
    "import_offices",
    "import_regions",
    "load_regions",
]
