"""How heavy the app is in a cheap phone's hand: row 7 of what must be shown.

Collected only when named: ``python bench/app_weight.py`` runs it and writes the figures down.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, Playwright

from salur.access.operations import create_user, grant_role
from salur.disbursement.models import Visit
from salur.disbursement.operations import plan_payments
from salur.disbursement.tests.country import PLANNER, make_country
from salur.kernel.actor import SYSTEM
from tests.browser.campaigns.apps import build_app
from tests.browser.campaigns.seven_days import Phone, enrol, ready
from tests.browser.counter import Counter
from tests.browser.films import Film
from tests.browser.line import Line
from tests.browser.officer import Officer

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VISITS = int(os.environ.get("SALUR_WEIGHT_VISITS", "1000"))
PAYOUTS = int(os.environ.get("SALUR_WEIGHT_PAYOUTS", "400"))
FULL = min(PAYOUTS, int(os.environ.get("SALUR_WEIGHT_FULL", "200")))
"""So many with pictures as a camera takes them; of the others only the records count."""
STEP = 20
SLOWER = 6
LINE_BITS = 400_000
LATENCY_MS = 400

#: Clicks, and says how long the officer looks at the old screen: until the frame after the new one.
_CLICK = """async ([from, to]) => {
  const began = performance.now();
  document.querySelector(from).click();
  const drawn = () => new Promise((next) => requestAnimationFrame(() => setTimeout(next)));
  while (!document.querySelector(to)) await drawn();
  await drawn();
  return performance.now() - began;
}"""

#: Types a letter into the search, and waits for what it finds to be drawn.
_TYPE = """async (text) => {
  const box = document.querySelector("input");
  const began = performance.now();
  box.value = text;
  box.dispatchEvent(new Event("input", {bubbles: true}));
  const drawn = () => new Promise((next) => requestAnimationFrame(() => setTimeout(next)));
  await drawn();
  await drawn();
  return performance.now() - began;
}"""


@pytest.fixture
def counter(line: Line) -> Counter:
    """A busy counter; no letters are printed for it, since nobody scans one here."""
    country = make_country()
    country.add_families(VISITS, country.villages[0], programs=("PKH", "SEMBAKO"))
    plan_payments(country.tranche.id, by=PLANNER)
    user = create_user("rina", name="Rina Wati", password=None, by=SYSTEM, office="30000")
    grant_role(user.id, "officer", by=SYSTEM, office="30000")
    return Counter(line.url, country, user.id, {})


def slow(page: Page, *, rate: int = SLOWER, line: bool = False) -> CDPSession:
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": rate})
    if line:
        session.send("Network.enable")
        session.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": LATENCY_MS,
                "downloadThroughput": LINE_BITS / 8,
                "uploadThroughput": LINE_BITS / 8,
            },
        )
    return session


def renderer_mb(profile: Path) -> float:
    """The largest resident renderer of this profile's browser."""
    largest = 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            command = (entry / "cmdline").read_text()
            if "--type=renderer" in command and ours(entry, profile):
                kilobytes = re.search(r"VmRSS:\s+(\d+)", (entry / "status").read_text())
                largest = max(largest, int(kilobytes[1]) if kilobytes else 0)
    return round(largest / 1024, 1)


def ours(entry: Path, profile: Path) -> bool:
    """Whether an ancestor of the process is the browser that was started with the profile."""
    for _ in range(6):
        if str(profile) in (entry / "cmdline").read_text():
            return True
        parent = re.search(r"PPid:\s+(\d+)", (entry / "status").read_text())
        if parent is None or parent[1] == "0":
            return False
        entry = Path("/proc") / parent[1]
    return False


def heap_mb(session: CDPSession) -> float:
    session.send("HeapProfiler.enable")
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    metrics = session.send("Performance.getMetrics")["metrics"]
    used = next(one["value"] for one in metrics if one["name"] == "JSHeapUsedSize")
    return round(used / 1e6, 1)


def cold_seconds(playwright: Playwright, counter: Counter, film: Film, folder: Path) -> float:
    """A new phone on a slow line: until the first screen takes a tap."""
    phone = Phone(playwright, counter, film, folder / "cold")
    with phone.opened() as officer:
        slow(officer.page, line=True)
        began = time.monotonic()
        officer.page.goto(officer.address, wait_until="commit")
        officer.button("enrol.submit").click(timeout=60_000)
        officer.page.get_by_text(officer.word("enrol.error.missing")).wait_for()
        return round(time.monotonic() - began, 2)


