"""Pages of people, devices and offices: what each may see and do there."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from psycopg.errors import DeadlockDetected

from salur.access.doors import page
from salur.access.models import Device, EnrolmentCode, User
from salur.access.operations import enrol_device, issue_enrolment_code
from salur.access.queries import actor_for
from salur.access.tests.people import PASSWORD, THERE, Phone, make_offices, make_user
from salur.places.models import Office
from salur.places.tests.country import OFFICES

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def offices(db):
    make_offices()


def signed_in(username: str, *roles: str, **more) -> Client:
    client = Client()
    client.force_login(make_user(username, *roles, **more))
    return client


def enrolled(office: str = "30100", officer: str = "rudi", head: str = "kepala") -> Device:
    rudi = make_user(officer, "officer", office=office)
    by = actor_for(make_user(head, "branch_head", office=office))
    code = issue_enrolment_code(rudi.id, by=by).code
    return enrol_device(code, device_name=f"HP {officer}", public_key=Phone().jwk)


def test_a_head_hands_out_a_code_that_is_shown_once_with_its_picture():
    client, rudi = signed_in("hendra", "branch_head"), make_user("rudi", "officer")
    assert rudi.name in client.get("/perangkat/").content.decode()
    shown = client.post("/perangkat/kode/", {"holder": str(rudi.id)}).content.decode()
    assert "data:image/png;base64," in shown
    code = shown.split('<div class="figure-value"><span>')[1].split("<")[0]
    assert code not in client.get("/perangkat/").content.decode()
    assert enrol_device(code, device_name="HP", public_key=Phone().jwk).holder == rudi


def test_no_code_is_handed_out_by_get_or_without_a_person():
    client = signed_in("hendra", "branch_head")
    assert client.get("/perangkat/kode/").status_code == 405
    client.post("/perangkat/kode/", {"holder": "x"})
    assert not EnrolmentCode.objects.exists()


def test_a_head_revokes_with_a_reason():
    device, client = enrolled(), signed_in("hendra", "branch_head")
    client.post(f"/perangkat/{device.id}/cabut/", {"reason": ""})
    assert Device.objects.get().status == "active"
    client.post(f"/perangkat/{device.id}/cabut/", {"reason": "hilang"})
    assert Device.objects.get().status == "revoked"
    assert "Dicabut" in client.get("/perangkat/?status=revoked").content.decode()


def test_a_head_of_elsewhere_finds_nothing():
    device, client = enrolled(), signed_in("yohana", "branch_head", office=THERE)
    rudi = User.objects.get(username="rudi")
    assert "HP rudi" not in client.get("/perangkat/").content.decode()
    assert client.post(f"/perangkat/{device.id}/cabut/", {"reason": "x"}).status_code == 404
    assert client.post("/perangkat/kode/", {"holder": str(rudi.id)}).status_code == 404
    assert client.get(f"/pengguna/{rudi.id}/").status_code == 404
    assert client.post(f"/pengguna/{rudi.id}/tutup/", {"reason": "x"}).status_code == 404
    assert (
        client.post(f"/pengguna/{rudi.id}/cabut-peran/{rudi.assignments.get().id}/").status_code
        == 404
    )
    assert (
        client.post(
            f"/pengguna/{rudi.id}/beri-peran/", {"role": "verifier", "office": THERE}
        ).status_code
        == 404
    )
    assert Device.objects.get().status == "active"
    assert User.objects.get(username="rudi").is_active


def test_an_officer_sees_the_own_phone_alone():
    enrolled()
    enrolled("30100", "lain", "kepala2")
    client = Client()
    client.force_login(User.objects.get(username="rudi"))
    shown = client.get("/saya/perangkat/").content.decode()
    assert "HP rudi" in shown
    assert "HP lain" not in shown
    assert client.get("/perangkat/").status_code == 403


def test_an_admin_makes_an_account_and_gives_it_a_role():
    client = signed_in("putri", "admin")
    form = {"username": "kartini", "name": "Kartini", "password": PASSWORD, "office": "30100"}
    made = client.post("/pengguna/baru/", form)
    user = User.objects.get(username="kartini")
    assert made.headers["Location"] == f"/pengguna/{user.id}/"
    client.post(f"/pengguna/{user.id}/beri-peran/", {"role": "cashier", "office": "30100"})
    assert actor_for(user).roles == {"cashier"}
    refused = client.post(
        f"/pengguna/{user.id}/beri-peran/", {"role": "officer", "office": "30100"}
    )
    assert refused.status_code == 422
    assert "tidak boleh dipegang bersama" in refused.content.decode()
    client.post(f"/pengguna/{user.id}/cabut-peran/{user.assignments.get().id}/")
    assert not actor_for(user).roles
    client.post(f"/pengguna/{user.id}/tutup/", {"reason": "pindah"})
    assert not User.objects.get(id=user.id).is_active


def test_a_refused_form_says_why_and_keeps_what_was_typed():
    client = signed_in("putri", "admin")
    form = {"username": "putri", "name": "Kembar", "password": PASSWORD}
    refused = client.post("/pengguna/baru/", form)
    assert refused.status_code == 422
    assert "sudah dipakai" in refused.content.decode()
    assert 'value="Kembar"' in refused.content.decode()
    assert PASSWORD not in refused.content.decode()


def test_the_role_of_another_account_is_not_withdrawn_through_this_one():
    client, rudi = signed_in("putri", "admin"), make_user("rudi", "officer")
    other = make_user("lain")
    path = f"/pengguna/{other.id}/cabut-peran/{rudi.assignments.get().id}/"
    assert client.post(path).status_code == 404
    assert rudi.assignments.count() == 1


def test_people_are_found_by_name_and_role():
    client = signed_in("putri", "admin")
    make_user("rudi", "officer")
    make_user("vera", "verifier")
    assert "Rudi" in client.get("/pengguna/?cari=rud").content.decode()
    assert "Rudi" not in client.get("/pengguna/?peran=verifier").content.decode()


def test_offices_are_imported_on_the_page_and_faults_listed():
    client = signed_in("putri", "admin")
    good = SimpleUploadedFile("kantor.csv", OFFICES.replace("KCP Bukit", "KCP Baru").encode())
    assert client.post("/kantor/", {"file": good}).status_code == 302
    assert Office.objects.get(code="30101").name == "KCP Baru Lama"
    bad = SimpleUploadedFile("kantor.csv", OFFICES.replace(";KC;", ";CABANG;").encode())
    refused = client.post("/kantor/", {"file": bad})
    assert refused.status_code == 422
    assert "Baris 5, kolom JENIS" in refused.content.decode()


def test_a_viewer_of_offices_imports_none():
    client = signed_in("maya", "ministry_viewer", region="16", office=None)
    assert "KC Ilir Barat" in client.get("/kantor/").content.decode()
    assert "KCU Bandung" not in client.get("/kantor/").content.decode()
    file = SimpleUploadedFile("kantor.csv", OFFICES.encode())
    assert client.post("/kantor/", {"file": file}).status_code == 403


def test_a_refusal_is_a_page_that_says_how_to_mend_it():
    client = signed_in("tamu")
    refused = client.get("/pengguna/")
    assert refused.status_code == 403
    assert "Bukan untuk akun ini" in refused.content.decode()
    assert "belum punya peran" in client.get("/").content.decode()


def test_a_deadlock_is_tried_once_more():
    tries = []

    @page(permission=None)
    def clash(request):
        tries.append(1)
        if len(tries) == 1:
            raise OperationalError from DeadlockDetected()
        return HttpResponse("ya")

    request = RequestFactory().post("/")
    request.user = make_user("rudi")
    assert clash(request).content == b"ya"
    assert len(tries) == 2
