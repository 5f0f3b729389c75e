"""From door to door: the next house, nobody at home, houses to locate, and the office's word."""

from __future__ import annotations

import pytest
from PIL import Image
from playwright.sync_api import expect

from salur.access.models import Device
from salur.access.queries import actor_for
from salur.disbursement.models import Attempt, PaySession, SeenInstruction, Visit
from salur.disbursement.operations import assign_house_round, order_session, send_instruction
from salur.disbursement.tests.country import PLANNER
from salur.field.tests.conftest import make_person
from salur.identity.models import FaceQuestion
from salur.identity.operations import answer_about_face
from salur.kernel.clock import now
from salur.registry.models import Household
from tests.browser.counter import FACES, PALEMBANG, Counter
from tests.browser.films import Film
from tests.browser.officer import Officer
from tests.browser.test_officer_app import before_a_known_face

pytestmark = pytest.mark.browser


@pytest.fixture
def families() -> int:
    """Too few for an event: they are called upon at home."""
    return 6


def locate(*visits: Visit) -> None:
    """Their houses stand along a road that leads east from where the officer is."""
    for place, visit in enumerate(visits, start=1):
        Household.objects.filter(id=visit.household_id).update(
            house_latitude=PALEMBANG["latitude"],
            house_longitude=PALEMBANG["longitude"] + place * 0.003,
            house_accuracy_m=8,
            house_located_at=now(),
        )


def test_a_round_leads_from_house_to_house_and_leaves_a_card_where_nobody_is(
    officer: Officer, counter: Counter
) -> None:
    visits = counter.visits()
    locate(*visits[:4])
    for session in PaySession.objects.all():
        order_session(session.id, by=PLANNER)
    counter.enrol(officer)
    page = officer.page
    first = Visit.objects.get(round=1)
    expect(page.locator(".next")).to_contain_text(first.recipient_name)
    expect(page.locator(".next")).to_contain_text(officer.word("compass.e"))
    expect(page.locator(".sketch-house")).to_have_count(4)
    # The whole list at once: a row half behind the footer is no smaller target once it is scrolled.
    page.set_viewport_size({"width": 390, "height": 1400})
    assert officer.barriers() == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator(".next").click()
    officer.tap("visit.failed")
    page.get_by_text(officer.word("reason.absent"), exact=True).click()
    officer.tap("failed.save")
    page.get_by_role("heading", name=officer.word("notice.title")).wait_for()
    expect(page.locator(".card-to-leave")).to_contain_text(
        f"{first.number[:4]}-{first.number[4:8]}"
    )
    assert officer.barriers() == []
    officer.tap("notice.left")
    expect(page.locator(".next")).to_contain_text(Visit.objects.get(round=2).recipient_name)
    officer.open("#/health")
    officer.tap("health.send")
    officer.wait_until_applied("attempt_failed")
    assert Attempt.objects.get().code == "absent"


def test_a_house_of_a_family_paid_at_a_counter_is_located_without_money(
    officer: Officer, counter: Counter
) -> None:
    paid = counter.visits()[0]
    Visit.objects.filter(id=paid.id).update(status="paid", channel="post_office")
    assign_house_round(counter.country.tranche.id, paid.village_id, counter.officer, by=PLANNER)
    counter.enrol(officer)
    page = officer.page
    page.get_by_text(officer.word("houses.call", n="1")).click()
    assert officer.barriers() == []
    page.get_by_text(paid.recipient_name).click()
    officer.take("house.take")
    assert officer.barriers() == []
    officer.tap("houses.save")
    page.locator(".proof", has_text=officer.word("houses.done")).wait_for()
    officer.wait_until_applied("geotag")
    house = Household.objects.get(id=paid.household_id)
    assert (house.house_latitude, house.house_longitude) == (
        PALEMBANG["latitude"],
        PALEMBANG["longitude"],
    )


def test_the_office_stops_an_officer_and_lets_them_go_on(
    officer: Officer, counter: Counter
) -> None:
    counter.enrol(officer)
    head = actor_for(make_person("hendra", "branch_head", "30000"))
    device = Device.objects.get(holder_id=counter.officer).id
    send_instruction("stop", "Tunggu pengawal di balai desa", device_id=device, by=head)
    officer.open("#/health")
    officer.tap("health.send")
    officer.open()
    page = officer.page
    page.get_by_text("Tunggu pengawal di balai desa").wait_for()
    assert officer.barriers() == []
    page.locator(".next").click()
    page.get_by_text(officer.word("instruction.stopped")).wait_for()
    expect(officer.button("visit.start")).to_have_count(0)
    officer.open("#/instructions")
    officer.tap("instruction.read")
    page.locator(".next").wait_for()
    send_instruction("resume", "", device_id=device, by=head)
    officer.open("#/health")
    officer.tap("health.send")
    officer.wait_until_applied("instruction_seen")
    officer.open()
    page.locator(".next").click()
    officer.button("visit.start").wait_for()
    assert SeenInstruction.objects.count() == 1


def test_a_person_in_the_office_decides_a_doubtful_face_while_the_family_waits(
    officer: Officer, counter: Counter, film: Film
) -> None:
    visit = before_a_known_face(officer, counter, film)
    film.show(Image.open(FACES / "b1.jpg"))
    page = officer.page
    page.reload()
    officer.take("face.take")
    for _ in range(2):
        officer.take("face.again")
    officer.tap("ask.start")
    page.get_by_text(officer.word("ask.waiting")).wait_for()
    assert officer.barriers() == []
    while (question := FaceQuestion.objects.filter(visit_id=visit.id).first()) is None:
        page.wait_for_timeout(100)
    head = make_person("hendra", "branch_head", "30000")
    answer_about_face(question.id, "same", by=actor_for(head))
    page.get_by_text(officer.word("ask.same.body", name=head.name)).wait_for(timeout=10_000)
    officer.tap("face.continue")
    officer.button("cash.counted").wait_for()
