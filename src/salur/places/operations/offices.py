"""Importing the line of offices and the regions that each serves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.db import connection, transaction
from django.utils.translation import gettext as _

from salur.audit.operations import record
from salur.kernel.actor import Actor
from salur.kernel.batching import copy_rows
from salur.kernel.canonical import sha256_hex
from salur.kernel.clock import business_date, now
from salur.places.errors import OfficesRefused
from salur.places.importing import OfficeRow, Problem, read_offices
from salur.places.models import Office, Region, Service
from salur.places.rules import zone_of
from salur.places.rules.offices import Placed, may_stand_below, path_of


@dataclass(frozen=True, slots=True)
class OfficesImported:
    """How many offices were new, changed and as they were, and regions given to an office."""

    added: int
    changed: int
    unchanged: int
    services_changed: int


@transaction.atomic
def import_offices(content: bytes, *, by: Actor) -> OfficesImported:
    """Stores the offices of an XLSX or CSV file; offices not in the file stay as they are.

    Idempotent: the same file again changes nothing. All or nothing: raises OfficesRefused whose
    ``details["problems"]`` name row and column. An office of the file serves exactly the regions
    that its row says.
    """
    by.require("places.import_offices")
    rows = read_offices(content)
    known = {
        code: Placed(kind, parent)
        for code, kind, parent in Office.objects.values_list("code", "kind", "parent_id")
    }
    line = known | {row.code: Placed(row.kind, row.parent) for row in rows}
    _check(rows, line)
    changed, added = _store(rows, line)
    services = _store_services(rows)
    _move_subtrees(line)
    result = OfficesImported(added, changed, len(rows) - added - changed, services)
    if added or changed or services:
        record("places.offices_imported", sha256_hex(content), asdict(result), by=by)
    return result


def _check(rows: Sequence[OfficeRow], line: dict[str, Placed]) -> None:
    problems: list[Problem] = []
    named = {row.region for row in rows} | {code for row in rows for code in row.serves}
    regions = set(Region.objects.filter(code__in=named).values_list("code", flat=True))
    file_codes = {row.code for row in rows}
    taken = dict(
        Service.objects.filter(region__in=named)
        .exclude(office__in=file_codes)
        .values_list("region_id", "office_id")
    )
    seen: set[str] = set()
    for row in rows:
        if row.code in seen:
            problems.append(Problem(row.row, "KODE", _("kode “%s” muncul dua kali") % row.code))
        seen.add(row.code)
        problems += _check_line(row, line)
        for code in (row.region, *row.serves):
            if code not in regions:
                problems.append(
                    Problem(row.row, "KODE WILAYAH", _("wilayah “%s” tidak dikenal") % code)
                )
        for code in row.serves:
            if code in taken and taken[code] != row.code:
                problems.append(
                    Problem(
                        row.row,
                        "WILAYAH LAYANAN",
                        _("wilayah %(region)s sudah dilayani kantor %(office)s")
                        % {"region": code, "office": taken[code]},
                    )
                )
            taken[code] = row.code
    if problems:
        raise OfficesRefused(count=len(problems), problems=problems)


def _check_line(row: OfficeRow, line: dict[str, Placed]) -> list[Problem]:
    if row.parent is not None and row.parent not in line:
        return [Problem(row.row, "KODE INDUK", _("kantor induk “%s” tidak dikenal") % row.parent)]
    parent_kind = line[row.parent].kind if row.parent is not None else None
    if not may_stand_below(row.kind, parent_kind):
        message = _("%(kind)s tidak dapat berada langsung di bawah %(parent)s") % {
            "kind": row.kind.upper(),
            "parent": (parent_kind or _("tanpa induk")).upper(),
        }
        return [Problem(row.row, "KODE INDUK", message)]
    if path_of(row.code, line) is None:
        return [Problem(row.row, "KODE INDUK", _("susunan induk berputar"))]
    return []


def _store(rows: Sequence[OfficeRow], line: dict[str, Placed]) -> tuple[int, int]:
    """(changed, added)"""
    today = business_date(now(), "Asia/Jakarta")
    with connection.cursor() as cursor:
        cursor.execute(
            """
            CREATE TEMPORARY TABLE incoming_office (
                code text PRIMARY KEY, name text, kind text, parent_id text, path text,
                region_id text, zone text, address text, latitude float8, longitude float8
            ) ON COMMIT DROP
            """
        )
        copy_rows(
            "incoming_office",
            (
                "code",
                "name",
                "kind",
                "parent_id",
                "path",
                "region_id",
                "zone",
                "address",
                "latitude",
                "longitude",
            ),
            (
                (
                    row.code,
                    row.name,
                    row.kind,
                    row.parent,
                    path_of(row.code, line),
                    row.region,
                    zone_of(row.region),
                    row.address,
                    row.latitude,
                    row.longitude,
                )
                for row in sorted(rows, key=lambda row: path_of(row.code, line) or "")
            ),
        )
        cursor.execute(
            """
            UPDATE places_office o
            SET name = i.name, kind = i.kind, parent_id = i.parent_id, path = i.path,
                region_id = i.region_id, zone = i.zone, address = i.address,
                latitude = i.latitude, longitude = i.longitude, valid_to = NULL
            FROM incoming_office i
            WHERE o.code = i.code
              AND (o.name, o.kind, o.parent_id, o.path, o.region_id, o.zone, o.address,
                   o.latitude, o.longitude, o.valid_to)
                  IS DISTINCT FROM
                  (i.name, i.kind, i.parent_id, i.path, i.region_id, i.zone, i.address,
                   i.latitude, i.longitude, NULL::date)
            """
        )
        changed = cursor.rowcount
        cursor.execute(
            """
            INSERT INTO places_office (code, name, kind, parent_id, path, region_id, zone, address,
                                       latitude, longitude, valid_from)
            SELECT code, name, kind, parent_id, path, region_id, zone, address, latitude, longitude,
                   %s
            FROM incoming_office i WHERE NOT EXISTS (
                SELECT FROM places_office o WHERE o.code = i.code)
            """,
            [today],
        )
        added = cursor.rowcount
        cursor.execute("DROP TABLE incoming_office")
    return changed, added


def _store_services(rows: Sequence[OfficeRow]) -> int:
    wanted = {(row.code, code) for row in rows for code in row.serves}
    have = set(
        Service.objects.filter(office__in=[row.code for row in rows]).values_list(
            "office_id", "region_id"
        )
    )
    gone, new = have - wanted, wanted - have
    Service.objects.filter(region__in=[region for _office, region in gone]).delete()
    Service.objects.bulk_create(
        [Service(office_id=office, region_id=region) for office, region in sorted(new)],
        batch_size=5000,
    )
    return len(gone | new)


def _move_subtrees(line: dict[str, Placed]) -> None:
    """Offices that are not in the file but stand below a moved one follow it."""
    paths = dict(Office.objects.values_list("code", "path"))
    stale = [
        Office(code=code, path=path)
        for code in paths
        if (path := path_of(code, line)) and path != paths[code]
    ]
    Office.objects.bulk_update(stale, ["path"], batch_size=1000)
