"""A received list is judged: every row accepted or held with its reasons, the difference to the
earlier waves counted. Households and people are written by approval only.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import translation

from salur.audit.operations import record
from salur.intake.queries import read_whole_file_for_system
from salur.kernel.actor import SYSTEM, Actor
from salur.kernel.clock import business_date, now
from salur.kernel.money import format_rupiah
from salur.programs.errors import BrokenFile, ListInWrongState, UnknownList
from salur.programs.importing import (
    Proposal,
    Table,
    TypedRows,
    column_letter,
    propose,
    read_table,
    typed_rows,
)
from salur.programs.models import ListRow, NominativeList
from salur.programs.operations.checking.counting import count_rows, refuse_beyond_order
from salur.programs.operations.checking.judging import judge_rows
from salur.programs.operations.checking.matching import match_rows
from salur.programs.operations.checking.staging import write_rows
from salur.programs.operations.progress import one_at_a_time, show_progress
from salur.programs.queries.mappings import remembered_mapping_for_system
from salur.programs.words import list_status

CAPITAL_ZONE = "Asia/Jakarta"
_CHECKABLE = (NominativeList.Status.RECEIVED, NominativeList.Status.CHECKING)


def check_nominative_list(list_id: UUID, *, by: Actor = SYSTEM) -> NominativeList:
    """Reads, judges and stages a received list; the list as it stands afterwards.

    Idempotent: run again after a crash it starts over; run beside another run it waits for that
    one; a list that does not wait for its check is answered as it stands. A file that cannot be
    read, whose totals are not those of its covering letter, or that asks for more than its order
    holds becomes ``refused`` with the problem in ``refusal``, and none of its rows stay. Commits
    in steps, so it is not called inside a transaction that must be all or nothing.
    """
    with one_at_a_time(list_id):
        nominative_list = _claim(list_id)
        if nominative_list.status != NominativeList.Status.CHECKING:
            return nominative_list
        return _check(nominative_list, by)


def _check(nominative_list: NominativeList, by: Actor) -> NominativeList:
    list_id = nominative_list.id
    try:
        table, proposal, rows = _read(nominative_list)
        _compare_totals(nominative_list, table, proposal, rows)
        show_progress(list_id, "judging", rows.rows)
        judged = judge_rows(nominative_list, rows, set(proposal.columns))
        show_progress(list_id, "matching", rows.rows)
        matched = match_rows(nominative_list, judged)
        counts = count_rows(nominative_list, rows, matched)
        refuse_beyond_order(nominative_list, counts)
        counts["mapping"] = {**proposal.as_json(), "letters": _letters(table, proposal)}
        counts["rows_root"] = write_rows(nominative_list, matched)
        return _finish(nominative_list, counts, by)
    except BrokenFile as problem:
        return _refuse(nominative_list, problem, by)
    except Exception:
        if not connection.in_atomic_block:
            show_progress(list_id, "failed")
        raise


def _claim(list_id: UUID) -> NominativeList:
    """The list, ``checking`` if it waits for its check, else as it stands."""
    NominativeList.objects.filter(id=list_id, status__in=_CHECKABLE).update(
        status=NominativeList.Status.CHECKING, progress={"step": "reading"}
    )
    found = (
        NominativeList.objects.select_related("tranche", "program", "order", "mapping")
        .filter(id=list_id)
        .first()
    )
    if found is None:
        raise UnknownList
    return found


def _read(nominative_list: NominativeList) -> tuple[Table, Proposal, TypedRows]:
    data = read_whole_file_for_system(nominative_list.file_id)
    table = read_table(data, nominative_list.file_name)
    proposal = propose(table)
    mapping = nominative_list.mapping or remembered_mapping_for_system(
        nominative_list.sender, proposal.header_hash
    )
    if mapping:
        proposal = proposal.mended(mapping.columns)
        NominativeList.objects.filter(id=nominative_list.id).update(mapping=mapping)
    return table, proposal, typed_rows(table, proposal, business_date(now(), CAPITAL_ZONE))


def _compare_totals(
    nominative_list: NominativeList, table: Table, proposal: Proposal, rows: TypedRows
) -> None:
    """The control totals belong to the file: what came is what was sent, or nothing is taken."""
    declared = (nominative_list.control_rows, nominative_list.control_rupiah)
    if (rows.rows, rows.rupiah) != declared:
        unreadable = rows.first_without_amount
        raise BrokenFile(
            "totals_differ",
            file=nominative_list.file_name,
            rows=rows.rows,
            rows_expected=nominative_list.control_rows,
            rupiah=format_rupiah(rows.rupiah),
            rupiah_expected=format_rupiah(nominative_list.control_rupiah),
            column=table.letter(proposal.columns["amount"]),
            row=unreadable or proposal.first_data_row,
        )


def _letters(table: Table, proposal: Proposal) -> dict[str, str]:
    """Where each column stands, as a spreadsheet names it: for the error report."""
    return {key: column_letter(table.first_column + at) for key, at in proposal.columns.items()}


def _finish(nominative_list: NominativeList, counts: dict[str, Any], by: Actor) -> NominativeList:
    moment = now()
    with transaction.atomic():
        done = NominativeList.objects.filter(
            id=nominative_list.id, status=NominativeList.Status.CHECKING
        ).update(
            status=NominativeList.Status.CHECKED,
            counts=counts,
            refusal=None,
            checked_at=moment,
            progress={"step": "done"},
        )
        if not done:
            raise ListInWrongState(status=list_status(nominative_list.status))
        record(
            "nominative_list.checked",
            f"list:{nominative_list.id}",
            {key: value for key, value in counts.items() if key not in ("mapping", "footers")},
            by=by,
        )
    nominative_list.refresh_from_db()
    return nominative_list


def _refuse(nominative_list: NominativeList, problem: BrokenFile, by: Actor) -> NominativeList:
    messages = {}
    for language in ("id", "en"):
        with translation.override(language):
            messages[language] = str(problem)
    details = {
        key: value if isinstance(value, int) else str(value)
        for key, value in problem.details.items()
    }
    with transaction.atomic():
        ListRow.objects.filter(nominative_list=nominative_list).delete()
        NominativeList.objects.filter(id=nominative_list.id).update(
            status=NominativeList.Status.REFUSED,
            refusal={"code": problem.code, "messages": messages, "details": details},
            counts={},
            progress={"step": "done"},
        )
        record(
            "nominative_list.refused",
            f"list:{nominative_list.id}",
            {"code": problem.code},
            by=by,
        )
    nominative_list.refresh_from_db()
    return nominative_list
