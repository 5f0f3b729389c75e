"""The live page says every share of what, and every number leads on."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client

from salur.access.models import Assignment, User
from salur.kernel.actor import SYSTEM
from salur.kernel.clock import now
from salur.monitoring.models import Target
from salur.monitoring.operations import follow_journal
from salur.monitoring.tests.conftest import Cell, Journal, Told
from salur.programs.models import Tranche


@pytest.fixture(autouse=True)
def no_cache() -> None:
    cache.clear()


def signed_in(role: str, *, office: str | None = None, region: str | None = None) -> Client:
    user = User.objects.create_user(f"{role}-{uuid4().hex[:6]}", id=uuid4(), name=f"Si {role}")
    Assignment.objects.create(
        user=user, role=role, office_id=office, region_id=region, granted_at=now(), granted_by="t"
    )
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text_of(response: Any) -> str:
    """What a reader sees: tags gone, white space folded."""
    body = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.fixture
def running(country: Tranche, journal: Journal) -> Tranche:
    """Ten listed families of which one is held: six paid, one failed, two waiting."""
    families = [Told(country.id) for _ in range(9)]
    journal.write([(family, Cell()) for family in families])
    journal.write([(family, Cell("paid")) for family in families[:6]])
    journal.write([(families[6], Cell("failed", reason="deceased_single"))])
    journal.write([(families[7], Cell(reason="absent"))])
    follow_journal(by=SYSTEM)
    for state, count in (("accepted", 9), ("held", 1)):
        Target.objects.create(
            tranche_id=country.id,
            program_id="SEMBAKO",
            wave=1,
            village_id="16.71.01.1001",
            state=state,
            payments=count,
            families=count,
            rupiah=count * 600_000,
        )
    return country


def test_each_share_names_its_denominator(running: Tranche) -> None:
    response = signed_in("ministry_viewer").get("/penyaluran/")
    text = text_of(response)
    assert "6 dari 10 keluarga" in text
    assert "60,0% dari daftar sudah menerima · 75,0% dari 8 yang dapat dibayar" in text
    assert "Rp3,6 juta" in text
    assert "60,0% dari Rp6,0 juta" in text
    assert "4 dari 10 keluarga" in text
    # Every bar in the table and by channel says the share of what when pointed at.
    shares = re.findall(r'class="share"( title="([^"]*)")?', response.content.decode())
    assert shares
    assert all(re.fullmatch(r"[\d.]+ dari [\d.]+", title) for _, title in shares)


def test_where_lists_cannot_be_told_apart_the_whole_is_what_was_scheduled(
    running: Tranche,
) -> None:
    text = text_of(signed_in("ministry_viewer").get("/penyaluran/?menurut=kantor"))
    assert "66,7% dari yang terjadwal sudah menerima" in text


def test_reasons_add_up_to_those_who_have_not_received(running: Tranche) -> None:
    response = signed_in("ministry_viewer").get("/penyaluran/")
    reasons = response.context["reasons"]
    assert {reason["code"]: reason["count"] for reason in reasons} == {
        "absent": 1,
        "deceased_single": 1,
        "held": 1,
        "waiting": 1,
    }
    assert sum(reason["count"] for reason in reasons) == 4


def test_a_branch_head_lands_on_the_own_office(running: Tranche) -> None:
    response = signed_in("branch_head", office="KC9501").get("/penyaluran/")
    text = text_of(response)
    assert "Kantor KC9501" in text
    assert "KC1671" not in text
    assert "0 dari 0 keluarga" in text


def test_polling_answers_only_the_living_parts(running: Tranche) -> None:
    response = signed_in("ministry_viewer").get("/penyaluran/?potongan=1")
    body = response.content.decode()
    assert "<html" not in body
    assert body.count('hx-swap-oob="morph"') == 7
    assert "no-store" in response["Cache-Control"]


def test_the_page_moves_when_the_journal_does(running: Tranche, journal: Journal) -> None:
    client = signed_in("ministry_viewer")
    assert "6 dari 10" in text_of(client.get("/penyaluran/"))
    journal.position = 100
    journal.write([(Told(running.id), Cell("paid"))])
    follow_journal(by=SYSTEM, batch=1000)
    cache.clear()
    assert "7 dari" in text_of(client.get("/penyaluran/?potongan=1"))


def test_nothing_on_the_page_needs_an_inline_script_or_style(running: Tranche) -> None:
    body = signed_in("ministry_viewer").get("/penyaluran/").content.decode()
    assert not re.search(r"\sstyle=", body)
    assert not re.search(r"\son\w+=", body)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", body))


def test_the_page_speaks_english(running: Tranche) -> None:
    client = signed_in("ministry_viewer")
    client.cookies["django_language"] = "en"
    text = text_of(client.get("/penyaluran/"))
    assert "60,0% of the list have received" in text
    assert "sudah menerima" not in text


def test_the_table_downloads_with_its_totals_apart(running: Tranche) -> None:
    response = signed_in("ministry_viewer").get("/penyaluran/?unduh=csv")
    assert response["Content-Disposition"].startswith("attachment")
    lines = response.content.decode("utf-8-sig").splitlines()
    assert lines[1].startswith("16;Sumatera Selatan;10;6000000;6;3600000;")


@pytest.mark.parametrize("address", ["/penyaluran/", "/penyaluran/daftar", "/pembayaran/1"])
def test_strangers_are_sent_to_sign_in(running: Tranche, address: str) -> None:
    assert Client().get(address).status_code == 302


def test_an_officer_does_not_open_the_dashboard(running: Tranche) -> None:
    assert signed_in("officer", office="KC1671").get("/penyaluran/").status_code == 403


@pytest.mark.parametrize("query", ["wilayah=99", "kantor=NONE", "tahap=x", "program=NONE"])
def test_a_wrong_address_is_not_found(running: Tranche, query: str) -> None:
    assert signed_in("ministry_viewer").get(f"/penyaluran/?{query}").status_code == 404


def test_without_a_tranche_the_page_says_so(db: None) -> None:
    text = text_of(signed_in("ministry_viewer").get("/penyaluran/"))
    assert "Belum ada penyaluran" in text


def test_an_unknown_payment_number_is_not_found(running: Tranche) -> None:
    assert signed_in("ministry_viewer").get("/pembayaran/1671-0412-8837-5").status_code == 404


@pytest.mark.parametrize("isi", ["semua", "tersalur", "tinjauan", "ditahan", "belum-dijadwalkan"])
def test_every_list_opens_even_when_it_is_empty(running: Tranche, isi: str) -> None:
    response = signed_in("auditor").get(f"/penyaluran/daftar?isi={isi}")
    assert response.status_code == 200


def test_shapes_are_points_and_polygons_of_the_level_below(running: Tranche) -> None:
    client = signed_in("ministry_viewer")
    country = client.get("/penyaluran/peta.json")
    assert country.status_code == 302
    assert country["Location"].endswith("provinces.geojson")
    assert client.get("/penyaluran/peta.json?wilayah=16").json()["features"] == []