def warm_seconds(phone: Phone) -> dict[str, float]:
    """Without a network, slowed down: until the pad takes the PIN, and until the list stands."""
    with phone.opened() as officer:
        page = officer.page
        slow(page)
        began = time.monotonic()
        page.goto(officer.address, wait_until="commit")
        page.locator(".pin-key").first.wait_for(timeout=60_000)
        page.evaluate("1")
        pad = time.monotonic() - began
        page.locator(".next, .notice-good").first.wait_for(timeout=60_000)
        whole = time.monotonic() - began
    return {"pad": round(pad, 2), "list": round(whole, 2)}


def responses_ms(officer: Officer) -> dict[str, float]:
    """Between a tap and the screen that it leads to, six times slowed down."""
    page = ready(officer)
    page.locator("a.row[href*=visit]").first.wait_for()
    slow(page)
    found: dict[str, list[float]] = {}
    for _ in range(5):
        page.evaluate("location.hash = '#/'")
        page.locator(".next").wait_for()
        steps = (("visit", "a.row[href*=visit]", ".top-back"), ("list", ".top-back", ".next"))
        for name, source, target in steps:
            found.setdefault(name, []).append(page.evaluate(_CLICK, [source, target]))
    page.evaluate("location.hash = '#/search'")
    page.locator("input").wait_for()
    for text in ("s", "si", "sit", "0012", "a"):
        found.setdefault("search", []).append(page.evaluate(_TYPE, text))
    slow(page, rate=1)
    return {name: round(sorted(values)[len(values) // 2], 1) for name, values in found.items()}


def write_down(figures: dict[str, Any]) -> None:
    if out := os.environ.get("SALUR_WEIGHT_OUT"):
        Path(out).write_text(json.dumps(figures))


def test_the_app_is_light_enough_for_a_cheap_phone_and_a_busy_counter(
    playwright: Playwright,
    counter: Counter,
    film: Film,
    line: Line,
    tmp_path: Path,
    settings: Any,
) -> None:
    figures: dict[str, Any] = {"visits": VISITS, "payouts": PAYOUTS, "with_full_pictures": FULL}
    figures["cold_seconds"] = cold_seconds(playwright, counter, film, tmp_path)
    settings.SALUR_FIELD_APP_DIR = build_app(tmp_path / "app")
    visits = list(Visit.objects.order_by("number"))
    phone = Phone(playwright, counter, film, tmp_path / "profile")
    enrol(phone, visits, 1)
    line.cut()
    figures["warm_fresh"] = warm_seconds(phone)
    ids = [str(visit.id) for visit in visits[:PAYOUTS]]
    with phone.opened() as officer:
        page = ready(officer)
        # As in a hand-over, the long list is not on the screen.
        page.evaluate("location.hash = '#/health'")
        session = page.context.new_cdp_session(page)
        memory: list[dict[str, float]] = []
        milliseconds: list[float] = []
        for done in range(0, FULL, STEP):
            began = time.monotonic()
            page.evaluate("ids => salur.payAll(ids, shown)", ids[done : min(done + STEP, FULL)])
            milliseconds.append(round((time.monotonic() - began) * 1000 / STEP, 1))
            memory.append(
                {
                    "payouts": done + STEP,
                    "renderer_mb": renderer_mb(phone.profile),
                    "heap_mb": heap_mb(session),
                }
            )
        page.evaluate("ids => salur.payAll(ids, shown, true)", ids[FULL:])
        figures["memory"] = memory
        figures["heap_mb_after_all"] = heap_mb(session)
        figures["milliseconds_per_payout"] = milliseconds
    figures["warm_full_day"] = warm_seconds(phone)
    figures["renderer_mb_most"] = max(one["renderer_mb"] for one in memory)
    write_down(figures)
    with phone.opened() as officer:
        figures["response_ms"] = responses_ms(officer)
    write_down(figures)
    assert figures["cold_seconds"] <= 10
    assert figures["warm_full_day"]["pad"] <= 2
    assert 0 < figures["renderer_mb_most"] <= 450
    settled, last = memory[len(memory) // 2], memory[-1]
    assert last["renderer_mb"] - settled["renderer_mb"] <= 60
    assert max(figures["response_ms"].values()) <= 200
