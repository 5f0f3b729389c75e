"""Cases: opened by the journal or by a person, with a ticket and a day by which to settle them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from salur.audit.operations import record, record_many
from salur.audit.rules import NewEntry
from salur.casework.errors import CaseSettled, CaseUnknown, NothingWritten
from salur.casework.models import Case, FollowedPosition
from salur.casework.rules import CASE_DAYS, ticket_of
from salur.disbursement.models import Visit
from salur.kernel.actor import SYSTEM, Actor, within
from salur.kernel.clock import now
from salur.kernel.ids import new_id, new_ids
from salur.places.models import Region

FOLLOWER = "case_opener"
BATCH = 5_000
KINDS = {
    "second": "second_hand_over",
    "excess": "excess",
    "not_payable": "not_payable",
    "no_money_rights": "no_money_rights",
    "proxy_streak": "proxy_streak",
}
"""Kinds of the journal that open a case > the kind of the case."""


def _next_tickets(count: int) -> list[str]:
    """Consecutive tickets of the year, under a lock until the transaction ends."""
    year = now().year
    prefix = ticket_of(0, year)[:4]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('casework tickets', 0))")
        cursor.execute(
            "SELECT coalesce(max(substr(ticket, 5)::int), 0) FROM casework_case"
            " WHERE ticket LIKE %s",
            [prefix + "%"],
        )
        last = int(cursor.fetchone()[0])
    return [ticket_of(last + number, year) for number in range(1, count + 1)]


@transaction.atomic
def follow_journal() -> int:
    """Opens a case for each odd hand-over in the next stretch of the journal; rows read.

    Reads by position only, so that a late commit is never skipped; idempotent by reference.
    """
    seat, _ = FollowedPosition.objects.get_or_create(name=FOLLOWER)
    seat = FollowedPosition.objects.select_for_update().get(name=FOLLOWER)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT position, kind, payment_id, visit_id, tranche_id, village_id, amount, event_id
            FROM disbursement_journal WHERE position > %s ORDER BY position LIMIT %s
            """,
            [seat.position, BATCH],
        )
        rows = cursor.fetchall()
        if not rows:
            return 0
        odd = [row for row in rows if row[1] in KINDS]
        if odd:
            _open(odd)
    seat.position = rows[-1][0]
    seat.save(update_fields=["position"])
    return len(rows)


def _open(odd: list[tuple[Any, ...]]) -> None:
    moment = now()
    cases = [
        Case(
            id=case_id,
            ticket=ticket,
            kind=KINDS[str(kind)],
            reference=f"{kind}:{event_id}:{payment_id}",
            tranche_id=tranche_id,
            village_id=village_id,
            visit_id=visit_id,
            payment_id=payment_id,
            amount=amount,
            opened_at=moment,
            due_at=moment + CASE_DAYS[KINDS[str(kind)]],
        )
        for case_id, ticket, (
            _,
            kind,
            payment_id,
            visit_id,
            tranche_id,
            village_id,
            amount,
            event_id,
        ) in zip(new_ids(len(odd)), _next_tickets(len(odd)), odd, strict=True)
    ]
    known = set(
        Case.objects.filter(reference__in=[case.reference for case in cases]).values_list(
            "reference", flat=True
        )
    )
    fresh = [case for case in cases if case.reference not in known]
    Case.objects.bulk_create(fresh)
    record_many(
        [
            NewEntry("case.opened", f"case:{case.id}", {"kind": case.kind, "ticket": case.ticket})
            for case in fresh
        ],
        by=SYSTEM,
    )


@dataclass(frozen=True, slots=True)
class Observation:
    """What an officer saw or asks for at a family: not a change, but somebody's work."""

    event_id: UUID
    visit_id: UUID
    about: str
    note: str


@transaction.atomic
def open_observations(seen: Sequence[Observation], *, by: Actor) -> set[UUID]:
    """Opens a case for each, with the family's village and a day; the events that are known here.

    Idempotent by event. One of an unknown visit opens nothing and is not among the answers.
    """
    visits = Visit.objects.in_bulk({item.visit_id for item in seen})
    by_event = {item.event_id: item for item in seen if item.visit_id in visits}
    references = {f"event:{event_id}": event_id for event_id in by_event}
    old = Case.objects.filter(reference__in=[*references]).values_list("reference", flat=True)
    fresh = [references[ref] for ref in sorted(set(references) - set(old))]
    if not fresh:
        return set(by_event)
    moment = now()
    cases = []
    for case_id, ticket, event_id in zip(
        new_ids(len(fresh)), _next_tickets(len(fresh)), fresh, strict=True
    ):
        item = by_event[event_id]
        visit = visits[item.visit_id]
        kind = Case.Kind.SUPERVISOR if item.about == "supervisor" else Case.Kind.DATA_DIFFERS
        cases.append(
            Case(
                id=case_id,
                ticket=ticket,
                kind=kind,
                subject=item.about,
                reference=f"event:{event_id}",
                tranche_id=visit.tranche_id,
                village_id=visit.village_id,
                visit=visit,
                text=item.note.strip()[:500],
                opened_at=moment,
                due_at=moment + CASE_DAYS[kind.value],
            )
        )
    Case.objects.bulk_create(cases)
    record_many(
        [
            NewEntry(
                "case.opened",
                f"case:{case.id}",
                {"kind": case.kind, "ticket": case.ticket, "about": case.subject},
            )
            for case in cases
        ],
        by=by,
    )
    return set(by_event)


@transaction.atomic
def open_grievance(text: str, village_code: str, *, anonymous: bool = False, by: Actor) -> Case:
    """A complaint with a ticket and a deadline; anonymous ones keep no trace of who brought them.

    Raises Forbidden, NothingWritten, CaseUnknown for a village out of scope.
    """
    by.require("casework.open_grievance")
    if not text.strip():
        raise NothingWritten
    if not by.sees_region(village_code) or not Region.objects.filter(code=village_code).exists():
        raise CaseUnknown
    moment = now()
    [ticket] = _next_tickets(1)
    case_id = new_id()
    case = Case.objects.create(
        id=case_id,
        ticket=ticket,
        kind=Case.Kind.GRIEVANCE,
        reference=f"grievance:{case_id}",
        village_id=village_code,
        text=text.strip()[:4000],
        anonymous=anonymous,
        opened_at=moment,
        due_at=moment + CASE_DAYS["grievance"],
    )
    record(
        "case.opened",
        f"case:{case.id}",
        {"kind": case.kind, "ticket": ticket, "anonymous": anonymous},
        by=SYSTEM if anonymous else by,
    )
    return case


@transaction.atomic
def settle_case(case_id: UUID, resolution: str, *, by: Actor) -> Case:
    """Closes a case with a written answer. Raises Forbidden, CaseUnknown, CaseSettled,
    NothingWritten."""
    by.require("casework.answer_grievance")
    case = Case.objects.select_for_update().filter(id=case_id).first()
    if case is None or not within(case.village_id or "", by.regions, "."):
        raise CaseUnknown
    if case.status == Case.Status.SETTLED:
        raise CaseSettled
    if not resolution.strip():
        raise NothingWritten
    case.status = Case.Status.SETTLED
    case.settled_at = now()
    case.settled_by = f"user:{by.id}"
    case.resolution = resolution.strip()[:4000]
    case.save(update_fields=["status", "settled_at", "settled_by", "resolution"])
    record(
        "case.settled",
        f"case:{case.id}",
        {"ticket": case.ticket},
        by=by,
        personal={"resolution": case.resolution},
    )
    return case
