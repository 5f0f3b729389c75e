"""Who may collect for a family, on which paper: data of a tranche. Pure.

Never a refusal: the cash has left the bag, and what is odd is looked at by a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

CIRCUMSTANCES: Final = ("unable", "deceased", "away")
"""Why the recipient does not come: ill, old or disabled; died; only away."""
AUTHORITIES: Final = ("power_of_attorney", "heir_letter")
RELATIONS: Final = ("head", "spouse", "child", "parent", "sibling", "grandchild", "other")

Collectors = Mapping[str, Mapping[str, Any]]

USUAL_COLLECTORS: Final[dict[str, dict[str, Any]]] = {
    "unable": {"authority": "power_of_attorney", "relations": []},
    "deceased": {"authority": "heir_letter", "relations": []},
}
"""An adult of the same family card; a circumstance that is not named means nobody. Everybody on
``relations``, or all when it is empty. A one-person card has no collectors: it is not payable."""


def check_collectors(collectors: Collectors) -> None:
    """Raises ValueError naming the setting that cannot be worked by."""
    for circumstance, rule in collectors.items():
        if circumstance not in CIRCUMSTANCES:
            raise ValueError(f"collectors: unknown circumstance {circumstance!r}")
        if not isinstance(rule, Mapping) or rule.get("authority") not in AUTHORITIES:
            raise ValueError(f"collectors: {circumstance} needs an authority of {AUTHORITIES}")
        relations = rule.get("relations", [])
        if not isinstance(relations, list | tuple) or not set(relations) <= set(RELATIONS):
            raise ValueError(f"collectors: {circumstance} names an unknown relation")


def judge_collector(
    collectors: Collectors,
    *,
    relation: str | None,
    authority: str | None,
    nik_checked: bool,
    nik_reason: str | None,
) -> list[str]:
    """What is odd about somebody who collected for the recipient.

    ``relation`` is None for a person who is not on the family's list.
    """
    found = []
    if relation is None:
        found.append("collector_not_listed")
    else:
        rules = [rule for rule in collectors.values() if rule["authority"] == authority]
        if authority is None or not rules:
            found.append("no_authority")
        elif not any(not rule.get("relations") or relation in rule["relations"] for rule in rules):
            found.append("relation_not_allowed")
    if not nik_checked:
        found.append(f"excused_nik:{nik_reason}" if nik_reason else "nik_not_checked")
    return found
