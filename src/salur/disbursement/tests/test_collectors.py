"""Who may collect is data of a tranche; what is odd about a collector goes to a person."""

from __future__ import annotations

from typing import Any

import pytest

from salur.disbursement.rules.collectors import USUAL_COLLECTORS, judge_collector
from salur.disbursement.rules.policy import WrongPolicy, read_policy

PROPER: dict[str, Any] = {
    "relation": "child",
    "authority": "power_of_attorney",
    "nik_checked": True,
    "nik_reason": None,
}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"authority": "heir_letter"}, []),
        ({"relation": None}, ["collector_not_listed"]),
        ({"authority": None}, ["no_authority"]),
        ({"nik_checked": False}, ["nik_not_checked"]),
        ({"nik_checked": False, "nik_reason": "no_document"}, ["excused_nik:no_document"]),
    ],
)
def test_somebody_of_the_family_card_collects_with_a_paper_and_a_compared_card(
    change: dict[str, Any], found: list[str]
) -> None:
    assert judge_collector(USUAL_COLLECTORS, **{**PROPER, **change}) == found


def test_a_tranche_may_allow_heirs_of_some_relations_and_nobody_else() -> None:
    rule = {"deceased": {"authority": "heir_letter", "relations": ["spouse", "child"]}}
    policy = read_policy({"collectors": rule})
    heir = {**PROPER, "authority": "heir_letter"}
    assert judge_collector(policy.collectors, **heir) == []
    assert judge_collector(policy.collectors, **{**heir, "relation": "sibling"}) == [
        "relation_not_allowed"
    ]
    assert judge_collector(policy.collectors, **PROPER) == ["no_authority"]


@pytest.mark.parametrize(
    "collectors",
    [
        {"bored": {"authority": "heir_letter"}},
        {"unable": {"authority": "a nod"}},
        {"unable": {"authority": "heir_letter", "relations": ["neighbour"]}},
    ],
)
def test_a_policy_of_collectors_that_means_nothing_is_refused(collectors: dict[str, Any]) -> None:
    with pytest.raises(WrongPolicy):
        read_policy({"collectors": collectors})
