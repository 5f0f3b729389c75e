"""Later waves correct what is planned already: release and plan again, or name the difference."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from salur.audit.operations import record
from salur.disbursement.operations.journal import Move, append_moves
from salur.kernel.actor import Actor
from salur.kernel.clock import now
from salur.programs.models import PendingChange
from salur.programs.operations import (
    close_pending_changes,
    lock_entitlements,
    release_entitlements,
    reopen_entitlements,
)
from salur.programs.queries import pending_changes_for_system

CHANGES_PER_STEP = 5_000


@dataclass(frozen=True, slots=True)
class _Payment:
    id: UUID
    entitlement: UUID
    visit: UUID
    status: str
    office: str
    channel: str
    held: str
    """Why the visit cannot be touched now: leased, in_doubt, elsewhere, or nothing."""


def apply_pending_changes(tranche_id: UUID, *, by: Actor, dry_run: bool = False) -> Counter[str]:
    """Deals with the corrections of claimed or settled entitlements of a tranche, in steps.

    A family that nobody has paid yet: its payments are cancelled, the entitlements released and
    corrected, so that the next planning gives it a new visit (``replanned``) or none
    (``withdrawn``). A payment that is made stays made, and the difference is left to
    reconciliation (``discrepancy``). What is leased, in doubt or
    another office's waits (``leased``, ``in_doubt``, ``elsewhere``).
    """
    by.require("disbursement.plan_payments")
    counts: Counter[str] = Counter()
    seen: set[UUID] = set()
    while True:
        waiting = pending_changes_for_system(tranche_id).exclude(pk__in=seen)
        step = list(waiting[:CHANGES_PER_STEP])
        if not step:
            return counts
        seen |= {change.id for change in step}
        with transaction.atomic():
            counts += _apply(step, dry_run, by)


def _apply(changes: list[PendingChange], dry_run: bool, by: Actor) -> Counter[str]:
    lock_entitlements([change.entitlement_id for change in changes])
    payments = _payments({change.entitlement_id for change in changes}, by)
    of_entitlement: dict[UUID, list[_Payment]] = defaultdict(list)
    of_visit: dict[UUID, list[_Payment]] = defaultdict(list)
    for payment in payments:
        of_entitlement[payment.entitlement].append(payment)
        of_visit[payment.visit].append(payment)
    counts: Counter[str] = Counter()
    apply: list[PendingChange] = []
    differ: list[PendingChange] = []
    cancelled: set[UUID] = set()
    for change in changes:
        mine = of_entitlement[change.entitlement_id]
        if any(payment.status == "paid" for payment in mine):
            differ.append(change)
            counts["discrepancy"] += 1
        elif held := next((payment.held for payment in mine if payment.held), ""):
            counts[held] += 1
        else:
            apply.append(change)
            cancelled |= {payment.visit for payment in mine}
            withdrawn = change.kind == PendingChange.Kind.WITHDRAWAL
            counts["withdrawn" if withdrawn else "replanned"] += 1
    if dry_run:
        return counts
    gone = [
        payment
        for visit in cancelled
        for payment in of_visit[visit]
        if payment.status in ("planned", "instructed", "failed")
    ]
    _cancel(gone)
    reopen_entitlements([p.entitlement for p in gone if p.status == "failed"], by=by)
    release_entitlements([payment.entitlement for payment in gone], by=by)
    close_pending_changes([change.id for change in apply], "applied", by=by)
    close_pending_changes([change.id for change in differ], "discrepancy", by=by)
    if gone:
        record(
            "payments.cancelled",
            "pending_changes:batch",
            {"payments": len(gone), "visits": len(cancelled), "why": "corrected_by_later_wave"},
            by=by,
        )
    return counts


def _payments(entitlements: Iterable[UUID], by: Actor) -> list[_Payment]:
    """All live payments of the visits that these entitlements are in, locked: visits, payments."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id FROM disbursement_visit WHERE id IN (
                SELECT visit_id FROM disbursement_payment
                WHERE entitlement_id = ANY(%s) AND status <> 'cancelled')
            ORDER BY id FOR NO KEY UPDATE
            """,
            [list(entitlements)],
        )
        visits = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            """
            SELECT p.id, p.entitlement_id, p.visit_id, p.status, v.office_id, v.channel,
                   CASE WHEN NOT ('' = ANY(%s) OR o.path = ANY(%s) OR EXISTS (
                            SELECT 1 FROM unnest(%s::text[]) seen
                            WHERE o.path LIKE seen || '/%%')) THEN 'elsewhere'
                        WHEN v.in_doubt THEN 'in_doubt'
                        WHEN l.status = 'active' AND l.until > %s THEN 'leased' ELSE '' END
            FROM disbursement_payment p
            JOIN disbursement_visit v ON v.id = p.visit_id
            JOIN places_office o ON o.code = v.office_id
            LEFT JOIN disbursement_lease l ON l.id = v.lease_id
            WHERE p.visit_id = ANY(%s) AND p.status <> 'cancelled'
            ORDER BY p.id FOR NO KEY UPDATE OF p
            """,
            [*[list(by.offices)] * 3, now(), visits],
        )
        return [_Payment(*row) for row in cursor.fetchall()]


def _cancel(payments: list[_Payment]) -> None:
    """Cancels these payments, and the visits that have none left; others lose a part."""
    if not payments:
        return
    moment = now()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE disbursement_payment SET status = 'cancelled', updated_at = %s"
            " WHERE id = ANY(%s)",
            [moment, [payment.id for payment in payments]],
        )
        cursor.execute(
            """
            UPDATE disbursement_visit v SET version = v.version + 1, letter_printed_at = NULL,
                total = s.total, updated_at = %s,
                status = CASE WHEN s.live = 0 THEN 'cancelled'
                              WHEN s.total = 0 AND s.paid THEN 'paid' ELSE v.status END,
                lease_id = NULL
            FROM (
                SELECT visit_id, count(*) FILTER (WHERE status <> 'cancelled') AS live,
                       bool_or(status = 'paid') AS paid,
                       coalesce(sum(amount) FILTER (WHERE status IN ('planned', 'instructed')), 0)
                           AS total
                FROM disbursement_payment WHERE visit_id = ANY(%s) GROUP BY visit_id
            ) s WHERE v.id = s.visit_id
            """,
            [moment, list({payment.visit for payment in payments})],
        )
    append_moves(
        [
            Move("cancelled", p.id, "cancelled", p.office, p.channel, None, reason="corrected")
            for p in payments
        ]
    )
