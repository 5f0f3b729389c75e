"""Where a family that was not paid is asked to come next: rules as data, first match decides.

A rule is ``{"channel": …, "when": {"code": […], "from": […], "attempts_from": n}}``; what it does
not name does not matter. Without a match the channel stays and the next session is taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from salur.disbursement.rules.channels import COMMUNITY, DOORSTEP, POST_OFFICE

REPLAN_RULES: Final[tuple[Mapping[str, Any], ...]] = (
    {"channel": DOORSTEP, "when": {"code": ["ill"]}},
    {"channel": POST_OFFICE, "when": {"from": [COMMUNITY]}},
    {"channel": DOORSTEP, "when": {"from": [POST_OFFICE], "attempts_from": 2}},
    {"channel": POST_OFFICE, "when": {"from": [DOORSTEP], "attempts_from": 2}},
)
"""The ill are visited; who missed the village's event comes to the post office; who misses that
twice is visited; who is twice not at home is asked to the post office."""


def next_channel(
    channel: str,
    code: str,
    attempts: int,
    rules: Sequence[Mapping[str, Any]] = REPLAN_RULES,
) -> str:
    """The channel of the next try. ``attempts`` counts coded tries; a silent no-show is one."""
    for rule in rules:
        when = rule.get("when", {})
        if "code" in when and code not in when["code"]:
            continue
        if "from" in when and channel not in when["from"]:
            continue
        if attempts < when.get("attempts_from", 0):
            continue
        return str(rule["channel"])
    return channel
