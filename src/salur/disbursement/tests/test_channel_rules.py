"""The channel follows from the rules, and the rules from data."""

from __future__ import annotations

from typing import Any

import pytest

from salur.disbursement.rules.channels import (
    DEFAULT_RULES,
    FamilyFacts,
    WrongRules,
    channel_sql,
    check_channel_rules,
    choose_channel,
)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"bank_account": True, "ill": True}, ("bank", "bank_account")),
        ({"ill": True, "village_families": 200}, ("doorstep", "ill")),
        ({"disabled": True, "village_families": 200}, ("doorstep", "disabled")),
        (
            {"recipient_age": 75, "people_on_card": 4, "village_families": 30},
            ("doorstep", "elderly"),
        ),
        (
            {"recipient_age": 61, "people_on_card": 1, "village_families": 30},
            ("doorstep", "elderly_alone"),
        ),
        (
            {"recipient_age": 61, "people_on_card": 2, "village_families": 30},
            ("post_office", "default"),
        ),
        ({"remote": True, "village_families": 90}, ("doorstep", "remote")),
        ({"village_families": 50}, ("community", "many_in_village")),
        ({"village_families": 49}, ("post_office", "default")),
        ({"village_families": 10}, ("post_office", "default")),
        ({"village_families": 9}, ("doorstep", "few_in_village")),
        ({"recipient_age": None, "village_families": 20}, ("post_office", "default")),
    ],
)
def test_the_rule_of_thumb_decides(facts: dict[str, Any], expected: tuple[str, str]) -> None:
    assert choose_channel(FamilyFacts(**facts)) == expected


@pytest.mark.parametrize(
    "rules",
    [
        [],
        [{"channel": "pigeon", "reason": "x", "when": {}}],
        [{"channel": "bank", "reason": "x'; drop table", "when": {}}],
        [{"channel": "bank", "reason": "x", "when": {"colour": True}}],
        [{"channel": "bank", "reason": "x", "when": {"ill": "yes"}}],
        [{"channel": "bank", "reason": "x", "when": {"recipient_age_from": "60 or true"}}],
        [{"channel": "bank", "reason": "x", "when": {"ill": True}}],
    ],
)
def test_rules_that_are_not_understood_are_refused(rules: list[dict[str, Any]]) -> None:
    with pytest.raises(WrongRules):
        check_channel_rules(rules)
    with pytest.raises(WrongRules):
        channel_sql(rules, "channel")


def test_the_default_rules_are_understood() -> None:
    check_channel_rules(DEFAULT_RULES)
