"""The ministry's page in a real browser: it answers, moves by itself, and everybody can read it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from salur.kernel.actor import SYSTEM
from salur.monitoring.models import Standing, Target
from salur.monitoring.operations import follow_journal
from salur.monitoring.tests.conftest import (  # noqa: F401 - fixtures
    Cell,
    Journal,
    Told,
    country,
    journal,
)
from salur.monitoring.tests.test_pages import signed_in
from salur.monitoring.tests.told import NUMBER, tell_whole_story
from salur.programs.models import Tranche

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FRONTEND = Path(__file__).parents[2] / "src/salur/theme/frontend"
AXE = FRONTEND / "node_modules/axe-core/axe.min.js"
VENDOR = FRONTEND.parent / "static/theme/vendor"
WIDTHS = {390: 844, 1280: 900}
PAGES = (
    "/penyaluran/",
    "/penyaluran/?wilayah=16",
    "/penyaluran/?menurut=kantor",
    "/penyaluran/daftar",
    f"/pembayaran/{NUMBER}",
)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    if not AXE.is_file() or not (VENDOR / "tabler.css").is_file():
        pytest.fail("the back office's front end is not built: make setup")
    # Playwright keeps an event loop in this thread; the tests' own queries are not inside of it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as started:
        yield started
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    opened = playwright.chromium.launch(
        executable_path=executable,
        args=["--no-sandbox", "--disable-dev-shm-usage", "--no-first-run"],
    )
    yield opened
    opened.close()


@pytest.fixture
def running(committed: None, country: Tranche, journal: Journal) -> Tranche:  # noqa: F811
    """Twelve listed families in two provinces, one with its whole story."""
    cache.clear()
    for village, office in (("16.71.01.1001", "KC1671"), ("95.01.01.1001", "KC9501")):
        families = [Told(country.id, village=village) for _ in range(6)]
        journal.write([(family, Cell(office=office)) for family in families])
        paid = 4 if village.startswith("16") else 2
        journal.write([(family, Cell("paid", office=office)) for family in families[:paid]])
        journal.write([(families[-1], Cell(office=office, reason="absent"))])
        Target.objects.create(
            tranche_id=country.id,
            program_id="SEMBAKO",
            wave=1,
            village_id=village,
            state="accepted",
            payments=6,
            families=6,
            rupiah=3_600_000,
        )
    Standing.objects.create(
        kind="cash", village_id="16.71", office_id="KC1671", count=1, rupiah=2_400_000
    )
    tell_whole_story(country, at=datetime(2026, 11, 30, 1, 41, tzinfo=UTC))
    follow_journal(by=SYSTEM)
    return country


@pytest.fixture
def complaints() -> list[str]:
    """What the browser said against a page: refused by policy, or broken."""
    return []


def desk(
    browser: Browser,
    live_server: Any,
    complaints: list[str],
    *,
    role: str = "auditor",
    office: str | None = None,
    width: int = 1280,
    language: str = "id",
    scheme: str = "light",
) -> BrowserContext:
    """A browser in which somebody of this role has signed in."""
    client = signed_in(role, office=office)
    context = browser.new_context(
        base_url=live_server.url,
        viewport={"width": width, "height": WIDTHS[width]},
        color_scheme=scheme,  # type: ignore[arg-type]
        locale="id-ID",
        timezone_id="Asia/Jakarta",
    )
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    for name, value in (
        (settings.SESSION_COOKIE_NAME, session),
        (settings.LANGUAGE_COOKIE_NAME, language),
    ):
        context.add_cookies([{"name": name, "value": value, "url": live_server.url}])

    def hear(message: ConsoleMessage) -> None:
        # A poll that is under way when the reader follows a link is cut off, as it should be.
        if message.type == "error" and not message.text.startswith("htmx:send"):
            complaints.append(message.text)

    def listen(page: Page) -> None:
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", hear)

    context.on("page", listen)
    return context


def findings(page: Page) -> list[str]:
    """Serious and critical findings of axe-core on the page as it stands."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [
        f"{page.url}: {found['id']}: {found['nodes'][0]['html'][:200]}"
        for found in result["violations"]
        if found["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("width", sorted(WIDTHS))
def test_pages_are_readable_by_everybody(
    browser: Browser,
    live_server: Any,
    running: Tranche,
    complaints: list[str],
    width: int,
    language: str,
    scheme: str,
) -> None:
    context = desk(browser, live_server, complaints, width=width, language=language, scheme=scheme)
    page = context.new_page()
    found: list[str] = []
    for address in PAGES:
        page.goto(address)
        page.wait_for_load_state("load")
        expect(page.locator("html")).to_have_attribute("lang", language)
        found += findings(page)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{address} is {wide} px wider than the screen"
    context.close()
    assert not found
    assert not complaints


def test_figures_move_without_a_reload_and_leave_the_reader_in_place(
    browser: Browser,
    live_server: Any,
    running: Tranche,
    journal: Journal,  # noqa: F811
    complaints: list[str],
) -> None:
    page = desk(browser, live_server, complaints, role="ministry_viewer").new_page()
    page.goto("/penyaluran/")
    expect(page.locator("[data-figure=received]")).to_have_text("6")
    expect(page.locator("#live-figures")).to_contain_text("50,0% dari daftar sudah menerima")
    page.evaluate("window.sameDocument = true")
    page.locator("#live-days summary").click()
    link = page.get_by_role("link", name="Sumatera Selatan")
    link.focus()

    journal.write([(Told(running.id), Cell("paid")) for _ in range(3)])
    follow_journal(by=SYSTEM)

    expect(page.locator("[data-figure=received]")).to_have_text("9", timeout=20_000)
    assert page.evaluate("window.sameDocument")
    expect(link).to_be_focused()
    expect(page.locator("#live-days details")).to_have_attribute("open", "")
    expect(page.locator("#live-fresh")).to_contain_text(re.compile(r"diperbarui \d+ detik lalu"))
    assert not complaints


def test_a_province_opens_down_to_the_village_and_back(
    browser: Browser, live_server: Any, running: Tranche, complaints: list[str]
) -> None:
    page = desk(browser, live_server, complaints, role="ministry_viewer").new_page()
    page.goto("/penyaluran/?program=SEMBAKO")
    for name in ("Sumatera Selatan", "Kota Palembang", "Ilir Barat Dua"):
        page.locator("#live-table").get_by_role("link", name=name, exact=True).click()
        expect(page.locator("h1")).to_contain_text(name)
        expect(page).to_have_url(re.compile("program=SEMBAKO"))
    page.locator("#live-table").get_by_role("link", name="Talang Semut", exact=True).click()
    expect(page.locator("h1")).to_contain_text("Talang Semut")
    expect(page.locator("table")).to_contain_text("SITI AMINAH")
    page.go_back()
    expect(page.locator("h1")).to_contain_text("Ilir Barat Dua")
    page.get_by_text("Kanal: semua").click()
    page.get_by_role("link", name="Komunitas").click()
    expect(page).to_have_url(re.compile("kanal=community"))
    assert "wilayah=16.71.01" in page.url
    assert not complaints


def test_map_and_chart_draw_what_the_tables_say(
    browser: Browser, live_server: Any, running: Tranche, complaints: list[str]
) -> None:
    page = desk(browser, live_server, complaints, role="ministry_viewer").new_page()
    page.goto("/penyaluran/")
    expect(page.locator("#kurva")).to_have_attribute("data-drawn", "true", timeout=20_000)
    map_or_note = page.locator("#peta[data-drawn=true], #peta .map-missing")
    expect(map_or_note).to_be_visible(timeout=20_000)
    rows = page.locator("#live-table tr[data-code]")
    assert [rows.nth(i).get_attribute("data-class") for i in range(rows.count())] == ["3", "1"]
    if page.locator("#peta .map-missing").count() == 0:
        box = page.locator("#peta canvas").bounding_box()
        assert box is not None
        for share in range(5, 60):  # somewhere along this line lies Sumatera Selatan
            page.mouse.move(box["x"] + box["width"] * share / 200, box["y"] + box["height"] * 0.55)
            if page.locator(".map-label").inner_text().startswith("Sumatera Selatan"):
                break
        expect(page.locator(".map-label")).to_contain_text("66,7%")
        page.mouse.down()
        page.mouse.up()
        expect(page.locator("h1")).to_contain_text("Sumatera Selatan")
    assert not complaints


def test_a_branch_head_sees_the_same_page_of_the_own_office(
    browser: Browser, live_server: Any, running: Tranche, complaints: list[str]
) -> None:
    context = desk(browser, live_server, complaints, role="branch_head", office="KC9501")
    page = context.new_page()
    page.goto("/penyaluran/")
    expect(page.locator("h1")).to_contain_text("Kantor KC9501")
    expect(page.locator("[data-figure=received]")).to_have_text("2")
    expect(page.locator("#live-figures")).to_contain_text("33,3% dari yang terjadwal")
    assert "Palembang" not in page.locator("main").inner_text()
    assert not complaints
