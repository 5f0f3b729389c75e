"""An officer's week without a network, on a phone that dies again and again.

``python bench/seven_days.py`` runs all of it; ``test_seven_days.py`` a small one in ``make test``.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from playwright.sync_api import BrowserContext, Page, Playwright
from playwright.sync_api import Error as PlaywrightError

from salur.access.models import Device
from salur.disbursement.models import HandOver, Lease, PaySession, Visit
from salur.field.operations import apply_events
from salur.intake.models import SignedEvent, StoredFile
from salur.kernel.clock import now
from salur.kernel.ids import new_id
from tests.browser.campaigns.apps import JPEG, build_app, bytes_in, found_in
from tests.browser.counter import Counter, program, settings_of_a_phone
from tests.browser.films import Film
from tests.browser.line import Line
from tests.browser.officer import Officer
from tests.browser.test_officer_app import kill_browser_of

CANARY_NIK = "1671094512710931"


@dataclass
class Week:
    """What came of it."""

    payouts: int = 0
    kills: int = 0
    kills_under_way: int = 0
    shown_as_paid: int = 0
    lost: list[str] = field(default_factory=list)
    in_doubt: int = 0
    unsent_events: int = 0
    unsent_photos: int = 0
    profile_mb: float = 0.0
    found_before_sync: list[str] = field(default_factory=list)
    found_after_sync: list[str] = field(default_factory=list)
    hand_overs_at_the_server: int = 0
    photos_at_the_server: int = 0
    sync_seconds: float = 0.0
    seconds: float = 0.0


class Phone:
    """One profile on the disk, with a browser that is started and killed over it."""

    def __init__(self, playwright: Playwright, counter: Counter, film: Film, profile: Path) -> None:
        self.playwright = playwright
        self.counter = counter
        self.profile = profile
        self.start = {**program(film), **settings_of_a_phone()}
        self.shown: set[str] = set()
        self.context: BrowserContext | None = None

    @contextlib.contextmanager
    def opened(self, at: datetime | None = None) -> Iterator[Officer]:
        """The app with the PIN in, by a phone whose clock says ``at``."""
        context = self.playwright.chromium.launch_persistent_context(
            str(self.profile), **self.start
        )
        try:
            page = context.new_page()
            if at is not None:
                page.clock.install(time=at)
            page.expose_function("shown", lambda visit: self.shown.add(visit))
            officer = Officer(page, self.counter.address)
            yield officer
        finally:
            with contextlib.suppress(PlaywrightError):
                context.close()

    def kill(self) -> None:
        kill_browser_of(self.profile)


def until(page: Page, expression: str, seconds: float) -> None:
    """Asked from outside: the page itself allows no script that is made out of text."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        if time.monotonic() > end:
            raise TimeoutError(expression)
        page.wait_for_timeout(100)


def ready(officer: Officer) -> Page:
    """The app is open, its PIN in, and its acts can be called."""
    officer.open()
    until(officer.page, "globalThis.salur !== undefined", 30)
    officer.page.locator(".queue").wait_for(timeout=30_000)
    return officer.page


def enrol(phone: Phone, visits: list[Visit], days: int) -> None:
    """The phone of the counter's officer, with these visits leased to it for the week."""
    with phone.opened() as officer:
        officer.open()
        officer.page.get_by_label(officer.word("enrol.code")).fill(phone.counter.code())
        officer.tap("enrol.submit")
        officer.choose_pin()
        officer.page.get_by_text(officer.word("worklist.empty.title")).wait_for()
        device = Device.objects.order_by("-enrolled_at").first()
        assert device is not None
        lease = Lease.objects.create(
            id=new_id(),
            device_id=device.id,
            session=PaySession.objects.get(id=visits[0].session_id),
            until=now() + timedelta(days=days + 2),
            issued_by="campaign",
            issued_at=now(),
        )
        ids = [visit.id for visit in visits]
        Visit.objects.filter(id__in=ids).update(lease=lease, updated_at=now())
        officer.tap("worklist.empty.refresh")
        officer.page.locator(".next").wait_for()
        officer.wait_until_kept_for_offline()


def needles_of(visits: list[Visit]) -> list[str | bytes]:
    """What must not be found: names, a NIK, records as JSON, and how a photo begins."""
    names: list[str | bytes] = [visit.recipient_name for visit in visits]
    return [*names, CANARY_NIK, '"nik_last4":"', '"kind":"handed_over"', JPEG]


def readable(found: set[str | bytes]) -> list[str]:
    return sorted("JPEG" if isinstance(one, bytes) else one for one in found)


