"""What codes say, and which spellings are one name."""

import pytest

from salur.places.importing import shipped_regions
from salur.places.rules import RegionIndex, dotted_code, level_of, name_key, sort_of, zone_of
from salur.places.tests.country import ROWS


@pytest.fixture(scope="module")
def index() -> RegionIndex:
    return RegionIndex((row.code, row.name) for row in ROWS)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("16.71.04.1001", "16.71.04.1001"),
        ("1671041001", "16.71.04.1001"),
        ("'1671041001", "16.71.04.1001"),
        ("1671041001.0", "16.71.04.1001"),
        (1671041001, "16.71.04.1001"),
        (" 16.71 ", "16.71"),
        ("16 71 04", "16.71.04"),
        ("167104100", None),
        ("enam belas", None),
        ("١٦", None),
        ("", None),
    ],
)
def test_a_code_is_read_however_a_list_writes_it(written, code):
    assert dotted_code(written) == code


def test_what_is_no_code_has_no_level():
    for text in ("1", "16.7", "16.71.04.101", "16-71", ""):
        with pytest.raises(ValueError):
            level_of(text)


def test_each_province_has_its_clock():
    assert zone_of("16.71") == "Asia/Jakarta"
    assert zone_of("61") == "Asia/Jakarta"
    assert zone_of("64.71") == "Asia/Makassar"
    assert zone_of("81") == "Asia/Jayapura"
    assert zone_of("96.71.01.1001") == "Asia/Jayapura"


def test_codes_tell_cities_from_regencies_and_urban_from_rural():
    assert [sort_of(c) for c in ("16.71", "16.01", "16.71.04.1001", "16.01.04.2001", "16")] == [
        "city",
        "regency",
        "urban",
        "rural",
        "",
    ]


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("KAB. OGAN ILIR", "Kabupaten Ogan Ilir", "regency"),
        ("PROP SUMSEL", "Sumatera Selatan", "province"),
        ("D.I. YOGYAKARTA", "Daerah Istimewa Yogyakarta", "province"),
        ("KEC. ILIR TIMUR SATU", "Ilir Timur I", "district"),
        ("DESA MA'RANG", "Marang", "village"),
        ("KEP. RIAU", "Kepulauan Riau", "province"),
        ("TALANGSEMUT", "Talang Semut", "village"),
        ("Kota Adm. Jakarta Pusat", "Kota Administrasi Jakarta Pusat", "regency"),
    ],
)
def test_two_spellings_of_one_name_share_a_key(one, other, level):
    assert name_key(one, level).key == name_key(other, level).key


def test_a_village_is_found_by_the_four_names(index):
    found = index.find(
        province="SUMSEL", regency="PALEMBANG", district="ILIR BARAT I", village="KEL. BUKIT LAMA"
    )
    assert found.code == "16.71.02.1001"


def test_upper_levels_may_be_missing_when_the_lower_are_unmistakable(index):
    assert index.find(district="Cileunyi", village="SUKAMAJU").code == "32.04.01.2001"


def test_a_city_and_a_regency_of_one_name_are_told_apart_or_not_guessed(index):
    assert index.find(regency="KOTA BANDUNG").code == "32.73"
    assert index.find(regency="KAB BANDUNG").code == "32.04"
    found = index.find(province="Jawa Barat", regency="Bandung")
    assert (found.code, found.problem, found.near) == ("", "ambiguous", ("32.04", "32.73"))


def test_what_follows_decides_between_two_of_one_name(index):
    found = index.find(province="Jawa Barat", regency="Bandung", district="Sukasari")
    assert found.code == "32.73.01"


def test_an_unknown_village_names_the_level_and_what_is_near(index):
    found = index.find(regency="Palembang", district="Ilir Barat I", village="Bukit Lamma")
    assert (found.code, found.problem, found.level) == ("", "unknown", "village")
    assert "16.71.02.1001" in found.near


def test_a_former_name_leads_to_the_region_of_today_but_not_past_a_bearer_of_it():
    index = RegionIndex(
        [("16", "Sumatera Selatan"), ("16.01", "Kabupaten Baru"), ("16.02", "Kabupaten Lama")],
        former=[("16.01", "Kabupaten Purba"), ("16.01", "Kabupaten Lama")],
    )
    assert index.find(regency="PURBA").code == "16.01"
    assert index.find(regency="LAMA").code == "16.02"


def test_all_villages_of_the_country_are_found_by_their_names():
    """Two rural villages of one name in one district remain ambiguous: the list must give codes."""
    names = {row.code: row.name for row in shipped_regions()}
    index = RegionIndex(names.items())
    missed = []
    for code, name in names.items():
        if len(code) == 13:
            sort = "Kel. " if sort_of(code) == "urban" else "Desa "
            found = index.find(
                province=names[code[:2]].upper(),
                regency=names[code[:5]].upper().replace("KABUPATEN", "KAB."),
                district="KEC. " + names[code[:8]],
                village=sort + name,
            )
            if found.code != code:
                assert found.problem == "ambiguous", (code, name)
                missed.append(code)
    assert len(names) == 91_599
    assert len(missed) == 4
