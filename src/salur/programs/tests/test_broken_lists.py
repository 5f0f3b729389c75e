"""Thirty and more broken files: each gets a clear message and leaves no row behind;
and no damage whatever makes a row vanish.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salur.kernel.actor import SYSTEM
from salur.places.importing import RegionRow
from salur.places.operations import load_regions
from salur.programs.models import ListRow, NominativeList
from salur.programs.tests.ward import TODAY, Ward, families, write_csv
from simulator.broken_lists import BROKEN_LISTS
from simulator.lists import Entry, entries_of
from simulator.population import generate_households
from simulator.villages import choose_villages, share_out, shipped_villages


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    villages = choose_villages(shipped_villages(), 60, seed=3, regencies=1)
    households = generate_households(share_out(60, villages, seed=3), seed=3, on=TODAY.date())
    return list(entries_of(households, "SEMBAKO"))[:12]


@pytest.fixture
def simulated_ward(ward: Ward, entries: list[Entry]) -> Ward:
    """The ward, with the regions that the simulated families live in."""
    codes = {}
    for entry in entries:
        code = entry.village_code
        names = (entry.province, entry.regency, entry.district, entry.village)
        codes |= {code[:length]: name for length, name in zip((2, 5, 8, 13), names, strict=True)}
    load_regions(
        [RegionRow(code=code, name=name) for code, name in sorted(codes.items())],
        source="simulated",
        by=SYSTEM,
    )
    return ward


def names_a_place(message: str) -> bool:
    return "baris" in message or "bagian" in message or "Berkas" in message


@pytest.mark.parametrize("name", list(BROKEN_LISTS))
def test_a_broken_file_is_answered_clearly(
    simulated_ward: Ward, entries: list[Entry], name: str
) -> None:
    broken = BROKEN_LISTS[name](entries)
    checked = simulated_ward.check(
        broken.content,
        name=broken.file_name,
        declared=(broken.declared_rows, broken.declared_rupiah),
    )
    kept = ListRow.objects.filter(nominative_list=checked)
    if checked.status == "refused":
        assert broken.level in ("file", "either"), checked.refusal
        assert not kept.exists()
        message = checked.refusal["messages"]["id"]
        assert broken.file_name in message
        assert checked.refusal["messages"]["en"]
        assert names_a_place(message)
        if broken.rows and checked.refusal["code"] != "totals_differ":
            assert f"baris {broken.rows[0]}" in message
        return
    assert broken.level in ("rows", "either"), f"{name} was read as if it were good"
    held = set(kept.filter(verdict="held").values_list("row_number", flat=True))
    assert held, name
    assert held <= set(broken.rows)
    assert broken.rows[-1] in held
    assert kept.count() == broken.declared_rows
    assert kept.filter(verdict="accepted").count() == broken.declared_rows - len(held)


def test_at_least_thirty_kinds_of_breakage_are_tried() -> None:
    assert len(BROKEN_LISTS) >= 30


GOOD_ROWS = families(6)
GOOD_FILE = write_csv(GOOD_ROWS)
GOOD_TOTALS = (6, 3_600_000)


@given(
    st.lists(
        st.tuples(st.integers(0, len(GOOD_FILE) - 1), st.integers(0, 255)), min_size=1, max_size=4
    ),
    st.integers(0, 40),
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_random_damage_never_leaves_a_row_behind(
    ward: Ward, blows: list[tuple[int, int]], cut: int
) -> None:
    """Whatever happens to a good file: it is refused and nothing of it is kept, or every one of
    its rows stands in the table, paid in full or held with a reason."""
    damaged = bytearray(GOOD_FILE[: len(GOOD_FILE) - cut])
    for at, byte in blows:
        if at < len(damaged):
            damaged[at] = byte
    if bytes(damaged) == GOOD_FILE or not damaged:
        return
    NominativeList.objects.all().delete()
    checked = ward.check(bytes(damaged), name="rusak.csv", declared=GOOD_TOTALS)
    rows = list(ListRow.objects.filter(nominative_list=checked))
    if checked.status == "refused":
        assert rows == []
        assert checked.refusal["messages"]["id"]
        return
    assert len(rows) == GOOD_TOTALS[0]
    assert checked.counts["payable"]["rows"] + checked.counts["held"]["all_rows"] + checked.counts[
        "taken_out"
    ]["rows"] == len(rows)
    assert all(row.reasons for row in rows if row.verdict == "held")
    assert sum(row.amount or 0 for row in rows if not row.withdrawn) == GOOD_TOTALS[1]
