"""Fates follow from the seed, and the tally counts what was signed and nothing else."""

from typing import Any

from simulator.fates import Fate, fate_of
from simulator.tally import Tally


def visit(number: int, *, alone: bool = False, programs: int = 1) -> dict[str, Any]:
    payments = [
        {"id": f"{number}-{i}", "program": f"P{i}", "amount": 600_000} for i in range(programs)
    ]
    return {
        "id": f"visit-{number}",
        "number": f"1671-0000-{number:04d}-0",
        "collectors": [] if alone else [{"person_id": "x"}],
        "payments": payments,
    }


def test_a_fate_follows_from_seed_and_number() -> None:
    fates = [fate_of(1, visit(n)) for n in range(500)]
    assert fates == [fate_of(1, visit(n)) for n in range(500)]
    assert fates != [fate_of(2, visit(n)) for n in range(500)]


def test_nobody_sends_somebody_who_is_not_there() -> None:
    fates = [fate_of(1, visit(n, alone=True)) for n in range(5000)]
    assert not any(fate.proxy for fate in fates)
    assert not any("deceased_heir" in fate.codes for fate in fates)
    assert any("deceased_single" in fate.codes for fate in fates)


def test_most_families_are_paid_and_every_kind_of_fate_occurs() -> None:
    fates = [fate_of(1, visit(n)) for n in range(20_000)]
    paid = sum(fate.paid for fate in fates) / len(fates)
    assert 0.95 < paid < 0.98
    assert any(fate.proxy for fate in fates)
    assert any(fate.again for fate in fates)
    assert any(fate.codes and fate.paid for fate in fates)
    assert Fate() in fates


def test_a_visit_pays_each_program_on_its_own() -> None:
    tally = Tally()
    tally.handed_over("a", visit(1, programs=2))
    assert tally.paid_count == {("a", "P0"): 1, ("a", "P1"): 1}
    assert tally.paid_total == 1_200_000


def test_a_second_hand_over_is_counted_apart_and_still_empties_the_bag() -> None:
    tally = Tally()
    tally.accepted("a", 2_000_000)
    tally.handed_over("a", visit(1))
    tally.handed_over("a", visit(1))
    tally.counted("a", 800_000)
    assert tally.paid_total == 600_000
    assert tally.second_total == 600_000
    assert tally.cash_of("a") == 0


def test_a_family_paid_in_the_end_is_not_counted_as_failed() -> None:
    first, second = Tally(), Tally()
    first.failed("a", visit(1), "absent")
    first.failed("a", visit(2), "absent")
    second.handed_over("b", visit(1))
    whole = first.merged([second])
    assert whole.failed_by_reason == {"absent": 1}
    assert whole.attempts == {("a", "absent"): 2}
