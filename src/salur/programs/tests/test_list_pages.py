"""Clerk and approver, at the pages they use."""

from __future__ import annotations

import io

import fastexcel
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from salur.access.models import User
from salur.access.operations import create_user, grant_role
from salur.kernel.actor import SYSTEM
from salur.programs import operations
from salur.programs.models import Entitlement, ListRow, NominativeList, PaymentOrder
from salur.programs.tests.ward import HEADER, Ward, families, family, write_csv


def signed_in(username: str, role: str | None) -> Client:
    user: User = create_user(username, name=username.title(), password=None, by=SYSTEM)
    if role:
        grant_role(user.id, role, by=SYSTEM)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def clerk(db: None) -> Client:
    return signed_in("rina", "list_clerk")


@pytest.fixture
def approver(db: None) -> Client:
    return signed_in("bambang", "list_approver")


@pytest.fixture
def outsider(db: None) -> Client:
    return signed_in("tamu", None)


def upload(client: Client, ward: Ward, entries: list[dict], /, **changes):
    data = {
        "order": str(ward.orders["SEMBAKO"].id),
        "sender": "Kemensos",
        "rows": f"{len(entries)}",
        "rupiah": f"Rp{sum(row['amount'] for row in entries):,}".replace(",", "."),
        "kind": "delta",
        "source": "ministry",
        "file": SimpleUploadedFile("gelombang 1.csv", write_csv(entries)),
    }
    return client.post(reverse("programs:upload"), {**data, **changes})


def checked_list(client: Client, ward: Ward, rows: list[dict]) -> NominativeList:
    response = upload(client, ward, rows)
    assert response.status_code == 302, response.content.decode()
    return operations.check_nominative_list(NominativeList.objects.latest("received_at").id)


def test_an_upload_is_kept_and_shows_its_progress(clerk: Client, ward: Ward) -> None:
    response = upload(clerk, ward, families(3))
    page = clerk.get(response["Location"]).content.decode()
    assert "Menunggu giliran" in page
    assert "hx-get" in page


def test_the_review_shows_totals_differences_and_what_is_held(
    clerk: Client, approver: Client, ward: Ward
) -> None:
    rows = families(5)
    rows[2]["village_code"] = "16.71.04.9099"
    found = checked_list(clerk, ward, rows)
    page = approver.get(reverse("programs:list", args=[found.id])).content.decode()
    for text in ("5 baris", "Rp3.000.000", "Setujui 4 baris, Rp2.400.000", "Desa tak dikenal",
                 "Rp600.000 tetap di dana", "Disiapkan oleh Rina"):  # fmt: skip
        assert text in page


def test_the_approvers_click_approves_what_the_page_showed(
    clerk: Client, approver: Client, ward: Ward
) -> None:
    found = checked_list(clerk, ward, families(3))
    address = reverse("programs:approve", args=[found.id])
    assert approver.post(address, {"rows": 4, "rupiah": 2_400_000}).status_code == 409
    assert approver.post(address, {"rows": 3, "rupiah": 1_800_000}).status_code == 302
    operations.apply_approved_list(found.id)
    assert Entitlement.objects.count() == 3


def test_the_clerk_sees_no_approve_button_and_cannot_approve(clerk: Client, ward: Ward) -> None:
    found = checked_list(clerk, ward, families(3))
    page = clerk.get(reverse("programs:list", args=[found.id])).content.decode()
    assert "Setujui 3 baris" not in page
    refused = clerk.post(
        reverse("programs:approve", args=[found.id]), {"rows": 3, "rupiah": 1_800_000}
    )
    assert refused.status_code == 403


def test_a_list_is_given_back_from_the_page(clerk: Client, approver: Client, ward: Ward) -> None:
    found = checked_list(clerk, ward, families(3))
    address = reverse("programs:give_back", args=[found.id])
    assert approver.post(address, {"note": " "}).status_code == 422
    assert approver.post(address, {"note": "Desa keliru."}).status_code == 302
    page = clerk.get(reverse("programs:list", args=[found.id])).content.decode()
    assert "Desa keliru." in page


def test_a_get_never_approves(clerk: Client, approver: Client, ward: Ward) -> None:
    found = checked_list(clerk, ward, families(3))
    for name in ("approve", "give_back", "check_again"):
        assert approver.get(reverse(f"programs:{name}", args=[found.id])).status_code == 405


def test_an_outsider_sees_nothing(clerk: Client, outsider: Client, ward: Ward) -> None:
    found = checked_list(clerk, ward, families(3))
    names = ("list", "rows", "mapping", "held_report", "difference_report")
    for address in (
        reverse("programs:lists"),
        reverse("programs:tranches"),
        reverse("programs:upload"),
        *(reverse(f"programs:{name}", args=[found.id]) for name in names),
    ):
        assert outsider.get(address).status_code == 403


def test_a_refused_file_says_why_in_both_languages(clerk: Client, ward: Ward) -> None:
    upload(clerk, ward, families(3), rows="4")
    found = operations.check_nominative_list(NominativeList.objects.get().id)
    address = reverse("programs:list", args=[found.id])
    assert "tidak cocok dengan surat pengantar" in clerk.get(address).content.decode()
    clerk.cookies["django_language"] = "en"
    assert "does not agree with its covering letter" in clerk.get(address).content.decode()


