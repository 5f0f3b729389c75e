"""Written lists say what their entries say, in each sender's way, with the flaws asked for."""

import csv
import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from simulator.benefits import PKH, SEMBAKO
from simulator.broken_lists import BROKEN_LISTS
from simulator.flaws import FLAW_KINDS, Truth, plant
from simulator.lists import (
    LAYOUTS,
    MINISTRY_XLSX,
    NUMERIC_XLSX,
    PLAIN_CSV,
    VILLAGE_CSV,
    WITHDRAWN,
    Entry,
    entries_of,
    header_rows,
    write_list,
)
from simulator.offices import paying_offices, plan_offices, write_offices
from simulator.population import Household, generate_households
from simulator.villages import Village, choose_villages, share_out, shipped_villages
from simulator.waves import later_wave


@pytest.fixture(scope="module")
def villages() -> list[Village]:
    return choose_villages(shipped_villages(), 600, seed=2, regencies=3)


@pytest.fixture(scope="module")
def households(villages: list[Village]) -> list[Household]:
    shares = share_out(600, villages, seed=2)
    return list(generate_households(shares, seed=2, on=date(2026, 11, 24)))


@pytest.fixture(scope="module")
def entries(households: list[Household]) -> list[Entry]:
    return list(entries_of(households, SEMBAKO))


@pytest.mark.parametrize("name", list(LAYOUTS))
def test_totals_are_those_of_the_entries(name: str, entries: list[Entry], tmp_path: Path) -> None:
    layout = LAYOUTS[name]
    written = write_list(tmp_path / f"list.{layout.kind}", entries, layout, program=SEMBAKO)
    assert written.rows == len(entries)
    assert written.rupiah == sum(entry.amount_rupiah for entry in entries)


def test_the_ministry_writes_titles_two_header_rows_merged_cells_and_column_numbers(
    entries: list[Entry], tmp_path: Path
) -> None:
    write_list(tmp_path / "list.xlsx", entries, MINISTRY_XLSX, program=SEMBAKO)
    sheet = openpyxl.load_workbook(tmp_path / "list.xlsx").active
    merged = {str(cells) for cells in sheet.merged_cells.ranges}
    assert {"A5:A6", "H5:N5"} <= merged
    assert [cell.value for cell in sheet[7]] == list(range(1, len(MINISTRY_XLSX.columns) + 1))
    first = sheet[MINISTRY_XLSX.row_of(0)]
    assert first[3].value == entries[0].nik
    assert first[5].value == entries[0].birth_date.strftime("%d/%m/%Y")


def test_numbers_that_a_spreadsheet_would_round_stay_text(
    entries: list[Entry], tmp_path: Path
) -> None:
    papuan = entries[0].copy(nik="9603025110890001")
    write_list(tmp_path / "list.xlsx", [papuan, entries[1]], NUMERIC_XLSX, program=SEMBAKO)
    sheet = openpyxl.load_workbook(tmp_path / "list.xlsx").active
    column = [column.field for column in NUMERIC_XLSX.columns].index("nik")
    first = NUMERIC_XLSX.first_data_row
    assert sheet[first][column].value == "9603025110890001"
    assert sheet[first + 1][column].value == int(entries[1].nik)


def test_villages_write_semicolons_apostrophes_and_rp(entries: list[Entry], tmp_path: Path) -> None:
    write_list(tmp_path / "list.csv", entries[:3], VILLAGE_CSV, program=SEMBAKO)
    text = (tmp_path / "list.csv").read_bytes().decode("cp1252")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert "–" in rows[0][0]
    assert rows[2] == header_rows(VILLAGE_CSV)[0]
    assert rows[3][2] == f"'{entries[0].nik}"
    assert "Rp600.000,00" in rows[3] or "Rp400.000,00" in rows[3]
    assert rows[-1][0] == "JUMLAH"


def test_a_pkh_row_carries_its_components(households: list[Household], tmp_path: Path) -> None:
    pkh = list(entries_of(households, PKH))
    written = write_list(tmp_path / "list.csv", pkh, PLAIN_CSV, program=PKH)
    with written.path.open(encoding="utf-8") as file:
        for row, entry in zip(csv.DictReader(file), pkh, strict=True):
            assert int(row["nominal"]) == entry.amount_rupiah
            counts = sum(int(row[code] or 0) for code in ("bumil", "balita", "sd", "smp", "sma"))
            assert counts <= 4


def test_every_planted_flaw_is_written_down(entries: list[Entry], tmp_path: Path) -> None:
    flawed, truth = plant(entries, seed=5)
    again, _ = plant(entries, seed=5)
    assert flawed == again
    assert {flaw.kind for flaw in truth.flaws} == set(FLAW_KINDS)
    assert len(truth.flawed_indexes) == len(truth.flaws)
    for index, (before, after) in enumerate(zip(entries, flawed, strict=True)):
        assert (before != after) == (index in truth.flawed_indexes)
    truth.write(tmp_path / "truth.json")
    assert Truth.read(tmp_path / "truth.json") == truth


def test_wrong_totals_are_only_declared_when_asked_for(entries: list[Entry]) -> None:
    assert not plant(entries, seed=5)[1].totals_are_wrong
    assert plant(entries, seed=5, wrong_totals=True)[1].totals_are_wrong


def test_a_later_wave_adds_corrects_and_withdraws(entries: list[Entry]) -> None:
    wave = later_wave(entries[:300], entries[300:320], seed=1, changed_milli=100)
    by_id = {entry.sender_id: entry for entry in wave.entries}
    first = {entry.sender_id: entry for entry in entries}
    assert all((wave.added, wave.corrected, wave.withdrawn))
    assert not wave.unchanged
    assert all(by_id[sender].remark == WITHDRAWN for sender in wave.withdrawn)
    assert all(by_id[sender] != first[sender] for sender in wave.corrected)


def test_thirty_broken_files_and_more_each_say_where_they_are_broken(entries: list[Entry]) -> None:
    assert len(BROKEN_LISTS) >= 30
    for name, make in BROKEN_LISTS.items():
        if name == "zip_bomb":
            continue
        broken = make(entries[:8])
        assert broken.name == name
        assert broken.level in ("file", "rows", "either")
        assert broken.rows or broken.level == "file"


def test_the_zip_bomb_is_small_until_it_is_opened(entries: list[Entry]) -> None:
    assert len(BROKEN_LISTS["zip_bomb"](entries[:8]).content) < 2_000_000


def test_each_village_is_served_and_the_line_has_no_orphan(
    villages: list[Village], tmp_path: Path
) -> None:
    plan = plan_offices(villages)
    codes = [office.code for office in plan]
    assert len(codes) == len(set(codes))
    assert all(office.parent in codes for office in plan if office.parent)
    served = {region for office in paying_offices(plan) for region in office.serves}
    for village in villages:
        assert {village.district_code, village.regency_code} & served
    write_offices(tmp_path / "offices.xlsx", plan)
    assert openpyxl.load_workbook(tmp_path / "offices.xlsx").active.max_row == len(plan) + 1
