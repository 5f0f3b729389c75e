"""The journal of payments: appended with each change of state, numbered by the sequencer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection

from salur.kernel.batching import set_cursor
from salur.kernel.clock import now
from salur.kernel.sequencing import assign_positions


@dataclass(frozen=True, slots=True)
class Move:
    """One payment's new cell. ``amount`` is what moves; None means the payment's frozen amount."""

    kind: str
    payment_id: UUID
    status: str
    office_id: str
    channel: str
    business_date: date | None
    reason: str = ""
    amount: int | None = None
    event_id: UUID | None = None
    officer_id: UUID | None = None


def append_moves(moves: Sequence[Move]) -> None:
    """Appends to the journal, each payment at most once a call, in the caller's transaction.

    Where a payment comes from is read off its own last entry, so that cells can never drift from
    what was announced before. Callers hold the payments' row locks.
    """
    if not moves:
        return
    with set_cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO disbursement_journal (kind, payment_id, visit_id, tranche_id, program_id,
                order_id, village_id, amount, families, from_status, from_office_id, from_channel,
                from_date, from_reason, to_status, to_office_id, to_channel, to_date, to_reason,
                event_id, officer_id, at)
            SELECT m.kind, p.id, p.visit_id, v.tranche_id, p.program_id, p.order_id, v.village_id,
                coalesce(m.amount, p.amount), p.lead::int, last.to_status, last.to_office_id,
                last.to_channel, last.to_date, coalesce(last.to_reason, ''), m.status,
                m.office_id, m.channel, m.business_date, m.reason, m.event_id, m.officer_id, %s
            FROM unnest(%s::text[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::date[],
                        %s::text[], %s::bigint[], %s::uuid[], %s::uuid[])
                 WITH ORDINALITY AS m(kind, payment_id, status, office_id, channel, business_date,
                                      reason, amount, event_id, officer_id, place)
            JOIN disbursement_payment p ON p.id = m.payment_id
            JOIN disbursement_visit v ON v.id = p.visit_id
            LEFT JOIN LATERAL (
                SELECT to_status, to_office_id, to_channel, to_date, to_reason
                FROM disbursement_journal j WHERE j.payment_id = p.id ORDER BY j.id DESC LIMIT 1
            ) last ON true
            ORDER BY m.place
            """,
            [
                now(),
                [move.kind for move in moves],
                [move.payment_id for move in moves],
                [move.status for move in moves],
                [move.office_id for move in moves],
                [move.channel for move in moves],
                [move.business_date for move in moves],
                [move.reason for move in moves],
                [move.amount for move in moves],
                [move.event_id for move in moves],
                [move.officer_id for move in moves],
            ],
        )


def append_notes(notes: Sequence[tuple[str, UUID, int, UUID, UUID]]) -> None:
    """Appends what changes no cell: (kind, payment, amount, event, officer), such as ``second``.

    The entry names the payment's present cell as both origin and destination.
    """
    if not notes:
        return
    with set_cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO disbursement_journal (kind, payment_id, visit_id, tranche_id, program_id,
                order_id, village_id, amount, families, from_status, from_office_id, from_channel,
                from_date, from_reason, to_status, to_office_id, to_channel, to_date, to_reason,
                event_id, officer_id, at)
            SELECT n.kind, p.id, p.visit_id, v.tranche_id, p.program_id, p.order_id, v.village_id,
                n.amount, 0, last.to_status, last.to_office_id, last.to_channel, last.to_date,
                last.to_reason, last.to_status, last.to_office_id, last.to_channel, last.to_date,
                last.to_reason, n.event_id, n.officer_id, %s
            FROM unnest(%s::text[], %s::uuid[], %s::bigint[], %s::uuid[], %s::uuid[])
                 AS n(kind, payment_id, amount, event_id, officer_id)
            JOIN disbursement_payment p ON p.id = n.payment_id
            JOIN disbursement_visit v ON v.id = p.visit_id
            JOIN LATERAL (
                SELECT to_status, to_office_id, to_channel, to_date, to_reason
                FROM disbursement_journal j WHERE j.payment_id = p.id ORDER BY j.id DESC LIMIT 1
            ) last ON true
            """,
            [now(), *map(list, zip(*notes, strict=True))],
        )


def append_splits(parts: Sequence[tuple[UUID, UUID]]) -> None:
    """Appends the birth of second parts: (new part, the short payment that it was cut from).

    The rest's rupiah stand in the short payment's cell already, so only the count moves in; call
    it before the short payment leaves that cell.
    """
    if not parts:
        return
    with set_cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO disbursement_journal (kind, payment_id, visit_id, tranche_id, program_id,
                order_id, village_id, amount, families, from_reason, to_status, to_office_id,
                to_channel, to_date, to_reason, at)
            SELECT 'split', p.id, p.visit_id, v.tranche_id, p.program_id, p.order_id, v.village_id,
                0, 0, '', last.to_status, last.to_office_id, last.to_channel, last.to_date,
                last.to_reason, %s
            FROM unnest(%s::uuid[], %s::uuid[]) AS n(part_id, short_id)
            JOIN disbursement_payment p ON p.id = n.part_id
            JOIN disbursement_visit v ON v.id = p.visit_id
            JOIN LATERAL (
                SELECT to_status, to_office_id, to_channel, to_date, to_reason
                FROM disbursement_journal j WHERE j.payment_id = n.short_id
                ORDER BY j.id DESC LIMIT 1
            ) last ON true
            """,
            [now(), [part for part, _ in parts], [short for _, short in parts]],
        )


NOTE_KINDS = ("second", "excess", "not_payable", "no_money_rights")
"""Journal kinds that move nothing between cells."""


def last_position() -> int:
    """The journal's highest position; 0 while it has none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(position), 0) FROM disbursement_journal")
        return int(cursor.fetchone()[0])


def sequence_journal() -> int:
    """Gives settled entries their positions; how many. Run again and again by the worker."""
    return assign_positions("disbursement_journal")
