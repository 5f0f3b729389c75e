"""Faces are compared on the phone itself, without a network, as the server would have done."""

from __future__ import annotations

import pytest
from PIL import Image

from salur.disbursement.models import HandOver
from salur.field.operations import apply_events
from salur.intake.models import SignedEvent
from salur.intake.queries import contents_of_events_for_system
from tests.browser.counter import FACES, Counter
from tests.browser.films import Film
from tests.browser.line import Line
from tests.browser.officer import Officer

pytestmark = pytest.mark.browser


def test_a_known_face_is_matched_without_a_network_and_a_strangers_is_not(
    officer: Officer, counter: Counter, film: Film, line: Line
) -> None:
    visit = counter.enrol(officer, known=True)
    page = officer.page
    officer.wait_until_kept_for_offline()
    officer.open("#/health")
    officer.tap("health.faces.fetch")
    page.get_by_text(officer.word("health.faces.ready")).wait_for(timeout=60_000)
    page.evaluate(
        """async () => {
          while (!(await caches.keys()).length) await new Promise((next) => setTimeout(next, 50));
          for (;;) {
            const kept = await (await caches.open("scanner")).keys();
            if (kept.some(({ url }) => url.includes("ort-wasm"))) return;
            await new Promise((next) => setTimeout(next, 100));
          }
        }"""
    )
    film.show(counter.letters[visit.id])
    officer.open()
    line.cut()
    officer.scan()
    film.show(Image.open(FACES / "b1.jpg"))
    officer.photograph_documents()
    officer.take("face.take")
    page.get_by_text(officer.word("face.capture_again")).wait_for(timeout=60_000)
    film.show(Image.open(FACES / "a3.jpg"))
    page.reload()
    officer.take("face.again")
    page.get_by_text(officer.word("face.match.body")).wait_for(timeout=60_000)
    officer.tap("face.continue")
    officer.hand_over_and_sign()
    line.mend()
    officer.open("#/health")
    officer.tap("health.send")
    officer.wait_until_applied("handed_over")
    paid = HandOver.objects.get(visit=visit)
    assert paid.verification_id is not None
    event = SignedEvent.objects.get(event_id=paid.verification_id)
    body = contents_of_events_for_system([event.event_id])[event.event_id]["body"]
    assert (body["method"], body["verdict"]) == ("face", "match")
    assert body["score_milli"] > 430
    assert "ticket" not in body
    apply_events()
