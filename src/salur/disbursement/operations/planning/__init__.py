"""From entitlements to visits: channel, pay point, session, slot and desk for every family.

In sets and in chunks: a chunk is some offices' families in one transaction, under a lock per
office and regency, so that nobody plans a village twice and followers of the journal never wait
long. Running it again plans what has become open since, and nothing else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from salur.audit.operations import record
from salur.disbursement.errors import TrancheClosed, UnknownTranche
from salur.disbursement.operations.changes import apply_pending_changes
from salur.disbursement.operations.planning import sessions as seating
from salur.disbursement.operations.planning import stages
from salur.disbursement.queries.policy import current_policy
from salur.disbursement.rules.calendar import seat_groups
from salur.disbursement.rules.policy import PlanPolicy
from salur.kernel.actor import Actor
from salur.kernel.batching import copy_rows
from salur.kernel.canonical import root_of
from salur.kernel.clock import business_date, now
from salur.kernel.ids import new_ids
from salur.places.models import Office
from salur.places.queries import office_of_villages_for_system, path_names_for_system
from salur.programs.models import Tranche
from salur.programs.operations import claim_entitlements

CHUNK_FAMILIES = 25_000
"""About three seconds of work; a single larger office is a chunk of its own."""


@dataclass
class PlanResult:
    """What a plan does, or would do in a dry run. Families, payments and rupiah."""

    dry_run: bool
    families: int = 0
    payments: int = 0
    rupiah: int = 0
    grown: int = 0
    """Families that had a visit already and get another program in it."""
    sessions: int = 0
    points: int = 0
    changes: Counter[str] = field(default_factory=Counter)
    """Corrections of later waves: replanned, withdrawn, discrepancy; leased and in_doubt wait."""
    channels: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(channel, reason) > families"""
    skipped: dict[str, tuple[int, int]] = field(default_factory=dict)
    """reason > (families, rupiah) of those who cannot be planned now"""

    def skip(self, reason: str, families: int, rupiah: int) -> None:
        before = self.skipped.get(reason, (0, 0))
        self.skipped[reason] = (before[0] + families, before[1] + rupiah)


def plan_payments(
    tranche_id: UUID,
    *,
    by: Actor,
    lists: Sequence[UUID] | None = None,
    offices: Sequence[str] | None = None,
    policy: PlanPolicy | None = None,
    dry_run: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> PlanResult:
    """Plans every open entitlement of a tranche within the actor's offices, corrections of later
    waves first.

    ``lists`` (waves) and ``offices`` (codes) narrow it further. Idempotent: planned is claimed,
    and only open entitlements are planned. Each chunk commits by itself; a failure keeps the
    chunks before it, and running again finishes. ``progress(done, of)`` counts families.
    A dry run computes the same and writes nothing.
    """
    by.require("disbursement.plan_payments")
    tranche = Tranche.objects.filter(pk=tranche_id).first()
    if tranche is None:
        raise UnknownTranche(tranche=str(tranche_id))
    if tranche.closed_at is not None:
        raise TrancheClosed(tranche=tranche.name)
    policy = policy or current_policy(tranche)
    result = PlanResult(dry_run)
    result.changes = apply_pending_changes(tranche.id, by=by, dry_run=dry_run)
    chunks = _chunks(tranche, lists, offices, by, result)
    total = sum(families for _, families in chunks)
    done = 0
    for villages, families in chunks:
        with transaction.atomic():
            _plan_chunk(tranche, villages, lists, policy, result, by=by)
            if dry_run:
                transaction.set_rollback(True)
        done += families
        if progress:
            progress(done, total)
    return result


def _chunks(
    tranche: Tranche,
    lists: Sequence[UUID] | None,
    offices: Sequence[str] | None,
    by: Actor,
    result: PlanResult,
) -> list[tuple[dict[str, Office], int]]:
    """(village > office, families) per chunk; whole offices, in the order of their paths."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT h.village_id, count(DISTINCT e.household_id)::int, sum(e.amount)::bigint
            FROM programs_entitlement e JOIN registry_household h ON h.id = e.household_id
            WHERE e.tranche_id = %s AND e.state = 'open'
              AND (%s::uuid[] IS NULL OR e.nominative_list_id = ANY(%s::uuid[]))
            GROUP BY h.village_id ORDER BY h.village_id
            """,
            [tranche.id, *[list(lists) if lists is not None else None] * 2],
        )
        waiting = cursor.fetchall()
    office_of = office_of_villages_for_system(village for village, _, _ in waiting)
    known = Office.objects.select_related("region").in_bulk(list(set(office_of.values())))
    per_office: dict[str, dict[str, int]] = defaultdict(dict)
    for village, families, rupiah in waiting:
        office = known.get(office_of.get(village, ""))
        if office is None:
            if "" in by.offices and offices is None:
                result.skip("no_office", families, rupiah)
        elif by.sees_office(office.path) and (offices is None or office.code in offices):
            per_office[office.code][village] = families
    chunks: list[tuple[dict[str, Office], int]] = []
    for code in sorted(per_office, key=lambda code: known[code].path):
        families = sum(per_office[code].values())
        villages = dict.fromkeys(per_office[code], known[code])
        if chunks and chunks[-1][1] + families <= CHUNK_FAMILIES:
            chunks[-1] = ({**chunks[-1][0], **villages}, chunks[-1][1] + families)
        else:
            chunks.append((villages, families))
    return chunks


