"""What a procedure asks of a family, and what is reviewed, as `contract/golden/sop.json` says."""

import json
from pathlib import Path
from typing import Any

import pytest

from salur.disbursement.rules.sop import (
    SHIPPED,
    Recorded,
    WrongProcedure,
    check_steps,
    draw,
    open_asks,
    plan_walk,
    review_walk,
    split_walk,
)

GOLDEN = json.loads((Path(__file__).parents[2] / "contract/golden/sop.json").read_text())


def walked(case: dict[str, Any]) -> dict[str, Any]:
    procedure = GOLDEN["procedures"][case["procedure"]]
    walk = plan_walk(
        procedure["steps"],
        case["facts"],
        key_hex=case["key"],
        visit_id=case["visit"],
        procedure_id=procedure["id"],
    )
    recorded = Recorded(**case["recorded"])
    verifier, payer = split_walk(walk)
    return {
        "walk": [[s.code, [[list(a.any_of), a.at_least, a.tick] for a in s.asks]] for s in walk],
        "verifier": [step.code for step in verifier],
        "payer": [step.code for step in payer],
        "open": [ask.name for ask in open_asks(walk, recorded)],
        "review": review_walk(walk, recorded),
    }


def test_every_family_is_asked_and_reviewed_as_the_contract_says() -> None:
    assert len(GOLDEN["cases"]) >= 300
    for case in GOLDEN["cases"]:
        assert walked(case) == case["expected"], case["visit"]


def test_the_cases_reach_every_answer() -> None:
    expected = [case["expected"] for case in GOLDEN["cases"]]
    assert any(not case["review"] for case in expected)
    assert any(word.startswith("excused_") for case in expected for word in case["review"])
    assert any(word.startswith("missing_") for case in expected for word in case["review"])
    assert any(ask[2] for case in expected for _, asks in case["walk"] for ask in asks)


def test_a_tenth_is_photographed_again_and_it_is_the_same_tenth_on_both_sides() -> None:
    for row in GOLDEN["draws"]:
        found = draw(GOLDEN["key"], row["visit"], row["procedure"], row["kind"])
        assert found == row["draw"]
    drawn = [draw(GOLDEN["key"], f"visit {n}", "community/2", "ktp") < 100 for n in range(10_000)]
    assert 900 < sum(drawn) < 1_100
    assert draw(None, "visit", "community/2", "ktp") == 0


@pytest.mark.parametrize("channel", SHIPPED)
def test_what_ships_with_the_house_can_be_walked(channel: str) -> None:
    for steps in SHIPPED[channel]:
        check_steps(steps)


GOOD = SHIPPED["post_office"][1]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ([{"code": "dance"}], (1, "unknown_step")),
        ([*GOOD, {"code": "letter"}], (8, "step_twice")),
        ([GOOD[0], GOOD[3], GOOD[1], GOOD[2], *GOOD[4:]], (3, "after_cash")),
        (GOOD[1:2], (0, "step_needed")),
        ([{**GOOD[0], "when": {"mood": True}}, *GOOD[1:]], (1, "unknown_fact")),
        ([{**GOOD[0], "when": {"age": True}}, *GOOD[1:]], (1, "test")),
        ([{**GOOD[0], "when": []}, *GOOD[1:]], (1, "never_holds")),
        (
            [{**GOOD[0], "when": {"age": {"at_least": 9, "below": 9}}}, *GOOD[1:]],
            (1, "never_holds"),
        ),
        ([{**GOOD[0], "asks": [{"any_of": []}]}, *GOOD[1:]], (1, "no_evidence")),
        ([{**GOOD[0], "asks": [{"any_of": ["goat"]}]}, *GOOD[1:]], (1, "unknown_evidence")),
        ([{**GOOD[0], "asks": [{"any_of": ["ktp"], "at_least": 9}]}, *GOOD[1:]], (1, "at_least")),
        (
            [{**GOOD[0], "asks": [{"any_of": ["ktp"], "sample_permille": 5}]}, *GOOD[1:]],
            (1, "sample_without_tick"),
        ),
        (
            [{**GOOD[0], "asks": [{"any_of": ["ktp"], "reasons": ["bored"]}]}, *GOOD[1:]],
            (1, "unknown_reason"),
        ),
    ],
)
def test_a_procedure_that_cannot_be_walked_is_refused_by_step(
    change: list[dict[str, Any]], problem: tuple[int, str]
) -> None:
    with pytest.raises(WrongProcedure) as refused:
        check_steps(change)
    assert problem in [(found.step, found.code) for found in refused.value.problems]
