"""What the ministry sends after its first wave: additions, corrections and withdrawals."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from simulator.lists import WITHDRAWN, Entry


@dataclass(frozen=True, slots=True)
class Wave:
    """Rows of a later wave, and the sender ids by what each of them means to the first."""

    entries: list[Entry]
    added: frozenset[str]
    corrected: frozenset[str]
    withdrawn: frozenset[str]
    unchanged: frozenset[str]


def later_wave(
    first: Sequence[Entry],
    additions: Sequence[Entry],
    *,
    seed: int,
    changed_milli: int = 40,
    withdrawn_milli: int = 10,
    repeat_unchanged: bool = False,
) -> Wave:
    """A delta on `first` (or, with `repeat_unchanged`, a full list that also repeats the rest)."""
    rng = Random(f"wave/{seed}")
    entries: list[Entry] = []
    corrected: set[str] = set()
    withdrawn: set[str] = set()
    unchanged: set[str] = set()
    for entry in first:
        draw = rng.random() * 1000
        if draw < changed_milli:
            corrected.add(entry.sender_id)
            entries.append(_corrected(entry, rng))
        elif draw < changed_milli + withdrawn_milli:
            withdrawn.add(entry.sender_id)
            entries.append(entry.copy(remark=WITHDRAWN))
        elif repeat_unchanged:
            unchanged.add(entry.sender_id)
            entries.append(entry)
    entries.extend(additions)
    return Wave(
        entries=entries,
        added=frozenset(entry.sender_id for entry in additions),
        corrected=frozenset(corrected),
        withdrawn=frozenset(withdrawn),
        unchanged=frozenset(unchanged),
    )


def _corrected(entry: Entry, rng: Random) -> Entry:
    """An amount, an address or the spelling of a name: what corrections usually are."""
    kind = rng.random()
    if kind < 0.5 and entry.months == 3 and not entry.components:
        return entry.copy(months=2, amount_rupiah=entry.amount_rupiah * 2 // 3)
    if kind < 0.8:
        return entry.copy(rt=entry.rt % 12 + 1, address=f"{entry.address} LAMA")
    return entry.copy(name=f"{entry.name} A")
