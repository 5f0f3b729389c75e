"""A phone that is put down, found, broken or taken away: what it still tells, and to whom."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, expect

from salur.access.models import Device, User
from salur.access.operations import create_user, grant_role, wipe_device
from salur.access.queries import actor_for
from salur.disbursement.models import HandOver
from salur.field.operations import apply_events
from salur.intake.models import SignedEvent
from salur.kernel.actor import SYSTEM
from tests.browser.counter import FACES, Counter, phone
from tests.browser.films import Film
from tests.browser.line import Line
from tests.browser.officer import Officer
from tests.browser.test_officer_app import before_a_known_face

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def head_of(office: str) -> User:
    user = create_user("hendra", name="Hendra", password="kata-sandi-uji-9132", by=SYSTEM)
    grant_role(user.id, "branch_head", by=SYSTEM, office=office)
    return User.objects.get(id=user.id)


@pytest.fixture
def officer(browser: Browser, counter: Counter) -> Officer:
    """Types the PIN by hand: no thumb does it for them."""
    return Officer(phone(browser).new_page(), counter.address, thumb=False)


def test_a_locked_phone_still_gives_the_office_what_it_could_not_send(
    officer: Officer, counter: Counter, film: Film, line: Line
) -> None:
    before_a_known_face(officer, counter, film)
    officer.wait_until_kept_for_offline()
    line.cut()
    film.show(Image.open(FACES / "a3.jpg"))
    officer.take("face.take")
    officer.tap("face.compare.same")
    officer.hand_over_and_sign()
    assert not SignedEvent.objects.exists()

    officer.page.reload()
    officer.type_pin("unlock", "111222")
    officer.page.get_by_text(officer.word("lock.wrong", n="9")).wait_for()
    assert officer.page.get_by_text(counter.visits()[0].recipient_name).count() == 0
    with officer.page.expect_download() as saved:
        officer.tap("export.make")
    content = Path(saved.value.path()).read_bytes()
    assert saved.value.suggested_filename.endswith(".salur")
    assert b"handed_over" not in content
    assert b"JFIF" not in content

    head = head_of("30000")
    desk = Client()
    desk.force_login(head)
    for stored in (3, 0):
        answer = desk.post("/perangkat/kiriman/", {"file": SimpleUploadedFile("x", content)})
        assert answer.context["opened"].stored == stored
        assert not answer.context["opened"].unopenable
    assert answer.context["opened"].photos_known >= 3
    apply_events()
    assert HandOver.objects.get().total == 1_200_000

    officer.type_pin("unlock")
    officer.wait_for_proof("standing.saved")
    line.mend()
    officer.open("#/health")
    officer.tap("health.send")
    officer.page.get_by_text(officer.word("queue.all_sent"), exact=True).wait_for(timeout=20_000)
    assert HandOver.objects.count() == 1


def test_the_supervisors_digits_give_new_tries_and_the_offices_word_wipes(
    officer: Officer, counter: Counter
) -> None:
    counter.enrol(officer)
    page = officer.page
    head = head_of("30000")
    desk = Client()
    desk.force_login(head)
    page.evaluate(
        """() => new Promise((done) => {
          const open = indexedDB.open("salur");
          open.onsuccess = () => {
            const tx = open.result.transaction("single", "readwrite");
            const value = {count: 10, challenge: null};
            tx.objectStore("single").put({name: "wrong_pins", value});
            tx.oncomplete = () => { open.result.close(); done(); };
          };
        })"""
    )
    page.reload()
    page.get_by_role("heading", name=officer.word("lock.supervisor.title")).wait_for()
    code = page.locator(".spoken").inner_text()
    device = Device.objects.get(holder_id=counter.officer)
    answer = desk.post(f"/perangkat/{device.id}/kunci/", {"challenge": code})
    said = f"{answer.context['first']} {answer.context['second']}"
    page.get_by_label(officer.word("lock.supervisor.reply")).fill("00000000")
    officer.tap("lock.supervisor.submit")
    page.get_by_text(officer.word("lock.supervisor.wrong")).wait_for()
    page.get_by_label(officer.word("lock.supervisor.reply")).fill(said)
    officer.tap("lock.supervisor.submit")
    officer.type_pin("unlock")
    page.locator(".next").wait_for()

    wipe_device(device.id, "hilang", by=actor_for(head))
    officer.open("#/health")
    officer.tap("health.send")
    page.get_by_role("heading", name=officer.word("lock.wiped.title")).wait_for()
    left = page.evaluate(
        """() => new Promise((done) => {
          const open = indexedDB.open("salur");
          open.onsuccess = () => {
            const stores = ["visits", "progress", "events", "evidence", "papers"];
            const tx = open.result.transaction([...stores, "single"]);
            const count = {};
            for (const name of stores) {
              tx.objectStore(name).count().onsuccess = (e) => { count[name] = e.target.result; };
            }
            tx.objectStore("single").get("vault").onsuccess = (e) => {
              count.vault = e.target.result ? 1 : 0;
            };
            tx.oncomplete = () => done(count);
          };
        })"""
    )
    assert set(left.values()) == {0}
    page.reload()
    expect(page.get_by_role("heading", name=officer.word("lock.wiped.title"))).to_be_visible()


def test_the_supervisors_qr_code_fills_in_the_enrolment(officer: Officer, counter: Counter) -> None:
    code = counter.code().replace("-", "")
    officer.open(f"#/enrol/{code}")
    expect(officer.page.get_by_label(officer.word("enrol.code"))).to_have_value(code)


def test_practice_is_marked_and_never_reaches_the_server(
    officer: Officer, counter: Counter, film: Film, settings: Any
) -> None:
    counter.enrol(officer)
    settings.SALUR_PRACTICE_PAYOUTS = 1
    officer.open("#/health")
    officer.tap("health.send")
    officer.open()
    page = officer.page
    page.get_by_role("heading", name=officer.word("practice.first.title")).wait_for()
    officer.tap("practice.begin")
    page.locator("html[data-practice]").wait_for(state="attached")
    page.locator(".next").click()
    officer.tap("visit.start")
    officer.tap("letter.matches")
    film.show(Image.open(FACES / "a3.jpg"))
    officer.photograph_documents()
    officer.take("face.take")
    officer.tap("face.compare.same")
    officer.hand_over_and_sign()
    officer.wait_for_proof("standing.saved")
    officer.tap("practice.end")
    officer.type_pin("unlock")
    page.locator(".next").wait_for()
    assert page.get_by_text("CONTOH").count() == 0
    officer.open("#/health")
    officer.tap("health.send")
    page.wait_for_timeout(500)
    assert not SignedEvent.objects.exists()
