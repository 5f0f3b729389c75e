"""What was approved is written: families, entitlements, corrections, withdrawals. In steps that
commit, each of them done again without effect.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection, transaction
from psycopg import sql

from salur.audit.operations import record
from salur.kernel.actor import SYSTEM, Actor
from salur.kernel.batching import copy_rows
from salur.kernel.canonical import root_of
from salur.kernel.clock import now
from salur.kernel.ids import new_ids
from salur.programs.errors import ListInWrongState, UnknownList
from salur.programs.models import NominativeList
from salur.programs.operations.progress import one_at_a_time, show_progress
from salur.programs.words import list_status
from salur.registry.operations import FAMILY_COLUMNS, write_families

#: Rows of the list per transaction; a few seconds each.
ROWS_PER_COMMIT = 25_000


def apply_approved_list(list_id: UUID, *, by: Actor = SYSTEM) -> NominativeList:
    """Writes an approved list; the list as it stands afterwards.

    Idempotent: run again after a crash it goes on, run beside another run it waits for that one,
    and an approved list stays as it is. An open
    entitlement is corrected or withdrawn in place with a new version; a claimed or settled one gets
    a pending change that disbursement deals with. Held rows write nothing: their money stays in
    the order's fund.
    """
    with one_at_a_time(list_id):
        nominative_list = NominativeList.objects.filter(id=list_id).first()
        if nominative_list is None:
            raise UnknownList
        if nominative_list.status == NominativeList.Status.APPROVED:
            return nominative_list
        if nominative_list.status != NominativeList.Status.APPROVING:
            raise ListInWrongState(status=list_status(nominative_list.status))
        for first, last, done in _steps(list_id):
            with transaction.atomic():
                _apply_rows(nominative_list, first, last, by)
            show_progress(list_id, "writing", nominative_list.counts["rows"], done)
        return _finish(nominative_list, by)


def _steps(list_id: UUID) -> list[tuple[int, int, int]]:
    """(first, last) row number of each step, and how many rows are done after it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT min(row_number), max(row_number), count(*) FROM (
                SELECT row_number, (row_number() OVER (ORDER BY row_number) - 1) / %s AS step
                FROM programs_list_row WHERE nominative_list_id = %s
            ) numbered GROUP BY step ORDER BY step
            """,
            [ROWS_PER_COMMIT, list_id],
        )
        steps, done = [], 0
        for first, last, count in cursor.fetchall():
            done += count
            steps.append((first, last, done))
        return steps


def _apply_rows(nominative_list: NominativeList, first: int, last: int, by: Actor) -> None:
    values: dict[str, Any] = {
        "list": nominative_list.id,
        "tranche": nominative_list.tranche_id,
        "program": nominative_list.program_id,
        "order": nominative_list.order_id,
        "first": first,
        "last": last,
        "now": now(),
    }
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS programs_applying")
        cursor.execute(_APPLYING, values)
        cursor.execute("ANALYZE programs_applying (card_index, nik_index, earlier_id)")
        # Entitlements are locked before anything else, as everywhere in the house.
        cursor.execute(_LOCK_EARLIER)
        write_families(
            sql.SQL("SELECT {} FROM programs_applying WHERE NOT withdrawn").format(
                sql.SQL(", ").join(map(sql.Identifier, FAMILY_COLUMNS))
            ),
            {},
            source=f"list:{nominative_list.id}",
            proposed_by=nominative_list.received_by,
            by=_decider(nominative_list, by),
        )
        cursor.execute(_NEW_ENTITLEMENTS, values)
        cursor.execute(_CORRECT_OPEN, values)
        cursor.execute(_WITHDRAW_OPEN, values)
        cursor.execute(_TAKEN, values)
        _leave_changes(nominative_list, cursor.fetchall())
        cursor.execute("DROP TABLE programs_applying")


def _decider(nominative_list: NominativeList, by: Actor) -> Actor:
    """Changes of the registry name the person who approved the list, not the worker."""
    return Actor(id=nominative_list.decided_by, kind="user") if nominative_list.decided_by else by


# Accepted rows that change something, with the entitlement they meet as it stands now.
_APPLYING = """
    CREATE TEMP TABLE programs_applying ON COMMIT DROP AS
    SELECT r.*, e.id AS earlier_id, e.state AS earlier_state,
        e.nominative_list_id = %(list)s AS applied
    FROM programs_list_row r
    LEFT JOIN programs_entitlement e ON e.id = r.entitlement_id
    WHERE r.nominative_list_id = %(list)s AND r.row_number BETWEEN %(first)s AND %(last)s
      AND r.verdict = 'accepted' AND r.change <> 'same'
