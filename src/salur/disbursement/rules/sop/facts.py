"""What is known of a family before it comes, as numbers that a procedure can ask about. Pure."""

from __future__ import annotations

from typing import Any, Final

MOST_RISK: Final = 100
_DOUBTFUL: Final = 60
_UNDER_REVIEW: Final = 20
_EACH_PROXY: Final = 15
_NEVER_MET: Final = 10


def risk_of(*, doubtful: int, under_review: int, proxy_streak: int, first_time: bool) -> int:
    """0 to 100: how closely to look, by what is on record of earlier hand-overs.

    A doubtful one weighs most; then tranche after tranche by proxy; then what nobody has reviewed
    yet; a face that is not on file a little. It chooses steps and never refuses a payment.
    """
    points = _DOUBTFUL * doubtful + _UNDER_REVIEW * under_review
    points += _EACH_PROXY * proxy_streak + (_NEVER_MET if first_time else 0)
    return min(points, MOST_RISK)


def hand_over_facts(
    told: dict[str, Any],
    *,
    channel: str,
    amount: int,
    relation: str,
    authority: str | None,
    letter: str | None,
) -> dict[str, Any]:
    """The facts that a condition may ask about: what the worklist told and what the events say."""
    return {
        **told,
        "proxy": relation != "self",
        "heir": relation != "self" and authority == "heir_letter",
        "doorstep": channel == "doorstep",
        "amount": amount,
        "letter": letter,
    }
