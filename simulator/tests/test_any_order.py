"""Any order and any duplication of a set of events comes to the same books (M7)."""

from random import Random

from salur.config.wsgi import application
from salur.field.operations import apply_events
from salur.intake.operations import keep_events
from salur.kernel import clock, ids
from salur.kernel.actor import SYSTEM
from simulator.tests.conftest import Template
from simulator.transports import InProcess
from simulator.world.desk import World
from simulator.world.orders import differences, signed_set
from simulator.world.stage import rows


def test_two_sets_of_conflicting_events_in_twenty_orders_come_to_the_same_books(
    template: Template,
) -> None:
    for event_set in (1, 2):
        with template.databases.copy():
            assert list(differences(template.country, event_set, orders=10)) == []


def test_the_sets_are_full_of_conflicts(template: Template) -> None:
    with template.databases.copy(), ids.seeded(1):
        world = World(template.country, InProcess(application), 1)
        events = signed_set(world, Random("orders/1"))
        with clock.at(world.now):
            keep_events([(event.raw, event.signature) for event in events], by=SYSTEM)
            while apply_events():
                pass
        outcomes = {name for (name,) in rows("SELECT outcome FROM disbursement_payout_line")}
    assert len(events) > 50
    assert outcomes >= {"paid", "second"}
    assert outcomes & {"short", "excess"}
    assert {event.kind for event in events} >= {
        "handed_over",
        "hand_over_cancelled",
        "attempt_failed",
        "cash_transfer",
        "cash_count",
        "lease_release",
    }
