"""Wrong clocks change no account and no day: they are flagged (M8)."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from salur.config.wsgi import application
from salur.kernel import ids
from simulator.tests.conftest import Template
from simulator.transports import InProcess
from simulator.world import checks
from simulator.world.country import BEGINS
from simulator.world.desk import World
from simulator.world.orders import BOOKS
from simulator.world.phones import EPOCH
from simulator.world.stage import rows

RIGHT = (timedelta(), timedelta())
CLOCKS = {
    "three days ahead": (timedelta(days=3), timedelta(days=3)),
    "three days behind": (timedelta(days=-3), timedelta(days=-3)),
    "backwards in the middle": (timedelta(hours=2), timedelta(hours=-5)),
    "1970": (EPOCH - BEGINS, EPOCH - BEGINS),
    "right, then 1970": (timedelta(), EPOCH - BEGINS),
    "seven minutes": (timedelta(minutes=7), timedelta(minutes=7)),
}
"""What the phones' clocks are off by, in the first and in the second half of the day."""

_DAYS = "SELECT office_id, business_date, count(*) FROM disbursement_hand_over GROUP BY 1, 2"


def a_day(template: Template, shifts: tuple[timedelta, timedelta]) -> tuple[Any, Counter[str]]:
    """Three offices in three time zones pay, one family twice, count and close: the books, and
    what was flagged. The seed is the same, so the server's own ids are."""
    with template.databases.copy(), ids.seeded(1):
        world = World(template.country, InProcess(application), 1)
        phones = [officer.phones[0] for officer in world.officers[::2]]
        for phone in phones:
            officer = world.officer_of(phone)
            world.act("issue", officer, 20_000_000, world.new_id())
            world.act("lease", phone, world.open_sessions(officer.branch)[0])
            world.act("pull", phone)
        for half, shift in enumerate(shifts):
            for phone in phones:
                world.act("clock", phone, shift)
                world.act("accept", phone)
                mine = sorted(visit for visit in phone.visits)
                for visit in mine[half * 3 : half * 3 + 3]:
                    world.act("pay", phone, phone.visits[visit])
                    world.advance(240)
        world.act("pay", phones[1], world.letters[min(phones[0].visits)])
        for phone in phones:
            world.act("count", phone)
            world.act("push", phone)
        world.act("apply")
        for phone in phones:
            world.act("close", world.officer_of(phone), False)
        assert world.book.violations == []
        assert list(checks.final(world)) == []
        books = {what: rows(statement) for what, statement in BOOKS.items()}
        books["days"] = sorted(rows(_DAYS))
        flags = Counter(
            flag
            for (flag,) in rows(
                "SELECT jsonb_array_elements_text(flags) FROM disbursement_hand_over"
            )
        )
        return books, flags


@pytest.fixture(scope="module")
def right(template: Template) -> Any:
    books, flags = a_day(template, RIGHT)
    assert not flags & Counter(("clock_off", "clock_ahead", "clock_unbounded"))
    assert len(books["days"]) == 3
    return books


@pytest.mark.parametrize("clocks", CLOCKS)
def test_wrong_clocks_move_no_rupiah_and_no_day_and_are_flagged(
    template: Template, right: Any, clocks: str
) -> None:
    books, flags = a_day(template, CLOCKS[clocks])
    assert books == right
    halves = sum(abs(shift) > timedelta(minutes=5) for shift in CLOCKS[clocks])
    assert flags["clock_off"] >= 9 * halves
