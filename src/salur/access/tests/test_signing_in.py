"""Signing in: no sign-up, no hint who exists, a lock after five tries, a second key."""

import re

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.urls import reverse

from salur.access.doors import StaffAuth
from salur.access.errors import NotSignedIn, SecondFactorNeeded
from salur.access.models import User
from salur.access.tests.people import PASSWORD, make_offices, make_user
from salur.kernel.errors import Forbidden

LOGIN = "/akun/login/"


@pytest.fixture
def rina(db) -> User:
    make_offices()
    return make_user("rina", "list_clerk")


def sign_in(client: Client, password: str = PASSWORD, username: str = "rina"):
    return client.post(LOGIN, {"login": username, "password": password})


def words(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def test_a_page_sends_a_stranger_to_the_sign_in_page_and_back(rina, client):
    response = client.get("/pengguna/?peran=officer")
    assert response.status_code == 302
    assert response.headers["Location"] == f"{LOGIN}?next=/pengguna/%3Fperan%3Dofficer"
    assert "Nama akun" in words(client.get(response.headers["Location"]))


def test_a_fragment_asked_for_by_a_stranger_reloads_the_page(rina, client):
    response = client.get("/pengguna/", headers={"HX-Request": "true"})
    assert (response.status_code, response.headers["HX-Redirect"]) == (204, LOGIN)


def test_the_right_password_opens_and_home_leads_to_the_first_page(rina, client):
    assert sign_in(client).status_code == 302
    home = client.get("/")
    assert home.status_code == 302
    assert client.get(home.headers["Location"]).status_code == 200


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(rina, client):
    known, unknown = sign_in(client, "salah"), sign_in(client, "salah", "siapa")
    strip = lambda r: re.sub(r'value="[^"]*"', "", words(r))  # noqa: E731
    assert known.status_code == unknown.status_code == 200
    assert strip(known) == strip(unknown)
    assert "tidak cocok" in words(known)


def test_after_five_tries_the_account_is_locked_even_for_the_right_password(rina, client, settings):
    settings.AXES_ENABLED = True
    answers = [sign_in(client, "salah").status_code for _ in range(5)]
    assert answers[-1] == 429
    for spelling in ("rina", "RINA", " Rina "):
        locked = sign_in(client, username=spelling)
        assert locked.status_code == 429
    assert "Terkunci sementara" in words(locked)
    assert "_auth_user_id" not in client.session


def test_nobody_signs_up(rina, client):
    response = client.get("/akun/signup/")
    assert "Pendaftaran tidak dibuka" in words(response)
    client.post(
        "/akun/signup/",
        {"username": "penyusup", "password1": PASSWORD, "password2": PASSWORD},
    )
    assert not User.objects.filter(username="penyusup").exists()


def test_an_ended_account_is_shown_out(rina, client):
    sign_in(client)
    User.objects.filter(id=rina.id).update(valid_until="2020-01-01T00:00Z")
    response = client.get("/saya/")
    assert response.status_code == 401
    assert "berakhir" in words(response)
    assert client.get("/saya/").status_code == 302


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_a_second_key_is_set_up_and_asked_for(rina, client):
    sign_in(client)
    asked = client.get(reverse("mfa_activate_totp"))
    client.post(asked.headers["Location"], {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    assert secret in words(page)
    done = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert done.status_code == 302
    assert "Lihat kode cadangan" in words(client.get(reverse("mfa_index")))
    client.post(reverse("account_logout"))
    first = sign_in(client)
    assert first.headers["Location"] == reverse("mfa_authenticate")
    assert client.get("/saya/").status_code == 302
    assert "enam angka" in words(client.get(reverse("mfa_authenticate")))


def test_where_it_is_required_nobody_works_without_a_second_key(rina, client, settings):
    sign_in(client)
    settings.SALUR_REQUIRE_SECOND_FACTOR = True
    assert client.get("/saya/").headers["Location"] == reverse("mfa_index")
    asked = RequestFactory().get("/api/")
    asked.user = rina
    with pytest.raises(SecondFactorNeeded):
        StaffAuth(permission=None).authenticate(asked, None)


def test_an_api_asks_for_the_permission_and_knows_strangers(rina):
    asked = RequestFactory().get("/api/")
    asked.user = AnonymousUser()
    with pytest.raises(NotSignedIn):
        StaffAuth(permission="programs.upload_list").authenticate(asked, None)
    asked.user = rina
    assert StaffAuth(permission="programs.upload_list").authenticate(asked, None).id == str(rina.id)
    with pytest.raises(Forbidden):
        StaffAuth(permission="programs.approve_list").authenticate(asked, None)


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(
    "name",
    [
        "account_change_password",
        "account_reauthenticate",
        "account_logout",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_reauthenticate",
        "account_email",
        "account_reset_password",
    ],
)
def test_the_account_pages_open_in_both_languages(rina, client, name, language):
    client.force_login(rina)
    client.cookies["django_language"] = language
    response = client.get(reverse(name), follow=True)
    assert response.status_code == 200
    assert f'<html lang="{language}"' in words(response)


def test_the_language_is_the_persons_until_the_browser_says_otherwise(rina, client):
    client.force_login(rina)
    client.post("/saya/", {"language": "en"})
    assert '<html lang="en"' in words(client.get("/saya/"))
    client.post(reverse("set_language"), {"language": "id", "next": "/saya/"})
    assert '<html lang="id"' in words(client.get("/saya/"))


def test_personal_pages_are_kept_by_no_cache(rina, client):
    client.force_login(rina)
    assert client.get("/saya/").headers["Cache-Control"] == "private, no-store"


def test_a_form_without_its_token_changes_nothing(rina):
    client = Client(enforce_csrf_checks=True)
    client.force_login(rina)
    assert client.post("/saya/", {"language": "en"}).status_code == 403
    assert User.objects.get(id=rina.id).language == "id"
