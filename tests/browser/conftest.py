"""A real browser, a fake camera, a line that can be cut, and a post office behind it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from salur.access.operations import create_user, grant_role
from salur.disbursement.models import PaySession
from salur.disbursement.operations import plan_payments, print_letters
from salur.disbursement.tests.country import PLANNER, make_country
from salur.kernel.actor import SYSTEM
from salur.kernel.clock import now
from tests.browser.counter import Counter, letters_in, phone, program
from tests.browser.films import Film
from tests.browser.line import Line
from tests.browser.officer import APP, Officer


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    if not (APP / "dist" / "index.html").is_file():
        pytest.fail("field-app/dist is not built: make setup")
    # Playwright keeps an event loop in this thread; the tests' own queries are not inside of it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as started:
        yield started
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def film(tmp_path: Path) -> Film:
    return Film(tmp_path / "film.y4m")


@pytest.fixture
def browser(playwright: Playwright, film: Film) -> Iterator[Browser]:
    opened = playwright.chromium.launch(**program(film))
    yield opened
    opened.close()


@pytest.fixture
def line(committed: None, live_server: Any) -> Iterator[Line]:
    line = Line(live_server.url)
    yield line
    line.close()


@pytest.fixture
def families() -> int:
    """A village of this size is paid at the post office."""
    return 20


@pytest.fixture
def counter(line: Line, families: int) -> Counter:
    country = make_country()
    country.add_families(families, country.villages[0], programs=("PKH", "SEMBAKO"))
    plan_payments(country.tranche.id, by=PLANNER)
    today = now()
    PaySession.objects.update(
        business_date=today.date(), starts_at=today, ends_at=today + timedelta(hours=8)
    )
    printed = print_letters(country.tranche.id, by=PLANNER)
    letters = dict(letter for run in printed.files for letter in letters_in(run.file_id))
    user = create_user("rina", name="Rina Wati", password=None, by=SYSTEM, office="30000")
    grant_role(user.id, "officer", by=SYSTEM, office="30000")
    return Counter(line.url, country, user.id, letters)


@pytest.fixture
def officer(browser: Browser, counter: Counter) -> Officer:
    return Officer(phone(browser).new_page(), counter.address)
