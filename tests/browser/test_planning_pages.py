"""The planner's and the cashier's pages in a real browser: everybody can read them."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from playwright.sync_api import Browser, Page

from salur.access.models import User
from salur.access.operations import create_user, grant_role
from salur.disbursement.models import FloatSession, PaySession
from salur.disbursement.operations import (
    assign_officers,
    draw_cash,
    issue_float,
    load_procedures,
    plan_payments,
    print_letters,
)
from salur.disbursement.tests.country import PLANNER, Country, make_country
from salur.kernel.actor import SYSTEM
from salur.kernel.clock import now
from salur.kernel.ids import new_id
from salur.ledger.operations import post
from salur.ledger.rules import TREASURY, AccountKey, NewTransfer
from tests.browser.test_dashboard import AXE, WIDTHS, browser, playwright  # noqa: F401 - fixtures

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def office(committed: None) -> Country:
    """A planned tranche with letters, a drawn vault, and a float on offer."""
    country = make_country()
    country.add_families(60, country.villages[0], programs=("PKH", "SEMBAKO"))
    country.add_families(5, country.villages[1])
    country.add_families(2, country.villages[2], bank_code="BRI")
    for name, role, where in (
        ("rina", "officer", "30000"),
        ("dewi", "planner", None),
        ("kasir", "cashier", "30000"),
    ):
        user = create_user(name, name=name.title(), password=None, by=SYSTEM, office=where)
        grant_role(user.id, role, by=SYSTEM, office=where)
    order = country.orders["PKH"]
    order.funds_received_at = now()
    order.save()
    fund = AccountKey("order_fund", str(order.id))
    transfer = NewTransfer(
        new_id(), TREASURY, fund, 10**9, order.id, "order_received", "o", now().date()
    )
    with transaction.atomic():
        post([transfer], by=SYSTEM)
    load_procedures()
    plan_payments(country.tranche.id, by=PLANNER)
    assign_officers(country.tranche.id, by=PLANNER)
    print_letters(country.tranche.id, by=PLANNER)
    draw_cash(order.id, "30000", 80_000_000, idempotency_key="d", by=SYSTEM)
    session = PaySession.objects.get(channel="community")
    officer = User.objects.get(username="rina")
    issue_float(
        officer.id, amount=50_000_000, idempotency_key="f", session_id=session.id, by=SYSTEM
    )
    country.add_families(30, country.villages[0])
    return country


def visit(
    browser: Browser,  # noqa: F811
    url: str,
    name: str,
    width: int,
    language: str,
) -> Page:
    client = Client()
    client.force_login(User.objects.get(username=name))
    context = browser.new_context(
        base_url=url, viewport={"width": width, "height": WIDTHS[width]}, locale="id-ID"
    )
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    for cookie, value in (
        (settings.SESSION_COOKIE_NAME, session),
        (settings.LANGUAGE_COOKIE_NAME, language),
    ):
        context.add_cookies([{"name": cookie, "value": value, "url": url}])
    return context.new_page()


def grave(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate("axe.run(document)")
    return [
        f"{item['id']}: {node['html'][:160]}"
        for item in found["violations"]
        if item["impact"] in ("serious", "critical")
        for node in item["nodes"]
    ]


@pytest.mark.parametrize(("width", "language"), [(390, "id"), (1280, "en"), (1280, "id")])
def test_everybody_can_read_the_planners_and_cashiers_pages(
    office: Country,
    live_server: Any,
    browser: Browser,  # noqa: F811
    width: int,
    language: str,
    tmp_path: Any,
) -> None:
    session = PaySession.objects.get(channel="community")
    offer = FloatSession.objects.get()
    doors = {
        "dewi": (
            "/persiapan/",
            "/persiapan/rencana/",
            "/persiapan/ulang/",
            "/sesi/",
            f"/sesi/{session.id}/",
            "/titik-bayar/",
            "/prosedur/",
            "/surat/",
            "/bank/",
        ),
        "kasir": ("/panjar/", f"/panjar/sesi/{session.id}/", f"/panjar/{offer.id}/kembali/"),
        "rina": ("/panjar/saya/",),
    }
    for name, paths in doors.items():
        page = visit(browser, live_server.url, name, width, language)
        for path in paths:
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == 200, path
            assert grave(page) == [], path
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{path} is wider than the screen: {wide}"
            shot = path.strip("/").replace("/", "-")[:30]
            page.screenshot(path=tmp_path / f"{shot}-{width}-{language}.png", full_page=True)
        page.context.close()


def test_the_tally_adds_up_while_the_cashier_types(
    office: Country,
    live_server: Any,
    browser: Browser,  # noqa: F811
) -> None:
    session = PaySession.objects.get(channel="community")
    page = visit(browser, live_server.url, "kasir", 1280, "id")
    page.goto(f"/panjar/sesi/{session.id}/")
    for worth in (100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000):
        page.fill(f"#lembar-{worth}", "")
    page.fill("#lembar-100000", "12")
    page.fill("#lembar-5000", "3")
    assert page.inner_text("[data-tally-sum]") == "Rp1.215.000"
    page.context.close()
