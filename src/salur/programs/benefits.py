"""The programs and what their components were worth from which day on: data, loaded by
`salur load-programs`. A new figure is a new line with its own `valid_from`.

Source: the ministry's published amounts per quarter (PKH) and per month (Sembako), 2022-2025.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ProgramData:
    code: str
    name_id: str
    name_en: str
    most_people: int | None = None


@dataclass(frozen=True, slots=True)
class AmountData:
    program: str
    component: str
    name_id: str
    name_en: str
    amount: int
    per: str
    most_per_family: int | None
    valid_from: date


PROGRAMS = (
    ProgramData("PKH", "Program Keluarga Harapan", "Family Hope Program", most_people=4),
    ProgramData("SEMBAKO", "Program Sembako", "Staple Food Program"),
    ProgramData("BLT", "Bantuan Langsung Tunai", "Direct Cash Assistance"),
)

_SINCE = date(2022, 1, 1)
AMOUNTS = (
    AmountData(
        "PKH", "BUMIL", "Ibu hamil/nifas", "Pregnant or post-natal", 750_000, "quarter", 2, _SINCE
    ),
    AmountData("PKH", "BALITA", "Anak usia dini", "Child aged 0-6", 750_000, "quarter", 2, _SINCE),
    AmountData("PKH", "SD", "Anak SD", "Primary school", 225_000, "quarter", None, _SINCE),
    AmountData("PKH", "SMP", "Anak SMP", "Junior high school", 375_000, "quarter", None, _SINCE),
    AmountData("PKH", "SMA", "Anak SMA", "Senior high school", 500_000, "quarter", None, _SINCE),
    AmountData("PKH", "LANSIA", "Lanjut usia", "Elderly", 600_000, "quarter", 1, _SINCE),
    AmountData(
        "PKH",
        "DISABILITAS",
        "Disabilitas berat",
        "Severe disability",
        600_000,
        "quarter",
        1,
        _SINCE,
    ),
    AmountData("SEMBAKO", "SEMBAKO", "Sembako", "Staple food", 200_000, "month", None, _SINCE),
    AmountData(
        "BLT", "BLT", "Bantuan langsung tunai", "Direct cash", 300_000, "month", None, _SINCE
    ),
)
