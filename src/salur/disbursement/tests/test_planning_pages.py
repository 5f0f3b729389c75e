"""The planner and the cashier find their answer first, and GET changes nothing."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from salur.access.models import Assignment, User
from salur.disbursement.models import (
    FloatSession,
    Lease,
    Payment,
    PayPoint,
    PaySession,
    PrintRun,
    Visit,
)
from salur.disbursement.operations import load_procedures, plan_payments, print_letters
from salur.disbursement.tests.country import MORNING, PLANNER, Country, make_officer
from salur.disbursement.tests.test_leases import make_device
from salur.kernel.actor import SYSTEM
from salur.kernel.ids import new_id
from salur.ledger.operations import post
from salur.ledger.rules import TREASURY, AccountKey, NewTransfer

pytestmark = pytest.mark.django_db


def client_of(country: Country, role: str, office: int | None = 0) -> Client:
    user = User.objects.create(
        id=new_id(),
        username=f"{role}-{office}",
        name=role,
        home_office=country.offices[office or 0],
    )
    Assignment.objects.create(
        user=user,
        role=role,
        office=None if office is None else country.offices[office],
        granted_at=MORNING,
        granted_by="admin",
    )
    client = Client()
    client.force_login(user)
    return client


def read(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, response.content[:400]
    return response.content.decode()


def test_the_plan_is_shown_before_it_is_made(country: Country) -> None:
    country.add_families(60, country.villages[0])
    country.add_families(2, country.villages[0], vital_status="deceased")
    planner = client_of(country, "planner", None)
    text = read(planner, "/persiapan/rencana/")
    assert "60 keluarga dapat direncanakan sekarang" in text
    assert "penerima tercatat meninggal" in text
    assert not Visit.objects.exists()
    planner.post("/persiapan/rencana/", {"tahap": str(country.tranche.id)})
    assert Visit.objects.count() == 60
    assert "60 dari 62 keluarga sudah punya jadwal" in read(planner, "/persiapan/")


def test_planning_assigns_the_officers_that_the_office_has(country: Country) -> None:
    make_officer("rudi", country)
    country.add_families(60, country.villages[0])
    country.add_families(12, country.villages[3])
    client_of(country, "planner", None).post(
        "/persiapan/rencana/", {"tahap": str(country.tranche.id)}
    )
    given = dict(PaySession.objects.values_list("office", "officer__name"))
    assert given == {"30000": "rudi", "31100": None}


def test_a_planner_of_one_office_sees_that_office_alone(country: Country) -> None:
    country.add_families(12, country.villages[0])
    country.add_families(12, country.villages[3])
    plan_payments(country.tranche.id, by=PLANNER)
    narrow = client_of(country, "planner", 1)
    for path in ("/persiapan/", "/sesi/", "/titik-bayar/"):
        text = read(narrow, path)
        assert "Prabumulih" in text
        assert "Palembang" not in text
    other = PaySession.objects.get(office="30000")
    assert narrow.get(f"/sesi/{other.id}/").status_code == 404


def test_letters_are_printed_listed_and_downloaded(country: Country) -> None:
    country.add_families(12, country.villages[0])
    plan_payments(country.tranche.id, by=PLANNER)
    planner = client_of(country, "planner", None)
    assert "12 surat perlu dicetak" in read(planner, "/surat/")
    planner.post("/surat/", {"tahap": str(country.tranche.id)})
    run = PrintRun.objects.get()
    response = planner.get(f"/surat/{run.id}/")
    body = b"".join(response.streaming_content)
    assert body.startswith(b"%PDF-1.4")
    assert len(body) == int(response["Content-Length"])
    assert response["Content-Disposition"] == f'attachment; filename="{run.file_name}"'
    assert client_of(country, "planner", 1).get(f"/surat/{run.id}/").status_code == 404


def test_a_session_shows_its_families_and_gets_officer_device_and_sheet(country: Country) -> None:
    country.add_families(60, country.villages[0])
    plan_payments(country.tranche.id, by=PLANNER)
    session = PaySession.objects.get()
    device = make_device(country, "hp")
    planner = client_of(country, "planner", None)
    assert "0 dari 60 keluarga sudah dibayar" in read(planner, f"/sesi/{session.id}/")
    planner.post(f"/sesi/{session.id}/petugas/", {"petugas": str(device.holder_id)})
    session.refresh_from_db()
    assert session.officer_id == device.holder_id
    planner.post(f"/sesi/{session.id}/perangkat/", {"perangkat": str(device.id)})
    assert Lease.objects.get().device_id == device.id
    response = planner.post(f"/sesi/{session.id}/danom/", follow=True)
    assert b"".join(response.streaming_content).startswith(b"%PDF")


def test_no_shows_are_counted_before_they_move(country: Country) -> None:
    country.add_families(12, country.villages[0])
    plan_payments(country.tranche.id, by=PLANNER)
    PaySession.objects.update(status="closed")
    planner = client_of(country, "planner", None)
    assert "12 keluarga belum dibayar pada sesinya" in read(planner, "/persiapan/ulang/")
    assert set(Visit.objects.values_list("version", flat=True)) == {1}
    planner.post("/persiapan/ulang/", {"tahap": str(country.tranche.id)})
    assert set(Visit.objects.values_list("version", flat=True)) == {2}


def test_the_cashier_gives_a_float_in_counted_notes(country: Country) -> None:
    country.add_families(60, country.villages[0])
    plan_payments(country.tranche.id, by=PLANNER)
    order = country.orders["PKH"]
    order.funds_received_at = MORNING
    order.save()
    post(
        [
            NewTransfer(
                id=new_id(),
                source=TREASURY,
                destination=AccountKey("order_fund", str(order.id)),
                amount=100_000_000,
                order_id=order.id,
                reason="order_received",
                reference="o",
                business_date=MORNING.date(),
            )
        ],
        by=SYSTEM,
    )
    officer = make_officer("rudi", country)
    cashier = client_of(country, "cashier")
    session = PaySession.objects.get()
    draw = {"perintah": str(order.id), "kantor": "30000", "jumlah": "Rp40.000.000", "kunci": "a"}
    for _ in range(2):
        cashier.post("/panjar/brankas/", draw)
    assert "Rp40.000.000 di brankas" in read(cashier, "/panjar/")
    page = read(cashier, f"/panjar/sesi/{session.id}/")
    assert "perlu Rp36.000.000 untuk 60 keluarga" in page
    offer = {
        "petugas": str(officer.id),
        "jumlah": "36000000",
        "kunci": "b",
        "lembar_100000": "360",
    }
    cashier.post(f"/panjar/sesi/{session.id}/", {**offer, "lembar_100000": "359"})
    assert not FloatSession.objects.exists()
    cashier.post(f"/panjar/sesi/{session.id}/", offer)
    row = FloatSession.objects.get()
    own = Client()
    own.force_login(officer)
    assert "Saya sudah menghitung dan menerima Rp36.000.000" in read(own, "/panjar/saya/")
    own.post("/panjar/saya/", {"panjar": str(row.id)})
    row.refresh_from_db()
    assert row.status == "accepted"
    assert "memegang Rp36.000.000" in read(cashier, f"/panjar/{row.id}/kembali/")
    cashier.post(
        f"/panjar/{row.id}/kembali/", {"jumlah": "100.000", "kunci": "c", "lembar_100000": "1"}
    )
    assert "memegang Rp35.900.000" in read(cashier, f"/panjar/{row.id}/kembali/")


def test_points_are_uploaded_and_mended(country: Country) -> None:
    planner = client_of(country, "planner", None)
    file = (
        "Desa;Kantor;Nama;Meja;Lintang\n"
        f"{country.villages[0]};30000;Balai RW 3;2;-2,99\n"
        f"{country.villages[1]};30000;SDN 12;1;\n"
    ).encode()
    for _ in range(2):
        planner.post("/titik-bayar/unggah/", {"berkas": SimpleUploadedFile("t.csv", file)})
    assert sorted(PayPoint.objects.values_list("name", "desks", "latitude")) == [
        ("Balai RW 3", 2, -2.99),
        ("SDN 12", 1, None),
    ]
    point = PayPoint.objects.get(name="SDN 12")
    planner.post(
        f"/titik-bayar/{point.id}/", {"nama": "SDN 13", "alamat": "", "meja": "3", "detik": "90"}
    )
    point.refresh_from_db()
    assert (point.name, point.desks, point.seconds_per_family) == ("SDN 13", 3, 90)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nama,desa\nX,16.71.05.1001\n", "kolom kantor"),
        ("kantor,desa,nama\n30000,99.99,X\n", "Baris 2, kolom desa"),
        ("kantor,desa,nama,meja\n30000,16.71.05.1001,X,nol\n", "Baris 2, kolom meja"),
        ("kantor,desa,nama,kanal\n30000,16.71.05.1001,X,merpati\n", "merpati"),
        ("kantor,desa,nama,lintang\n30000,16.71.05.1001,X,200\n", "kolom lintang"),
        ("kantor,desa,nama\n99999,16.71.05.1001,X\n", "kolom kantor"),
    ],
)
def test_a_wrong_file_of_points_is_refused_whole_naming_row_and_column(
    country: Country, text: str, said: str
) -> None:
    planner = client_of(country, "planner", None)
    response = planner.post(
        "/titik-bayar/unggah/", {"berkas": SimpleUploadedFile("t.csv", text.encode())}
    )
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not PayPoint.objects.exists()


def test_a_bank_is_instructed_once(country: Country) -> None:
    country.add_families(3, country.villages[0], bank_code="BRI", name="=CMD()")
    plan_payments(country.tranche.id, by=PLANNER)
    planner = client_of(country, "planner", None)
    assert "BRI" in read(planner, "/bank/")
    for _ in range(2):
        planner.post("/bank/perintah/", {"tahap": str(country.tranche.id), "bank": "BRI"})
    run = PrintRun.objects.get(kind="bank")
    assert (run.visits, run.amount) == (3, 1_800_000)
    assert set(Payment.objects.values_list("status", flat=True)) == {"instructed"}
    response = planner.get(f"/bank/{run.id}/")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert "JUMLAH;;;;3;1800000;" in text
    assert "'=CMD()" in text


def test_bank_families_get_no_cash_and_no_second_file(country: Country) -> None:
    country.add_families(3, country.villages[0], bank_code="BRI")
    plan_payments(country.tranche.id, by=PLANNER)
    assert print_letters(country.tranche.id, by=PLANNER).letters == 3


def test_procedures_are_shown_in_words(country: Country) -> None:
    load_procedures()
    assert load_procedures() == 0
    text = read(client_of(country, "planner", None), "/prosedur/")
    assert "Hitung bersama dan serahkan uang utuh" in text
    assert "tanda tangan atau cap jempol" in text


def test_empty_pages_say_what_will_come(country: Country) -> None:
    planner = client_of(country, "planner", None)
    assert "Belum ada sesi" in read(planner, "/sesi/")
    assert "Belum ada titik bayar" in read(planner, "/titik-bayar/")
    assert "Belum ada surat yang dicetak" in read(planner, "/surat/")
    assert "Tidak ada pembayaran lewat bank" in read(planner, "/bank/")
