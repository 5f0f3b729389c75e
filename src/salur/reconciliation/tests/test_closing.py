"""A day at one office, counted and signed by two, in figures an accountant would write down."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from django.db import transaction

from salur.access.errors import SamePerson
from salur.access.models import User
from salur.access.queries import actor_for
from salur.disbursement.models import FloatSession, PaySession, UnsyncedCash
from salur.disbursement.operations import accept_float, draw_cash, issue_float, settle_unsynced
from salur.field.operations import apply_events
from salur.field.tests.conftest import Branch, make_person
from salur.field.tests.conftest import branch as branch
from salur.field.tests.test_push_and_apply import pay
from salur.kernel import clock
from salur.kernel.actor import SYSTEM
from salur.kernel.clock import now
from salur.kernel.ids import new_id
from salur.ledger.queries import balances_for_system, custodian_order_balances_for_system
from salur.ledger.rules import AccountKey
from salur.programs.operations import confirm_funds
from salur.reconciliation.errors import DayClosed, EventsMissing, NotCounted
from salur.reconciliation.operations import (
    Count,
    close_office_day,
    close_session,
    record_counts,
)
from salur.reconciliation.queries import audit_breaks_for_system, books_breaks_for_system


@pytest.fixture
def cashier(branch: Branch) -> User:
    return make_person("kartini", "cashier", "30000")


@pytest.fixture
def floated(branch: Branch, cashier: User) -> FloatSession:
    """Both orders' money has come, Rp6.000.000 of each lie in the vault, Rudi took Rp3.000.000."""
    for number, order in enumerate(branch.country.orders.values()):
        confirm_funds(order.id, by=SYSTEM)
        draw_cash(
            order.id, "30000", 6_000_000, idempotency_key=f"draw-{number}", by=actor_for(cashier)
        )
    session = PaySession.objects.get(id=branch.visits[0].session_id)
    row = issue_float(
        branch.officer.id,
        amount=3_000_000,
        session_id=session.id,
        idempotency_key="float-1",
        by=actor_for(cashier),
    )
    accept_float(row.id, by=replace(actor_for(branch.officer), id=str(branch.officer.id)))
    return FloatSession.objects.get(id=row.id)