def test_held_rows_can_be_looked_at_by_reason_with_numbers_masked(
    clerk: Client, ward: Ward
) -> None:
    rows = families(4)
    rows[1]["village_code"] = "16.71.04.9099"
    rows[2]["name"] = ""
    found = checked_list(clerk, ward, rows)
    address = reverse("programs:rows", args=[found.id])
    page = clerk.get(address, {"keputusan": "held", "alasan": "village_unknown"}).content.decode()
    assert "1 baris dari" in page
    assert "SITI C" in page
    assert rows[1]["nik"] not in page
    assert f"••••{rows[1]['nik'][-4:]}" in page


def test_the_error_report_names_rows_and_columns_and_hides_numbers(
    clerk: Client, ward: Ward
) -> None:
    rows = families(3)
    rows[1] |= {"name": "=cmd|calc", "nik": rows[1]["nik"][:12] + "0000"}
    found = checked_list(clerk, ward, rows)
    response = clerk.get(reverse("programs:held_report", args=[found.id]))
    assert "attachment" in response["Content-Disposition"]
    sheet = fastexcel.read_excel(response.content).load_sheet(0, header_row=None, dtypes="string")
    cells = sheet.to_polars()
    lines = [[cell or "" for cell in row] for row in cells.iter_rows()]
    first = next(line for line in lines if line[-1] == "nik_serial")
    assert first[0] == "3"
    assert first[1].startswith("C (")
    assert first[2] == "=cmd|calc"
    assert first[3] == "••••0000"
    assert rows[0]["nik"] not in str(lines)
    assert b"<f>" not in io.BytesIO(response.content).getvalue()


def test_the_difference_can_be_downloaded(clerk: Client, ward: Ward) -> None:
    ward.pass_wave(families(3))
    found = ward.check([family(2, amount=400_000, months=2), family(3, remark="TARIK")])
    response = clerk.get(reverse("programs:difference_report", args=[found.id]))
    sheet = fastexcel.read_excel(response.content).load_sheet(0, header_row=None, dtypes="string")
    text = str(sheet.to_polars().rows())
    assert "600000" in text
    assert "400000" in text
    assert "Ditarik" in text


def test_columns_are_mended_by_hand_and_remembered_for_the_sender(
    clerk: Client, ward: Ward
) -> None:
    header = {**HEADER, "name": "YANG BERHAK"}
    upload(
        clerk, ward, families(3), file=SimpleUploadedFile("a.csv", write_csv(families(3), header))
    )
    found = operations.check_nominative_list(NominativeList.objects.get().id)
    assert found.refusal["code"] == "column_missing"
    address = reverse("programs:mapping", args=[found.id])
    page = clerk.get(address).content.decode()
    assert "YANG BERHAK" in page
    assert families(1)[0]["nik"] not in page

    keys = ["sender_key", "family_card", "nik", "name", "birth_date", "address", "rt",
            "village_code", "months", "amount", "ministry_status"]  # fmt: skip
    mended = {f"column_{at}": key for at, key in enumerate(keys)}
    assert clerk.post(address, mended).status_code == 302
    assert operations.check_nominative_list(found.id).counts["payable"]["rows"] == 3

    later = families(2, start=50)
    upload(clerk, ward, later, file=SimpleUploadedFile("b.csv", write_csv(later, header)))
    second = NominativeList.objects.latest("received_at")
    assert operations.check_nominative_list(second.id).status == "checked"


def test_a_mend_that_names_one_meaning_twice_is_refused(clerk: Client, ward: Ward) -> None:
    found = checked_list(clerk, ward, families(2))
    address = reverse("programs:mapping", args=[found.id])
    response = clerk.post(address, {"column_1": "nik", "column_2": "nik"})
    assert response.status_code == 422


def test_the_same_upload_again_leads_to_the_first_list(clerk: Client, ward: Ward) -> None:
    found = checked_list(clerk, ward, families(2))
    response = upload(clerk, ward, families(2))
    assert response["Location"] == reverse("programs:list", args=[found.id])
    assert NominativeList.objects.count() == 1
    assert ListRow.objects.count() == 2


def test_an_orders_money_is_recorded_by_another_person(
    clerk: Client, approver: Client, ward: Ward
) -> None:
    clerk.post(
        reverse("programs:new_order", args=[ward.tranche.id]),
        {"program": "BLT", "number": "SP2D-9", "amount": "Rp3.000.000", "dated_on": "2026-11-20"},
    )
    order = PaymentOrder.objects.get(number="SP2D-9")
    address = reverse("programs:confirm_funds", args=[order.id])
    assert clerk.post(address).status_code == 403
    assert approver.post(address).status_code == 302
    assert approver.post(address).status_code == 409
    page = approver.get(reverse("programs:tranche", args=[ward.tranche.id])).content.decode()
    assert "Rp3.000.000" in page


def test_the_ministrys_system_sends_a_list_and_asks_for_it(clerk: Client, ward: Ward) -> None:
    fields = {
        "order_id": str(ward.orders["SEMBAKO"].id),
        "sender": "SIKS-NG",
        "rows": 2,
        "rupiah": 1_200_000,
    }
    address = "/api/programs/v1/lists"
    file = SimpleUploadedFile("wave.csv", write_csv(families(2)))
    sent = clerk.post(address, {**fields, "file": file})
    assert sent.status_code == 202, sent.content
    file.seek(0)
    again = clerk.post(address, {**fields, "file": file})
    assert (again.status_code, again.json()["code"]) == (409, "list_received_already")
    operations.check_nominative_list(NominativeList.objects.get().id)
    answer = clerk.get(f"{address}/{sent.json()['id']}").json()
    assert (answer["status"], answer["counts"]["payable"]["rows"]) == ("checked", 2)
