"""Hand-overs that were begun and not ended, by whose bag the cash lay in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from salur.disbursement.models import DoubtSettlement
from salur.disbursement.rules.numbers import format_payment_number


@dataclass(frozen=True, slots=True)
class Doubt:
    """One begun hand-over without an end: whose cash, how much, for whom."""

    begun_id: UUID
    visit_id: UUID
    officer_id: UUID
    device_id: UUID
    office_code: str
    zone: str
    session_id: UUID | None
    sop: str
    sequence: int
    received_at: datetime
    claims: tuple[tuple[UUID, int], ...]
    recipient_name: str
    number: str
    officer_name: str
    proposal: DoubtSettlement | None = None

    @property
    def total(self) -> int:
        return sum(amount for _, amount in self.claims)


_OPEN = """
    SELECT b.id, b.visit_id, d.holder_id, d.id, d.office_id, o.zone, e.raw, e.received_at,
        v.recipient_name, v.number, coalesce(nullif(u.name, ''), u.username)
    FROM disbursement_begun_hand_over b
    JOIN intake_signed_event e ON e.event_id = b.id
    JOIN access_device d ON d.id = e.device_id
    JOIN access_user u ON u.id = d.holder_id
    JOIN places_office o ON o.code = d.office_id
    JOIN disbursement_visit v ON v.id = b.visit_id
    WHERE b.ended_by IS NULL AND b.begun_at IS NOT NULL AND {which} = ANY(%s)
    ORDER BY e.received_at, b.id
"""


def doubts_of_officer_for_system(officer_id: UUID) -> list[Doubt]:
    """What this officer's devices began and nobody heard the end of, the oldest first."""
    return _doubts("d.holder_id", [officer_id])


def doubts_in_offices_for_system(office_codes: list[str]) -> list[Doubt]:
    """As above, for all officers whose devices belong to these offices."""
    return _doubts("d.office_id", office_codes)


def doubt_for_system(begun_id: UUID) -> Doubt | None:
    """None when it was ended, or is unknown."""
    return next(iter(_doubts("b.id", [begun_id])), None)


def _doubts(which: str, ids: list[UUID] | list[str]) -> list[Doubt]:
    with connection.cursor() as cursor:
        cursor.execute(_OPEN.format(which=which), [ids])
        rows = cursor.fetchall()
    proposals = {row.id: row for row in DoubtSettlement.objects.filter(id__in=[r[0] for r in rows])}
    return [_doubt(row, proposals.get(row[0])) for row in rows]


def _doubt(row: tuple[object, ...], proposal: DoubtSettlement | None) -> Doubt:
    begun, visit, officer, device, office, zone, raw, received, name, number, holder = row
    content = json.loads(bytes(raw))  # type: ignore[call-overload]
    claims = tuple(
        (UUID(item["id"]), int(item["amount"])) for item in content["body"].get("payments", [])
    )
    session = content.get("session")
    return Doubt(
        begun_id=begun,  # type: ignore[arg-type]
        visit_id=visit,  # type: ignore[arg-type]
        officer_id=officer,  # type: ignore[arg-type]
        device_id=device,  # type: ignore[arg-type]
        office_code=str(office),
        zone=str(zone),
        session_id=UUID(session) if session else None,
        sop=str(content.get("sop", "")),
        sequence=int(content["sequence"]),
        received_at=received,  # type: ignore[arg-type]
        claims=claims,
        recipient_name=str(name),
        number=format_payment_number(str(number)),
        officer_name=str(holder),
        proposal=proposal,
    )
