"""The line of post offices over the villages used: head > regional > KCU > KC > KCP.

One KCU for each province, one KC for each regency (it serves the whole regency), and KCPs that
serve one or several of its districts. `write_offices` writes the spreadsheet that
`salur import-offices` reads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import xlsxwriter

from simulator.villages import Village

# Rough division of the country into six regional offices, by province code.
_REGIONALS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("1", "Regional I Sumatera", ("11", "12", "13", "14", "15", "16", "17", "18", "19", "21")),
    ("2", "Regional II Jakarta", ("31", "36")),
    ("3", "Regional III Jawa Barat", ("32",)),
    ("4", "Regional IV Jateng DIY", ("33", "34")),
    ("5", "Regional V Jatim Bali Nusra", ("35", "51", "52", "53")),
)
_EAST = ("6", "Regional VI Kalimantan Sulawesi Maluku Papua")

HEAD_OFFICE_CODE = "00000"


@dataclass(frozen=True, slots=True)
class OfficePlan:
    """One row of the spreadsheet. `serves`: dotted region codes."""

    code: str
    name: str
    kind: str  # PUSAT, REGIONAL, KCU, KC, KCP
    parent: str
    region: str
    serves: tuple[str, ...] = ()


def regional_of(province_code: str) -> tuple[str, str]:
    """(digit, name) of the regional office above a province."""
    for digit, name, provinces in _REGIONALS:
        if province_code in provinces:
            return digit, name
    return _EAST


def plan_offices(
    villages: Sequence[Village], *, districts_per_sub_branch: int = 2
) -> list[OfficePlan]:
    """The offices over the villages, top down."""
    provinces: dict[str, str] = {}
    regencies: dict[str, str] = {}
    districts: dict[str, dict[str, str]] = {}
    for village in villages:
        provinces[village.province_code] = village.province
        regencies[village.regency_code] = village.regency
        districts.setdefault(village.regency_code, {})[village.district_code] = village.district
    regionals: dict[str, tuple[str, str]] = {}
    for code in sorted(provinces):
        digit, name = regional_of(code)
        regionals.setdefault(digit, (name, code))
    first_province = min(provinces)
    plan = [OfficePlan(HEAD_OFFICE_CODE, "Kantor Pusat", "PUSAT", "", first_province)]
    plan += [
        OfficePlan(f"{digit}0000", name, "REGIONAL", HEAD_OFFICE_CODE, province)
        for digit, (name, province) in sorted(regionals.items())
    ]
    for code, name in sorted(provinces.items()):
        parent = f"{regional_of(code)[0]}0000"
        plan.append(OfficePlan(f"{code}000", f"KCU {name}", "KCU", parent, code))
    for code, name in sorted(regencies.items()):
        short = name.removeprefix("Kabupaten ").removeprefix("Kota ")
        branch = code.replace(".", "") + "0"
        plan.append(OfficePlan(branch, f"KC {short}", "KC", f"{code[:2]}000", code, (code,)))
        inside = sorted(districts[code].items())
        # The first districts lie around the branch, which serves them itself.
        outer = inside[districts_per_sub_branch:]
        for number, start in enumerate(range(0, len(outer), districts_per_sub_branch), 1):
            group = outer[start : start + districts_per_sub_branch]
            plan.append(
                OfficePlan(
                    code=f"{branch[:4]}{number:02d}",
                    name=f"KCP {group[0][1]}",
                    kind="KCP",
                    parent=branch,
                    region=group[0][0],
                    serves=tuple(district for district, _ in group),
                )
            )
    return plan


def paying_offices(plan: Sequence[OfficePlan]) -> list[OfficePlan]:
    """Offices that serve somebody."""
    return [office for office in plan if office.serves]


def write_offices(target: Path | BinaryIO, plan: Sequence[OfficePlan]) -> None:
    headings = ("KODE", "NAMA", "JENIS", "KODE INDUK", "KODE WILAYAH", "WILAYAH LAYANAN", "ALAMAT")
    file = str(target) if isinstance(target, Path) else target
    with xlsxwriter.Workbook(file, {"strings_to_numbers": False}) as book:
        sheet = book.add_worksheet("Kantor")
        sheet.write_row(0, 0, headings, book.add_format({"bold": True}))
        for line, office in enumerate(plan, 1):
            cells = (
                office.code,
                office.name,
                office.kind,
                office.parent,
                office.region,
                ", ".join(office.serves),
                f"Jl. Pos No. {line}",
            )
            for column, text in enumerate(cells):
                sheet.write_string(line, column, text)
