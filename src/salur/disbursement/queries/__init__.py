"""The only readers of this room for others."""

from salur.disbursement.queries.cash import (
    open_passings_for_system,
    passings_of_officer_for_system,
    passings_to_follow,
    unsynced_to_explain,
)
from salur.disbursement.queries.doubts import (
    Doubt,
    doubts_in_offices_for_system,
    doubts_of_officer_for_system,
)
from salur.disbursement.queries.worklists import (
    find_visits,
    households_of_visits_for_system,
    payments_of_visits_for_system,
    visit_is_on_device,
    worklist_for_device,
)

__all__ = [
    "Doubt",
    "doubts_in_offices_for_system",
    "doubts_of_officer_for_system",
    "find_visits",
    "households_of_visits_for_system",
    "payments_of_visits_for_system",
    "open_passings_for_system",
    "passings_of_officer_for_system",
    "passings_to_follow",
    "unsynced_to_explain",
    "visit_is_on_device",
    "worklist_for_device",
]