def positive_control(
    playwright: Playwright,
    counter: Counter,
    film: Film,
    visits: list[Visit],
    folder: Path,
    serve: Callable[[Path], None],
) -> list[str]:
    """The same search over a phone whose app does not seal: everything must be found.

    ``serve`` puts a built app where the server looks for it.
    """
    serve(build_app(folder / "open-app", sealed=False))
    phone = Phone(playwright, counter, film, folder / "open-profile")
    enrol(phone, visits, 1)
    first = str(visits[0].id)
    with phone.opened() as officer:
        page = ready(officer)
        page.evaluate(f"salur.proposeNik('{first}', '{CANARY_NIK}')")
        page.evaluate(f"salur.pay('{first}')")
    return readable(found_in(phone.profile, needles_of(visits[:1])))


def run_week(
    playwright: Playwright,
    counter: Counter,
    film: Film,
    line: Line,
    visits: list[Visit],
    folder: Path,
    serve: Callable[[Path], None],
    *,
    days: int,
    kills: int,
    seed: int = 1,
) -> Week:
    """Pays every visit over the days without a network, killing the browser at random moments;
    then the network returns."""
    began = time.monotonic()
    random = Random(seed)
    serve(build_app(folder / "app"))
    phone = Phone(playwright, counter, film, folder / "profile")
    enrol(phone, visits, days)
    line.cut()
    week = Week(payouts=len(visits))
    todo = [str(visit.id) for visit in visits]
    start = now()
    with phone.opened(start) as officer:
        ready(officer).evaluate(f"salur.proposeNik('{todo[0]}', '{CANARY_NIK}')")
    for day in range(days):
        today = todo[day * len(todo) // days : (day + 1) * len(todo) // days]
        of_day = kills * (day + 1) // days - kills * day // days
        pay_day(phone, today, start + timedelta(days=day), of_day, random, week)
    week.found_before_sync = readable(found_in(phone.profile, needles_of(visits)))
    week.profile_mb = round(bytes_in(phone.profile) / 1e6, 1)
    line.mend()
    sync(phone, week)
    week.found_after_sync = readable(found_in(phone.profile, needles_of(visits)))
    while apply_events():
        pass
    paid = {str(one) for one in HandOver.objects.values_list("visit_id", flat=True)}
    week.shown_as_paid = len(phone.shown)
    week.lost = sorted(phone.shown - paid)
    week.hand_overs_at_the_server = HandOver.objects.filter(
        visit_id__in=[UUID(one) for one in todo]
    ).count()
    week.photos_at_the_server = StoredFile.objects.filter(kind="evidence").count()
    week.seconds = round(time.monotonic() - began, 1)
    return week


def pay_day(
    phone: Phone, today: list[str], at: datetime, kills: int, random: Random, week: Week
) -> None:
    """Until all of the day's families are paid; the first ``kills`` sittings end by a kill."""
    killed = 0
    while True:
        with phone.opened(at) as officer:
            page = ready(officer)
            check_nothing_is_lost(page, phone, week)
            waiting = set(page.evaluate("salur.waiting()"))
            left = [one for one in today if one in waiting]
            if not left:
                return
            if killed == kills:
                page.evaluate("ids => salur.payAll(ids, shown)", left)
                check_nothing_is_lost(page, phone, week)
                return
            # Some hundred milliseconds a payout: the kill falls into any step of it.
            few = left[: 1 + random.randrange(4)]
            page.evaluate("ids => { salur.payAll(ids, shown); }", few)
            page.wait_for_timeout(random.uniform(50, 1_500))
            phone.kill()
            killed += 1
            week.kills += 1
        at += timedelta(minutes=7)


def check_nothing_is_lost(page: Page, phone: Phone, week: Week) -> None:
    """What was shown as paid is on the disk, whatever happened to the browser."""
    handed: list[str] = page.evaluate("salur.handed()")
    week.lost += sorted(phone.shown - set(handed))
    if len(handed) != len(set(handed)):
        week.lost.append("a family was handed over to twice")
    doubt = page.evaluate("location.hash").startswith("#/doubt/")
    week.in_doubt += doubt
    week.kills_under_way += doubt


def sync(phone: Phone, week: Week) -> None:
    with phone.opened() as officer:
        page = ready(officer)
        counted: dict[str, Any] = page.evaluate("salur.countOutbox()")
        week.unsent_events, week.unsent_photos = counted["events"], counted["photos"]
        began = time.monotonic()
        officer.open("#/health")
        until(page, "salur.countOutbox().then((c) => c.events + c.photos === 0)", 900)
        week.sync_seconds = round(time.monotonic() - began, 1)
    assert SignedEvent.objects.exists()
