"""What happens when a family is expected: most come, some send somebody, a few never do.

Rates follow the reported outcome (96-97 % paid after all attempts); they are the simulation's, not
the system's. The fate follows from seed and payment number alone, so that a run can be repeated.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any


@dataclass(frozen=True, slots=True)
class Fate:
    """`codes`: a failed attempt each, in order; then the family is paid, unless `paid` is False.

    `proxy`: another person of the card collects. `again`: the officer, in error, hands over a
    second time, which is a fact and money in suspense.
    """

    codes: tuple[str, ...] = ()
    paid: bool = True
    proxy: bool = False
    again: bool = False


# Per ten thousand visits; the rest simply come. Codes of the contract's `attempt_failed`.
_NEEDS_OTHERS = "needs others on the card"
_FATES: tuple[tuple[int, Fate, str], ...] = (
    (280, Fate(proxy=True), _NEEDS_OTHERS),
    (220, Fate(codes=("absent",)), ""),
    (40, Fate(codes=("no_document",)), ""),
    (30, Fate(codes=("ill",)), ""),
    (90, Fate(codes=("absent", "absent"), paid=False), ""),
    (60, Fate(codes=("away",), paid=False), ""),
    (50, Fate(codes=("moved",), paid=False), ""),
    (45, Fate(codes=("not_found",), paid=False), ""),
    (40, Fate(codes=("deceased_single",), paid=False), "alone on the card"),
    (20, Fate(codes=("deceased_heir",), paid=False), _NEEDS_OTHERS),
    (25, Fate(codes=("not_eligible",), paid=False), ""),
    (10, Fate(codes=("refused",), paid=False), ""),
    (10, Fate(codes=("nik_mismatch",), paid=False), ""),
    (5, Fate(again=True), ""),
)
_PRESENT = Fate()


def fate_of(seed: int, visit: Mapping[str, Any]) -> Fate:
    """The fate of one visit of a worklist. `collectors` are the others on the family card."""
    draw = Random(f"fate/{seed}/{visit['number']}").random() * 10_000
    alone = not visit["collectors"]
    for rate, fate, condition in _FATES:
        draw -= rate
        if draw < 0:
            if condition and (condition == _NEEDS_OTHERS) == alone:
                return _PRESENT
            return fate
    return _PRESENT
