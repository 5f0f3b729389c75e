"""A pay point of several phones in a village without a network, and what it looks like later."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from salur.casework.models import Case
from salur.config.work import catch_up
from salur.disbursement.models import HandOver, PayoutLine, Visit
from salur.disbursement.operations import accept_float, draw_cash, issue_float
from salur.field.operations import apply_events
from salur.intake.models import Outcome, SignedEvent
from salur.kernel.actor import Actor
from salur.ledger.queries import balances_for_system
from salur.ledger.rules import AccountKey
from salur.programs.operations import confirm_funds
from salur.reconciliation.queries import books_breaks_for_system
from tests.browser.counter import Counter
from tests.browser.line import Line
from tests.browser.point import (
    Phone,
    at_desk,
    desks,
    go_on_after_the_letter,
    hand_over,
    pay,
    scan,
    see_who_stands_here,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CASHIER = Actor(
    id="00000000-0000-7000-8000-0000000000ca",
    kind="user",
    permissions=frozenset({"disbursement.issue_float"}),
    offices=("ID/30000",),
)
TREASURER = Actor(
    id="treasurer", kind="user", permissions=frozenset({"programs.confirm_funds"}), regions=("",)
)
A_FLOAT = 3_000_000


def fill_bags(counter: Counter, *phones: Phone) -> None:
    """The money of both orders has come, and each officer has taken an advance of it."""
    for order in counter.country.orders.values():
        confirm_funds(order.id, by=TREASURER)
    order = counter.country.orders["PKH"].id
    draw_cash(order, "30000", A_FLOAT * len(phones), idempotency_key="draw", by=CASHIER)
    for phone in phones:
        offered = issue_float(
            phone.person,
            amount=A_FLOAT,
            idempotency_key=f"float-{phone.name}",
            office_code="30000",
            notes=[[100_000, A_FLOAT // 100_000]],
            by=CASHIER,
        )
        accept_float(offered.id, by=phone.holder)


def in_bag(phone: Phone) -> int:
    bag = AccountKey("cash", str(phone.person))
    return balances_for_system([bag])[bag].posted


def come_home(line: Line, *phones: Phone) -> None:
    """There is a network again: everything is sent, judged, and told to whom it concerns."""
    line.mend()
    for phone in phones:
        phone.is_empty_handed()
    apply_events()
    catch_up()


def test_two_officers_pay_one_family_offline_and_both_are_told(
    playwright: Playwright, counter: Counter, line: Line, tmp_path: Path
) -> None:
    places = {"Rudi": (1, "all"), "Yusuf": (2, "all")}
    with desks(playwright, counter, tmp_path, places) as (phones, _):
        rudi, yusuf = phones["Rudi"], phones["Yusuf"]
        fill_bags(counter, rudi, yusuf)
        visit = at_desk(1)[0]
        letter = counter.letters[visit.id]
        line.cut()
        pay(rudi, letter)
        # A copy of the letter is as genuine as the letter: a code cannot tell paper from paper.
        scan(yusuf, letter)
        yusuf.officer.button("stub.keep").click(timeout=30_000)
        go_on_after_the_letter(yusuf)
        hand_over(yusuf)
        come_home(line, rudi, yusuf)

        hands = {str(one.device_id): one.id for one in HandOver.objects.filter(visit=visit)}
        assert set(hands) == {str(rudi.device), str(yusuf.device)}
        results = dict(
            Outcome.objects.filter(event__event_id__in=hands.values()).values_list(
                "event__event_id", "code"
            )
        )
        codes = {phone.name: results[hands[str(phone.device)]] for phone in (rudi, yusuf)}
        assert sorted(codes.values()) == ["paid", "second"]
        assert Case.objects.filter(visit=visit, kind="second_hand_over").exists()
        assert [in_bag(rudi), in_bag(yusuf)] == [A_FLOAT - visit.total] * 2
        assert list(books_breaks_for_system()) == []
        for phone in (rudi, yusuf):
            officer = phone.officer
            officer.tap("health.send")
            officer.open()
            officer.page.locator("a.call[href='#/outcomes']").click(timeout=30_000)
            told = "first" if codes[phone.name] == "paid" else "second"
            officer.page.get_by_text(officer.word(f"outcomes.{told}")).wait_for()
            officer.page.get_by_text(officer.word("outcomes.cash")).wait_for()
            assert officer.barriers() == []
            officer.tap("outcomes.understood")
            expect(officer.page.locator("a.call")).to_have_count(0)


def test_a_verifier_and_a_payer_share_a_desk_and_a_dead_desks_families_are_paid(
    playwright: Playwright, counter: Counter, line: Line, tmp_path: Path
) -> None:
    places = {"Vera": (1, "verifier"), "Rudi": (1, "payer"), "Yusuf": (2, "all")}
    with desks(playwright, counter, tmp_path, places) as (phones, seals):
        vera, rudi, yusuf = phones["Vera"], phones["Rudi"], phones["Yusuf"]
        first, (given, own, left) = at_desk(1)[0], at_desk(2)[:3]
        line.cut()

        see_who_stands_here(vera, counter.letters[first.id])
        scan(rudi, vera.shown_code())
        assert vera.officer.barriers() == []
        hand_over(rudi)

        yusuf.officer.open(f"#/release/{given.id}")
        yusuf.officer.page.locator(".row", has_text="Rudi").click()
        scan(rudi, yusuf.shown_code())
        assert yusuf.officer.barriers() == []
        rudi.officer.button("accepted.go_on").wait_for(timeout=30_000)
        scan(yusuf, rudi.shown_code())
        assert rudi.officer.barriers() == []
        yusuf.officer.page.get_by_text(
            yusuf.officer.word("accepted.read", desk="Loket 1 · Rudi")
        ).wait_for(timeout=30_000)
        pay(yusuf, counter.letters[own.id])
        yusuf.kill()

        see_who_stands_here(vera, counter.letters[given.id])
        scan(rudi, vera.shown_code())
        hand_over(rudi)

        rudi.officer.open("#/seal")
        rudi.officer.page.get_by_label(rudi.officer.word("seal.code")).fill(seals[2])
        assert rudi.officer.barriers() == []
        rudi.officer.tap("seal.open")
        rudi.officer.page.get_by_text(rudi.officer.word("seal.opened", n="2")).wait_for()
        see_who_stands_here(vera, counter.letters[left.id])
        scan(rudi, vera.shown_code())
        hand_over(rudi)

        yusuf.start_again()
        come_home(line, vera, rudi, yusuf)
        paid = PayoutLine.objects.filter(hand_over__visit__in=[first, given, own, left])
        assert [line.outcome for line in paid] == ["paid"] * 8
        assert Visit.objects.filter(status="paid").count() == 4
        assert not Outcome.objects.filter(result="conflict").exists()
        kinds = SignedEvent.objects.values_list("kind", flat=True)
        assert {"lease_release", "lease_accept"} <= set(kinds)


def test_a_companion_gives_numbers_and_never_comes_near_the_money(
    playwright: Playwright, counter: Counter, line: Line, tmp_path: Path
) -> None:
    places = {"Sari": (None, "check_in"), "Rudi": (1, "payer")}
    with desks(playwright, counter, tmp_path, places) as (phones, _):
        sari, rudi = phones["Sari"].officer, phones["Rudi"].officer
        first, second = at_desk(1)[:2]
        line.cut()
        scan(phones["Sari"], counter.letters[first.id])
        sari.tap("arrive.give")
        expect(sari.page.locator(".shown-number")).to_have_text("A 1")
        assert sari.barriers() == []
        sari.open(f"#/arrive/{second.id}:search")
        sari.page.get_by_label(sari.word("priority.pregnant")).check()
        sari.page.get_by_label(sari.word("problem.no_card")).check()
        assert sari.barriers() == []
        sari.tap("arrive.give")
        sari.tap("number.next")
        expect(sari.page.locator(".queue-number")).to_have_text("A 2")
        assert sari.barriers() == []
        for money in ("pay", "visit", "failed", "release"):
            sari.open(f"#/{money}/{first.id}")
            sari.page.locator(".queue-number").wait_for()
        for money in ("close", "queue", "seal"):
            sari.open(f"#/{money}")
            sari.page.locator(".queue-number").wait_for()
        assert "Rp" not in sari.page.inner_text("body")
        # A letter alone opens no bag at the payer's desk: the verifier comes first.
        scan(phones["Rudi"], counter.letters[first.id])
        rudi.page.get_by_text(rudi.word("scan.needs_ticket.title")).wait_for(timeout=30_000)
        rudi.open("#/queue")
        rudi.page.get_by_role("heading", name=rudi.word("queue.title")).wait_for()
        assert rudi.barriers() == []
        come_home(line, phones["Sari"])
        arrivals = SignedEvent.objects.filter(kind="check_in").order_by("sequence")
        assert [row.visit_id for row in arrivals] == [first.id, second.id]
