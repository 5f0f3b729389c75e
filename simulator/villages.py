"""Villages in which the simulated families live, and how many of them live in each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from lokal import wilayah

# Poor families of one village on the lists of a full tranche: few villages have under ten (officers
# go from door to door then), most have a hundred or more (an event at the village hall).
FAMILIES_PER_VILLAGE = 140
_VILLAGE_SIZE_SPREAD = 0.9
_LARGEST_TIMES_USUAL = 2.3


@dataclass(frozen=True, slots=True)
class Village:
    """One village with the names of its parents. `code` is dotted: `16.71.04.1002`."""

    code: str
    name: str
    district: str
    regency: str
    province: str

    @property
    def district_code(self) -> str:
        return self.code[:8]

    @property
    def regency_code(self) -> str:
        return self.code[:5]

    @property
    def province_code(self) -> str:
        return self.code[:2]

    @property
    def is_urban(self) -> bool:
        """Kelurahan carry a 1 in front of their serial; villages in a city are kelurahan."""
        return self.code[9] == "1"


def villages_from_names(names: Iterable[tuple[str, str]]) -> list[Village]:
    """Villages out of (code, name) of all four levels, in code order; orphans are left out."""
    by_code = dict(names)
    found = []
    for code in sorted(code for code in by_code if len(code) == 13):
        parents = [by_code.get(code[:length]) for length in (8, 5, 2)]
        if None not in parents:
            found.append(Village(code, by_code[code], *(str(parent) for parent in parents)))
    return found


def shipped_villages() -> list[Village]:
    """All villages of the data set that ships with salur's dependencies."""
    pending: list[tuple[str, str]] = [(place.code, place.name) for place in wilayah.list_wilayah()]
    names: list[tuple[str, str]] = []
    while pending:
        code, name = pending.pop()
        names.append((code, name))
        if len(code) < 13:
            pending.extend((child.code, child.name) for child in wilayah.list_wilayah(code))
    return villages_from_names(names)


def share_out(
    total: int, villages: Sequence[Village], *, seed: int, spread: float = _VILLAGE_SIZE_SPREAD
) -> list[tuple[Village, int]]:
    """Spread `total` families over villages, in code order, sizes as unequal as in life."""
    if not villages:
        raise ValueError("no villages to live in")
    rng = Random(f"village-sizes/{seed}")
    weights = [min(rng.lognormvariate(0.0, spread), _LARGEST_TIMES_USUAL) for _ in villages]
    scale = total / sum(weights)
    sizes = [int(weight * scale) for weight in weights]
    missing = total - sum(sizes)
    for index in rng.choices(range(len(villages)), k=missing):
        sizes[index] += 1
    return [(village, size) for village, size in zip(villages, sizes, strict=True) if size]


def choose_villages(
    villages: Sequence[Village],
    households: int,
    *,
    seed: int,
    regencies: int,
    families_per_village: int = FAMILIES_PER_VILLAGE,
) -> list[Village]:
    """Whole districts of `regencies` regencies in different provinces, enough for `households`.

    The provinces come from all islands (the first digit of the code), so that a small demo still
    crosses the three time zones.
    """
    rng = Random(f"regencies/{seed}")
    by_regency: dict[str, list[Village]] = {}
    for village in villages:
        by_regency.setdefault(village.regency_code, []).append(village)
    islands: dict[str, list[str]] = {}
    for code in by_regency:
        islands.setdefault(code[0], []).append(code)
    for codes in islands.values():
        rng.shuffle(codes)
    # Java holds more than half of the families: it comes up twice as often.
    order = [island for island in "3172359368" if island in islands]
    chosen: list[str] = []
    turn = 0
    while len(chosen) < min(regencies, len(by_regency)):
        codes = islands[order[turn % len(order)]]
        turn += 1
        if codes:
            chosen.append(codes.pop())
    wanted = max(1, round(households / families_per_village))
    per_regency = max(1, wanted // len(chosen))
    picked: list[Village] = []
    for code in chosen:
        taken: list[Village] = []
        by_district: dict[str, list[Village]] = {}
        for village in by_regency[code]:
            by_district.setdefault(village.district_code, []).append(village)
        for members in by_district.values():
            if len(taken) >= per_regency:
                break
            taken.extend(members[: per_regency - len(taken)])
        picked.extend(taken)
    return sorted(picked, key=lambda village: village.code)
