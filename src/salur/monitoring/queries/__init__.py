"""The only readers of this room: rollups for figures, the rooms below for lists and stories."""

from salur.monitoring.queries.figures import Dashboard, Row, dashboard
from salur.monitoring.queries.map import shapes
from salur.monitoring.queries.payments import Slice, payments
from salur.monitoring.queries.scope import Filters, filters_from
from salur.monitoring.queries.story import Story, story

__all__ = [
    "Dashboard",
    "Filters",
    "Row",
    "Slice",
    "Story",
    "dashboard",
    "filters_from",
    "payments",
    "shapes",
    "story",
]
