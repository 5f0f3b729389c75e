"""The line of offices: imported twice changes nothing, every fault is named by row and column."""

import io
import zipfile

import pytest
import xlsxwriter

from salur.audit.models import Entry
from salur.kernel.actor import SYSTEM, Actor
from salur.kernel.errors import Forbidden
from salur.places.errors import OfficesRefused
from salur.places.models import Office, Service
from salur.places.operations import import_offices
from salur.places.queries import (
    office_of_villages_for_system,
    office_subtree_for_system,
    offices_visible_to,
    regions_served_for_system,
)
from salur.places.tests.country import OFFICES, load

pytestmark = pytest.mark.django_db
BRANCH = "10000/20000/30000/30100"


@pytest.fixture(autouse=True)
def regions(db):
    load()


def problems(text: str) -> list[str]:
    with pytest.raises(OfficesRefused) as refused:
        import_offices(text.encode(), by=SYSTEM)
    assert not Office.objects.exists()
    return [str(problem) for problem in refused.value.details["problems"]]


def test_the_line_is_imported_and_again_changes_nothing():
    first, again = (import_offices(OFFICES.encode(), by=SYSTEM) for _ in range(2))
    assert (first.added, first.services_changed) == (5, 3)
    assert (again.added, again.changed, again.unchanged, again.services_changed) == (0, 0, 5, 0)
    assert Office.objects.get(code="30101").path == f"{BRANCH}/30101"
    assert Entry.objects.filter(kind="places.offices_imported").count() == 1


def test_an_excel_file_with_a_title_and_number_cells_is_read_the_same():
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "DAFTAR KANTOR POS")
        for number, line in enumerate(OFFICES.strip().split("\n"), start=2):
            for column, cell in enumerate(line.split(";")):
                value = int(cell) if cell.isdigit() and len(cell) < 10 else cell
                sheet.write(number, column, value)
    done = import_offices(file.getvalue(), by=SYSTEM)
    assert (done.added, done.services_changed) == (5, 3)


def test_the_most_specific_service_wins():
    import_offices(OFFICES.encode(), by=SYSTEM)
    assert office_of_villages_for_system(
        ["16.71.02.1001", "16.71.02.1002", "16", "32.04.01.2001"]
    ) == {"16.71.02.1001": "30101", "16.71.02.1002": "30100", "16": "30000"}


def test_a_moved_office_takes_along_what_stands_below_it():
    import_offices(OFFICES.encode(), by=SYSTEM)
    moved = (
        "KODE;NAMA;JENIS;KODE INDUK;KODE WILAYAH;WILAYAH LAYANAN\n"
        "30200;KCU Dua;KCU;20000;16.71;\n30100;KC Ilir Barat;KC;30200;16.71.02;1671\n"
    )
    import_offices(moved.encode(), by=SYSTEM)
    assert Office.objects.get(code="30101").path == "10000/20000/30200/30100/30101"
    below = office_subtree_for_system("10000/20000/30200")
    assert [office.code for office in below] == ["30200", "30100", "30101"]


def test_an_office_serves_exactly_what_its_row_says():
    import_offices(OFFICES.encode(), by=SYSTEM)
    import_offices(OFFICES.replace(";1671;", ";16.71.02;").encode(), by=SYSTEM)
    assert set(Service.objects.filter(office="30100").values_list("region", flat=True)) == {
        "16.71.02"
    }


def test_served_regions_come_as_few_prefixes():
    import_offices(OFFICES.encode(), by=SYSTEM)
    assert regions_served_for_system([BRANCH]) == ("16.71",)
    assert regions_served_for_system([f"{BRANCH}/30101"]) == ("16.71.02.1001",)
    assert regions_served_for_system([]) == ()
    assert regions_served_for_system([""]) == ("",)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("30100;KC Ilir", "30 100!;KC Ilir", "Baris 5, kolom KODE:"),
        ("KC Ilir Barat;KC;", "KC Ilir Barat;CABANG;", "Baris 5, kolom JENIS:"),
        ("KCU;20000;16.71", "KCU;29999;16.71", "Baris 4, kolom KODE INDUK:"),
        ("KC;30000;16.71.02", "KC;20000;16.71.02", "Baris 5, kolom KODE INDUK:"),
        ("KCP;30100;16.71.02.1001", "KCP;30100;99.99", "Baris 6, kolom KODE WILAYAH:"),
        ("KCP;30100;16.71.02.1001", "KCP;30100;Palembang", "Baris 6, kolom KODE WILAYAH:"),
        (";1671021001;", ";1671;", "Baris 6, kolom WILAYAH LAYANAN:"),
        ("30101;KCP", "30100;KCP", "Baris 6, kolom KODE:"),
        ("KODE;NAMA;JENIS", "KODE;NAMA;X", "JENIS"),
    ],
)
def test_each_fault_is_named_by_row_and_column_and_nothing_is_kept(old, new, said):
    assert old in OFFICES
    assert any(said in problem for problem in problems(OFFICES.replace(old, new)))


def test_a_circle_is_refused():
    import_offices(OFFICES.encode(), by=SYSTEM)
    circle = (
        "KODE;NAMA;JENIS;KODE INDUK;KODE WILAYAH\n30100;A;KC;30101;16.71\n30101;B;KCP;30100;16.71\n"
    )
    with pytest.raises(OfficesRefused):
        import_offices(circle.encode(), by=SYSTEM)
    assert Office.objects.get(code="30100").path == BRANCH


def test_files_that_are_no_list_are_refused_with_a_sentence():
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(3):
            packed.writestr(f"{number}.xml", b"\0" * 90_000_000)
    for content in (
        b"",
        b"   \n",
        b"KODE;NAMA;JENIS;KODE INDUK;KODE WILAYAH\n",
        b"\x00\x01\x02binary",
        b"PK\x03\x04 broken",
        b"x" * 10_000_001,
        bomb.getvalue(),
    ):
        with pytest.raises(OfficesRefused) as refused:
            import_offices(content, by=SYSTEM)
        assert str(refused.value.details["problems"][0])


def test_a_branch_sees_its_own_line_and_an_outsider_nothing():
    import_offices(OFFICES.encode(), by=SYSTEM)
    head = Actor(id="h", kind="user", offices=(BRANCH,))
    regional = Actor(id="m", kind="user", regions=("16.71.02",))
    assert [o.code for o in offices_visible_to(head)] == ["30100", "30101"]
    assert [o.code for o in offices_visible_to(regional)] == ["30100", "30101"]
    assert not offices_visible_to(Actor(id="x", kind="user")).exists()
    assert offices_visible_to(SYSTEM).count() == 5


def test_importing_asks_for_its_permission():
    with pytest.raises(Forbidden):
        import_offices(OFFICES.encode(), by=Actor(id="x", kind="user"))
