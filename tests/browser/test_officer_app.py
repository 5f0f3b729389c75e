"""The officers' app in a real browser, against the real server and its real database."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from salur.access.models import Device
from salur.access.operations import create_user, grant_role, issue_enrolment_code
from salur.disbursement.models import HandOver, Lease, PayoutLine, Visit
from salur.disbursement.operations import plan_payments, print_letters
from salur.disbursement.rules.tokens import open_token
from salur.disbursement.tests.country import PLANNER, Country, make_country
from salur.field.operations import apply_events
from salur.identity.operations import NewReference, enrol_reference
from salur.intake.models import SignedEvent
from salur.intake.queries import read_whole_file_for_system
from salur.kernel.actor import SYSTEM
from salur.kernel.clock import now
from salur.kernel.ids import new_id
from tests.browser.films import Film
from tests.browser.line import Line
from tests.browser.officer import APP, Officer

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FACES = Path(__file__).parents[1] / "faces"
FAMILIES = 20
"""A village of this size is paid at the post office."""
PALEMBANG = {"latitude": -2.990934, "longitude": 104.756554, "accuracy": 8}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]


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
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    opened = playwright.chromium.launch(
        executable_path=executable,
        args=[*FLAGS, f"--use-file-for-fake-video-capture={film.path}"],
    )
    yield opened
    opened.close()


def phone(browser: Browser, width: int = 390) -> BrowserContext:
    return browser.new_context(
        permissions=["camera", "geolocation"],
        geolocation=PALEMBANG,
        locale="id-ID",
        timezone_id="Asia/Jakarta",
        viewport={"width": width, "height": 844},
        service_workers="allow",
    )


@dataclass
class Counter:
    """A post office on the day of payment: families planned, letters printed, one officer."""

    address: str
    country: Country
    officer: UUID
    letters: dict[UUID, Image.Image]
    """Of each visit, the part of the printed page at which one points a phone."""

    def code(self) -> str:
        return issue_enrolment_code(self.officer, by=SYSTEM).printed

    def visits(self) -> list[Visit]:
        return list(Visit.objects.order_by("slot_at", "number"))

    def enrol(self, officer: Officer, *, known: bool = False) -> Visit:
        """The officer's phone, with everything leased to it; the family that comes first.

        Where its recipient is known, there is a reference face of an earlier payment.
        """
        officer.open()
        officer.page.get_by_label(officer.word("enrol.code")).fill(self.code())
        officer.tap("enrol.submit")
        officer.page.get_by_text(officer.word("worklist.empty.title")).wait_for()
        device = Device.objects.get(holder_id=self.officer)
        visits = self.visits()
        if known:
            enrol_face(visits[0])
        lease = Lease.objects.create(
            id=new_id(),
            device=device,
            session_id=visits[0].session_id,
            until=now() + timedelta(days=1),
            issued_by="planner",
            issued_at=now(),
        )
        Visit.objects.update(lease=lease)
        officer.tap("worklist.empty.refresh")
        officer.page.locator(".next").wait_for()
        return visits[0]


def letters_in(file_id: str) -> Iterator[tuple[UUID, Image.Image]]:
    document = pypdfium2.PdfDocument(read_whole_file_for_system(file_id))
    for page in document:
        image = page.render(scale=3).to_pil()
        code = zxingcpp.read_barcodes(image)[0]
        claims, _, _ = open_token(code.text)
        corners = (code.position.top_left, code.position.bottom_right)
        side = corners[1].x - corners[0].x
        box = (
            corners[0].x - side // 2,
            corners[0].y - side // 4,
            corners[1].x + side // 2,
            corners[1].y + side // 4,
        )
        yield claims.visit, image.crop(box)


@pytest.fixture
def line(committed: None, live_server: Any) -> Iterator[Line]:
    line = Line(live_server.url)
    yield line
    line.close()


@pytest.fixture
def counter(line: Line) -> Counter:
    country = make_country()
    country.add_families(FAMILIES, country.villages[0], programs=("PKH", "SEMBAKO"))
    plan_payments(country.tranche.id, by=PLANNER)
    printed = print_letters(country.tranche.id, by=PLANNER)
    letters = dict(letter for run in printed.files for letter in letters_in(run.file_id))
    user = create_user("rina", name="Rina Wati", password=None, by=SYSTEM, office="30000")
    grant_role(user.id, "officer", by=SYSTEM, office="30000")
    return Counter(line.url, country, user.id, letters)


def enrol_face(visit: Visit) -> None:
    """Photographed by somebody else than the one who pays."""
    photo = (FACES / "a1.jpg").read_bytes()
    new = NewReference(person_id=visit.recipient_id, enrolled_by="registry-desk")
    enrol_reference(new, photo, by=SYSTEM)


@pytest.fixture
def officer(browser: Browser, counter: Counter) -> Officer:
    return Officer(phone(browser).new_page(), counter.address)


def events_of(visit: Visit) -> list[str]:
    rows = SignedEvent.objects.filter(visit_id=visit.id).order_by("sequence")
    return list(rows.values_list("kind", flat=True))


def before_a_known_face(officer: Officer, counter: Counter, film: Film) -> Visit:
    """Enrolled, the letter scanned, the documents photographed, the camera on the face."""
    visit = counter.enrol(officer, known=True)
    officer.taps = 0
    film.show(counter.letters[visit.id])
    officer.scan()
    film.show(Image.open(FACES / "a3.jpg"))
    officer.photograph_documents()
    officer.button("face.take").wait_for()
    return visit


def test_a_family_is_paid_its_two_programs_from_its_printed_letter(
    officer: Officer, counter: Counter, film: Film
) -> None:
    visit = before_a_known_face(officer, counter, film)
    officer.take("face.take")
    officer.tap("face.continue")
    officer.button("cash.counted").wait_for()
    assert officer.page.get_by_text("Rp1.200.000", exact=True).is_visible()
    assert officer.page.get_by_text("satu juta dua ratus ribu rupiah").is_visible()
    officer.hand_over_and_sign()
    assert officer.taps <= 12
    officer.wait_for_proof("standing.complete")

    apply_events()
    paid = HandOver.objects.get(visit=visit)
    assert (paid.method, paid.receipt_mark, paid.total) == ("face", "signature", 1_200_000)
    lines = PayoutLine.objects.filter(hand_over=paid)
    assert [(line.amount, line.outcome) for line in lines] == [(600_000, "paid")] * 2
    assert (paid.latitude, paid.longitude) == (PALEMBANG["latitude"], PALEMBANG["longitude"])
    assert events_of(visit) == ["verification", "hand_over_begun", "handed_over"]


def test_a_payment_without_a_network_is_saved_on_the_phone_and_sent_later(
    officer: Officer, counter: Counter, film: Film, line: Line
) -> None:
    visit = counter.enrol(officer, known=True)
    officer.wait_until_kept_for_offline()
    line.cut()
    officer.page.reload()
    film.show(counter.letters[visit.id])
    officer.scan()
    film.show(Image.open(FACES / "a3.jpg"))
    officer.photograph_documents()
    officer.take("face.take")
    officer.tap("face.compare.same")
    officer.hand_over_and_sign()
    officer.wait_for_proof("standing.saved")
    assert officer.page.get_by_text(officer.word("receipt.safe.later")).is_visible()
    assert not HandOver.objects.exists()
    assert not SignedEvent.objects.exists()

    officer.page.close()
    line.mend()
    officer.page = officer.page.context.new_page()
    officer.open(f"#/visit/{visit.id}")
    officer.wait_for_proof("standing.complete")
    apply_events()
    paid = HandOver.objects.get(visit=visit)
    assert (paid.method, paid.total) == ("document", 1_200_000)


def test_an_app_closed_with_cash_on_the_table_asks_where_the_cash_is(
    officer: Officer, counter: Counter, film: Film
) -> None:
    visit = before_a_known_face(officer, counter, film)
    officer.take("face.take")
    officer.tap("face.continue")
    officer.button("cash.counted").wait_for()
    officer.page.close()
    officer.page = officer.page.context.new_page()
    officer.open()
    officer.page.get_by_role("heading", name=officer.word("doubt.title")).wait_for()
    officer.page.get_by_role("button", name=officer.word("doubt.kept")).click()
    officer.tap("visit.resume")
    officer.hand_over_and_sign()
    officer.wait_for_proof("standing.complete")
    apply_events()
    assert events_of(visit) == [
        "verification",
        "hand_over_begun",
        "hand_over_cancelled",
        "hand_over_begun",
        "handed_over",
    ]
    assert HandOver.objects.get(visit=visit).total == 1_200_000


def test_a_face_that_does_not_match_ends_with_a_person_who_helps(
    officer: Officer, counter: Counter, film: Film
) -> None:
    visit = before_a_known_face(officer, counter, film)
    film.show(Image.open(FACES / "b1.jpg"))
    officer.page.reload()
    officer.take("face.take")
    for _ in range(2):
        officer.take("face.again")
    officer.tap("witness.appointment")
    officer.page.get_by_label(officer.word("reason.face_not_matched")).check()
    officer.tap("failed.save")
    officer.page.locator(".next").wait_for()
    row = officer.page.locator(".row", has_text=visit.recipient_name)
    row.get_by_text(officer.word("reason.face_not_matched")).wait_for()
    officer.page.wait_for_timeout(1_500)
    apply_events()
    visit.refresh_from_db()
    assert visit.last_attempt_code == "face_not_matched"
    assert not HandOver.objects.exists()


def test_a_family_without_a_reference_is_paid_before_a_witness(
    officer: Officer, counter: Counter, film: Film
) -> None:
    visit = counter.enrol(officer)
    film.show(counter.letters[visit.id])
    officer.scan()
    film.show(Image.open(FACES / "a3.jpg"))
    officer.photograph_documents()
    officer.take("face.take")
    officer.page.get_by_label(officer.word("witness.name")).fill("Pak Karta")
    officer.tap("witness.submit")
    officer.hand_over_and_sign()
    officer.wait_for_proof("standing.complete")
    apply_events()
    assert HandOver.objects.get(visit=visit).method == "enrolment"


def test_a_second_window_waits_until_the_first_is_closed(
    officer: Officer, counter: Counter
) -> None:
    counter.enrol(officer)
    second = officer.page.context.new_page()
    second.goto(officer.address)
    second.get_by_role("heading", name=officer.word("app.other_tab.title")).wait_for()
    officer.page.close()
    second.locator(".next").wait_for()


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nobody_is_kept_out_of_any_screen(
    browser: Browser, counter: Counter, film: Film, width: int, language: str
) -> None:
    officer = Officer(phone(browser, width).new_page(), counter.address, language)
    officer.open()
    officer.button("enrol.submit").wait_for()
    assert officer.barriers() == []
    visit = counter.enrol(officer)
    assert officer.barriers() == []
    film.show(counter.letters[visit.id])
    for screen in ("#/search", "#/health", "#/close", f"#/visit/{visit.id}"):
        officer.open(screen)
        officer.page.locator("h1").first.wait_for()
        assert officer.barriers() == [], screen
    officer.open(f"#/failed/{visit.id}")
    officer.button("failed.save").wait_for()
    assert officer.barriers() == []
    officer.open()
    officer.scan()
    officer.wait_for_camera()
    assert officer.barriers() == []
    officer.photograph_documents()
    film.show(Image.open(FACES / "a3.jpg"))
    officer.button("face.take").wait_for()
    officer.page.reload()
    officer.take("face.take")
    officer.page.get_by_label(officer.word("witness.name")).fill("Pak Karta")
    assert officer.barriers() == []
    officer.tap("witness.submit")
    officer.button("cash.counted").wait_for()
    assert officer.barriers() == []
    officer.tap("cash.show")
    officer.page.locator(".shown").wait_for()
    assert officer.barriers() == []
    officer.page.get_by_role("button", name="Tutup").click()
    officer.tap("cash.counted")
    officer.take("photo.take")
    officer.button("mark.save").wait_for()
    assert officer.barriers() == []
    officer.sign()
    officer.tap("mark.save")
    officer.page.locator(".proof-steps").wait_for()
    assert officer.barriers() == []
    assert officer.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
