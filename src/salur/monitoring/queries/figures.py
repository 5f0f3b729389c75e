"""The dashboard's figures, from this room's counts alone: their cost grows with regions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from operator import attrgetter
from time import monotonic
from typing import Any

from django.core.cache import cache
from django.db import connection

from salur.disbursement.rules.attempts import REASONS, is_final
from salur.kernel.actor import Actor
from salur.kernel.canonical import sha256_hex
from salur.kernel.clock import business_date, now
from salur.monitoring import rules
from salur.monitoring.models import FollowedPosition
from salur.monitoring.queries.scope import (
    BY_OFFICE,
    Filters,
    home_office,
    home_region,
    where,
)
from salur.monitoring.rules import ZERO, Figures, Tally
from salur.places.models import Office, Region

CACHE_SECONDS = 1
CACHE_SECONDS_MAX = 10
CACHE_TIMES = 10
"""Counting takes at most about a tenth of the time, however many look."""
COUNTRY_ZONE = "Asia/Jakarta"
PARTS = {
    "planned": "scheduled",
    "instructed": "scheduled",
    "paid": "paid",
    "failed": "failed",
}
Count = Callable[[Tally], int]
COUNT_FAMILIES: Count = attrgetter("families")
COUNT_PAYMENTS: Count = attrgetter("payments")
LIVE = "status <> 'cancelled' AND payments <> 0"
CELL = frozenset({"tranche", "office", "program", "channel", "wave"})
TARGET = frozenset({"tranche", "program", "wave"})
STANDING = frozenset({"tranche", "office"})


@dataclass(frozen=True, slots=True)
class Row:
    """One area or office of the table."""

    code: str
    name: str
    figures: Figures
    review: int = 0
    cash: int = 0
    behind: int = 0
    """Days that the area is behind its own plan."""
    deeper: bool = True


@dataclass(frozen=True, slots=True)
class Dashboard:
    """All that the page shows, of one moment."""

    filters: Filters
    today: date
    total: Figures
    rows: Sequence[Row]
    reasons: Sequence[rules.Reason]
    days: Sequence[rules.Day]
    channels: Sequence[tuple[str, Figures]]
    projection: rules.Projection | None
    standing: Mapping[str, Tally]
    """By kind: ``payments`` is the count, ``rupiah`` the money."""
    behind: Sequence[Row]
    """Offices furthest behind their own plan, the worst first."""
    position: int
    followed_at: datetime | None
    counts_families: bool = True
    """Families, or payments when one program is asked for."""
    lists_known: bool = True
    """Whether the whole is the ministry's list; else what was planned for these offices."""
    waves: Sequence[int] = field(default_factory=tuple)

    def count(self, tally: Tally) -> int:
        return tally.families if self.counts_families else tally.payments


def dashboard(actor: Actor, filters: Filters) -> Dashboard:
    """The figures within the actor's scope, of the moment that ``followed_at`` says."""
    actor.require("monitoring.view_dashboard")
    if not filters.region and (region := home_region(actor)):
        filters = replace(filters, region=region)
    if filters.view == BY_OFFICE and not filters.office:
        filters = replace(filters, office=home_office(actor))
    scope = sha256_hex(repr((actor.regions, actor.offices, filters.key())).encode())
    key = f"monitoring.dashboard.{scope}"
    found: Dashboard | None = cache.get(key)
    if found is None:
        started = monotonic()
        found = _count(actor, filters)
        # Who asks next waits for nobody: the dearer the count, the longer it serves.
        spent = monotonic() - started
        cache.set(key, found, min(max(CACHE_SECONDS, CACHE_TIMES * spent), CACHE_SECONDS_MAX))
    return found


def _rows(statement: str, values: Iterable[object]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))  # type: ignore[arg-type]
        return list(cursor.fetchall())


