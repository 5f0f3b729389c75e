"""A different person decides over a checked list."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection, transaction

from salur.access.rules import check_different_person
from salur.audit.operations import record
from salur.kernel.actor import Actor
from salur.kernel.clock import now
from salur.kernel.money import format_rupiah
from salur.programs import words
from salur.programs.errors import (
    AbsentNotConfirmed,
    CountsDiffer,
    ListInWrongState,
    ListOutdated,
    NoteMissing,
    TooManyAbsent,
    TrancheClosed,
    UnknownList,
)
from salur.programs.models import NominativeList, Tranche
from salur.programs.queueing import queue_apply
from salur.programs.rules import MOST_ABSENT_PERCENT, absent_needs_note
from salur.programs.words import list_status


@transaction.atomic
def approve_nominative_list(
    list_id: UUID,
    *,
    rows: int,
    rupiah: int,
    by: Actor,
    absent_confirmed: bool = False,
    note: str = "",
) -> NominativeList:
    """Approves what the page showed: ``rows`` and ``rupiah`` payable.

    The worker then writes people, households and entitlements (``apply_approved_list``); until
    that is done the list is ``approving``.

    All or nothing. Raises Forbidden, SamePerson, ListInWrongState, CountsDiffer when the figures
    are not those of the list any more, ListOutdated when what it was compared with has changed,
    and for a full list AbsentNotConfirmed and TooManyAbsent.
    """
    by.require("programs.approve_list")
    nominative_list = _locked(list_id)
    _check_four_eyes(nominative_list, by)
    if nominative_list.status != NominativeList.Status.CHECKED:
        raise ListInWrongState(status=list_status(nominative_list.status))
    if nominative_list.tranche.closed_at:
        raise TrancheClosed
    counts = nominative_list.counts
    payable = counts["payable"]
    if (rows, rupiah) != (payable["rows"], payable["rupiah"]):
        raise CountsDiffer(rows=payable["rows"], rupiah=format_rupiah(payable["rupiah"]))
    if changed := _changed_since(nominative_list):
        raise ListOutdated(what=changed)
    _check_absent(counts.get("absent"), absent_confirmed, note)
    moment = now()
    NominativeList.objects.filter(id=list_id, status=NominativeList.Status.CHECKED).update(
        status=NominativeList.Status.APPROVING,
        decided_by=by.id,
        decided_at=moment,
        note=note,
        progress={"step": "waiting"},
    )
    record(
        "nominative_list.approved",
        f"list:{list_id}",
        {
            "payable": payable,
            "held": counts["held"],
            "taken_out": counts["taken_out"],
            "absent": counts.get("absent"),
            "changes": {key: counts[key] for key in ("new", "changed", "same", "withdrawn")},
            "rows_root": counts["rows_root"],
            "sha256": nominative_list.file_id,
            "received_by": nominative_list.received_by,
            "note": bool(note),
        },
        by=by,
    )
    queue_apply(list_id)
    nominative_list.refresh_from_db()
    return nominative_list


@transaction.atomic
def return_nominative_list(list_id: UUID, *, note: str, by: Actor) -> NominativeList:
    """Gives a checked list back to its sender with a note; none of it is paid, its rows stay to be
    looked at. By another person than the one who received it. Raises NoteMissing,
    ListInWrongState, SamePerson."""
    by.require("programs.approve_list")
    if not note.strip():
        raise NoteMissing
    nominative_list = _locked(list_id)
    _check_four_eyes(nominative_list, by)
    if nominative_list.status != NominativeList.Status.CHECKED:
        raise ListInWrongState(status=list_status(nominative_list.status))
    NominativeList.objects.filter(id=list_id).update(
        status=NominativeList.Status.RETURNED, decided_by=by.id, decided_at=now(), note=note.strip()
    )
    record(
        "nominative_list.returned",
        f"list:{list_id}",
        {"rows_root": nominative_list.counts["rows_root"]},
        by=by,
        personal={"note": note.strip()},
    )
    nominative_list.refresh_from_db()
    return nominative_list


def _locked(list_id: UUID) -> NominativeList:
    """The list, with its tranche and program held against another approval at the same time."""
    found = NominativeList.objects.filter(id=list_id).first()
    if found is None:
        raise UnknownList
    Tranche.objects.select_for_update(no_key=True).get(id=found.tranche_id)
    return (
        NominativeList.objects.select_related("tranche")
        .select_for_update(of=("self",))
        .get(id=list_id)
    )


def _check_four_eyes(nominative_list: NominativeList, by: Actor) -> None:
    """Who received the file or said what its columns mean does not decide over it."""
    did = [nominative_list.received_by]
    if nominative_list.mapping is not None:
        did.append(nominative_list.mapping.made_by)
    check_different_person(by, *did)


def _changed_since(nominative_list: NominativeList) -> str:
    """What the check relied on and is different now: "" or a short name of it."""
    others = NominativeList.objects.filter(
        tranche=nominative_list.tranche_id, program=nominative_list.program_id
    ).exclude(id=nominative_list.id)
    if others.filter(status=NominativeList.Status.APPROVING).exists():
        return str(words.OTHER_LIST_BEING_WRITTEN)
    if others.filter(
        status=NominativeList.Status.APPROVED, decided_at__gt=nominative_list.checked_at
    ).exists():
        return str(words.OTHER_LIST_APPROVED)
    with connection.cursor() as cursor:
        cursor.execute(_NOT_PAYABLE_ANY_MORE, {"list": nominative_list.id})
        count = cursor.fetchone()[0]
    return str(words.NOT_PAYABLE_ANY_MORE) % {"count": count} if count else ""


# The list's accepted rows whose recipient or card may not be paid any more.
_NOT_PAYABLE_ANY_MORE = """
    WITH accepted AS (
        SELECT nik_index, card_index FROM programs_list_row
        WHERE nominative_list_id = %(list)s AND verdict = 'accepted' AND NOT withdrawn
    ), refused AS (
        SELECT p.nik_index FROM registry_person p
        WHERE p.vital_status = 'deceased' OR p.ineligible_reason <> ''
        UNION ALL
        SELECT b.nik_index FROM programs_block_entry b
        JOIN programs_nominative_list l ON l.id = %(list)s
        WHERE b.lifted_at IS NULL AND (b.program_id IS NULL OR b.program_id = l.program_id)
    ), cards AS (
        SELECT b.card_index FROM programs_block_entry b
        JOIN programs_nominative_list l ON l.id = %(list)s
        WHERE b.lifted_at IS NULL AND (b.program_id IS NULL OR b.program_id = l.program_id)
    )
    SELECT count(*) FROM accepted a
    WHERE a.nik_index IN (SELECT nik_index FROM refused WHERE nik_index IS NOT NULL)
       OR a.card_index IN (SELECT card_index FROM cards WHERE card_index IS NOT NULL)
"""


def _check_absent(absent: dict[str, Any] | None, confirmed: bool, note: str) -> None:
    if not absent or not absent["rows"]:
        return
    if not confirmed:
        raise AbsentNotConfirmed(count=absent["rows"])
    if absent_needs_note(absent["rows"], absent["of"]) and not note.strip():
        raise TooManyAbsent(count=absent["rows"], percent=MOST_ABSENT_PERCENT)
