"""Beginnings without an end leave a visit in doubt, in whichever order the two arrive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from salur.disbursement.operations.handovers.standing import lock_visits
from salur.kernel.actor import Actor
from salur.kernel.batching import set_cursor
from salur.kernel.clock import now


def refresh_visits(visit_ids: set[UUID]) -> None:
    """A visit is paid when none of its payments waits any more, and not in doubt when no begun
    hand-over of it is open."""
    with set_cursor() as cursor:
        cursor.execute(
            """
            UPDATE disbursement_visit v
            SET status = n.status, in_doubt = n.in_doubt, updated_at = %s
            FROM (
                SELECT v.id, CASE WHEN NOT s.any_paid THEN v.status
                                  WHEN s.any_open THEN 'partly' ELSE 'paid' END AS status,
                    EXISTS (SELECT 1 FROM disbursement_begun_hand_over b
                        WHERE b.visit_id = v.id AND b.ended_by IS NULL) AS in_doubt
                FROM disbursement_visit v
                JOIN (SELECT visit_id, bool_or(status = 'paid') AS any_paid,
                             bool_or(status IN ('planned', 'instructed')) AS any_open
                      FROM disbursement_payment WHERE visit_id = ANY(%s) GROUP BY visit_id) s
                  ON s.visit_id = v.id
                WHERE v.status <> 'cancelled'
            ) n
            WHERE v.id = n.id AND (v.status <> n.status OR v.in_doubt <> n.in_doubt)
            """,
            [now(), list(visit_ids)],
        )


def end_beginnings(ended: dict[UUID, Any]) -> None:
    """Marks begun hand-overs as ended by these facts, whether or not their beginning arrived."""
    if not ended:
        return
    with set_cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO disbursement_begun_hand_over (id, visit_id, ended_by)
            SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[]) ORDER BY 1
            ON CONFLICT (id) DO UPDATE SET ended_by = EXCLUDED.ended_by
            """,
            [
                list(ended),
                [fact.visit_id or UUID(int=0) for fact in ended.values()],
                [fact.event_id for fact in ended.values()],
            ],
        )


@transaction.atomic
def record_beginnings(begun: Sequence[tuple[UUID, UUID, Any]], *, by: Actor) -> None:
    """(event, visit, moment): notes are about to leave the bag; without an end, in doubt."""
    if not begun:
        return
    visits = lock_visits({visit_id for _, visit_id, _ in begun})
    with set_cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO disbursement_begun_hand_over (id, visit_id, begun_at)
            SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::timestamptz[]) ORDER BY 1
            ON CONFLICT (id) DO UPDATE SET begun_at = EXCLUDED.begun_at
            """,
            [list(column) for column in zip(*begun, strict=True)],
        )
    refresh_visits(visits)


@dataclass(frozen=True, slots=True)
class CancelledHandOver:
    """The notes went back into the bag: event, the beginning that it ends, visit."""

    event_id: UUID
    begun_id: UUID
    visit_id: UUID | None


@transaction.atomic
def record_cancellations(cancelled: Sequence[CancelledHandOver], *, by: Actor) -> None:
    """Ends beginnings without a payment. Idempotent."""
    end_beginnings({item.begun_id: item for item in cancelled})
    refresh_visits(lock_visits({item.visit_id for item in cancelled if item.visit_id}))
