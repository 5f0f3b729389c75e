"""What is owed, for the rooms above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from salur.programs.models import Entitlement, PendingChange


@dataclass(frozen=True, slots=True)
class ToPlan:
    """One open entitlement as a planner must know it."""

    id: UUID
    version: int
    program: str
    order_id: UUID
    household_id: UUID
    recipient_id: UUID
    village: str
    amount: int
    months: int
    components: list[dict[str, Any]]
    bank_code: str


def entitlements_to_plan_for_system(
    tranche_id: UUID,
    *,
    lists: Sequence[UUID] | None = None,
    village_prefix: str = "",
    after: UUID | None = None,
    most: int = 20_000,
) -> list[ToPlan]:
    """Open entitlements of a tranche, by id, at most ``most`` after the id ``after``.

    Planning in SQL reads the same rows by ``state = 'open'`` and the tranche's index.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id, version, program_id, order_id, household_id, recipient_id, village_id,
                amount, months, components, bank_code
            FROM programs_entitlement
            WHERE tranche_id = %(tranche)s AND state = 'open'
              AND (%(lists)s::uuid[] IS NULL OR nominative_list_id = ANY(%(lists)s))
              AND (%(village)s = '' OR village_id = %(village)s
                   OR village_id LIKE %(village)s || '.%%')
              AND (%(after)s::uuid IS NULL OR id > %(after)s)
            ORDER BY id LIMIT %(most)s
            """,
            {
                "tranche": tranche_id,
                "lists": list(lists) if lists is not None else None,
                "village": village_prefix,
                "after": after,
                "most": most,
            },
        )
        return [ToPlan(*row) for row in cursor.fetchall()]


def pending_changes_for_system(tranche_id: UUID) -> QuerySet[PendingChange]:
    """Corrections of claimed or settled entitlements that disbursement has not dealt with, oldest
    first."""
    return (
        PendingChange.objects.filter(
            entitlement__tranche=tranche_id, status=PendingChange.Status.PENDING
        )
        .select_related("entitlement", "nominative_list")
        .order_by("created_at", "id")
    )


def entitlement_of_row_for_system(list_id: UUID, row_number: int) -> Entitlement | None:
    return Entitlement.objects.filter(nominative_list=list_id, row_number=row_number).first()
