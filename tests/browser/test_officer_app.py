"""The officers' app in a real browser, against the real server and its real database."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, expect
from playwright.sync_api import Error as PlaywrightError

from salur.access.models import User
from salur.access.operations import create_user, grant_role
from salur.access.rules import MINISTRY_VIEWER
from salur.config.work import catch_up
from salur.disbursement.models import FloatSession, HandOver, PayoutLine, Visit
from salur.disbursement.operations import draw_cash, issue_float
from salur.field.operations import apply_events
from salur.intake.models import SignedEvent
from salur.kernel.actor import SYSTEM, Actor
from salur.kernel.clock import now
from salur.kernel.ids import new_id
from salur.ledger.operations import post
from salur.ledger.queries import balances_for_system
from salur.ledger.rules import TREASURY, AccountKey, NewTransfer
from tests.browser.counter import FACES, PALEMBANG, Counter, phone, program, settings_of_a_phone
from tests.browser.films import Film
from tests.browser.line import Line
from tests.browser.officer import Officer

pytestmark = [pytest.mark.browser, pytest.mark.slow]


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


def ministrys_dashboard(officer: Officer, counter: Counter) -> Page:
    """The live page as somebody at the ministry sees it, beside the officer's phone."""
    viewer = create_user("maya", name="Maya", password="kata-sandi-uji-9132", by=SYSTEM)
    grant_role(viewer.id, MINISTRY_VIEWER, by=SYSTEM)
    client = Client()
    client.force_login(User.objects.get(id=viewer.id))
    browser = officer.page.context.browser
    assert browser is not None
    desk = browser.new_context(locale="id-ID", viewport={"width": 1280, "height": 900})
    cookie = {"name": settings.SESSION_COOKIE_NAME, "url": counter.address}
    desk.add_cookies([{**cookie, "value": client.session.session_key or ""}])
    page = desk.new_page()
    page.goto(f"{counter.address}/penyaluran/")
    return page


def test_a_family_is_paid_its_two_programs_from_its_printed_letter(
    officer: Officer, counter: Counter, film: Film
) -> None:
    visit = before_a_known_face(officer, counter, film)
    catch_up()
    dashboard = ministrys_dashboard(officer, counter)
    expect(dashboard.locator("[data-figure=received]")).to_have_text("0")
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

    catch_up()
    expect(dashboard.locator("[data-figure=received]")).to_have_text("1", timeout=30_000)
    dashboard.context.close()


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


def kill_browser_of(profile: Path) -> None:
    """kill -9 of every process of the browser that was started with this profile."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            if str(profile) in (entry / "cmdline").read_text():
                os.kill(int(entry.name), signal.SIGKILL)


def test_a_payout_shown_as_paid_survives_a_killed_browser(
    playwright: Playwright, counter: Counter, film: Film, line: Line, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    started = {**program(film), **settings_of_a_phone()}
    context = playwright.chromium.launch_persistent_context(str(profile), **started)
    officer = Officer(context.new_page(), counter.address)
    visit = before_a_known_face(officer, counter, film)
    officer.take("face.take")
    officer.tap("face.continue")
    officer.button("cash.counted").wait_for()
    line.cut()
    officer.hand_over_and_sign()
    kill_browser_of(profile)
    with contextlib.suppress(PlaywrightError):
        context.close()
    assert not SignedEvent.objects.filter(kind="handed_over").exists()

    line.mend()
    context = playwright.chromium.launch_persistent_context(str(profile), **started)
    officer.page = context.new_page()
    officer.open(f"#/visit/{visit.id}")
    officer.wait_for_proof("standing.complete")
    context.close()
    apply_events()
    assert HandOver.objects.get(visit=visit).total == 1_200_000


CASHIER = Actor(
    id="00000000-0000-7000-8000-0000000000ca",
    kind="user",
    permissions=frozenset({"disbursement.issue_float"}),
    offices=("ID/30000",),
)


def test_an_advance_is_counted_into_the_bag_and_out_of_it_again(
    officer: Officer, counter: Counter
) -> None:
    counter.enrol(officer)
    order = counter.country.orders["PKH"].id
    fund = AccountKey("order_fund", str(order))
    received = NewTransfer(
        id=new_id(),
        source=TREASURY,
        destination=fund,
        amount=10_000_000,
        order_id=order,
        reason="order_received",
        reference=f"order:{order}",
        business_date=now().date(),
    )
    with transaction.atomic():
        post([received], by=SYSTEM)
    draw_cash(order, "30000", 9_000_000, idempotency_key="draw", by=CASHIER)
    offered = issue_float(
        counter.officer,
        amount=2_350_000,
        idempotency_key="float",
        office_code="30000",
        notes=[[100_000, 20], [50_000, 7]],
        by=CASHIER,
    )
    officer.open("#/health")
    officer.tap("health.send")
    officer.open()
    officer.page.locator("a.call").click()
    for value, count in (("Rp100.000", "20"), ("Rp50.000", "7")):
        counted = officer.word("float.counted", count=count, value=value)
        officer.page.get_by_label(counted).check()
    officer.tap("float.accept", amount="Rp2.350.000")
    bag_says = officer.page.get_by_text(officer.word("worklist.cash", amount="Rp2.350.000"))
    bag_says.wait_for()
    officer.open("#/close")
    officer.tap("close.start")
    for value, count in (("Rp100.000", "20"), ("Rp50.000", "6")):
        box = officer.page.get_by_role("textbox", name=officer.word("close.count", value=value))
        box.fill(count)
    officer.tap("close.save", amount="Rp2.300.000")
    officer.page.get_by_text(officer.word("close.short", amount="Rp50.000")).wait_for()
    officer.page.get_by_text(officer.word("queue.all_sent"), exact=True).wait_for()
    apply_events()
    bag = AccountKey("cash", str(counter.officer))
    assert balances_for_system([bag])[bag].posted == 2_350_000
    assert FloatSession.objects.get(id=offered.id).counted_amount == 2_300_000


@pytest.mark.parametrize("families", [3])
def test_at_the_door_the_house_is_photographed_and_a_thumb_signs(
    officer: Officer, counter: Counter, film: Film
) -> None:
    visit = before_a_known_face(officer, counter, film)
    assert visit.channel == "doorstep"
    officer.take("face.take")
    officer.tap("face.continue")
    officer.tap("cash.counted")
    officer.take("photo.take")
    officer.take("house.take")
    officer.page.get_by_text(officer.word("mark.thumbprint"), exact=True).click()
    officer.take("mark.thumbprint.take")
    officer.wait_for_proof("standing.complete")
    apply_events()
    assert HandOver.objects.get(visit=visit).receipt_mark == "thumbprint"
    assert "geotag" in events_of(visit)
    visit.household.refresh_from_db()
    assert visit.household.house_latitude == PALEMBANG["latitude"]


def test_a_letter_of_another_desk_is_found_while_there_is_a_network(
    officer: Officer, counter: Counter, film: Film
) -> None:
    counter.enrol(officer)
    other = counter.visits()[-1]
    Visit.objects.filter(id=other.id).update(lease=None)
    officer.open("#/health")
    officer.tap("health.send")
    officer.open()
    officer.page.get_by_text(other.recipient_name).wait_for(state="detached")
    film.show(counter.letters[other.id])
    officer.scan()
    officer.open(f"#/visit/{other.id}")
    officer.page.get_by_text(officer.word("visit.unleased")).wait_for()


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
    screens = ("#/search", "#/health", "#/close", "#/queue", "#/outcomes")
    for screen in (*screens, f"#/visit/{visit.id}"):
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
