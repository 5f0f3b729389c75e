"""Region sources and office spreadsheets, as typed rows."""

from salur.places.importing.offices import OfficeRow, Problem, read_offices
from salur.places.importing.regions import (
    BoundaryRow,
    PointRow,
    RegionRow,
    read_boundaries,
    read_points,
    shipped_regions,
)

__all__ = [
    "BoundaryRow",
    "OfficeRow",
    "PointRow",
    "Problem",
    "RegionRow",
    "read_boundaries",
    "read_offices",
    "read_points",
    "shipped_regions",
]
