"""Two phones without a network pass cash: a code is shown, read, counted, answered and read."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PIL import Image
from playwright.sync_api import Browser

from salur.access.operations import create_user, grant_role, issue_enrolment_code
from salur.disbursement.models import Passing
from salur.field.operations import apply_events
from salur.kernel.actor import SYSTEM
from salur.ledger.queries import balances_for_system
from salur.ledger.rules import AccountKey
from tests.browser.counter import Counter, phone
from tests.browser.films import Film
from tests.browser.line import Line
from tests.browser.officer import Officer


def enrol(officer: Officer, holder: UUID) -> None:
    officer.open()
    code = issue_enrolment_code(holder, by=SYSTEM).printed
    officer.page.get_by_label(officer.word("enrol.code")).fill(code)
    officer.tap("enrol.submit")
    officer.choose_pin()
    officer.page.get_by_text(officer.word("worklist.empty.title")).wait_for()


def code_on(officer: Officer) -> Image.Image:
    code = officer.page.locator("svg.qr[data-drawn=yes]")
    code.wait_for()
    code.scroll_into_view_if_needed()
    return Image.open(io.BytesIO(code.screenshot()))


def well_made(officer: Officer, pictures: Path, name: str) -> None:
    assert officer.barriers() == []
    officer.page.screenshot(path=pictures / f"{name}.png", full_page=True)


@pytest.mark.parametrize("families", [1])
def test_cash_passes_between_two_phones_without_a_network(
    browser: Browser, counter: Counter, film: Film, line: Line, tmp_path: Path
) -> None:
    sari_id = create_user("sari", name="Sari Dewi", password=None, by=SYSTEM, office="30000").id
    grant_role(sari_id, "officer", by=SYSTEM, office="30000")
    rina, sari = (Officer(phone(browser).new_page(), counter.address) for _ in range(2))
    enrol(rina, counter.officer)
    enrol(sari, sari_id)
    for officer in (rina, sari):
        officer.tap("worklist.empty.refresh")
        officer.wait_until_kept_for_offline()
    rina.open("#/give")
    colleague = rina.page.get_by_role("button", name="Sari Dewi")
    colleague.wait_for()
    sari.open("#/give")
    sari.page.get_by_role("button", name="Rina Wati").wait_for()
    line.cut()

    colleague.click()
    box = rina.page.get_by_role("textbox", name=rina.word("close.count", value="Rp100.000"))
    box.fill("7")
    well_made(rina, tmp_path, "1-count")
    rina.tap("give.show", amount="Rp700.000")
    film.show(code_on(rina))
    well_made(rina, tmp_path, "2-code")

    sari.open("#/take")
    counted = sari.word("float.counted", count="7", value="Rp100.000")
    sari.page.get_by_label(counted).check(timeout=20_000)
    well_made(sari, tmp_path, "3-counted")
    sari.tap("float.accept", amount="Rp700.000")
    film.show(code_on(sari))
    well_made(sari, tmp_path, "4-answer")

    rina.tap("give.read")
    rina.page.get_by_text(rina.word("give.done.title"), exact=True).first.wait_for(timeout=20_000)
    well_made(rina, tmp_path, "5-done")
    sari.open("#/close")
    sari.page.get_by_text(sari.word("close.taken"), exact=True).wait_for()
    well_made(sari, tmp_path, "6-close")

    line.mend()
    for officer in (rina, sari):
        officer.open("#/health")
        officer.tap("health.send")
        officer.page.get_by_text(officer.word("queue.all_sent"), exact=True).wait_for()
        apply_events()
    row = Passing.objects.get()
    assert (row.status, row.given, row.taken, row.booked) == ("booked", 700_000, 700_000, 700_000)
    keys = [AccountKey("cash", str(who)) for who in (counter.officer, sari_id)]
    balances: dict[AccountKey, Any] = balances_for_system(keys)
    assert [balances[key].posted for key in keys] == [-700_000, 700_000]
