"""An event of three desks, and the pace of one payout: see ``event_day``, which runs them."""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter as Tally
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Count
from playwright.sync_api import Playwright

from salur.config.work import catch_up
from salur.disbursement.models import HandOver, PayoutLine, PaySession, Visit
from salur.disbursement.operations import move_session
from salur.disbursement.tests.country import PLANNER
from salur.field.operations import apply_events
from salur.intake.models import Outcome
from salur.kernel.clock import now
from salur.kernel.ids import new_id
from salur.reconciliation.queries import books_breaks_for_system
from salur.registry.models import Person
from tests.browser.campaigns.pace import HUMAN_SECONDS, measure
from tests.browser.counter import Counter
from tests.browser.line import Line
from tests.browser.point import (
    Phone,
    as_a_proxy,
    at_desk,
    desks,
    go_on_after_the_letter,
    hand_over,
    is_paid_by,
    scan,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FAMILIES = int(os.environ.get("SALUR_EVENT_FAMILIES", "60"))
OUT = os.environ.get("SALUR_EVENT_OUT", "")


@pytest.fixture
def families() -> int:
    return FAMILIES


def let_a_child_collect(visits: list[Visit]) -> None:
    """Each of these families has a grown child on its card, who may come for the recipient."""
    for n, visit in enumerate(visits):
        recipient = Person.objects.get(id=visit.recipient_id)
        child = Person.objects.create(
            id=new_id(),
            household_id=visit.household_id,
            name=f"ANAK {n}",
            nik_index=f"child {n}".encode(),
            nik_sealed=b"x",
            nik_last4=f"{n:04d}",
            birth_date=recipient.birth_date.replace(year=2000),
            sex="m",
            relation="child",
            created_at=now(),
            updated_at=now(),
        )
        visit.collectors = [
            {
                "person_id": str(child.id),
                "name": child.name,
                "birth_year": 2000,
                "relation": "child",
                "nik_last4": child.nik_last4,
            }
        ]
        visit.save(update_fields=["collectors"])


def serve(phone: Phone, counter: Counter, visit: Visit, proxies: set[Any]) -> None:
    scan(phone, counter.letters[visit.id])
    phone.officer.button("documents.ktp.take").or_(
        phone.officer.button("documents.ktp.seen")
    ).first.wait_for(timeout=60_000)
    if visit.id in proxies:
        as_a_proxy(phone)
    go_on_after_the_letter(phone)
    hand_over(phone)


def test_an_event_of_three_desks(
    playwright: Playwright, counter: Counter, line: Line, tmp_path: Path
) -> None:
    began = time.monotonic()
    one_session(counter)
    sent_by_another = counter.visits()[:: 20 if FAMILIES >= 20 else 2]
    let_a_child_collect(sent_by_another)
    proxies = {visit.id for visit in sent_by_another}
    places = {"Rudi": (1, "all"), "Yusuf": (2, "all"), "Sari": (3, "all")}
    with desks(playwright, counter, tmp_path, places) as (phones, seals):
        rudi, yusuf, sari = phones["Rudi"], phones["Yusuf"], phones["Sari"]
        line.cut()
        queues = {phone: at_desk(n) for n, phone in ((1, rudi), (2, yusuf), (3, sari))}
        planned = {phone.name: len(queue) for phone, queue in queues.items()}
        paid = moved = 0
        kill_at, move_at = FAMILIES * 5 // 12, FAMILIES * 2 // 3
        seconds: list[float] = []
        while any(queues.values()):
            phone = max(queues, key=lambda one: len(queues[one]))
            visit = queues[phone].pop(0)
            started = time.monotonic()
            serve(phone, counter, visit, proxies)
            seconds.append(time.monotonic() - started)
            paid += 1
            print(f"{paid}/{FAMILIES} {phone.name} {seconds[-1]:.1f} s", file=sys.stderr)
            if paid == kill_at:
                yusuf.kill()
                open_envelope(rudi, seals[2])
                queues[rudi] += queues.pop(yusuf)
            if paid == move_at:
                moved = a_day_later(rudi, sari)
        yusuf.start_again()
        line.mend()
        for phone in phones.values():
            phone.is_empty_handed()
        while apply_events():
            pass
        catch_up()
        lines = Tally(PayoutLine.objects.values_list("outcome", flat=True))
        twice = HandOver.objects.values("visit").annotate(n=Count("id")).filter(n__gt=1).count()
        answer = {
            "families": FAMILIES,
            "desks": planned,
            "killed_at": kill_at,
            "moved_by_a_day_at": move_at,
            "families_moved": moved,
            "proxies": HandOver.objects.filter(method="proxy").count(),
            "paid": Visit.objects.filter(status="paid").count(),
            "paid_by": {phone.name: is_paid_by(phone) for phone in phones.values()},
            "twice": twice,
            "lines": dict(lines),
            "conflicts": Outcome.objects.filter(result="conflict").count(),
            "books_breaks": [str(item) for item in books_breaks_for_system()],
            "browser_seconds_per_family": round(sum(seconds) / len(seconds), 2),
            "minutes": round((time.monotonic() - began) / 60, 1),
        }
    if OUT:
        Path(OUT).write_text(json.dumps(answer))
    assert answer["paid"] == FAMILIES
    assert twice == 0
    assert answer["proxies"] == len(proxies)
    assert set(lines) == {"paid"}
    assert answer["conflicts"] == 0


def one_session(counter: Counter) -> None:
    """However the planner dealt the families out: one day, three desks."""
    session = PaySession.objects.order_by("starts_at").first()
    assert session is not None
    for n, visit in enumerate(Visit.objects.order_by("slot_at", "number")):
        Visit.objects.filter(pk=visit.pk).update(session=session, desk=1 + n % 3)
    PaySession.objects.exclude(pk=session.pk).delete()


def open_envelope(phone: Phone, code: str) -> None:
    officer = phone.officer
    officer.open("#/seal")
    officer.page.get_by_label(officer.word("seal.code")).fill(code)
    officer.tap("seal.open")
    officer.page.locator(".big-figure").wait_for()


def a_day_later(*phones: Phone) -> int:
    """Rain: the office moves the session to tomorrow. No phone hears of it; their leases reach
    over the night, and their own clocks go on."""
    session = PaySession.objects.get()
    families = move_session(session.id, session.business_date + timedelta(days=1), by=PLANNER)
    for phone in phones:
        phone.officer.page.clock.set_system_time(now() + timedelta(hours=20))
    return families


def test_the_pace_of_a_payout(
    playwright: Playwright, counter: Counter, line: Line, tmp_path: Path
) -> None:
    one_session(counter)
    with desks(playwright, counter, tmp_path, {"Rudi": (1, "all")}) as (phones, _):
        line.cut()
        pace = measure(phones["Rudi"], [counter.letters[v.id] for v in at_desk(1)[:4]])
    if OUT:
        Path(OUT).write_text(json.dumps(pace))
    assert set(pace["machine_seconds"]) == set(HUMAN_SECONDS)
    assert pace["seconds"] <= 60
    assert pace["taps"] <= 12
