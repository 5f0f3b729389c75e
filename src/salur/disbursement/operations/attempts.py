"""Families that could not be paid this time, and the second person who makes it final.

Order of locks as in ``handovers``: entitlements, visits, payments, each by id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from salur.access.rules import check_different_person
from salur.audit.operations import record_many
from salur.audit.rules import NewEntry
from salur.disbursement.errors import AlreadyDecided, AttemptUnknown
from salur.disbursement.models import Attempt, Payment
from salur.disbursement.operations.journal import Move, append_moves
from salur.disbursement.rules.attempts import REASONS, is_final
from salur.disbursement.rules.handovers import date_fact
from salur.kernel.actor import Actor
from salur.kernel.batching import copy_rows
from salur.kernel.clock import now
from salur.programs.operations import lock_entitlements, settle_entitlements


@dataclass(frozen=True, slots=True)
class FailedAttempt:
    """An attempt as its event (or a clerk) tells it."""

    event_id: UUID
    visit_id: UUID
    code: str
    note: str
    recorded_by: str
    officer_id: UUID | None
    office_code: str
    zone: str
    device_time: datetime | None
    server_time: datetime | None
    received_at: datetime


@transaction.atomic
def record_attempts(attempts: Sequence[FailedAttempt], *, by: Actor) -> dict[UUID, str]:
    """Keeps coded attempts; answers for each event ``recorded``, or why it changed nothing.

    Idempotent by event. Temporary codes leave the payments planned, under the new reason. Final
    codes wait for a second person. An attempt at a visit that is paid is kept and changes nothing.
    """
    unique = {attempt.event_id: attempt for attempt in attempts}
    known = set(Attempt.objects.filter(id__in=list(unique)).values_list("id", flat=True))
    fresh = [a for event_id, a in unique.items() if event_id not in known]
    visits = _lock_visits({attempt.visit_id for attempt in fresh})
    outcomes: dict[UUID, str] = dict.fromkeys(known, "known")
    kept = []
    for attempt in fresh:
        if attempt.visit_id not in visits:
            outcomes[attempt.event_id] = "unknown_visit"
        elif attempt.code not in REASONS:
            outcomes[attempt.event_id] = "unknown_code"
        else:
            paid = visits[attempt.visit_id][0] != "planned"
            outcomes[attempt.event_id] = "visit_not_open" if paid else "recorded"
            kept.append(attempt)
    _keep(kept)
    _mark([a for a in kept if outcomes[a.event_id] == "recorded"], visits)
    record_many(
        [
            NewEntry(
                "attempt.recorded",
                f"visit:{attempt.visit_id}",
                {"attempt": str(attempt.event_id), "code": attempt.code},
                actor=attempt.recorded_by,
            )
            for attempt in kept
        ],
        by=by,
    )
    return outcomes


def _lock_visits(visit_ids: set[UUID]) -> dict[UUID, tuple[str, str, str]]:
    """(status, office, channel) of these visits, locked."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id, status, office_id, channel FROM disbursement_visit
            WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
            """,
            [list(visit_ids)],
        )
        return {row[0]: row[1:] for row in cursor.fetchall()}


def _keep(attempts: Sequence[FailedAttempt]) -> None:
    rows = []
    for attempt in attempts:
        dated = date_fact(
            device_time=attempt.device_time,
            server_time=attempt.server_time,
            received_at=attempt.received_at,
            zone=attempt.zone,
        )
        final = is_final(attempt.code)
        decision = Attempt.Decision.WAITING if final else Attempt.Decision.NOT_NEEDED
        rows.append(
            (
                attempt.event_id,
                attempt.visit_id,
                attempt.code,
                final,
                attempt.note,
                attempt.recorded_by,
                attempt.officer_id,
                attempt.office_code,
                dated.moment,
                dated.business_date,
                decision.value,
                "",
            )
        )
    copy_rows(
        "disbursement_attempt",
        (
            "id",
            "visit_id",
            "code",
            "final",
            "note",
            "recorded_by",
            "officer_id",
            "office_id",
            "attempted_at",
            "business_date",
            "decision",
            "decided_by",
        ),
        rows,
    )


def _mark(attempts: Sequence[FailedAttempt], visits: dict[UUID, tuple[str, str, str]]) -> None:
    """The last attempt in a batch names the visit's reason; each counts."""
    if not attempts:
        return
    last = {attempt.visit_id: attempt for attempt in attempts}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE disbursement_visit v
            SET attempts = v.attempts + n.count, last_attempt_code = n.code, updated_at = %s
            FROM unnest(%s::uuid[], %s::text[], %s::int[]) AS n(id, code, count) WHERE v.id = n.id
            """,
            [
                now(),
                list(last),
                [attempt.code for attempt in last.values()],
                [sum(a.visit_id == visit_id for a in attempts) for visit_id in last],
            ],
        )
        cursor.execute(
            """
            SELECT p.id, p.visit_id, s.business_date FROM disbursement_payment p
            JOIN disbursement_visit v ON v.id = p.visit_id
            LEFT JOIN disbursement_pay_session s ON s.id = v.session_id
            WHERE p.visit_id = ANY(%s) AND p.status = 'planned' ORDER BY p.id FOR NO KEY UPDATE OF p
            """,
            [list(last)],
        )
        payments = cursor.fetchall()
    append_moves(
        [
            Move(
                "attempted",
                payment_id,
                "planned",
                visits[visit_id][1],
                visits[visit_id][2],
                planned_on,
                reason=last[visit_id].code,
                event_id=last[visit_id].event_id,
                officer_id=last[visit_id].officer_id,
            )
            for payment_id, visit_id, planned_on in payments
        ]
    )


@transaction.atomic
def decide_attempts(attempt_ids: Sequence[UUID], *, approve: bool, by: Actor) -> int:
    """A second person makes final codes final, or sends the families back to be paid.

    Answers how many payments failed by it. Raises Forbidden, AttemptUnknown, AlreadyDecided,
    SamePerson: the whole set is refused when one of it cannot be decided by this person.
    """
    by.require("disbursement.approve_final")
    rows = list(
        Attempt.objects.select_for_update(of=("self",))
        .select_related("office", "visit")
        .filter(id__in=attempt_ids)
        .order_by("id")
    )
    if len(rows) != len(set(attempt_ids)):
        raise AttemptUnknown(asked=len(set(attempt_ids)), found=len(rows))
    officer = f"user:{by.id}"
    for row in rows:
        if not by.sees_office(row.office.path):
            raise AttemptUnknown(asked=len(rows), found=0)
        if row.decision != Attempt.Decision.WAITING:
            raise AlreadyDecided
        check_different_person(by, row.recorded_by, str(row.officer_id or ""))
    decision = Attempt.Decision.APPROVED if approve else Attempt.Decision.REJECTED
    Attempt.objects.filter(id__in=attempt_ids).update(
        decision=decision, decided_by=officer, decided_at=now()
    )
    failed = _fail_payments(rows) if approve else []
    settle_entitlements([entitlement for entitlement, _ in failed], by=by)
    record_many(
        [
            NewEntry(
                f"attempt.{decision.value}",
                f"visit:{row.visit_id}",
                {"attempt": str(row.id), "code": row.code},
            )
            for row in rows
        ],
        by=by,
    )
    return len(failed)


def _fail_payments(attempts: Sequence[Attempt]) -> list[tuple[UUID, UUID]]:
    """Planned payments of these visits fail; visits that were paid meanwhile stay paid."""
    reasons = {attempt.visit_id: attempt for attempt in attempts}
    entitlements = Payment.objects.filter(visit_id__in=reasons, status=Payment.Status.PLANNED)
    lock_entitlements(list(entitlements.values_list("entitlement_id", flat=True)))
    visits = _lock_visits(set(reasons))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH open AS (SELECT id FROM disbursement_payment WHERE visit_id = ANY(%s)
                          AND status = 'planned' ORDER BY id FOR NO KEY UPDATE)
            UPDATE disbursement_payment p
            SET status = 'failed', failed_code = n.code, updated_at = %s
            FROM unnest(%s::uuid[], %s::text[]) AS n(visit_id, code), open
            WHERE p.id = open.id AND p.visit_id = n.visit_id
            RETURNING p.entitlement_id, p.id, p.visit_id
            """,
            [
                list(reasons),
                now(),
                list(reasons),
                [attempt.code for attempt in reasons.values()],
            ],
        )
        failed = cursor.fetchall()
        cursor.execute(
            """
            UPDATE disbursement_visit SET status = 'failed', updated_at = %s
            WHERE id = ANY(%s) AND status = 'planned'
            """,
            [now(), list({visit_id for *_, visit_id in failed})],
        )
    append_moves(
        [
            Move(
                "failed",
                payment_id,
                "failed",
                visits[visit_id][1],
                visits[visit_id][2],
                reasons[visit_id].business_date,
                reason=reasons[visit_id].code,
                event_id=reasons[visit_id].id,
            )
            for _, payment_id, visit_id in failed
        ]
    )
    return [(entitlement, payment) for entitlement, payment, _ in failed]