def _count(actor: Actor, filters: Filters) -> Dashboard:
    followed = FollowedPosition.objects.filter(name="rollups").first()
    today = business_date(now(), COUNTRY_ZONE)
    level = rules.next_level(filters.region) or len(filters.region)
    areas = _standings(actor, filters, f"left(village_id, {level})", today)
    offices_found = _standings(actor, filters, "office_id", today)
    channels: dict[str, Figures] = defaultdict(Figures)
    reasons: dict[str, Tally] = defaultdict(Tally)
    paid_days: dict[date, Tally] = defaultdict(Tally)
    waves: set[int] = set()
    condition, values = where(actor, filters, dimensions=CELL)
    for status, reason, day, channel, wave, f, p, r in _rows(
        "SELECT status, reason, business_date, channel, wave, sum(families), sum(payments),"  # noqa: S608
        f" sum(rupiah) FROM monitoring_rollup WHERE {condition} AND {LIVE}"
        " GROUP BY 1, 2, 3, 4, 5",
        values,
    ):
        tally = Tally(int(f), int(p), int(r))
        waves.add(int(wave))
        if part := PARTS.get(status):
            old = channels[channel]
            channels[channel] = replace(old, **{part: getattr(old, part) + tally})
        if status != "paid":
            code = reason or ("waiting" if status != "failed" else "expired_unresolved")
            reasons[code] += tally
        elif day is not None:
            paid_days[day] += tally

    lists_known = not filters.narrowed_to_offices and (not actor.offices or "" in actor.offices)
    targets = _targets(actor, filters, level) if lists_known else {}
    lists_known = bool(targets)
    for area, (accepted, held) in targets.items():
        old = areas.get(area, Figures())
        areas[area] = replace(old, accepted=accepted, held=held)
    total = sum(areas.values(), Figures())

    families = not filters.program
    count = COUNT_FAMILIES if families else COUNT_PAYMENTS
    planned, planned_by_office = _planned(actor, filters, families)
    standing, review, cash = _standing(actor, filters, level)
    offices = _offices(offices_found) if offices_found else {}
    behind = _behind(offices_found, planned_by_office, offices, count, today)
    if filters.view == BY_OFFICE:
        rows = _office_rows(filters.office, offices_found, offices, review, cash, behind)
    else:
        rows = _area_rows(filters.region, areas, review, cash)
    paid_by_day = {day: count(tally) for day, tally in paid_days.items()}
    return Dashboard(
        filters=filters,
        today=today,
        total=total,
        rows=rows,
        reasons=_reasons(reasons, total, count),
        days=rules.curve(planned, paid_by_day, today=today),
        channels=sorted(channels.items()),
        projection=rules.project_finish(
            paid_by_day,
            count(total.outstanding),
            today=today,
            planned_end=filters.tranche.planned_end_on,
        ),
        standing=standing,
        behind=behind[:5],
        position=followed.position if followed else 0,
        followed_at=followed.followed_at if followed else None,
        counts_families=families,
        lists_known=lists_known,
        waves=tuple(sorted(waves - {0})),
    )


def _standings(actor: Actor, filters: Filters, group: str, today: date) -> dict[str, Figures]:
    """Where the payments stand, by one expression over the cells."""
    condition, values = where(actor, filters, dimensions=CELL)
    found: dict[str, Figures] = {}
    for name, status, f, p, r, today_f, today_p, today_r in _rows(
        f"SELECT {group}, status, sum(families), sum(payments), sum(rupiah),"  # noqa: S608
        " sum(families) FILTER (WHERE business_date = %s),"
        " sum(payments) FILTER (WHERE business_date = %s),"
        " sum(rupiah) FILTER (WHERE business_date = %s)"
        f" FROM monitoring_rollup WHERE {condition} AND {LIVE} GROUP BY 1, 2",
        [today, today, today, *values],
    ):
        if part := PARTS.get(status):
            tally = Tally(int(f), int(p), int(r))
            old = found.get(name, Figures())
            changes = {part: getattr(old, part) + tally}
            if status == "paid":
                changes["paid_today"] = Tally(
                    *(int(each or 0) for each in (today_f, today_p, today_r))
                )
            found[name] = replace(old, **changes)
    return found


def _targets(actor: Actor, filters: Filters, level: int) -> dict[str, tuple[Tally, Tally]]:
    condition, values = where(actor, filters, dimensions=TARGET)
    areas: dict[str, tuple[Tally, Tally]] = {}
    for area, state, f, p, r in _rows(
        f"SELECT left(village_id, {level}), state, sum(families), sum(payments), sum(rupiah)"  # noqa: S608
        f" FROM monitoring_target WHERE {condition} GROUP BY 1, 2",
        values,
    ):
        accepted, held = areas.get(area, (ZERO, ZERO))
        tally = Tally(int(f), int(p), int(r))
        areas[area] = (tally, held) if state == "accepted" else (accepted, tally)
    return areas


def _planned(
    actor: Actor, filters: Filters, families: bool
) -> tuple[dict[date, int], dict[str, dict[date, int]]]:
    """By day, and by office and day."""
    condition, values = where(actor, filters, dimensions=CELL)
    total: dict[date, int] = defaultdict(int)
    offices: dict[str, dict[date, int]] = defaultdict(dict)
    for office, day, count in _rows(
        f"SELECT office_id, business_date, sum({'families' if families else 'payments'})"  # noqa: S608
        f" FROM monitoring_planned_day WHERE {condition} AND business_date IS NOT NULL"
        " GROUP BY 1, 2",
        values,
    ):
        total[day] += int(count)
        offices[office][day] = int(count)
    return dict(total), offices


