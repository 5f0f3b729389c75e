"""What a family may be owed, and which state follows which. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

#: Share of earlier rows that a full list may leave out before a head must say why, in percent.
MOST_ABSENT_PERCENT = 5
MOST_MONTHS = 6

Per = Literal["month", "quarter", "once"]


@dataclass(frozen=True, slots=True)
class Benefit:
    """What one component is worth on a day, in rupiah."""

    code: str
    name: str
    amount: int
    per: Per
    most_per_family: int | None = None


@dataclass(frozen=True, slots=True)
class Owed:
    """What a row's amount is made of. ``problem`` is "" or the reason that holds the row."""

    components: tuple[dict[str, Any], ...] = ()
    months: int = 0
    problem: str = ""


def judge_amount(
    amount: int,
    *,
    months: int,
    counts: Mapping[str, int],
    counted: bool,
    benefits: Sequence[Benefit],
    most_people: int | None,
) -> Owed:
    """Whether ``amount`` is what the dated components give, and of which it is made.

    A monthly program owes its one amount times the months; a missing number of months is taken from
    the amount. A program of components owes the sum over the family's counted members. ``counted``
    says that the list has columns for them: then none at all is a family without component; else
    any sum that some family could have is believed, as one component.
    """
    monthly = [benefit for benefit in benefits if benefit.per == "month"]
    if monthly:
        return _monthly(amount, months, monthly[0])
    if not benefits:
        return Owed(problem="program_without_amounts")
    if not counted:
        if amount in _reachable(tuple(benefits), most_people or MOST_MONTHS):
            whole = {"code": "UNSPECIFIED", "name": "", "amount": amount}
            return Owed((whole,), months)
        return Owed(problem="amount_differs")
    return _by_members(amount, months, counts, benefits, most_people)


def _monthly(amount: int, months: int, benefit: Benefit) -> Owed:
    if not months and amount % benefit.amount == 0:
        months = amount // benefit.amount
    if not 1 <= months <= MOST_MONTHS:
        return Owed(problem="months_unbelievable" if months else "amount_differs")
    if amount != months * benefit.amount:
        return Owed(problem="amount_differs")
    return Owed(({"code": benefit.code, "name": benefit.name, "amount": amount},), months)


def _by_members(
    amount: int,
    months: int,
    counts: Mapping[str, int],
    benefits: Sequence[Benefit],
    most_people: int | None,
) -> Owed:
    worth = {benefit.code: benefit for benefit in benefits}
    present = {code: count for code, count in counts.items() if count}
    if not present:
        return Owed(problem="no_component")
    if set(present) - set(worth):
        return Owed(problem="component_unknown")
    too_many = any(
        (most := worth[code].most_per_family) is not None and count > most
        for code, count in present.items()
    )
    if too_many or (most_people is not None and sum(present.values()) > most_people):
        return Owed(problem="component_too_many")
    components = tuple(
        {
            "code": benefit.code,
            "name": benefit.name,
            "count": present[benefit.code],
            "amount": present[benefit.code] * benefit.amount,
        }
        for benefit in benefits
        if benefit.code in present
    )
    if sum(present[code] * worth[code].amount for code in present) != amount:
        return Owed(problem="amount_differs")
    return Owed(components, months)


@lru_cache(maxsize=64)
def _reachable(benefits: tuple[Benefit, ...], most_people: int) -> frozenset[int]:
    """Every sum that a family of at most ``most_people`` counted members can have."""
    sums = {(0, 0)}  # (people, rupiah)
    for benefit in benefits:
        most = min(benefit.most_per_family or most_people, most_people)
        sums = {
            (people + n, rupiah + n * benefit.amount)
            for people, rupiah in sums
            for n in range(most + 1)
            if people + n <= most_people
        }
    return frozenset(rupiah for _, rupiah in sums) - {0}


def absent_needs_note(absent: int, earlier: int) -> bool:
    """Whether a full list leaves out so many that a head must say why."""
    return absent * 100 > earlier * MOST_ABSENT_PERCENT
