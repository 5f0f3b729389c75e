"""Notes and whose money they are. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from salur.kernel.money import DENOMINATIONS, notes_for

NOTES_PER_BUNDLE: Final = 100
"""As the central bank straps them."""


@dataclass(frozen=True, slots=True)
class CashNeed:
    """What a session must have in notes before its first family comes."""

    families: int = 0
    amount: int = 0
    orders: Mapping[UUID, int] = field(default_factory=dict)
    """order > rupiah"""
    notes: tuple[tuple[int, int], ...] = ()
    """(denomination, count), the fewest notes with which every family gets its exact sum"""

    @property
    def in_coins(self) -> int:
        """Rupiah below the smallest note, to be brought as coins."""
        return self.amount - worth_of(self.notes)


def worth_of(notes: Iterable[Sequence[int]]) -> int:
    """The sum of (denomination, count) pairs."""
    return sum(worth * count for worth, count in notes)


def check_notes(notes: Iterable[Sequence[int]], amount: int) -> tuple[tuple[int, int], ...]:
    """The tally in its one form, largest first. Raises ValueError unless it adds up to `amount`."""
    counts: dict[int, int] = {}
    for worth, count in notes:
        if worth not in DENOMINATIONS or count < 0:
            raise ValueError(f"{worth} × {count}")
        counts[worth] = counts.get(worth, 0) + count
    tally = tuple((worth, counts[worth]) for worth in DENOMINATIONS if counts.get(worth))
    if worth_of(tally) != amount:
        raise ValueError(f"{worth_of(tally)} != {amount}")
    return tally


def notes_for_float(amount: int, need: CashNeed) -> tuple[tuple[int, int], ...]:
    """The notes for a float: those that the families need when it covers them, else the fewest.

    What goes beyond the need is added in the largest notes; below the smallest note are coins,
    which are not tallied.
    """
    if amount >= need.amount > 0:
        counts = dict(need.notes)
        for worth, count in notes_for(amount - worth_of(need.notes) - need.in_coins):
            counts[worth] = counts.get(worth, 0) + count
        return tuple((worth, counts[worth]) for worth in DENOMINATIONS if counts.get(worth))
    return tuple(notes_for(amount))


def bundles_of(count: int) -> tuple[int, int]:
    """(strapped bundles, loose notes) in which a count of one denomination is packed."""
    return divmod(count, NOTES_PER_BUNDLE)


def allot_orders(
    amount: int, need: Mapping[UUID, int], available: Mapping[UUID, int]
) -> dict[UUID, int]:
    """Whose money a float of `amount` is: first the orders that the families are owed from, then
    any other that lies in the vault (one pile of notes; closing exchanges the earmarks).

    Raises ValueError with the rupiah that the vault lacks.
    """
    allotted: dict[UUID, int] = {}
    rest = amount
    for order in sorted(need, key=lambda order: (-need[order], str(order))):
        part = min(need[order], max(available.get(order, 0), 0), rest)
        if part:
            allotted[order] = part
            rest -= part
    for order in sorted(available, key=lambda order: (-available[order], str(order))):
        part = min(available[order] - allotted.get(order, 0), rest)
        if part > 0:
            allotted[order] = allotted.get(order, 0) + part
            rest -= part
    if rest:
        raise ValueError(str(rest))
    return allotted


def allot_return(amount: int, held: Mapping[UUID, int]) -> dict[UUID, int]:
    """Whose money a hand-back of `amount` is, from what the books say the officer holds.

    Cash on the table is a fact even when the books know less: the rest goes to the order of which
    most was held. With nothing held there is no order to name: an empty result.
    """
    by_size = sorted(held, key=lambda order: (-held[order], str(order)))
    allotted: dict[UUID, int] = {}
    rest = amount
    for order in by_size:
        part = min(max(held[order], 0), rest)
        if part:
            allotted[order] = part
            rest -= part
    if rest and by_size:
        allotted[by_size[0]] = allotted.get(by_size[0], 0) + rest
    return allotted