def _standing(
    actor: Actor, filters: Filters, level: int
) -> tuple[dict[str, Tally], dict[str, int], dict[str, int]]:
    """Totals by kind, then reviews and cash by area and by office in one mapping each."""
    condition, values = where(actor, filters, dimensions=STANDING)
    totals: dict[str, Tally] = defaultdict(Tally)
    review: dict[str, int] = defaultdict(int)
    cash: dict[str, int] = defaultdict(int)
    for kind, area, office, count, rupiah in _rows(
        f"SELECT kind, left(village_id, {level}), office_id, sum(count), sum(rupiah)"  # noqa: S608
        f" FROM monitoring_standing WHERE {condition} GROUP BY 1, 2, 3",
        values,
    ):
        totals[kind] += Tally(0, int(count), int(rupiah))
        if kind == "review":
            review[area] += int(count)
            review[office] += int(count)
        elif kind == "cash":
            cash[area] += int(rupiah)
            cash[office] += int(rupiah)
    return dict(totals), review, cash


def _offices(codes: Iterable[str]) -> dict[str, Office]:
    """These offices and all above them, by path."""
    paths = set(Office.objects.filter(code__in=list(codes)).values_list("path", flat=True))
    for path in list(paths):
        parts = path.split("/")
        paths |= {"/".join(parts[:depth]) for depth in range(1, len(parts))}
    return {office.path: office for office in Office.objects.filter(path__in=paths)}


def _behind(
    figures: Mapping[str, Figures],
    planned: Mapping[str, Mapping[date, int]],
    offices: Mapping[str, Office],
    count: Count,
    today: date,
) -> list[Row]:
    """Offices behind their own plan, the furthest first."""
    names = {office.code: office.name for office in offices.values()}
    rows = []
    for code, figure in figures.items():
        # Who could not be paid was reached as well: being behind means families not met.
        reached = count(figure.paid) + count(figure.failed)
        days = rules.days_behind(planned.get(code, {}), reached, today=today)
        if days > 0:
            rows.append(Row(code, names.get(code, code), figure, behind=days))
    return sorted(rows, key=lambda row: (-row.behind, -row.figures.outstanding.families, row.name))


def _office_rows(
    top: str,
    figures: Mapping[str, Figures],
    offices: Mapping[str, Office],
    review: Mapping[str, int],
    cash: Mapping[str, int],
    behind: Sequence[Row],
) -> list[Row]:
    """The offices right below ``top``, each with its whole subtree; then ``top`` itself."""
    late = {row.code: row.behind for row in behind}
    depth = len(top.split("/")) if top else 0
    sums: dict[str, Figures] = defaultdict(Figures)
    reviews: dict[str, int] = defaultdict(int)
    cashes: dict[str, int] = defaultdict(int)
    deeper: set[str] = set()
    path_of = {office.code: path for path, office in offices.items()}
    for code, figure in figures.items():
        path = path_of.get(code, code)
        parts = path.split("/")
        child = "/".join(parts[: depth + 1])
        sums[child] += figure
        reviews[child] += review.get(code, 0)
        cashes[child] += cash.get(code, 0)
        if len(parts) > depth + 1:
            deeper.add(child)
    rows = []
    for path, figure in sums.items():
        office = offices.get(path)
        code = office.code if office else path.rpartition("/")[2]
        rows.append(
            Row(
                code,
                office.name if office else code,
                figure,
                reviews[path],
                cashes[path],
                late.get(code, 0),
                deeper=path in deeper and path != top,
            )
        )
    return sorted(rows, key=lambda row: row.name)


def _area_rows(
    region: str,
    figures: Mapping[str, Figures],
    review: Mapping[str, int],
    cash: Mapping[str, int],
) -> list[Row]:
    names = dict(Region.objects.filter(code__in=list(figures)).values_list("code", "name"))
    deeper = rules.next_level(region) not in (None, rules.REGION_LEVELS[-1])
    return [
        Row(
            code,
            names.get(code, code),
            figure,
            review.get(code, 0),
            cash.get(code, 0),
            deeper=deeper and code != region,
        )
        for code, figure in sorted(figures.items(), key=lambda item: item[0] or "~")
    ]


def _reasons(reasons: Mapping[str, Tally], total: Figures, count: Count) -> list[rules.Reason]:
    found = [
        rules.Reason(code, code in REASONS and is_final(code), tally)
        for code, tally in reasons.items()
    ]
    if count(total.unassigned):
        found.append(rules.Reason("unassigned", False, total.unassigned))
    if count(total.held):
        found.append(rules.Reason("held", False, total.held))
    waiting = {"waiting", "unassigned"}
    return sorted(
        (reason for reason in found if count(reason.tally)),
        key=lambda reason: (reason.code in waiting, -count(reason.tally), reason.code),
    )
