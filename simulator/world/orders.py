"""Any order and any duplication of a set of events comes to the same books (M7).

A set of events is signed by several phones that do not hear of each other: conflicting hand-overs,
short and full ones, beginnings, cancellations, attempts, counts, cash between officers. Each order
is kept and applied by the real operations on the same database, summed up, and undone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from django.db import transaction

from salur.config.wsgi import application
from salur.field.operations import apply_events
from salur.intake.operations import keep_events
from salur.intake.queries import count_waiting_for_system
from salur.kernel import clock, ids
from salur.kernel.actor import SYSTEM
from simulator.devices import SignedEvent
from simulator.transports import InProcess
from simulator.world.checks import invariants
from simulator.world.country import Country
from simulator.world.desk import World
from simulator.world.script import STEP
from simulator.world.stage import rows

ORDERS_PER_SET = 25
_VISITS = 5
_MILLION = 1_000_000

BOOKS = {
    "cash of each custodian": (
        "SELECT kind, custodian, posted_in - posted_out FROM ledger_account"
        " WHERE kind IN ('cash', 'vault', 'in_transit') AND posted_in <> posted_out ORDER BY 1, 2"
    ),
    "paid per order": (
        "SELECT order_id, sum(amount) FROM disbursement_payout_line"
        " WHERE outcome IN ('paid', 'short') GROUP BY 1 ORDER BY 1"
    ),
    "suspense per order and kind": (
        "SELECT t.order_id, a.custodian, t.posted_in - t.posted_out FROM ledger_order_total t"
        " JOIN ledger_account a ON a.id = t.account_id WHERE a.kind = 'suspense' ORDER BY 1, 2"
    ),
    "paid payments": (
        "SELECT p.entitlement_id, sum(l.amount) FROM disbursement_payout_line l"
        " JOIN disbursement_payment p ON p.id = l.payment_id"
        " WHERE l.outcome IN ('paid', 'short') GROUP BY 1 ORDER BY 1"
    ),
    "settled entitlements": (
        "SELECT id FROM programs_entitlement WHERE state = 'settled' ORDER BY 1"
    ),
    "visits in doubt": "SELECT id FROM disbursement_visit WHERE in_doubt ORDER BY 1",
    "floats taken": (
        "SELECT id FROM disbursement_float_session WHERE status <> 'issued' ORDER BY 1"
    ),
    "attempts": "SELECT id, visit_id, code FROM disbursement_attempt ORDER BY 1",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One order of one set whose books are not those of the first one."""

    event_set: int
    order: int
    what: str
    expected: str
    found: str


def signed_set(world: World, rng: Random) -> list[SignedEvent]:
    """The events of one set, in the order in which they were signed."""
    phones = world.phones[:4]
    for phone in phones:
        officer = world.officer_of(phone)
        for _ in range(2):
            world.act("issue", officer, 6 * _MILLION, world.new_id())
        if sessions := world.open_sessions(officer.branch):
            world.act("lease", phone, sessions[0])
        world.act("pull", phone)
    letters = rng.sample(sorted(world.letters), min(_VISITS, len(world.letters)))
    for phone in phones:
        world.act("accept", phone, rng.random() < 0.5)
        for letter in rng.sample(letters, min(4, len(letters))):
            visit = world.letters[letter]
            draw = rng.random()
            if draw < 0.45:
                world.act("pay", phone, visit, STEP * rng.choice((-8, -4, -2, 0, 0, 0, 0, 1, 3)))
            elif draw < 0.7:
                world.act("begin", phone, visit)
                if visit["id"] in phone.begun and rng.random() < 0.7:
                    world.act("resolve", phone, visit["id"], rng.random() < 0.5)
            elif draw < 0.85:
                world.act("fail", phone, visit, rng.choice(("absent", "refused")))
            else:
                world.act("pay", phone, visit, 0, world.new_id())
            world.advance(rng.random() * 900)
    spare = next(v for v in world.letters.values() if v["id"] not in phones[3].begun)
    world.act("begin", phones[3], spare)
    world.act("resolve", phones[3], spare["id"], False)
    for giver, taker in ((0, 1), (1, 2), (2, 0)):
        signs, lost = rng.choice(("both", "giver", "taker")), STEP * rng.choice((0, 0, 1))
        world.act("pass", phones[giver], phones[taker], 4 * STEP, signs, lost)
    for phone in phones:
        world.act("count", phone)
        if rng.random() < 0.5:
            world.act("release", phone)
    return [event for phone in phones for event in phone.outbox]


def differences(
    country: Country, event_set: int, *, orders: int = ORDERS_PER_SET
) -> Iterator[Difference]:
    """Applies one set in so many orders, on the copy that Django is connected to."""
    with ids.seeded(event_set):
        rng = Random(f"orders/{event_set}")
        world = World(country, InProcess(application), event_set)
        events = signed_set(world, rng)
        if world.book.violations:
            raise RuntimeError(world.book.violations[0])
        expected: dict[str, Any] = {}
        for order in range(orders):
            found = books_of(events if order == 0 else shuffled(events, rng), world, rng)
            expected = expected or found
            for what in expected:
                if found[what] != expected[what]:
                    yield Difference(event_set, order, what, str(expected[what]), str(found[what]))


def shuffled(events: list[SignedEvent], rng: Random) -> list[SignedEvent]:
    """All of them in any order, a third of them two or three times."""
    sent = [event for event in events for _ in range(rng.choice((1, 1, 1, 1, 2, 3)))]
    rng.shuffle(sent)
    return sent


def books_of(sent: list[SignedEvent], world: World, rng: Random) -> dict[str, Any]:
    """Keeps and applies events in groups of any size; the books that they come to. Undone again."""
    moment = world.now
    with transaction.atomic():
        place = 0
        while place < len(sent):
            group = sent[place : place + rng.choice((1, 2, 5, 20, 60))]
            place += len(group)
            with clock.at(moment):
                keep_events([(event.raw, event.signature) for event in group], by=SYSTEM)
                if rng.random() < 0.6:
                    apply_events(rng.choice((2, 7, 1000)))
        with clock.at(moment):
            while apply_events():
                pass
            books = {what: rows(statement) for what, statement in BOOKS.items()}
            books["not judged"] = count_waiting_for_system()
            books["invariants"] = sorted(invariants())
        transaction.set_rollback(True)
    return books
