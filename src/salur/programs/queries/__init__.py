"""The only readers of programs for others."""

from salur.programs.queries.benefits import benefits_for_system
from salur.programs.queries.entitlements import (
    ToPlan,
    entitlement_of_row_for_system,
    entitlements_to_plan_for_system,
    pending_changes_for_system,
)
from salur.programs.queries.mappings import remembered_mapping_for_system
from salur.programs.queries.orders import (
    OrderMoney,
    held_rupiah_for_system,
    order_money_for_system,
    orders_visible_to,
    tranches_visible_to,
)

__all__ = [
    "OrderMoney",
    "ToPlan",
    "benefits_for_system",
    "entitlement_of_row_for_system",
    "entitlements_to_plan_for_system",
    "held_rupiah_for_system",
    "order_money_for_system",
    "orders_visible_to",
    "pending_changes_for_system",
    "remembered_mapping_for_system",
    "tranches_visible_to",
]
