"""Rollups are the journal, counted: whatever the order, however late, however often."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Sum

from salur.disbursement.models import JournalEntry
from salur.kernel.actor import SYSTEM
from salur.kernel.sequencing import assign_positions
from salur.monitoring.models import FollowedPosition, PlannedDay, Rollup
from salur.monitoring.operations import follow_journal, rebuild_rollups
from salur.monitoring.tests.conftest import DAY, Cell, Journal, Told, tell
from salur.programs.models import Tranche

VILLAGES = ("16.71.01.1001", "16.71.01.1002", "95.01.01.1001")


def rolled_up() -> Counter[tuple[Any, ...]]:
    """The rollups, cells without anything left out."""
    cells: Counter[tuple[Any, ...]] = Counter()
    for row in Rollup.objects.all():
        place = (row.program_id, row.village_id, row.office_id, row.channel, row.business_date)
        for measure, value in zip(
            ("payments", "families", "rupiah"), (row.payments, row.families, row.rupiah)
        ):
            if value:
                cells[*place, row.status, row.reason, measure] += value
    return cells


def counted(payments: list[Told]) -> Counter[tuple[Any, ...]]:
    """The same cells, counted from where each payment stands."""
    cells: Counter[tuple[Any, ...]] = Counter()
    for payment in payments:
        if payment.cell is None:
            continue
        cell = payment.cell
        place = (payment.program, payment.village, cell.office, cell.channel, cell.day)
        for measure, value in (
            ("payments", 1),
            ("families", payment.families),
            ("rupiah", payment.amount),
        ):
            if value:
                cells[*place, cell.status, cell.reason, measure] += value
    return cells


def any_cell(chance: random.Random) -> Cell:
    status = chance.choice(["planned", "planned", "paid", "paid", "failed", "cancelled"])
    return Cell(
        status=status,
        office=chance.choice(["KC1671", "KC1672", "KC9501"]),
        channel=chance.choice(["community", "doorstep", "bank"]),
        day=chance.choice([None, DAY, DAY + timedelta(days=chance.randrange(9))]),
        reason=chance.choice(["", "absent", "moved"]) if status != "paid" else "",
    )


@pytest.mark.parametrize("seed", range(12))
def test_rollups_equal_a_recount_after_any_sequence(
    seed: int, country: Tranche, journal: Journal
) -> None:
    chance = random.Random(seed)
    payments = [
        Told(
            country.id,
            village=chance.choice(VILLAGES),
            program=chance.choice(["PKH", "SEMBAKO"]),
            amount=chance.randrange(1, 9) * 25_000,
            families=chance.randrange(2),
        )
        for _ in range(40)
    ]
    for _ in range(30):
        journal.write(
            [(chance.choice(payments), any_cell(chance)) for _ in range(chance.randrange(1, 12))]
        )
        if chance.random() < 0.4:
            follow_journal(by=SYSTEM, batch=chance.choice([1, 3, 1000]))
    follow_journal(by=SYSTEM, batch=7)
    assert rolled_up() == counted(payments)
    rebuild_rollups(by=SYSTEM)
    assert rolled_up() == Counter()
    follow_journal(by=SYSTEM)
    assert rolled_up() == counted(payments)


def test_following_again_changes_nothing(country: Tranche, journal: Journal) -> None:
    payment = Told(country.id)
    journal.write([(payment, Cell()), (payment, Cell("paid"))])
    assert follow_journal(by=SYSTEM) == 2
    before = rolled_up()
    assert follow_journal(by=SYSTEM) == 0
    assert rolled_up() == before
    assert FollowedPosition.objects.get(name="rollups").position == 2


def test_the_plan_stays_where_it_was_first_made(country: Tranche, journal: Journal) -> None:
    late = DAY + timedelta(days=3)
    paid, dropped = Told(country.id), Told(country.id)
    journal.write([(paid, Cell()), (dropped, Cell())])
    journal.write([(paid, Cell(day=late, reason="absent")), (paid, Cell("paid", day=late))])
    journal.write([(dropped, Cell("cancelled"))])
    follow_journal(by=SYSTEM)
    planned = PlannedDay.objects.values("business_date").annotate(n=Sum("families"))
    assert {row["business_date"]: row["n"] for row in planned} == {DAY: 1}


@pytest.fixture
def late_writer() -> Iterator[Any]:
    """Another connection that writes an entry and keeps its transaction open until told."""
    threads: list[tuple[Thread, Event]] = []

    def start(entry: JournalEntry) -> Event:
        written, release = Event(), Event()

        def run() -> None:
            with transaction.atomic():
                entry.save()
                written.set()
                release.wait(20)
            connection.close()

        thread = Thread(target=run)
        thread.start()
        assert written.wait(20)
        threads.append((thread, release))
        return release

    def finish(release: Event) -> None:
        release.set()
        for thread, each in threads:
            if each is release:
                thread.join(20)

    start.finish = finish  # type: ignore[attr-defined]
    yield start
    for thread, release in threads:
        release.set()
        thread.join(20)


def test_a_late_commit_is_not_skipped(committed: None, country: Tranche, late_writer: Any) -> None:
    early, late = Told(country.id), Told(country.id)
    release = late_writer(tell(late, Cell("paid", day=date(2026, 12, 1))))
    tell(early, Cell("paid")).save()

    assign_positions("disbursement_journal")
    follow_journal(by=SYSTEM)
    assert rolled_up() == Counter(), "nothing is numbered past a transaction that still runs"

    late_writer.finish(release)
    assign_positions("disbursement_journal")
    follow_journal(by=SYSTEM)
    assert rolled_up() == counted([early, late])
    positions = JournalEntry.objects.order_by("position").values_list("position", flat=True)
    assert list(positions) == [1, 2]
