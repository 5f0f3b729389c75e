"""The states that disbursement tells: open > claimed > settled, and back by release. In sets.

All lock entitlements in id order; callers hold these locks before they lock visits and payments.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from salur.kernel.actor import Actor
from salur.kernel.clock import now
from salur.programs.errors import EntitlementsTaken


def lock_entitlements(entitlement_ids: Sequence[UUID]) -> dict[UUID, tuple[str, int]]:
    """Locks the rows in id order until the caller's transaction ends: (state, version) by id."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id, state, version FROM programs_entitlement
            WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
            """,
            [list(entitlement_ids)],
        )
        return {row[0]: (row[1], row[2]) for row in cursor.fetchall()}


def claim_entitlements(entitlement_ids: Sequence[UUID], *, by: Actor) -> None:
    """Open entitlements become claimed: a payment exists for each. All or nothing.

    Raises EntitlementsTaken when one of them is not open any more.
    """
    ids = list(set(entitlement_ids))
    lock_entitlements(ids)
    if (claimed := _move(ids, ("open",), "claimed")) != len(ids):
        raise EntitlementsTaken(count=len(ids) - claimed)


def settle_entitlements(entitlement_ids: Sequence[UUID], *, by: Actor) -> int:
    """Claimed entitlements become settled: paid, or failed for good. A fact: nothing is refused,
    those in another state are passed over; how many changed."""
    ids = list(set(entitlement_ids))
    lock_entitlements(ids)
    return _move(ids, ("claimed",), "settled")


def release_entitlements(entitlement_ids: Sequence[UUID], *, by: Actor) -> int:
    """Claimed entitlements become open again, because their payments were cancelled; how many."""
    ids = list(set(entitlement_ids))
    lock_entitlements(ids)
    return _move(ids, ("claimed",), "open")


def _move(ids: list[UUID], states: Sequence[str], to: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE programs_entitlement SET state = %s, updated_at = %s
            WHERE id = ANY(%s) AND state = ANY(%s)
            """,
            [to, now(), ids, list(states)],
        )
        return int(cursor.rowcount)
