"""One order on one line: received = paid + final-failed + outstanding + held + unassigned."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from salur.kernel.actor import Actor
from salur.programs.queries import held_rupiah_for_system


@dataclass(frozen=True, slots=True)
class OrderFigures:
    """Rupiah of one payment order, each figure from its own source.

    ``received``: the treasury leg of the ledger · ``paid``: un-reversed payout lines · ``failed``:
    payments failed for good · ``outstanding``: planned payments (a short one's rest is a part of
    its own) and entitlements that are not planned yet · ``held``: rows of lists in force that
    checks keep back and no later wave has settled · ``unassigned``: what the ledger has for this
    order less what its lists asked for.
    """

    order_id: UUID
    number: str
    program: str
    amount: int
    received: int
    paid: int
    failed: int
    outstanding: int
    held: int
    unassigned: int

    @property
    def difference(self) -> int:
        """Zero when the order closes to the rupiah."""
        return self.received - (
            self.paid + self.failed + self.outstanding + self.held + self.unassigned
        )


_FIGURES = """
    SELECT o.id, o.number, o.program_id, o.amount,
        coalesce((SELECT sum(t.posted_out - t.posted_in) FROM ledger_order_total t
            JOIN ledger_account a ON a.id = t.account_id
            WHERE a.kind = 'treasury' AND t.order_id = o.id), 0),
        coalesce((SELECT sum(l.amount) FROM disbursement_payout_line l
            WHERE l.order_id = o.id AND l.outcome IN ('paid', 'short')
              AND l.reversed_by IS NULL), 0),
        coalesce((SELECT sum(p.amount) FROM disbursement_payment p
            WHERE p.order_id = o.id AND p.status = 'failed'), 0),
        coalesce((SELECT sum(p.amount) FROM disbursement_payment p
            WHERE p.order_id = o.id AND p.status IN ('planned', 'instructed')), 0)
        + coalesce((SELECT sum(e.amount) FROM programs_entitlement e
            WHERE e.order_id = o.id AND e.state = 'open'), 0),
        coalesce((SELECT sum(e.amount) FROM programs_entitlement e
            WHERE e.order_id = o.id AND e.state <> 'withdrawn'), 0)
    FROM programs_payment_order o
    WHERE (%(tranche)s::uuid IS NULL OR o.tranche_id = %(tranche)s::uuid) ORDER BY o.number
"""


def order_figures_for_system(tranche_id: UUID | None = None) -> list[OrderFigures]:
    """The orders of a tranche (or all) with their figures."""
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, {"tranche": tranche_id})
        return [_figures(row) for row in cursor.fetchall()]


def _figures(row: tuple[object, ...]) -> OrderFigures:
    order_id, number, program, *amounts = row
    amount, received, paid, failed, outstanding, entitled = (int(a) for a in amounts)  # type: ignore[call-overload]
    held = held_rupiah_for_system(order_id)  # type: ignore[arg-type]
    return OrderFigures(
        order_id=order_id,  # type: ignore[arg-type]
        number=str(number),
        program=str(program),
        amount=amount,
        received=received,
        paid=paid,
        failed=failed,
        outstanding=outstanding,
        held=held,
        unassigned=received - held - entitled,
    )


def order_figures(actor: Actor, tranche_id: UUID) -> list[OrderFigures]:
    """As above, for whoever may see the books of the whole country."""
    actor.require("reconciliation.view_books")
    if "" not in actor.regions and "" not in actor.offices:
        return []
    return order_figures_for_system(tranche_id)