def _plan_chunk(
    tranche: Tranche,
    villages: dict[str, Office],
    lists: Sequence[UUID] | None,
    policy: PlanPolicy,
    result: PlanResult,
    *,
    by: Actor,
) -> None:
    moment = now()
    offices = {office.code: office for office in villages.values()}
    zone = next(iter(offices.values())).zone
    today = business_date(moment, zone)
    values: dict[str, Any] = {
        "tranche": tranche.id,
        "lists": list(lists) if lists is not None else None,
        "now": moment,
        "today": today,
        "others": list(policy.others_components),
        "elderly": policy.elderly_from,
        "collector_age": policy.collector_age_from,
    }
    with connection.cursor() as cursor:
        _lock(cursor, tranche, offices, villages)
        cursor.execute(stages.PLACES)
        copy_rows(
            "plan_place",
            ("village", "office", "zone", "office_village"),
            (
                (village, office.code, office.zone, office.region_id)
                for village, office in sorted(villages.items())
            ),
        )
        cursor.execute(stages.OPEN, values)
        cursor.execute("ANALYZE plan_open")
        cursor.execute(stages.families(policy.channel_rules), values)
        cursor.execute(stages.SEATS)
        cursor.execute("ANALYZE plan_family, plan_seat")
        calendars = seating.calendars_of(tranche, offices, today, moment, policy)
        groups = seating.queues()
        shares = [
            share
            for code, calendar in calendars.items()
            for share in seat_groups(calendar, [group for group in groups if group.office == code])
        ]
        opened = [session for calendar in calendars.values() for session in calendar.sessions]
        if result.dry_run:
            result.sessions += sum(1 for s in opened if s.id is None and s.taken)
            seating.stand_in_ids(opened)
        else:
            names = path_names_for_system({group.village for group in groups})
            points, sessions = seating.write_sessions(
                tranche,
                opened,
                {code: (path.village or str(path)) for code, path in names.items()},
                {office.code: (office.name, office.address) for office in offices.values()},
            )
            result.points += points
            result.sessions += sessions
        cursor.execute(stages.SHARES)
        seating.seats_from(shares)
        cursor.execute(stages.SERIALS)
        cursor.execute(stages.READY)
        cursor.execute("ANALYZE plan_share, plan_ready")
        planned = _count(cursor, result)
        if result.dry_run or not planned["families"]:
            _forget(cursor)
            return
        # Entitlements are locked before visits and payments, as everywhere in the house.
        cursor.execute(
            "SELECT o.id FROM plan_open o JOIN plan_ready r ON r.household_id = o.household_id"
        )
        claim_entitlements([row[0] for row in cursor.fetchall()], by=by)
        _write(cursor, values)
        cursor.execute(stages.WRITTEN)
        written = cursor.fetchall()
        cursor.execute(stages.JOURNAL, values)
        _forget(cursor)
    record(
        "payments.planned",
        f"tranche:{tranche.id}",
        {
            **planned,
            "offices": sorted(offices),
            "lists": sorted(str(item) for item in lists or ()),
            "root": root_of([bytes(digest) for _, digest in written]).hex(),
        },
        by=by,
    )


def _lock(cursor: Any, tranche: Tranche, offices: dict[str, Office], villages: Any) -> None:
    """One planner per office and tranche, and one numberer per regency, always in one order."""
    names = [f"plan {tranche.id} {code}" for code in offices]
    names += [f"number {village[:5]}" for village in villages]
    for name in sorted(set(names)):
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def _write(cursor: Any, values: dict[str, Any]) -> None:
    for statement in stages.IDS:
        cursor.execute(statement)
    cursor.execute("SELECT n FROM plan_ready WHERE visit_id IS NULL ORDER BY n")
    numbers = [n for (n,) in cursor.fetchall()]
    copy_rows("plan_visit_id", ("n", "id"), zip(numbers, new_ids(len(numbers)), strict=True))
    cursor.execute(
        "SELECT count(*) FROM plan_open o JOIN plan_ready r ON r.household_id = o.household_id"
    )
    payments = cursor.fetchone()[0]
    copy_rows("plan_payment_id", ("n", "id"), enumerate(new_ids(payments), 1))
    cursor.execute("ANALYZE plan_visit_id, plan_payment_id")
    cursor.execute(stages.NEW_VISITS, values)
    cursor.execute(stages.GROWN_VISITS, values)
    cursor.execute(stages.PAYMENTS, values)


def _count(cursor: Any, result: PlanResult) -> dict[str, Any]:
    """Adds this chunk to the result; what of it is planned."""
    planned: dict[str, Any] = {"families": 0, "payments": 0, "rupiah": 0, "channels": {}}
    cursor.execute(stages.COUNTS)
    for channel, reason, skip, ready, families, payments, rupiah, grown in cursor.fetchall():
        if not ready:
            result.skip(skip or "no_day_left", families, rupiah)
            continue
        planned["families"] += families
        planned["payments"] += payments
        planned["rupiah"] += rupiah
        planned["channels"][channel] = planned["channels"].get(channel, 0) + families
        result.channels[(channel, reason)] += families
        result.grown += grown
    result.families += planned["families"]
    result.payments += planned["payments"]
    result.rupiah += planned["rupiah"]
    return planned


def _forget(cursor: Any) -> None:
    """Drops the stages, so that another chunk can follow in the same transaction (tests)."""
    cursor.execute(
        "DROP TABLE IF EXISTS plan_place, plan_open, plan_family, plan_seat, plan_share,"
        " plan_serial, plan_ready, plan_visit_id, plan_payment_id"
    )
