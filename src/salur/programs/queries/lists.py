"""Lists as clerks, approvers and auditors look at them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from salur.kernel.actor import Actor
from salur.programs.errors import UnknownList
from salur.programs.models import ListRow, NominativeList


def lists_visible_to(actor: Actor) -> QuerySet[NominativeList]:
    """Newest first. A list is of the whole country; its rows are narrowed to the actor's."""
    actor.require("programs.view_lists")
    return NominativeList.objects.select_related("tranche", "program", "order").order_by(
        "-received_at"
    )


def list_for(actor: Actor, list_id: UUID) -> NominativeList:
    """Raises UnknownList."""
    found = lists_visible_to(actor).select_related("mapping", "file").filter(id=list_id).first()
    if found is None:
        raise UnknownList
    return found


def rows_for(
    actor: Actor,
    nominative_list: NominativeList,
    *,
    verdict: str = "",
    change: str = "",
    reason: str = "",
    warning: str = "",
) -> QuerySet[ListRow]:
    """The list's rows within the actor's regions, in the order of the file. Rows whose village is
    not known are seen by those who see the whole country only."""
    rows = ListRow.objects.filter(nominative_list=nominative_list)
    if "" not in actor.regions:
        seen = Q(pk__in=[])
        for code in actor.regions:
            seen |= Q(village_code=code) | Q(village_code__startswith=code + ".")
        rows = rows.filter(seen)
    if verdict:
        rows = rows.filter(verdict=verdict)
    if change:
        rows = rows.filter(change=change)
    if reason:
        rows = rows.filter(reasons__contains=[reason])
    if warning:
        rows = rows.filter(warnings__contains=[warning])
    return rows.order_by("row_number")


@dataclass(frozen=True, slots=True)
class Difference:
    """One row of a later wave beside the row of the earlier one that it corrects or withdraws."""

    row_number: int
    change: str
    verdict: str
    name: str
    nik_last4: str
    village_code: str
    amount: int | None
    earlier_row_number: int | None
    earlier_wave: int | None
    earlier_name: str
    earlier_nik_last4: str
    earlier_village_code: str
    earlier_amount: int | None
    changed: list[str]


_DIFFERENCES = """
    SELECT r.row_number, r.change, r.verdict, r.name, r.nik_last4, r.village_code, r.amount,
        e.row_number, l.wave, coalesce(e.name, ''), coalesce(e.nik_last4, ''),
        coalesce(e.village_code, ''), e.amount,
        CASE WHEN e.id IS NULL OR r.withdrawn THEN '{}'::text[] ELSE array_remove(ARRAY[
            CASE WHEN r.nik_index IS DISTINCT FROM e.nik_index THEN 'nik' END,
            CASE WHEN r.card_index IS DISTINCT FROM e.card_index THEN 'family_card' END,
            CASE WHEN r.name <> e.name THEN 'name' END,
            CASE WHEN r.amount IS DISTINCT FROM e.amount THEN 'amount' END,
            CASE WHEN r.village_code <> e.village_code THEN 'village' END,
            CASE WHEN (r.address, r.rt, r.rw) <> (e.address, e.rt, e.rw) THEN 'address' END,
            CASE WHEN r.birth_date IS DISTINCT FROM e.birth_date THEN 'birth_date' END,
            CASE WHEN r.components <> e.components THEN 'component' END
        ], NULL) END
    FROM programs_list_row r
    LEFT JOIN programs_list_row e ON e.id = r.earlier_row_id
    LEFT JOIN programs_nominative_list l ON l.id = e.nominative_list_id
    WHERE r.nominative_list_id = %(list)s AND r.change = ANY(%(changes)s)
    ORDER BY r.row_number LIMIT %(most)s
"""


def differences_for(
    actor: Actor, nominative_list: NominativeList, *, most: int = 100_000
) -> list[Difference]:
    """Corrections and withdrawals against the earlier waves, in the order of the file."""
    actor.require("programs.view_lists")
    if "" not in actor.regions:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _DIFFERENCES,
            {"list": nominative_list.id, "changes": ["changed", "withdrawn"], "most": most},
        )
        return [Difference(*row) for row in cursor.fetchall()]


def earlier_rows_for(rows: list[ListRow]) -> dict[int, Any]:
    """Earlier row by id, for the rows of one page."""
    ids = [row.earlier_row_id for row in rows if row.earlier_row_id]
    return ListRow.objects.select_related("nominative_list").in_bulk(ids)
