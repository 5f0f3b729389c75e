"""The cashier's desk and the books, as people see them."""

from __future__ import annotations

import pytest
from django.test import Client

from salur.access.models import User
from salur.disbursement.models import FloatSession
from salur.field.tests.conftest import Branch, make_person
from salur.field.tests.conftest import branch as branch
from salur.reconciliation.models import OfficeDay, SessionClose
from salur.reconciliation.tests.test_closing import cashier as cashier
from salur.reconciliation.tests.test_closing import count, pay_families
from salur.reconciliation.tests.test_closing import floated as floated


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_desk_shows_what_should_be_in_the_bag_and_what_was_counted(
    branch: Branch, floated: FloatSession, cashier: User, language: str
) -> None:
    pay_families(branch, 2)
    count(branch, 550_000)
    client = signed_in(cashier)
    text = client.get("/kas/tutup/", headers={"Accept-Language": language}).content.decode()
    assert "Rp600.000" in text
    assert "Rp550.000" in text
    assert "-Rp50.000" in text


def test_closing_books_the_variance_and_the_day_follows(
    branch: Branch, floated: FloatSession, cashier: User
) -> None:
    pay_families(branch, 2)
    count(branch, 600_000)
    client = signed_in(cashier)
    assert client.get(f"/kas/tutup/{floated.id}/").status_code == 405
    client.post(f"/kas/tutup/{floated.id}/")
    assert SessionClose.objects.get().variance == 0
    client.post("/kas/hari/30000/")
    assert OfficeDay.objects.get().open_sessions == 0
    assert client.get("/kas/tutup/").status_code == 200


def test_another_offices_cashier_sees_and_closes_nothing(
    branch: Branch, floated: FloatSession
) -> None:
    count(branch, 3_000_000)
    stranger = signed_in(make_person("kasimir", "cashier", "31100"))
    assert "Rp3.000.000" not in stranger.get("/kas/tutup/").content.decode()
    stranger.post(f"/kas/tutup/{floated.id}/")
    assert not SessionClose.objects.exists()


def test_orders_close_on_the_books_page(branch: Branch, floated: FloatSession) -> None:
    auditor = make_person("agus", "auditor", "ID")
    page = signed_in(auditor).get("/buku/")
    assert page.status_code == 200
