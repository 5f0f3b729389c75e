"""Every page of the back office, read by axe-core as whoever may open it.

Pages come from the matrix of doors, so that a new one is read too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.urls import NoReverseMatch, get_resolver, reverse
from playwright.sync_api import Browser, Page

from salur.access.rules import PERMISSIONS_OF_ROLE
from salur.disbursement.models import PaySession
from salur.disbursement.tests.country import Country
from salur.monitoring.tests.test_pages import signed_in
from salur.programs.models import NominativeList, PaymentOrder
from tests.browser.test_dashboard import WIDTHS, browser, playwright  # noqa: F401 - fixtures
from tests.browser.test_planning_pages import grave, office  # noqa: F401 - fixture
from tests.security.matrix import MATRIX, SIGNED_IN

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def role_for(need: str) -> str | None:
    """The first role that opens the door; None when it is no person's door."""
    if need == SIGNED_IN:
        return "planner"
    return next((role for role, may in sorted(PERMISSIONS_OF_ROLE.items()) if need in may), None)


def pages(ids: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(role, path) of each door that a person opens and whose ids are at hand."""
    for name, need in sorted(MATRIX.items()):
        role = role_for(need)
        if role is None or "_api:" in name:
            continue
        room, _, own = name.partition(":")
        patterns = get_resolver().namespace_dict[room][1].reverse_dict.getlist(own)
        wanted = patterns[0][0][0][1] if patterns else []
        try:
            yield role, reverse(name, kwargs={key: ids[key] for key in wanted})
        except (KeyError, NoReverseMatch):
            continue


def open_desk(browser: Browser, url: str, role: str, width: int, language: str) -> Page:  # noqa: F811
    client = signed_in(role, office="30000" if role == "officer" else None)
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


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("width", sorted(WIDTHS))
def test_every_page_can_be_read_by_everybody(
    office: Country,  # noqa: F811
    live_server: Any,
    browser: Browser,  # noqa: F811
    width: int,
    language: str,
) -> None:
    ids = {
        "tranche_id": office.tranche.id,
        "order_id": PaymentOrder.objects.order_by("number").values_list("id", flat=True)[0],
        "list_id": NominativeList.objects.order_by("id").values_list("id", flat=True)[0],
        "channel": "community",
        "number": 2,
        "session_id": PaySession.objects.order_by("id").values_list("id", flat=True)[0],
    }
    desks: dict[str, Page] = {}
    read, wrong = [], []
    for role, path in pages(ids):
        if role not in desks:
            desks[role] = open_desk(browser, live_server.url, role, width, language)
        page = desks[role]
        answer = page.request.get(path)
        if answer.status != 200 or "text/html" not in answer.headers.get("content-type", ""):
            continue  # a door for forms only, a file, or one that leads on
        page.goto(path)
        read.append(path)
        wrong += [f"{path}: {finding}" for finding in grave(page)]
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            wrong.append(f"{path} is wider than the screen: {wide}")
    for page in desks.values():
        page.context.close()
    assert wrong == []
    assert len(read) > 25, read
