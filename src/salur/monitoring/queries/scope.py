"""What an actor may see of the counts, and what the filters of a page leave of that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from salur.kernel.actor import Actor
from salur.kernel.errors import Missing
from salur.places.models import Office, Region
from salur.places.queries import office_for_system, region_by_code_for_system
from salur.programs.models import Program, Tranche

BY_REGION = "wilayah"
BY_OFFICE = "kantor"
NOBODY = "false"


@dataclass(frozen=True, slots=True)
class Filters:
    """What stands in the address of the page, already checked."""

    tranche: Tranche
    program: str = ""
    channel: str = ""
    wave: int | None = None
    region: str = ""
    """Dotted code; "" is the whole of the actor's scope."""
    office: str = ""
    """Path."""
    view: str = BY_REGION

    @property
    def narrowed_to_offices(self) -> bool:
        """Lists know neither office nor channel: their rows are told apart only once planned."""
        return bool(self.office or self.channel or self.view == BY_OFFICE)

    def key(self) -> str:
        return repr(replace(self, tranche=self.tranche.pk))  # type: ignore[arg-type]


def open_tranche(asked: str) -> Tranche:
    """The tranche asked for, else the newest one. Raises Missing while there is none."""
    tranches = Tranche.objects.order_by("-year", "-number")
    try:
        found = tranches.filter(pk=UUID(asked)).first() if asked else tranches.first()
    except ValueError:
        found = None
    if found is None:
        raise Missing(code="no_tranche")
    return found


def filters_from(actor: Actor, asked: Mapping[str, str]) -> Filters:
    """The filters of an address. Raises Missing for what does not exist or is out of scope."""
    wave = asked.get("gelombang", "")
    view = asked.get("menurut", "")
    filters = Filters(
        tranche=open_tranche(asked.get("tahap", "")),
        program=asked.get("program", ""),
        channel=asked.get("kanal", ""),
        wave=int(wave) if wave.isdigit() and len(wave) < 4 else None,
        view=view if view in {BY_REGION, BY_OFFICE} else home_view(actor),
    )
    if filters.program and not Program.objects.filter(pk=filters.program).exists():
        raise Missing(program=filters.program)
    if code := asked.get("wilayah", ""):
        region: Region = region_by_code_for_system(code)
        if not may_enter_region(actor, region.code):
            raise Missing(region=code)
        filters = replace(filters, region=region.code)
    if code := asked.get("kantor", ""):
        office: Office = office_for_system(code)
        if not may_enter_office(actor, office.path):
            raise Missing(office=code)
        filters = replace(filters, office=office.path)
    return filters


def home_view(actor: Actor) -> str:
    """Who has a scope of offices and not the whole country thinks in offices."""
    return BY_OFFICE if actor.offices and "" not in actor.offices else BY_REGION


def home_office(actor: Actor) -> str:
    """The one office path that holds the actor's whole scope, or ""."""
    return actor.offices[0] if len(actor.offices) == 1 else ""


def home_region(actor: Actor) -> str:
    """The one region that holds the actor's whole scope, or ""; offices come first."""
    return actor.regions[0] if not actor.offices and len(actor.regions) == 1 else ""


def may_enter_region(actor: Actor, code: str) -> bool:
    """A region within the scope, or one that holds some of it; what is shown is scoped anyway."""
    return actor.sees_region(code) or any(region.startswith(code + ".") for region in actor.regions)


def may_enter_office(actor: Actor, path: str) -> bool:
    if actor.offices:
        return actor.sees_office(path)
    return bool(actor.regions)


def subtree_sql(column: str, path: str) -> tuple[str, list[object]]:
    """Offices at or below ``path``, for a column with office codes."""
    return (
        f"{column} IN (SELECT code FROM places_office WHERE path = %s OR path LIKE %s)",  # noqa: S608
        [path, path + "/%"],
    )


def region_sql(column: str, code: str) -> tuple[str, list[object]]:
    return f"({column} = %s OR {column} LIKE %s)", [code, code + ".%"]


def scope_sql(actor: Actor, *, village: str, office: str) -> tuple[str, list[object]]:
    """The actor's scope as a condition: by offices where it has any, else by regions.

    An actor without a scope matches nothing.
    """
    if actor.offices:
        paths = actor.offices
        parts = [("true", []) if path == "" else subtree_sql(office, path) for path in paths]
    else:
        parts = [
            ("true", []) if code == "" else region_sql(village, code) for code in actor.regions
        ]
    if not parts:
        return NOBODY, []
    condition = " OR ".join(text for text, _ in parts)
    return f"({condition})", [value for _, values in parts for value in values]


def where(
    actor: Actor, filters: Filters, *, dimensions: frozenset[str]
) -> tuple[str, list[object]]:
    """The condition over a table of this room that has these dimensions beside the village."""
    scoped, values = scope_sql(actor, village="village_id", office="office_id")
    if actor.offices and "office" not in dimensions:
        # Lists know no office: only who sees every office sees their totals.
        scoped, values = ("true", []) if "" in actor.offices else (NOBODY, [])
    conditions = [scoped]
    values = list(values)
    if "tranche" in dimensions:
        conditions.append("(tranche_id = %s OR tranche_id IS NULL)")
        values.append(filters.tranche.pk)
    if filters.region:
        text, more = region_sql("village_id", filters.region)
        conditions.append(text)
        values += more
    if filters.office and "office" in dimensions:
        text, more = subtree_sql("office_id", filters.office)
        conditions.append(text)
        values += more
    for name, column, value in (
        ("program", "program_id", filters.program),
        ("channel", "channel", filters.channel),
        ("wave", "wave", filters.wave),
    ):
        if name in dimensions and value not in ("", None):
            conditions.append(f"{column} = %s")
            values.append(value)
    return " AND ".join(conditions), values
