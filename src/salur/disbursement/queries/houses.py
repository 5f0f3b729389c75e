"""Houses that nobody has located yet, though their family was paid: a backlog of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from salur.access.models import Device
from salur.kernel.actor import Actor
from salur.places.models import Office, Region
from salur.programs.models import Tranche

MOST_HOUSES = 300
"""As many as a device takes along at a time: a week's work on foot."""

COUNTERS = ("post_office", "community")


@dataclass(frozen=True, slots=True)
class VillageBacklog:
    """One village of a tranche: families paid at a counter, those whose house is located."""

    village: Region
    office: Office
    paid: int
    located: int
    officer_id: UUID | None
    officer_name: str

    @property
    def waiting(self) -> int:
        return self.paid - self.located


def house_backlog(actor: Actor, tranche: Tranche) -> list[VillageBacklog]:
    """The villages of the actor's offices, the largest backlog first: three queries."""
    actor.require("disbursement.view_plans")
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT v.village_id, v.office_id, count(*), count(h.house_located_at), r.officer_id,
                u.name
            FROM disbursement_visit v
            JOIN places_office o ON o.code = v.office_id
            JOIN registry_household h ON h.id = v.household_id
            LEFT JOIN disbursement_house_round r
                ON r.tranche_id = v.tranche_id AND r.village_id = v.village_id
            LEFT JOIN access_user u ON u.id = r.officer_id
            WHERE v.tranche_id = %s AND v.channel = ANY(%s) AND v.status IN ('paid', 'partly')
              AND EXISTS (SELECT 1 FROM unnest(%s::text[]) AS p(path)
                          WHERE p.path IN ('', o.path) OR starts_with(o.path, p.path || '/'))
            GROUP BY v.village_id, v.office_id, r.officer_id, u.name
            ORDER BY count(*) - count(h.house_located_at) DESC, v.village_id
            """,
            [tranche.id, list(COUNTERS), list(actor.offices)],
        )
        rows = cursor.fetchall()
    villages = Region.objects.in_bulk({row[0] for row in rows})
    offices = Office.objects.in_bulk({row[1] for row in rows})
    return [
        VillageBacklog(villages[code], offices[office], paid, located, officer, name or "")
        for code, office, paid, located, officer, name in rows
    ]


def houses_for_device(device: Device) -> list[dict[str, Any]]:
    """Houses that the device's holder was sent to locate, by hamlet; nothing is paid there."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT v.id, v.recipient_name, g.name, v.address
            FROM disbursement_house_round r
            JOIN disbursement_visit v ON v.tranche_id = r.tranche_id AND v.village_id = r.village_id
            JOIN registry_household h ON h.id = v.household_id
            JOIN places_region g ON g.code = v.village_id
            WHERE r.officer_id = %s AND v.channel = ANY(%s) AND v.status IN ('paid', 'partly')
              AND h.house_located_at IS NULL
            ORDER BY v.village_id, h.rw, h.rt, v.address, v.id LIMIT %s
            """,
            [device.holder_id, list(COUNTERS), MOST_HOUSES],
        )
        return [
            {"visit": str(visit), "name": name, "village": village, "address": address}
            for visit, name, village, address in cursor.fetchall()
        ]


def houses_of_visits_for_system(visit_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Where the houses of these visits stand, for those that somebody located."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT v.id, h.house_latitude, h.house_longitude, h.house_accuracy_m
            FROM disbursement_visit v JOIN registry_household h ON h.id = v.household_id
            WHERE v.id = ANY(%s) AND h.house_located_at IS NOT NULL
            """,
            [list(visit_ids)],
        )
        return {
            visit: {"lat": lat, "lon": lon, "accuracy_m": round(accuracy or 0)}
            for visit, lat, lon, accuracy in cursor.fetchall()
        }
