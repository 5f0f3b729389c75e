"""How a counted bag is booked. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Leg:
    """One amount of one order: ``back`` to the vault, ``out`` of it, ``missing`` or ``extra``."""

    order_id: UUID
    amount: int
    kind: str


def count_notes(notes: Sequence[tuple[int, int]]) -> int:
    """What these notes are worth, in rupiah."""
    return sum(worth * count for worth, count in notes)


def close_legs(balances: Mapping[UUID, int], counted: int) -> list[Leg]:
    """The legs that empty an officer's cash account when ``counted`` rupiah lie on the table.

    Notes are one pile, orders a dimension: an order whose money the officer used for another is
    made good out of the vault, and the other's goes back, in the same breath. What is missing is
    taken from the orders that still have money with the officer, largest first; what is extra
    belongs to nobody's order and is booked against the largest.
    """
    left = {order: amount for order, amount in balances.items() if amount}
    variance = counted - sum(left.values())
    by_size = sorted(left, key=lambda order: (-left[order], str(order)))
    legs: list[Leg] = []
    if variance < 0:
        missing = -variance
        for order in by_size:
            part = min(missing, max(left[order], 0))
            if part:
                legs.append(Leg(order, part, "missing"))
                left[order] -= part
                missing -= part
        if missing:
            # More is missing than any order has with the officer: the rest deepens the largest.
            order = by_size[0] if by_size else UUID(int=0)
            legs.append(Leg(order, missing, "missing"))
            left[order] = left.get(order, 0) - missing
    elif variance > 0:
        order = by_size[0] if by_size else UUID(int=0)
        legs.append(Leg(order, variance, "extra"))
        left[order] = left.get(order, 0) + variance
    for order in sorted(left, key=str):
        if left[order] > 0:
            legs.append(Leg(order, left[order], "back"))
        elif left[order] < 0:
            legs.append(Leg(order, -left[order], "out"))
    return legs
