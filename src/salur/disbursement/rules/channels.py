"""Which channel brings the money to a family: rules as data, first match decides.

A rule is ``{"channel": …, "reason": …, "when": {condition: value, …}}``; all its conditions must
hold. Rules are data of the tranche, so that the ministry's next idea is a new list, not new code.
The same list is applied to one family in Python (to explain a choice) and to a million in SQL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

POST_OFFICE: Final = "post_office"
COMMUNITY: Final = "community"
DOORSTEP: Final = "doorstep"
BANK: Final = "bank"
CHANNELS: Final = (POST_OFFICE, COMMUNITY, DOORSTEP, BANK)

Rule = Mapping[str, Any]

DEFAULT_RULES: Final[tuple[Rule, ...]] = (
    {"channel": BANK, "reason": "bank_account", "when": {"bank_account": True}},
    {"channel": DOORSTEP, "reason": "ill", "when": {"ill": True}},
    {"channel": DOORSTEP, "reason": "disabled", "when": {"disabled": True}},
    {"channel": DOORSTEP, "reason": "elderly", "when": {"recipient_age_from": 75}},
    {
        "channel": DOORSTEP,
        "reason": "elderly_alone",
        "when": {"recipient_age_from": 60, "people_on_card_to": 1},
    },
    {"channel": DOORSTEP, "reason": "remote", "when": {"remote": True}},
    {"channel": COMMUNITY, "reason": "many_in_village", "when": {"village_families_from": 50}},
    {"channel": DOORSTEP, "reason": "few_in_village", "when": {"village_families_below": 10}},
    {"channel": POST_OFFICE, "reason": "default", "when": {}},
)
"""Bank account first; who can hardly come is visited; a village with 50 families or more gets an
event, one with fewer than 10 a round of visits; everyone else comes to the post office. The
limits follow the rule of thumb reported by the pay agency; ages are a policy of ours."""


class WrongRules(ValueError):
    """The list of channel rules cannot be applied; the message names the rule and the word."""


@dataclass(frozen=True, slots=True)
class FamilyFacts:
    """What the rules may ask about a family. `village_families` counts the cash families that the
    same tranche has in the village, those with a bank account left out."""

    bank_account: bool = False
    ill: bool = False
    disabled: bool = False
    remote: bool = False
    recipient_age: int | None = None
    people_on_card: int = 1
    village_families: int = 1


_FLAGS: Final = ("bank_account", "ill", "disabled", "remote")
_LIMITS: Final = {
    "recipient_age_from": ("recipient_age", ">="),
    "people_on_card_to": ("people_on_card", "<="),
    "village_families_from": ("village_families", ">="),
    "village_families_below": ("village_families", "<"),
}


def check_channel_rules(rules: Sequence[Rule]) -> None:
    """Raises WrongRules unless every rule is understood and the last one catches everybody."""
    if not rules:
        raise WrongRules("no rule at all")
    for number, rule in enumerate(rules, 1):
        if rule.get("channel") not in CHANNELS:
            raise WrongRules(f"rule {number}: unknown channel {rule.get('channel')!r}")
        if not isinstance(rule.get("reason"), str) or not rule["reason"].isidentifier():
            raise WrongRules(f"rule {number}: the reason must be one word")
        for word, value in rule.get("when", {}).items():
            if word in _FLAGS:
                if not isinstance(value, bool):
                    raise WrongRules(f"rule {number}: {word} is true or false")
            elif word in _LIMITS:
                if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                    raise WrongRules(f"rule {number}: {word} is a whole number")
            else:
                raise WrongRules(f"rule {number}: unknown condition {word!r}")
    if rules[-1].get("when"):
        raise WrongRules("the last rule must have no condition")


def _holds(facts: FamilyFacts, word: str, value: Any) -> bool:
    if word in _FLAGS:
        return bool(getattr(facts, word)) is value
    field, comparison = _LIMITS[word]
    known = getattr(facts, field)
    if known is None:
        return False
    return bool({">=": known >= value, "<=": known <= value, "<": known < value}[comparison])


def choose_channel(facts: FamilyFacts, rules: Sequence[Rule] = DEFAULT_RULES) -> tuple[str, str]:
    """(channel, reason) of one family. Expects rules that `check_channel_rules` let pass."""
    for rule in rules:
        if all(_holds(facts, word, value) for word, value in rule.get("when", {}).items()):
            return rule["channel"], rule["reason"]
    raise WrongRules("no rule applies")


def channel_sql(rules: Sequence[Rule], wanted: str) -> str:
    """`choose_channel` as an SQL CASE over columns named like the fields of FamilyFacts.

    ``wanted`` is "channel" or "reason". Values are checked words and whole numbers, so that
    nothing of a rule reaches SQL unchecked.
    """
    check_channel_rules(rules)
    branches = []
    for rule in rules:
        tests = ["true"]
        for word, value in rule.get("when", {}).items():
            if word in _FLAGS:
                tests.append(f"coalesce({word}, false) = {'true' if value else 'false'}")
            else:
                field, comparison = _LIMITS[word]
                tests.append(f"coalesce({field} {comparison} {value:d}, false)")
        branches.append(f"WHEN {' AND '.join(tests)} THEN '{rule[wanted]}'")
    return f"(CASE {' '.join(branches)} END)"
