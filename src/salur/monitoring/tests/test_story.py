"""One payment's story on one page, and what the page lets nobody see."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from salur.audit.models import Entry
from salur.kernel.errors import Missing
from salur.monitoring.queries import story
from salur.monitoring.tests.conftest import BRANCH_HEAD, MINISTRY, OUTSIDER, PROVINCE_VIEWER
from salur.monitoring.tests.test_pages import signed_in, text_of
from salur.monitoring.tests.told import NUMBER, Hand, tell_whole_story
from salur.programs.models import Tranche

AT = datetime(2026, 11, 30, 1, 41, tzinfo=UTC)
PRINTED = "1671-0412-8837-5"


@pytest.fixture
def told(country: Tranche) -> Hand:
    return tell_whole_story(country, at=AT)


def test_the_story_goes_from_the_row_to_the_log(told: Hand) -> None:
    text = text_of(signed_in("ministry_viewer").get(f"/pembayaran/{PRINTED}"))
    in_order = [
        "baris 10.233 gelombang 1",
        "daftar disetujui orang kedua",
        "Dijadwalkan",
        "Undangan dicetak",
        "Belum dapat dibayar: tidak hadir",
        "Dipinjamkan ke perangkat",
        "Serah terima Rp825.000",
        "Bukti perlu ditinjau",
        "Buku kas",
        "Catatan audit",
    ]
    places = [text.index(step) for step in in_order]
    assert places == sorted(places)
    for fact in (
        "Sen 30 Nov 2026, 08.41 WIB",
        "Diserahkan Andi Saputra lewat Ponsel 7; diterima server Sen 30 Nov 2026, 08.44 WIB",
        "Wajah 0,61: cocok",
        "3 dari 4 bukti sudah diterima",
        "Letak -2.99123, 104.75456 (± 8 m)",
        "kas petugas",
        "tersalur",
        "semua sidik cocok",
    ):
        assert fact in text


def test_the_story_opens_from_its_list_and_by_its_number(told: Hand) -> None:
    client = signed_in("ministry_viewer")
    listed = client.get("/penyaluran/daftar?isi=tersalur")
    assert f'href="/pembayaran/{NUMBER}"' in listed.content.decode()
    assert PRINTED in text_of(listed)
    found = client.get("/penyaluran/daftar", {"cari": f" {PRINTED} "})
    assert found.status_code == 302
    assert client.get(found["Location"]).status_code == 200


def test_lists_narrow_to_the_reason_and_the_review(told: Hand) -> None:
    client = signed_in("ministry_viewer")
    assert PRINTED in text_of(client.get("/penyaluran/daftar?isi=tinjauan"))
    assert PRINTED not in text_of(client.get("/penyaluran/daftar?isi=belum-menerima"))
    assert PRINTED in text_of(client.get("/penyaluran/daftar?program=PKH&wilayah=16.71"))
    assert PRINTED not in text_of(client.get("/penyaluran/daftar?kanal=doorstep"))


def test_a_story_out_of_scope_does_not_exist(told: Hand) -> None:
    assert story(MINISTRY, PRINTED).visit.id == told.visit
    assert story(BRANCH_HEAD, NUMBER).visit.id == told.visit
    for stranger in (PROVINCE_VIEWER, OUTSIDER):
        with pytest.raises(Missing):
            story(stranger, NUMBER)


@pytest.mark.parametrize("number", ["", "x", "1671", "9" * 40, "1671-0412-8837-6"])
def test_a_wrong_number_is_missing_not_broken(told: Hand, number: str) -> None:
    with pytest.raises(Missing):
        story(MINISTRY, number)


def test_an_entry_that_was_altered_is_named(told: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    assert story(MINISTRY, NUMBER).all_proven
    honest = Entry.from_db.__func__  # type: ignore[attr-defined]

    def altered(cls: type[Entry], *args: object) -> Entry:
        entry = honest(cls, *args)
        if entry.kind == "hand_over.recorded":
            entry.payload = {"total": 1}
        return entry

    monkeypatch.setattr(Entry, "from_db", classmethod(altered))
    broken = [proof.entry.kind for proof in story(MINISTRY, NUMBER).proofs if not proof.holds]
    assert broken == ["hand_over.recorded"]
    text = text_of(signed_in("auditor").get(f"/pembayaran/{NUMBER}"))
    assert "ada sidik yang tidak cocok" in text


def test_photos_are_shown_on_demand_and_the_look_is_recorded(told: Hand) -> None:
    client = signed_in("branch_head", office="KC1671")
    page = client.get(f"/pembayaran/{NUMBER}")
    assert "<img" not in page.content.decode().partition("<main")[2]
    assert client.get(f"/pembayaran/{NUMBER}/foto").status_code == 405
    shown = client.post(f"/pembayaran/{NUMBER}/foto")
    assert shown.content.decode().count("kunci=") == 3
    looks = Entry.objects.filter(kind="evidence.shown", subject=f"visit:{told.visit}")
    assert looks.count() == 1
    sha256 = shown.context["photos"][0]["url"].split("/")[-1].split("?")[0]
    other = signed_in("branch_head", office="KC1671")
    stolen = shown.context["photos"][0]["url"]
    assert other.get(stolen).status_code == 403
    assert client.get(f"/pembayaran/{NUMBER}/foto/{sha256}?kunci=x").status_code == 403


def test_the_ministry_reads_the_story_without_photos(told: Hand) -> None:
    client = signed_in("ministry_viewer")
    assert "Tampilkan foto" not in text_of(client.get(f"/pembayaran/{NUMBER}"))
    assert client.post(f"/pembayaran/{NUMBER}/foto").status_code == 403


def test_no_full_identity_number_is_on_the_page(told: Hand) -> None:
    text = text_of(signed_in("auditor").get(f"/pembayaran/{NUMBER}"))
    assert "NIK ••••0007" in text
    assert "KK ••••4417" in text


def test_a_payment_that_nobody_made_yet_has_a_story_too(country: Tranche) -> None:
    hand = tell_whole_story(country, at=AT, paid=False)
    found = story(MINISTRY, NUMBER)
    assert found.visit.id == hand.visit
    assert isinstance(hand.visit, UUID)
    text = text_of(signed_in("auditor").get(f"/pembayaran/{NUMBER}"))
    assert "Terjadwal" in text
    assert "Belum ada uang yang berpindah" in text
