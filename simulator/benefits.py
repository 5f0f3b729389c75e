"""What a family is owed for a quarter: published figures of 2022-2025, as a list maker sees them.

The system under test keeps its own dated table; these stand apart on purpose, so that a wrong
table there is noticed by the demo.
"""

from collections.abc import Sequence

PKH = "PKH"
SEMBAKO = "SEMBAKO"

PKH_QUARTER_RUPIAH: dict[str, int] = {
    "BUMIL": 750_000,
    "BALITA": 750_000,
    "SD": 225_000,
    "SMP": 375_000,
    "SMA": 500_000,
    "LANSIA": 600_000,
    "DISABILITAS": 600_000,
}
PKH_LIMITS: dict[str, int] = {"BUMIL": 2, "BALITA": 2, "LANSIA": 1, "DISABILITAS": 1}
PKH_PERSONS_LIMIT = 4

SEMBAKO_MONTH_RUPIAH = 200_000


def pkh_components(candidates: Sequence[str]) -> tuple[str, ...]:
    """The components that count, dearest first, within the limits per kind and per family."""
    taken: list[str] = []
    for code in sorted(candidates, key=lambda code: -PKH_QUARTER_RUPIAH[code]):
        if len(taken) == PKH_PERSONS_LIMIT:
            break
        if taken.count(code) < PKH_LIMITS.get(code, PKH_PERSONS_LIMIT):
            taken.append(code)
    return tuple(taken)


def pkh_amount(components: Sequence[str]) -> int:
    return sum(PKH_QUARTER_RUPIAH[code] for code in components)
