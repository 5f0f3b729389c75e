"""A failure can be replayed, and none is found: seeds of devices, officers, desks and faults."""

from collections import Counter

import pytest

from simulator.tests.conftest import Template
from simulator.world.campaign import Order, play
from simulator.world.script import FAULTS

SEEDS = 20
OPERATIONS = 200
USUAL = {
    "second",
    "short",
    "excess",
    "unidentified",
    "clock_off",
    "revoked_device",
    "duplicate_acknowledged",
    "lost_ack_resent",
    "out_of_order",
    "in_doubt",
}
"""Conflicts that so few operations surely bring; docs/reliability.md counts all of them."""


def test_twenty_seeds_with_every_fault_leave_nothing_unexplained(template: Template) -> None:
    order = Order(range(1, SEEDS + 1), operations=OPERATIONS)
    conflicts: Counter[str] = Counter()
    for result in play(order, template.databases, template.country):
        assert result.violations == [], f"salur simulate --seed {result.seed}"
        conflicts += result.conflicts
    assert set(conflicts) >= USUAL


def test_the_same_seed_is_the_same_trace_and_another_seed_another(template: Template) -> None:
    order = Order((7, 7, 8), operations=60)
    first, again, other = [r.trace_hash for r in play(order, template.databases, template.country)]
    assert first == again
    assert other != first


@pytest.mark.parametrize("faults", [frozenset(), frozenset(FAULTS) - {"clocks"}])
def test_faults_happen_only_where_they_are_asked_for(
    template: Template, faults: frozenset[str]
) -> None:
    order = Order((3,), operations=80, faults=faults)
    [result] = play(order, template.databases, template.country)
    assert result.violations == []
    assert not {"clock_off", "clock_ahead"} & set(result.conflicts)
    if not faults:
        assert not {"excess", "duplicate_acknowledged", "lost_ack_resent"} & set(result.conflicts)
