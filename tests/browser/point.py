"""A pay point of several desks: each a phone with a browser, a camera and an officer of its own."""

from __future__ import annotations

import contextlib
import io
import os
import signal
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from PIL import Image
from playwright.sync_api import BrowserContext, Locator, Playwright, expect
from playwright.sync_api import Error as PlaywrightError

from salur.access.models import Device
from salur.access.operations import create_user, grant_role, issue_enrolment_code
from salur.disbursement.models import HandOver, PaySession, Visit
from salur.disbursement.operations import GroupMember, lease_to_group
from salur.disbursement.tests.country import PLANNER
from salur.kernel.actor import SYSTEM, Actor
from tests.browser.counter import FACES, Counter, program, settings_of_a_phone
from tests.browser.films import Film
from tests.browser.officer import Officer


@dataclass(eq=False)
class Phone:
    """One desk's phone. Its profile outlives its browser, as a phone's storage outlives a crash."""

    playwright: Playwright
    folder: Path
    film: Film
    person: UUID
    name: str
    context: BrowserContext
    officer: Officer
    device: UUID

    @property
    def holder(self) -> Actor:
        """The officer as the phone's signature stands for them."""
        return Actor(
            id=str(self.person),
            kind="user",
            permissions=frozenset({"field.work"}),
            offices=("ID/30000",),
        )

    def open_camera_on(self, picture: Image.Image) -> None:
        """What the camera sees from the next time that the app opens it."""
        self.film.show(picture)

    def shown_code(self) -> Image.Image:
        """The code on the screen, as another phone's camera sees it: the screen's own picture."""
        code = self.officer.page.locator(".qr[data-drawn=yes]")
        code.scroll_into_view_if_needed()
        png = code.screenshot()
        code_alone = Image.open(io.BytesIO(png)).convert("RGB")
        side = code_alone.width
        glass = Image.new("RGB", (side * 2, side * 3 // 2), (235, 235, 235))
        glass.paste(code_alone, (side // 2, side // 4))
        return glass

    def kill(self) -> None:
        """kill -9 of everything that runs on this phone."""
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with contextlib.suppress(OSError):
                if str(self.folder / "profile") in (entry / "cmdline").read_text():
                    os.kill(int(entry.name), signal.SIGKILL)
        with contextlib.suppress(PlaywrightError):
            self.context.close()

    def start_again(self) -> None:
        self.context = _launch(self.playwright, self.folder, self.film)
        self.officer.page = self.context.new_page()
        self.officer.open()

    def close(self) -> None:
        with contextlib.suppress(PlaywrightError):
            self.context.close()

    def is_empty_handed(self) -> None:
        """Waits until everything that this phone knows has been received."""
        self.officer.open("#/health")
        sent = self.officer.word("queue.all_sent")
        expect(self.officer.page.locator(".queue")).to_contain_text(sent, timeout=60_000)


def _launch(playwright: Playwright, folder: Path, film: Film) -> BrowserContext:
    return playwright.chromium.launch_persistent_context(
        str(folder / "profile"), **program(film), **settings_of_a_phone()
    )


def switch_on(
    playwright: Playwright, counter: Counter, folder: Path, username: str, name: str
) -> Phone:
    """A phone, enrolled for a new officer of the office; nothing is leased to it yet."""
    folder = folder / username
    folder.mkdir()
    film = Film(folder / "film.y4m")
    user = create_user(username, name=name, password=None, by=SYSTEM, office="30000")
    grant_role(user.id, "officer", by=SYSTEM, office="30000")
    context = _launch(playwright, folder, film)
    officer = Officer(context.new_page(), counter.address)
    officer.open()
    code = issue_enrolment_code(user.id, by=SYSTEM).printed
    officer.page.get_by_label(officer.word("enrol.code")).fill(code)
    officer.tap("enrol.submit")
    officer.choose_pin()
    officer.page.get_by_text(officer.word("worklist.empty.title")).wait_for()
    device = Device.objects.get(holder_id=user.id).id
    return Phone(playwright, folder, film, user.id, name, context, officer, device)


@contextlib.contextmanager
def desks(
    playwright: Playwright,
    counter: Counter,
    folder: Path,
    places: Mapping[str, tuple[int | None, str]],
) -> Iterator[tuple[dict[str, Phone], dict[int, str]]]:
    """Phones by their officers' names, each at its (desk, role), with the session leased to all of
    them together; and the codes in the envelopes. Every phone holds the list and the scanner."""
    phones = {name: switch_on(playwright, counter, folder, name.lower(), name) for name in places}
    try:
        session = PaySession.objects.get()
        members = [
            GroupMember(phones[name].device, desk, role) for name, (desk, role) in places.items()
        ]
        seals = lease_to_group(session.id, members, by=PLANNER).seals
        for name, (_, role) in places.items():
            phone = phones[name]
            phone.officer.tap("worklist.empty.refresh")
            title = {"check_in": "check_in.title", "verifier": "verifier.title"}
            phone.officer.page.get_by_role(
                "heading", name=phone.officer.word(title.get(role, "worklist.title"))
            ).first.wait_for(state="attached")
            phone.officer.page.get_by_text(phone.officer.word("worklist.empty.title")).wait_for(
                state="detached"
            )
            phone.officer.wait_until_kept_for_offline()
        yield phones, seals
    finally:
        for phone in phones.values():
            phone.close()


def scan(phone: Phone, picture: Image.Image) -> None:
    """From wherever the app is: the camera is pointed at a letter or at another phone's code."""
    phone.open_camera_on(picture)
    phone.officer.open()  # A scanner that has read a code looks again only when it is opened anew.
    phone.officer.open("#/scan")


def see_who_stands_here(phone: Phone, letter: Image.Image) -> None:
    """Letter, cards and face without a network, as every desk that verifies does them."""
    officer = phone.officer
    scan(phone, letter)
    officer.button("documents.ktp.take").wait_for(timeout=30_000)
    go_on_after_the_letter(phone)


MOST_STEPS = 16


def go_on_after_the_letter(phone: Phone) -> None:
    """Every paper and the face, whatever the procedure asks, to the amount or to the ticket."""
    officer = phone.officer
    phone.open_camera_on(Image.open(FACES / "a3.jpg"))
    over = officer.button("cash.counted").or_(officer.page.locator(".qr"))
    _press_on(phone, over)


def hand_over(phone: Phone) -> None:
    """From the amount to the receipt, whatever proof the procedure asks for in between."""
    phone.officer.tap("cash.counted")
    _press_on(phone, phone.officer.page.locator(".proof-steps"))
    phone.officer.wait_for_proof("standing.saved")


def _press_on(phone: Phone, over: Locator) -> None:
    """The main action of each screen, with what it wants before: a name, or a signature."""
    officer = phone.officer
    able = officer.page.locator(".bottom .main:not([aria-disabled=true])")
    witness = officer.page.get_by_label(officer.word("witness.name"))
    pad = officer.page.locator(".pad canvas")
    for _ in range(MOST_STEPS):
        over.or_(witness).or_(pad).or_(able).first.wait_for(timeout=60_000)
        if over.first.is_visible():
            return
        if witness.is_visible():
            witness.fill("Pak Karta")
        if pad.is_visible():
            officer.sign()
        shown = officer.page.locator("main").inner_text()
        able.click()
        officer.taps += 1
        expect(officer.page.locator("main")).not_to_have_text(
            shown, use_inner_text=True, timeout=30_000
        )
    raise AssertionError(f"the hand-over stands still: {officer.page.inner_text('main')}")


def as_a_proxy(phone: Phone) -> None:
    """Somebody else of the family card collects, because the recipient is ill."""
    officer = phone.officer
    officer.button("collector.change").click()
    officer.page.locator(".row[aria-pressed=false]").first.click()
    officer.page.locator(".row", has_text=officer.word("proxy.why.unable")).click()
    officer.button("collector.change").wait_for()


def is_paid_by(phone: Phone) -> int:
    return HandOver.objects.filter(device_id=phone.device).count()


def pay(phone: Phone, letter: Image.Image) -> None:
    see_who_stands_here(phone, letter)
    hand_over(phone)


def at_desk(number: int) -> list[Visit]:
    return list(Visit.objects.filter(desk=number).order_by("slot_at", "number"))
