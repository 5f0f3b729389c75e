"""The flaws that real lists have, planted on purpose and written down.

`plant` changes seeded rows and returns what it did, so that a test or a bench can ask whether each
flaw was found. One row carries at most one flaw.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from random import Random

from simulator.lists import EXCLUDED_DECEASED, Entry, Layout, ListFile


@dataclass(frozen=True, slots=True)
class Flaw:
    """`index`: position in the list from 0. `twin`: the row it doubles. `column`: its field."""

    kind: str
    index: int
    column: str
    twin: int | None = None


@dataclass(slots=True)
class Truth:
    """What is wrong with a written list, for whoever checks the checker."""

    flaws: list[Flaw]
    rows: int
    rupiah: int
    declared_rows: int
    declared_rupiah: int
    layout: str = ""

    def of_kind(self, kind: str) -> list[Flaw]:
        return [flaw for flaw in self.flaws if flaw.kind == kind]

    @property
    def flawed_indexes(self) -> frozenset[int]:
        return frozenset(flaw.index for flaw in self.flaws)

    @property
    def totals_are_wrong(self) -> bool:
        return (self.rows, self.rupiah) != (self.declared_rows, self.declared_rupiah)

    def rows_in(self, layout: Layout, kind: str) -> list[int]:
        """Spreadsheet row numbers of the flaws of one kind."""
        return [layout.row_of(flaw.index) for flaw in self.of_kind(kind)]

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> "Truth":
        raw = json.loads(path.read_text(encoding="utf-8"))
        return cls(**{**raw, "flaws": [Flaw(**flaw) for flaw in raw["flaws"]]})


def _too_short(entry: Entry, rng: Random) -> Entry:
    return entry.copy(nik=entry.nik[: rng.choice((13, 14, 15))])


def _not_digits(entry: Entry, rng: Random) -> Entry:
    where = rng.randrange(16)
    return entry.copy(nik=entry.nik[:where] + rng.choice("OIlSB-") + entry.nik[where + 1 :])


def _impossible_date(entry: Entry, rng: Random) -> Entry:
    return entry.copy(
        nik=entry.nik[:6] + rng.choice(("320190", "400285", "003199")) + entry.nik[12:]
    )


def _serial_zero(entry: Entry, rng: Random) -> Entry:
    return entry.copy(nik=entry.nik[:12] + "0000")


def _unknown_village(entry: Entry, rng: Random) -> Entry:
    return entry.copy(
        village=f"{entry.village} {rng.choice(('Lama Timur', 'Persiapan', 'XXX'))}",
        village_code=entry.village_code[:9] + "9099",
    )


def _deceased(entry: Entry, rng: Random) -> Entry:
    return entry.copy(remark=EXCLUDED_DECEASED)


def _no_name(entry: Entry, rng: Random) -> Entry:
    return entry.copy(name="")


def _no_amount(entry: Entry, rng: Random) -> Entry:
    return entry.copy(amount_rupiah=0)


def _short_card(entry: Entry, rng: Random) -> Entry:
    return entry.copy(family_card=entry.family_card[:12])


# kind: (field, change); per ten thousand rows below.
_SINGLE: dict[str, tuple[str, Callable[[Entry, Random], Entry]]] = {
    "nik_length": ("nik", _too_short),
    "nik_not_digits": ("nik", _not_digits),
    "nik_impossible_date": ("nik", _impossible_date),
    "nik_serial_zero": ("nik", _serial_zero),
    "family_card_length": ("family_card", _short_card),
    "unknown_village": ("village", _unknown_village),
    "deceased": ("remark", _deceased),
    "name_missing": ("name", _no_name),
    "amount_missing": ("amount", _no_amount),
}
_TWINS = ("duplicate_nik", "duplicate_family_card")

USUAL_PER_TEN_THOUSAND: dict[str, int] = {
    "nik_length": 4,
    "nik_not_digits": 2,
    "nik_impossible_date": 2,
    "nik_serial_zero": 2,
    "family_card_length": 2,
    "unknown_village": 6,
    "deceased": 3,
    "name_missing": 1,
    "amount_missing": 1,
    "duplicate_nik": 5,
    "duplicate_family_card": 4,
}

FLAW_KINDS = (*_SINGLE, *_TWINS)


def plant(
    entries: Sequence[Entry],
    *,
    seed: int,
    per_ten_thousand: dict[str, int] | None = None,
    wrong_totals: bool = False,
) -> tuple[list[Entry], Truth]:
    """A flawed copy of the list, and the truth about it. Each kind asked for appears at least once
    where the list has room for it."""
    rng = Random(f"flaws/{seed}")
    wanted = USUAL_PER_TEN_THOUSAND if per_ten_thousand is None else per_ten_thousand
    flawed = list(entries)
    free = list(range(len(flawed)))
    rng.shuffle(free)
    flaws: list[Flaw] = []
    for kind, rate in wanted.items():
        for _ in range(max(1, round(rate * len(entries) / 10_000))):
            if len(free) < 2:
                break
            index = free.pop()
            if kind in _SINGLE:
                field, change = _SINGLE[kind]
                flawed[index] = change(flawed[index], rng)
                flaws.append(Flaw(kind, index, field))
                continue
            twin = free.pop()
            first, second = flawed[twin], flawed[index]
            if kind == "duplicate_nik":
                flawed[index] = second.copy(nik=first.nik, birth_date=first.birth_date)
                flaws.append(Flaw(kind, index, "nik", twin))
            else:
                flawed[index] = second.copy(family_card=first.family_card)
                flaws.append(Flaw(kind, index, "family_card", twin))
    rows = len(flawed)
    rupiah = sum(entry.amount_rupiah for entry in flawed if not entry.remark)
    truth = Truth(
        flaws=sorted(flaws, key=lambda flaw: flaw.index),
        rows=rows,
        rupiah=rupiah,
        declared_rows=rows + (3 if wrong_totals else 0),
        declared_rupiah=rupiah + (1_800_000 if wrong_totals else 0),
    )
    return flawed, truth


def truth_of_clean(file: ListFile) -> Truth:
    """The truth about a list without flaws."""
    return Truth([], file.rows, file.rupiah, file.rows, file.rupiah, file.layout.name)


def younger(entry: Entry, days: int) -> Entry:
    """The same person with another birth date in the record: a warning, never a rejection."""
    return entry.copy(birth_date=entry.birth_date + timedelta(days=days))
