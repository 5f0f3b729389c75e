"""An order's money: what is owed from it, and what waits because its rows are held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from salur.kernel.actor import Actor
from salur.programs.models import PaymentOrder, Tranche

_HELD = """
    SELECT coalesce(sum(amount), 0)::bigint, count(*) FROM (
        SELECT DISTINCT ON (r.entitlement_id) coalesce(r.amount, 0) AS amount
        FROM programs_list_row r JOIN programs_nominative_list l ON l.id = r.nominative_list_id
        WHERE l.order_id = %(order)s AND l.status = 'approved' AND r.verdict = 'held'
          AND NOT r.withdrawn AND NOT r.entitlement_id = ANY(%(except)s::uuid[])
          AND NOT EXISTS (SELECT 1 FROM programs_entitlement e WHERE e.id = r.entitlement_id)
        ORDER BY r.entitlement_id, l.wave DESC
    ) held
"""


def held_rupiah_for_system(order_id: UUID, *, except_for: Sequence[str | UUID] = ()) -> int:
    """Money of rows that approved lists hold and no later row has settled; it stays in the fund."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD, {"order": order_id, "except": list(except_for)})
        return int(cursor.fetchone()[0])


@dataclass(frozen=True, slots=True)
class OrderMoney:
    """Rupiah of one order as programs knows it; ``unassigned`` is what no list has asked for."""

    order_id: UUID
    amount: int
    owed: int  # entitlements that are not withdrawn
    owed_count: int
    held: int
    unassigned: int


def order_money_for_system(order_id: UUID) -> OrderMoney:
    """Amount = owed + held + unassigned, each but the last from its own rows."""
    order = PaymentOrder.objects.get(id=order_id)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce(sum(amount), 0)::bigint, count(*) FROM programs_entitlement
            WHERE order_id = %s AND state <> 'withdrawn'
            """,
            [order_id],
        )
        owed, count = cursor.fetchone()
    held = held_rupiah_for_system(order_id)
    return OrderMoney(order_id, order.amount, owed, count, held, order.amount - owed - held)


def orders_visible_to(actor: Actor) -> QuerySet[PaymentOrder]:
    """Orders are of the whole country; who may see lists may see them."""
    actor.require("programs.view_orders")
    return PaymentOrder.objects.select_related("tranche", "program").order_by("-recorded_at")


def tranches_visible_to(actor: Actor) -> QuerySet[Tranche]:
    actor.require("programs.view_lists")
    return Tranche.objects.order_by("-year", "-number")