"""

_LOCK_EARLIER = """
    SELECT e.id FROM programs_entitlement e
    JOIN programs_applying a ON a.earlier_id = e.id
    ORDER BY e.id FOR NO KEY UPDATE OF e
"""

_NEW_ENTITLEMENTS = """
    INSERT INTO programs_entitlement (id, tranche_id, program_id, order_id, household_id,
        recipient_id, village_id, amount, months, components, bank_code, account_sealed, state,
        version, nominative_list_id, row_number, sender_key, content_hash, created_at, updated_at)
    SELECT a.entitlement_id, %(tranche)s, %(program)s, %(order)s, h.id, p.id, a.village_code,
        a.amount, a.months, a.components, a.bank_code, a.account_sealed, 'open', 1, %(list)s,
        a.row_number, a.sender_key, a.content_hash, %(now)s, %(now)s
    FROM programs_applying a
    JOIN registry_household h ON h.card_index = a.card_index
    JOIN registry_person p ON p.nik_index = a.nik_index
    WHERE a.earlier_id IS NULL AND NOT a.withdrawn
    ORDER BY a.entitlement_id
"""

_CORRECT_OPEN = """
    UPDATE programs_entitlement e SET
        order_id = %(order)s, household_id = h.id, recipient_id = p.id,
        village_id = a.village_code, amount = a.amount, months = a.months,
        components = a.components, bank_code = a.bank_code, account_sealed = a.account_sealed,
        state = 'open', version = e.version + 1, nominative_list_id = %(list)s,
        row_number = a.row_number,
        sender_key = CASE WHEN a.sender_key = '' THEN e.sender_key ELSE a.sender_key END,
        content_hash = a.content_hash, updated_at = %(now)s
    FROM programs_applying a
    JOIN registry_household h ON h.card_index = a.card_index
    JOIN registry_person p ON p.nik_index = a.nik_index
    WHERE e.id = a.earlier_id AND NOT a.withdrawn AND NOT a.applied
      AND e.state IN ('open', 'withdrawn')
"""

_WITHDRAW_OPEN = """
    UPDATE programs_entitlement e SET
        state = 'withdrawn', version = e.version + 1, nominative_list_id = %(list)s,
        row_number = a.row_number, updated_at = %(now)s
    FROM programs_applying a
    WHERE e.id = a.earlier_id AND a.withdrawn AND e.state = 'open'
"""

_TAKEN = """
    SELECT a.earlier_id, a.row_number, a.withdrawn FROM programs_applying a
    JOIN programs_entitlement e ON e.id = a.earlier_id
    WHERE e.state IN ('claimed', 'settled')
      AND e.nominative_list_id <> %(list)s
      AND NOT EXISTS (SELECT 1 FROM programs_pending_change c
          WHERE c.entitlement_id = e.id AND c.nominative_list_id = %(list)s)
    ORDER BY a.earlier_id
