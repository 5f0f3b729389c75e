"""Somebody else collects, without a network: chosen, compared, with the papers that it needs."""

from __future__ import annotations

import pytest
from PIL import Image

from salur.disbursement.models import HandOver, Visit
from salur.field.operations import apply_events
from salur.intake.models import SignedEvent
from salur.intake.queries import contents_of_events_for_system
from salur.kernel.sealing import seal
from salur.registry.models import Person
from tests.browser.counter import FACES, Counter
from tests.browser.films import Film
from tests.browser.line import Line
from tests.browser.officer import Officer

NIK = "1671015203990002"
pytestmark = [pytest.mark.browser, pytest.mark.slow]


def with_a_daughter(counter: Counter) -> tuple[Visit, Person]:
    """The second visit's recipient stands on the first visit's family card as the daughter."""
    visit, other = counter.visits()[:2]
    daughter = other.recipient
    collector = {
        "person_id": str(daughter.id),
        "name": other.recipient_name,
        "birth_year": 1999,
        "relation": "child",
        "nik_last4": other.nik_last4,
    }
    Visit.objects.filter(id=visit.id).update(collectors=[collector])
    sealed = seal(NIK, field="registry.person.nik", subject=daughter.id)
    Person.objects.filter(id=daughter.id).update(nik_sealed=sealed)
    return visit, daughter


def test_a_daughter_collects_for_her_mother_with_both_cards_and_a_compared_number(
    officer: Officer, counter: Counter, film: Film, line: Line
) -> None:
    visit, daughter = with_a_daughter(counter)
    counter.enrol(officer)
    officer.wait_until_kept_for_offline()
    line.cut()
    film.show(counter.letters[visit.id])
    officer.scan()
    film.show(Image.open(FACES / "a3.jpg"))
    officer.button("collector.change").click()
    name = counter.visits()[1].recipient_name
    officer.page.get_by_role("button", name=officer.word("collector.choose", name=name)).click()
    assert officer.barriers() == []
    officer.page.locator("button.row", has_text=officer.word("proxy.why.unable")).click()
    digits = officer.page.locator("#nik input")
    digits.fill("1671011201850001")
    officer.tap("nik.check")
    officer.page.get_by_text(officer.word("nik.error.other")).wait_for()
    assert officer.barriers() == []
    digits.fill(NIK)
    officer.tap("nik.check")
    for owner in (name, visit.recipient_name):
        officer.page.get_by_text(f"KTP {owner} ").wait_for()
        officer.take("documents.ktp.take")
    officer.button("documents.kk.take").wait_for()
    officer.tap("missing.cannot")
    officer.page.get_by_label(officer.word("missing.reason.no_document")).check()
    assert officer.barriers() == []
    officer.tap("missing.save")
    officer.take("documents.authority.take")
    officer.take("face.take")
    officer.page.get_by_label(officer.word("witness.name")).fill("Pak Karta")
    officer.tap("witness.submit")
    officer.hand_over_and_sign()
    officer.wait_for_proof("standing.saved")
    line.mend()
    officer.open("#/health")
    officer.tap("health.send")
    officer.open(f"#/visit/{visit.id}")
    officer.wait_for_proof("standing.complete")
    apply_events()
    paid = HandOver.objects.get(visit=visit)
    assert (paid.relation, paid.collector_id, paid.method) == ("child", daughter.id, "proxy")
    event = SignedEvent.objects.get(visit_id=visit.id, kind="verification").event_id
    told = contents_of_events_for_system([event])[event]["body"]
    assert (told["authority"], told["nik_checked"]) == ("power_of_attorney", "typed")
    assert told["missing"] == [{"step": "documents", "evidence": "kk", "reason": "no_document"}]
    kinds = sorted(item["kind"] for item in told["evidence"])
    assert kinds == ["authority", "face", "ktp", "ktp"]
