"""Loading regions: new ones open, gone ones end, renamed ones remember what they were called."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from salur.audit.operations import record
from salur.kernel.actor import Actor
from salur.kernel.batching import copy_rows
from salur.kernel.clock import business_date, now
from salur.places.importing import (
    BoundaryRow,
    PointRow,
    RegionRow,
    read_boundaries,
    read_points,
)
from salur.places.models import Region
from salur.places.rules import level_of, name_key, parent_of, zone_of

#: Where nothing earlier is known, a region has been there as long as any list says.
KNOWN_SINCE = date(2000, 1, 1)
CAPITAL_ZONE = "Asia/Jakarta"


@dataclass(frozen=True, slots=True)
class RegionsLoaded:
    """How many regions a load added, renamed, ended, and found as they were."""

    added: int
    renamed: int
    ended: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class RegionsImported:
    """How many points and outlines were stored, and regions of the folder that were new."""

    points: int
    boundaries: int
    added: int


@transaction.atomic
def load_regions(
    rows: Iterable[RegionRow], *, source: str, by: Actor, effective: date | None = None
) -> RegionsLoaded:
    """Makes the table say what the source says, from ``effective`` (today) on.

    Idempotent: the same rows again change nothing. A region that the source no longer lists ends
    on that day, but only if it came from this kind of source (first word of ``source``). The first
    load of all dates its regions back, for old lists name them too.
    """
    by.require("places.load_regions")
    day = effective or business_date(now(), CAPITAL_ZONE)
    first = not Region.objects.exists()
    _stage_regions(rows)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO places_former_name (region_id, name, search_name, valid_to)
            SELECT r.code, r.name, r.search_name, %(day)s
            FROM places_region r JOIN incoming i USING (code)
            WHERE r.search_name <> i.search_name
            ON CONFLICT (region_id, search_name) DO UPDATE SET valid_to = excluded.valid_to
            """,
            {"day": day},
        )
        renamed = cursor.rowcount
        cursor.execute(
            """
            UPDATE places_region r
            SET name = i.name, search_name = i.search_name, valid_to = NULL,
                postcode = CASE WHEN i.postcode = '' THEN r.postcode ELSE i.postcode END,
                source = %(source)s
            FROM incoming i
            WHERE r.code = i.code
              AND (r.name, r.valid_to) IS DISTINCT FROM (i.name, NULL::date)
               OR r.code = i.code AND i.postcode <> '' AND r.postcode <> i.postcode
            """,
            {"source": source},
        )
        cursor.execute(
            """
            INSERT INTO places_region (code, name, search_name, level, parent_id, zone, postcode,
                                       latitude, longitude, valid_from, source)
            SELECT code, name, search_name, level, nullif(parent, ''), zone, postcode,
                   latitude, longitude, %(since)s, %(source)s
            FROM incoming i WHERE NOT EXISTS (SELECT FROM places_region r WHERE r.code = i.code)
            """,
            {"since": KNOWN_SINCE if first else day, "source": source},
        )
        added = cursor.rowcount
        cursor.execute(
            """
            UPDATE places_region r SET valid_to = %(day)s
            WHERE valid_to IS NULL AND valid_from < %(day)s
              AND split_part(source, ' ', 1) = %(kind)s
              AND NOT EXISTS (SELECT FROM incoming i WHERE i.code = r.code)
            """,
            {"day": day, "kind": source.split(" ")[0]},
        )
        ended = cursor.rowcount
        # A region that has a point keeps it: what was imported is better than what was shipped.
        cursor.execute(
            """
            UPDATE places_region r SET latitude = i.latitude, longitude = i.longitude
            FROM incoming i
            WHERE r.code = i.code AND r.latitude IS NULL AND i.latitude IS NOT NULL
            """
        )
        cursor.execute("SELECT count(*) FROM incoming")
        total = cursor.fetchone()[0]
        cursor.execute("DROP TABLE incoming")
    loaded = RegionsLoaded(added, renamed, ended, total - added - renamed)
    if added or renamed or ended:
        record("places.regions_loaded", source, {**asdict(loaded), "effective": str(day)}, by=by)
    return loaded


def _stage_regions(rows: Iterable[RegionRow]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            CREATE TEMPORARY TABLE incoming (
                code text PRIMARY KEY, name text NOT NULL, search_name text NOT NULL,
                level text NOT NULL, parent text NOT NULL, zone text NOT NULL,
                postcode text NOT NULL, latitude float8, longitude float8
            ) ON COMMIT DROP
            """
        )
    copy_rows(
        "incoming",
        (
            "code",
            "name",
            "search_name",
            "level",
            "parent",
            "zone",
            "postcode",
            "latitude",
            "longitude",
        ),
        (
            (
                row.code,
                row.name,
                name_key(row.name, level_of(row.code)).key,
                level_of(row.code),
                parent_of(row.code),
                zone_of(row.code),
                row.postcode,
                row.latitude,
                row.longitude,
            )
            for row in rows
        ),
    )


@transaction.atomic
def import_regions(folder: Path, *, by: Actor) -> RegionsImported:
    """Points and outlines from a folder (``regions.csv.gz``, ``provinces.geojson``,
    ``regencies.geojson``). Regions that are not known yet are added, names of known ones stay.

    Idempotent. All or nothing; raises RegionsRefused naming file and row.
    """
    by.require("places.load_regions")
    points, boundaries = read_points(folder), read_boundaries(folder)
    source = f"import {folder.name}"
    added = _add_unknown(points, source)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE incoming_point"
            " (code text PRIMARY KEY, latitude float8, longitude float8) ON COMMIT DROP"
        )
        copy_rows(
            "incoming_point",
            ("code", "latitude", "longitude"),
            ((row.code, row.latitude, row.longitude) for row in points),
        )
        cursor.execute(
            """
            UPDATE places_region r SET latitude = i.latitude, longitude = i.longitude
            FROM incoming_point i
            WHERE r.code = i.code
              AND (r.latitude, r.longitude) IS DISTINCT FROM (i.latitude, i.longitude)
            """
        )
        moved = cursor.rowcount
        cursor.execute("DROP TABLE incoming_point")
    outlined = _store_boundaries(boundaries, source)
    imported = RegionsImported(moved, outlined, added)
    if moved or outlined or added:
        record("places.regions_imported", source, asdict(imported), by=by)
    return imported


def _add_unknown(points: list[PointRow], source: str) -> int:
    known = set(Region.objects.values_list("code", flat=True))
    return copy_rows(
        "places_region",
        (
            "code",
            "name",
            "search_name",
            "level",
            "parent_id",
            "zone",
            "postcode",
            "valid_from",
            "source",
        ),
        (
            (
                row.code,
                row.name,
                name_key(row.name, level_of(row.code)).key,
                level_of(row.code),
                parent_of(row.code) or None,
                zone_of(row.code),
                "",
                KNOWN_SINCE,
                source,
            )
            for row in points
            if row.code not in known
        ),
    )


def _store_boundaries(rows: list[BoundaryRow], source: str) -> int:
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            INSERT INTO places_boundary (region_id, geometry, source)
            SELECT code, %s, %s FROM places_region WHERE code = %s
            ON CONFLICT (region_id) DO UPDATE
            SET geometry = excluded.geometry, source = excluded.source
            WHERE places_boundary.geometry <> excluded.geometry
            """,
            cast(Any, [(Jsonb(row.geometry), source, row.code) for row in rows]),
        )
        return max(cursor.rowcount, 0)