"""


def _leave_changes(nominative_list: NominativeList, taken: list[tuple[UUID, int, bool]]) -> None:
    """News for disbursement: what it has planned or paid is different now."""
    moment = now()
    copy_rows(
        "programs_pending_change",
        (
            "id",
            "entitlement_id",
            "nominative_list_id",
            "row_number",
            "kind",
            "status",
            "created_at",
        ),
        [
            (
                change_id,
                entitlement,
                nominative_list.id,
                row_number,
                "withdrawal" if withdrawn else "correction",
                "pending",
                moment,
            )
            for change_id, (entitlement, row_number, withdrawn) in zip(
                new_ids(len(taken)), taken, strict=True
            )
        ],
    )


@transaction.atomic
def _finish(nominative_list: NominativeList, by: Actor) -> NominativeList:
    list_id = nominative_list.id
    with connection.cursor() as cursor:
        absent = _withdraw_absent(cursor, nominative_list)
        cursor.execute(
            """
            SELECT content_hash FROM programs_list_row
            WHERE nominative_list_id = %s ORDER BY row_number
            """,
            [list_id],
        )
        root = root_of([bytes(row[0]) for row in cursor.fetchall()]).hex()
        cursor.execute(
            """
            SELECT count(*), coalesce(sum(amount), 0)::bigint FROM programs_entitlement
            WHERE nominative_list_id = %s AND state <> 'withdrawn'
            """,
            [list_id],
        )
        written, rupiah = cursor.fetchone()
        cursor.execute(
            "SELECT kind, count(*) FROM programs_pending_change"
            " WHERE nominative_list_id = %s GROUP BY kind",
            [list_id],
        )
        pending = dict(cursor.fetchall())
    done = NominativeList.objects.filter(id=list_id, status=NominativeList.Status.APPROVING).update(
        status=NominativeList.Status.APPROVED, progress={"step": "done"}
    )
    if not done:
        raise ListInWrongState(status=list_status(nominative_list.status))
    record(
        "nominative_list.applied",
        f"list:{list_id}",
        {
            "entitlements": written,
            "rupiah": rupiah,
            "pending_changes": pending,
            "absent_withdrawn": absent,
            "rows_root": root,
            "rows_root_as_checked": root == nominative_list.counts["rows_root"],
        },
        by=by,
    )
    nominative_list.refresh_from_db()
    return nominative_list


def _withdraw_absent(cursor: Any, nominative_list: NominativeList) -> dict[str, int] | None:
    """A full list withdraws whom it does not name, held rows named; row number 0 says "by absence".

    What is claimed or settled becomes a pending change, as with a row that withdraws.
    """
    if nominative_list.kind != NominativeList.Kind.FULL:
        return None
    values = {
        "list": nominative_list.id,
        "tranche": nominative_list.tranche_id,
        "program": nominative_list.program_id,
        "now": now(),
    }
    cursor.execute(_ABSENT, values)
    absent = cursor.fetchall()
    cursor.execute(_WITHDRAW_ABSENT, {**values, "ids": [row[0] for row in absent]})
    withdrawn = cursor.rowcount
    taken = [(row[0], 0, True) for row in absent if row[1] in ("claimed", "settled")]
    _leave_changes(nominative_list, taken)
    return {"withdrawn": withdrawn, "pending": len(taken)}


_ABSENT = """
    SELECT e.id, e.state FROM programs_entitlement e
    WHERE e.tranche_id = %(tranche)s AND e.program_id = %(program)s AND e.state <> 'withdrawn'
      AND e.nominative_list_id <> %(list)s
      AND NOT EXISTS (SELECT 1 FROM programs_list_row r
          WHERE r.nominative_list_id = %(list)s AND r.entitlement_id = e.id)
    ORDER BY e.id FOR NO KEY UPDATE OF e
"""

_WITHDRAW_ABSENT = """
    UPDATE programs_entitlement e SET state = 'withdrawn', version = e.version + 1,
        nominative_list_id = %(list)s, row_number = 0, updated_at = %(now)s
    WHERE e.id = ANY(%(ids)s) AND e.state = 'open'
"""
