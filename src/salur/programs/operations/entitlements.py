"""What disbursement tells us by downward calls: claimed, settled, given back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from salur.audit.operations import record
from salur.kernel.actor import Actor
from salur.kernel.batching import set_cursor
from salur.kernel.clock import now
from salur.programs.errors import EntitlementsTaken
from salur.programs.models import PendingChange


def lock_entitlements(entitlement_ids: Sequence[UUID]) -> None:
    """Locks them in id order, before anything else of the same transaction is locked."""
    with set_cursor() as cursor:
        cursor.execute(
            "SELECT id FROM programs_entitlement WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
            [list(set(entitlement_ids))],
        )


@transaction.atomic
def claim_entitlements(entitlement_ids: Sequence[UUID], *, by: Actor) -> None:
    """Open > claimed, all of them: an intention. Raises EntitlementsTaken, and nothing changed,
    when one is not open any more. The caller's audit entry covers it."""
    wanted = set(entitlement_ids)
    if not wanted:
        return
    claimed = _move(wanted, "claimed", ("open",))
    if len(claimed) != len(wanted):
        raise EntitlementsTaken(count=len(wanted) - len(claimed))


@transaction.atomic
def settle_entitlements(entitlement_ids: Sequence[UUID], *, by: Actor) -> set[UUID]:
    """To settled, from open or claimed: the money was handed over, a fact. Which ones moved; one
    that is settled or withdrawn already stays what it is."""
    return _move(set(entitlement_ids), "settled", ("open", "claimed"))


@transaction.atomic
def release_entitlements(entitlement_ids: Sequence[UUID], *, by: Actor) -> set[UUID]:
    """Claimed > open: the payment was cancelled and may be planned anew. Which ones moved."""
    return _move(set(entitlement_ids), "open", ("claimed",))


@transaction.atomic
def reopen_entitlements(entitlement_ids: Sequence[UUID], *, by: Actor) -> set[UUID]:
    """Settled > claimed: the line that settled it was reversed. Which ones moved."""
    return _move(set(entitlement_ids), "claimed", ("settled",))


def _move(ids: set[UUID], to: str, come_from: tuple[str, ...]) -> set[UUID]:
    if not ids:
        return set()
    lock_entitlements(list(ids))
    with set_cursor() as cursor:
        cursor.execute(
            """
            UPDATE programs_entitlement SET state = %s, updated_at = %s
            WHERE id = ANY(%s) AND state = ANY(%s) RETURNING id
            """,
            [to, now(), list(ids), list(come_from)],
        )
        return {row[0] for row in cursor.fetchall()}


@transaction.atomic
def close_pending_changes(change_ids: Sequence[UUID], status: str, *, by: Actor) -> set[UUID]:
    """Disbursement has dealt with corrections of claimed or settled entitlements.

    ``applied`` writes the list row's values to the entitlement (a withdrawal makes it withdrawn)
    with a new version, whatever its state, so release or reverse first; ``discrepancy`` leaves it
    as it is. Which changes were still pending and are closed now. One audit entry.
    """
    if status not in (PendingChange.Status.APPLIED, PendingChange.Status.DISCREPANCY):
        raise ValueError(status)
    moment = now()
    with set_cursor() as cursor:
        cursor.execute(
            """
            SELECT c.id, c.entitlement_id FROM programs_pending_change c
            JOIN programs_entitlement e ON e.id = c.entitlement_id
            WHERE c.id = ANY(%s) AND c.status = 'pending'
            ORDER BY e.id, c.id FOR NO KEY UPDATE
            """,
            [list(change_ids)],
        )
        closing = {row[0] for row in cursor.fetchall()}
        if not closing:
            return set()
        cursor.execute(
            "UPDATE programs_pending_change SET status = %s, decided_at = %s WHERE id = ANY(%s)",
            [status, moment, list(closing)],
        )
        if status == PendingChange.Status.APPLIED:
            cursor.execute(_APPLY_CHANGES, {"ids": list(closing), "now": moment})
    record(
        "pending_changes.closed",
        "pending_changes:batch",
        {"status": status, "count": len(closing), "changes": sorted(map(str, closing))},
        by=by,
    )
    return closing


# Only the newest of several changes of one entitlement says how it stands now.
_APPLY_CHANGES = """
    UPDATE programs_entitlement e SET
        amount = CASE WHEN c.kind = 'withdrawal' THEN e.amount ELSE r.amount END,
        months = CASE WHEN c.kind = 'withdrawal' THEN e.months ELSE r.months END,
        components = CASE WHEN c.kind = 'withdrawal' THEN e.components ELSE r.components END,
        household_id = CASE WHEN c.kind = 'withdrawal' THEN e.household_id ELSE h.id END,
        recipient_id = CASE WHEN c.kind = 'withdrawal' THEN e.recipient_id ELSE p.id END,
        village_id = CASE WHEN c.kind = 'withdrawal' THEN e.village_id ELSE r.village_code END,
        bank_code = CASE WHEN c.kind = 'withdrawal' THEN e.bank_code ELSE r.bank_code END,
        account_sealed = CASE WHEN c.kind = 'withdrawal' THEN e.account_sealed
            ELSE r.account_sealed END,
        state = CASE WHEN c.kind = 'withdrawal' THEN 'withdrawn' ELSE e.state END,
        version = e.version + 1, nominative_list_id = c.nominative_list_id,
        row_number = c.row_number, content_hash = coalesce(r.content_hash, e.content_hash),
        updated_at = %(now)s
    FROM (
        SELECT DISTINCT ON (entitlement_id) * FROM programs_pending_change
        WHERE id = ANY(%(ids)s) ORDER BY entitlement_id, created_at DESC, id DESC
    ) c
    -- A withdrawal by absence from a full list has no row.
    LEFT JOIN programs_list_row r
        ON r.nominative_list_id = c.nominative_list_id AND r.row_number = c.row_number
    LEFT JOIN registry_household h ON h.card_index = r.card_index
    LEFT JOIN registry_person p ON p.nik_index = r.nik_index
    WHERE e.id = c.entitlement_id
"""