def count(branch: Branch, total: int) -> None:
    notes = ((100_000, total // 100_000), (10_000, total % 100_000 // 10_000))
    answer = record_counts([Count("c", branch.officer.id, None, notes, total, now())], by=SYSTEM)
    assert answer == {"c": "counted"}


def pay_families(branch: Branch, families: int) -> None:
    for visit in branch.device.get("/worklist")["visits"][:families]:
        pay(branch.device, visit)
    branch.device.push()
    apply_events()


def posted(kind: str, custodian: str) -> int:
    key = AccountKey(kind, custodian)
    return balances_for_system([key])[key].posted


def assert_books_balance() -> None:
    assert books_breaks_for_system() == []
    assert audit_breaks_for_system() == []


def test_a_float_paid_out_and_counted_to_the_rupiah_closes_without_a_variance(
    branch: Branch, floated: FloatSession, cashier: User
) -> None:
    pay_families(branch, 2)
    count(branch, 600_000)
    close = close_session(floated.id, by=actor_for(cashier))
    assert (close.expected, close.counted, close.variance) == (600_000, 600_000, 0)
    assert posted("cash", str(branch.officer.id)) == 0
    assert posted("vault", "30000") == 12_000_000 - 2_400_000
    assert posted("paid", "30000") == 2_400_000
    assert_books_balance()


@pytest.mark.parametrize(
    ("counted", "account", "balance"),
    [(550_000, "shortage", 50_000), (650_000, "surplus", -50_000)],
)
def test_what_is_missing_or_extra_is_booked_under_the_officers_name(
    branch: Branch, floated: FloatSession, cashier: User, counted: int, account: str, balance: int
) -> None:
    pay_families(branch, 2)
    count(branch, counted)
    close = close_session(floated.id, note="dihitung dua kali", by=actor_for(cashier))
    assert close.variance == counted - 600_000
    assert posted(account, str(branch.officer.id)) == balance
    assert posted("cash", str(branch.officer.id)) == 0
    assert_books_balance()


def test_nobody_closes_what_the_officer_has_not_counted(
    branch: Branch, floated: FloatSession, cashier: User
) -> None:
    with pytest.raises(NotCounted):
        close_session(floated.id, by=actor_for(cashier))


def test_the_officer_cannot_close_the_own_bag(
    branch: Branch, floated: FloatSession, cashier: User
) -> None:
    count(branch, 3_000_000)
    with pytest.raises(SamePerson):
        close_session(floated.id, by=replace(actor_for(cashier), id=str(branch.officer.id)))


def test_events_that_have_not_arrived_hold_up_the_close_until_a_head_signs(
    branch: Branch, floated: FloatSession, cashier: User
) -> None:
    first, second = branch.device.get("/worklist")["visits"][:2]
    pay(branch.device, first)
    kept_back = list(branch.device.outbox)
    branch.device.outbox.clear()
    pay(branch.device, second)
    branch.device.push()
    apply_events()
    count(branch, 600_000)
    with pytest.raises(EventsMissing):
        close_session(floated.id, by=actor_for(cashier))
    head = replace(actor_for(branch.head), id=str(branch.head.id))
    close_session(floated.id, note="ponsel rusak", despite_gaps=True, by=head)
    assert posted("suspense", "unsynced") == 1_200_000

    branch.device.outbox = kept_back
    branch.device.push()
    apply_events()
    assert posted("paid", "30000") == 2_400_000
    assert posted("suspense", "unsynced") == posted("cash", str(branch.officer.id)) == 0
    assert_books_balance()


def test_whatever_comes_late_in_whatever_order_explains_at_most_what_the_bag_lacked(
    branch: Branch, floated: FloatSession, cashier: User
) -> None:
    """Three families were paid Rp3.600.000 that nobody heard of, out of a bag of three million in
    which Rp600.000 were counted: what is beyond the Rp2.400.000 that lacked is the officer's."""
    visits = branch.device.get("/worklist")["visits"]
    for visit in visits[:3]:
        pay(branch.device, visit)
    events = list(branch.device.outbox)
    branch.device.outbox.clear()
    branch.device.record("cash_count", {"notes": [[100_000, 6]], "total": 600_000})
    branch.device.push()
    apply_events()
    head = actor_for(branch.head)
    close_session(floated.id, note="ponsel rusak", despite_gaps=True, by=head)
    assert posted("suspense", "unsynced") == 2_400_000
    handed = [event for event in events if event.kind == "handed_over"]
    rest = [event for event in events if event.kind != "handed_over"]
    ends = set()
    for order in permutations(handed):
        with transaction.atomic():
            for event in (*order, *rest, *order):
                branch.device.outbox = [event]
                branch.device.push()
            while apply_events(1):
                pass
            ends.add((posted("suspense", "unsynced"), posted("cash", str(branch.officer.id))))
            assert_books_balance()
            transaction.set_rollback(True)
    assert ends == {(0, -1_200_000)}


def test_a_hand_over_of_a_later_session_explains_nothing_of_an_earlier_one(
    branch: Branch, floated: FloatSession, cashier: User
) -> None:
    count(branch, 2_500_000)
    head = actor_for(branch.head)
    close = close_session(floated.id, note="ponsel hilang", despite_gaps=True, by=head)
    assert close.variance == -500_000
    UnsyncedCash.objects.update(sessions=[str(new_id())])
    with clock.at(now() + timedelta(hours=1)):
        pay_families(branch, 1)
    assert posted("suspense", "unsynced") == 500_000
    assert posted("cash", str(branch.officer.id)) == -1_200_000
    with pytest.raises(SamePerson):
        settle_unsynced(floated.id, note="x", by=replace(head, id=str(branch.officer.id)))
    settle_unsynced(floated.id, note="dicari tiga hari", by=head)
    assert posted("suspense", "unsynced") == 0
    assert posted("shortage", str(branch.officer.id)) == 500_000
    assert_books_balance()


def test_a_day_closes_over_open_sessions_and_lists_them_as_cash_in_the_field(
    branch: Branch, floated: FloatSession, cashier: User
) -> None:
    pay_families(branch, 1)
    day = close_office_day("30000", now().date(), by=actor_for(cashier))
    assert (day.open_sessions, day.cash_in_field) == (1, 1_800_000)
    assert day.vault_balance == 9_000_000
    with pytest.raises(DayClosed):
        close_office_day("30000", now().date(), by=actor_for(cashier))


def test_orders_whose_money_was_used_for_each_other_are_made_good_when_the_bag_is_emptied(
    branch: Branch, floated: FloatSession, cashier: User
) -> None:
    pay_families(branch, 2)
    count(branch, 600_000)
    close_session(floated.id, by=actor_for(cashier))
    cash = AccountKey("cash", str(branch.officer.id))
    assert set(custodian_order_balances_for_system(cash).values()) == {0}
