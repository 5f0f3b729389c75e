"""Reading regions and offices. Codes and names are public; lists for pages ask for an actor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db import connection
from django.db.models import F, Max, Q, QuerySet

from salur.kernel.actor import Actor, within
from salur.kernel.batching import set_cursor
from salur.kernel.clock import business_date, now
from salur.places.errors import UnknownOffice, UnknownRegion
from salur.places.models import FormerName, Office, Region, Service
from salur.places.rules import RegionIndex, ancestors_of, level_of

CAPITAL_ZONE = "Asia/Jakarta"


@dataclass(frozen=True, slots=True)
class PathNames:
    """The names of a region and those above it; "" below its own level."""

    province: str = ""
    regency: str = ""
    district: str = ""
    village: str = ""

    def __str__(self) -> str:
        """Nearest first, as addresses are written."""
        names = (self.village, self.district, self.regency, self.province)
        return ", ".join(name for name in names if name)


def _on(day: date | None) -> Q:
    day = day or business_date(now(), CAPITAL_ZONE)
    return Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))


def region_by_code_for_system(code: str) -> Region:
    """The region of a code, retired ones included. Raises UnknownRegion."""
    region = Region.objects.filter(code=code).first()
    if region is None:
        raise UnknownRegion(region=code)
    return region


def regions_by_code_for_system(codes: Iterable[str]) -> dict[str, Region]:
    """Those of the codes that exist."""
    return Region.objects.in_bulk(list(set(codes)))


def children_for_system(code: str = "", *, on: date | None = None) -> QuerySet[Region]:
    """The regions directly below, by code; "" gives the provinces."""
    below = Region.objects.filter(parent=code) if code else Region.objects.filter(parent=None)
    return below.filter(_on(on)).order_by("code")


def region_index_for_system(*, on: date | None = None) -> RegionIndex:
    """All regions of a day by name, for lists that write names instead of codes.

    Kept in the process until the regions change; asking again costs one small query. Former names
    lead to today's region where no region of today bears them.
    """
    day = on or business_date(now(), CAPITAL_ZONE)
    state = Region.objects.aggregate(
        newest=Max("valid_from"), ended=Max("valid_to"), source=Max("source"), last=Max("code")
    )
    former = FormerName.objects.aggregate(last=Max("id"))["last"]
    return _index(day, Region.objects.count(), former, str(state))


@lru_cache(maxsize=2)
def _index(day: date, count: int, former: int | None, state: str) -> RegionIndex:
    """The arguments after the day only say which state of the tables the index was built from."""
    names = Region.objects.filter(_on(day)).values_list("code", "name")
    earlier = (
        FormerName.objects.filter(valid_to__gt=F("region__valid_from"))
        .order_by("id")
        .values_list("region_id", "name")
    )
    return RegionIndex(names.iterator(chunk_size=10_000), former=list(earlier))


def path_names_for_system(codes: Iterable[str]) -> dict[str, PathNames]:
    """Code > names of it and everything above, in one query for the whole set."""
    wanted = set(codes)
    needed = wanted | {above for code in wanted for above in ancestors_of(code)}
    names = dict(Region.objects.filter(code__in=needed).values_list("code", "name"))
    return {
        code: PathNames(
            **{level_of(step): names.get(step, "") for step in (*ancestors_of(code), code)}
        )
        for code in wanted
        if code in names
    }


def zones_for_system(codes: Iterable[str]) -> dict[str, str]:
    return dict(Region.objects.filter(code__in=set(codes)).values_list("code", "zone"))


def office_for_system(code: str) -> Office:
    """Raises UnknownOffice."""
    office = Office.objects.filter(code=code).first()
    if office is None:
        raise UnknownOffice(office=code)
    return office


def office_subtree_for_system(path: str, *, on: date | None = None) -> QuerySet[Office]:
    """The office of the path and all below it, top down; "" gives all offices."""
    offices = Office.objects.filter(_on(on))
    if path:
        offices = offices.filter(Q(path=path) | Q(path__startswith=path + "/"))
    return offices.order_by("path")


def office_of_villages_for_system(codes: Iterable[str]) -> dict[str, str]:
    """Village (or higher region) code > code of the office that serves it: the service of the
    most specific region wins. Regions that nobody serves are left out. One query for the set.

    In SQL joins use ``OFFICE_OF_REGION_SQL``.
    """
    wanted = sorted(set(codes))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT v.code, office.office_id FROM unnest(%s::text[]) AS v(code)"  # noqa: S608
            f" JOIN LATERAL ({OFFICE_OF_REGION_SQL}) office ON true",
            [wanted],
        )
        return dict(cursor.fetchall())


#: For ``JOIN LATERAL (…) office ON true`` on a relation ``v`` with a column ``code``: the office
#: that serves the region, by at most four index look-ups.
OFFICE_OF_REGION_SQL = """
    SELECT s.office_id FROM places_service s JOIN places_office o ON o.code = s.office_id
    WHERE s.region_id IN (v.code, substr(v.code, 1, 8), substr(v.code, 1, 5), substr(v.code, 1, 2))
      AND o.valid_to IS NULL
    ORDER BY length(s.region_id) DESC LIMIT 1
"""


def regions_served_for_system(paths: Iterable[str]) -> tuple[str, ...]:
    """The regions that the offices below the paths serve, as few prefixes as will do; ("",) for
    the whole line."""
    paths = list(paths)
    if "" in paths:
        return ("",)
    if not paths:
        return ()
    with set_cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT s.region_id FROM places_service s
            JOIN places_office o ON o.code = s.office_id
            JOIN unnest(%s::text[]) AS p(path)
              ON o.path = p.path OR starts_with(o.path, p.path || '/')
            """,
            [paths],
        )
        return fewest_prefixes(code for (code,) in cursor.fetchall())


REGIONS_SERVED_SQL = """
    SELECT DISTINCT s.region_id FROM places_service s
    JOIN places_office below ON below.code = s.office_id
    WHERE below.path = o.path OR starts_with(below.path, o.path || '/')
"""
"""The regions that the office ``o`` of an outer statement and those below it serve."""


def fewest_prefixes(codes: Iterable[str]) -> tuple[str, ...]:
    """The codes without those that another of them holds."""
    served: list[str] = []
    for code in sorted(codes):
        if not served or not within(code, served[-1:], "."):
            served.append(code)
    return tuple(served)


def offices_visible_to(actor: Actor) -> QuerySet[Office]:
    """The offices of the actor's line, and those that stand in the actor's regions."""
    seen = Q()
    for path in actor.offices:
        seen |= Q(path=path) | Q(path__startswith=path + "/") if path else Q(pk__isnull=False)
    for code in actor.regions:
        seen |= (
            Q(region=code) | Q(region__code__startswith=code + ".") if code else Q(pk__isnull=False)
        )
    offices = Office.objects.select_related("region").order_by("path")
    return offices.filter(seen) if seen else offices.none()


def services_of(offices: Sequence[str]) -> Mapping[str, list[str]]:
    """Office code > names of the regions it serves, by region code."""
    rows = (
        Service.objects.filter(office__in=offices)
        .order_by("region")
        .values_list("office_id", "region__name")
    )
    served: dict[str, list[str]] = {code: [] for code in offices}
    for office, name in rows:
        served[office].append(name)
    return served
