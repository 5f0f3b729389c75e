"""Cash reaches an officer only when the officer says so, and never more than lies in the vault."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from salur.access.models import User
from salur.audit.models import Entry
from salur.disbursement.errors import (
    CashLimit,
    FloatNotOpen,
    FloatUnknown,
    KeyReused,
    NotAnOfficer,
    NotesDiffer,
    VaultShort,
)
from salur.disbursement.models import FloatSession, PaySession, PolicyVersion, Visit
from salur.disbursement.operations import (
    accept_float,
    draw_cash,
    expire_floats,
    hand_back,
    issue_float,
    plan_payments,
    withdraw_float,
)
from salur.disbursement.queries.cash import cash_needed_for_system, floats_out_for_system
from salur.disbursement.rules.cash import allot_orders, bundles_of, check_notes, worth_of
from salur.disbursement.tests.country import MORNING, PLANNER, Country, make_officer
from salur.kernel import clock
from salur.kernel.actor import SYSTEM, Actor
from salur.kernel.errors import Forbidden
from salur.kernel.ids import new_id
from salur.kernel.money import notes_for
from salur.ledger.errors import NotEnoughMoney
from salur.ledger.operations import post
from salur.ledger.queries import balances_for_system, totals_breaks_for_system
from salur.ledger.rules import TREASURY, AccountKey, NewTransfer

pytestmark = pytest.mark.django_db

CASHIER = Actor(
    id="00000000-0000-7000-8000-0000000000ca",
    kind="user",
    permissions=frozenset({"disbursement.issue_float"}),
    offices=("ID/30000",),
)


class Till:
    """The country with money in the fund, an officer, and one community session of 60 families."""

    def __init__(self, country: Country) -> None:
        self.country = country
        self.officer = make_officer("officer", country)
        self.me = Actor(id=str(self.officer.id), kind="user", permissions=frozenset({"field.work"}))
        country.add_families(60, country.villages[0], programs=("PKH", "SEMBAKO"), amount=825_000)
        plan_payments(country.tranche.id, by=PLANNER)
        self.session = PaySession.objects.get()
        for order in country.orders.values():
            post(
                [
                    NewTransfer(
                        id=new_id(),
                        source=TREASURY,
                        destination=AccountKey("order_fund", str(order.id)),
                        amount=1_000_000_000,
                        order_id=order.id,
                        reason="order_received",
                        reference=f"order:{order.id}",
                        business_date=MORNING.date(),
                    )
                ],
                by=SYSTEM,
            )

    def draw(self, amount: int, *, code: str = "PKH", key: str = "d1") -> UUID:
        order = self.country.orders[code].id
        return draw_cash(order, "30000", amount, idempotency_key=key, by=CASHIER)

    def issue(self, amount: int, key: str = "k1", **more: object) -> FloatSession:
        values = {"session_id": self.session.id, **more}
        return issue_float(
            self.officer.id, amount=amount, idempotency_key=key, by=CASHIER, **values
        )

    def balance(self, kind: str, custodian: object) -> int:
        key = AccountKey(kind, str(custodian))
        return balances_for_system([key])[key].posted


@pytest.fixture
def till(country: Country) -> Till:
    return Till(country)


def test_the_need_of_a_session_is_every_family_in_its_own_notes(till: Till) -> None:
    need = cash_needed_for_system([till.session.id])[till.session.id]
    assert need.families == 60
    assert need.amount == 60 * 1_650_000 == worth_of(need.notes)
    assert dict(need.notes) == {100_000: 60 * 16, 50_000: 60}
    assert set(need.orders) == {order.id for order in till.country.orders.values()}


def test_the_database_counts_notes_as_the_cashier_does(till: Till) -> None:
    expected: Counter[int] = Counter()
    visits = list(Visit.objects.filter(session=till.session).order_by("id"))
    for n, visit in enumerate(visits):
        amount = 37_000 * n + 1_000
        visit.payments.filter(lead=False).update(status="cancelled")
        visit.payments.filter(lead=True).update(amount=amount)
        expected.update(dict(notes_for(amount)))
    need = cash_needed_for_system([till.session.id])[till.session.id]
    assert dict(need.notes) == dict(expected)


def test_a_float_moves_only_when_the_officer_accepts(till: Till) -> None:
    till.draw(50_000_000)
    till.draw(50_000_000, code="SEMBAKO", key="d2")
    row = till.issue(99_000_000)
    assert till.balance("cash", till.officer.id) == 0
    assert till.balance("vault", "30000") == 100_000_000
    accept_float(row.id, by=till.me)
    assert till.balance("cash", till.officer.id) == 99_000_000
    assert till.balance("vault", "30000") == 1_000_000
    assert sorted(row.allocations.values_list("amount", flat=True)) == [49_500_000, 49_500_000]
    assert dict(map(tuple, row.notes)) == {100_000: 960, 50_000: 60}
    kinds = Entry.objects.filter(kind__startswith="float.").values_list("kind", flat=True)
    assert sorted(kinds) == ["float.accepted", "float.issued"]
    assert not totals_breaks_for_system()


def test_accepting_twice_moves_the_money_once(till: Till) -> None:
    till.draw(10_000_000)
    row = till.issue(10_000_000)
    accept_float(row.id, by=till.me)
    accept_float(row.id, by=till.me)
    assert till.balance("cash", till.officer.id) == 10_000_000


def test_nobody_else_can_accept_for_the_officer(till: Till) -> None:
    till.draw(10_000_000)
    row = till.issue(10_000_000)
    with pytest.raises(FloatUnknown):
        accept_float(row.id, by=CASHIER)


def test_what_is_on_offer_cannot_be_issued_again(till: Till) -> None:
    till.draw(10_000_000)
    till.issue(10_000_000)
    with pytest.raises(VaultShort) as refused:
        till.issue(1_000_000, key="k2")
    assert refused.value.details == {"short": 1_000_000}


def test_a_double_click_issues_one_float(till: Till) -> None:
    till.draw(10_000_000)
    assert till.issue(5_000_000).id == till.issue(5_000_000).id
    with pytest.raises(KeyReused):
        till.issue(6_000_000)
    assert till.draw(10_000_000) == till.draw(10_000_000)
    with pytest.raises(KeyReused):
        till.draw(11_000_000)
    assert till.balance("vault", "30000") == 10_000_000


def test_notes_must_add_up(till: Till) -> None:
    till.draw(10_000_000)
    with pytest.raises(NotesDiffer):
        till.issue(1_000_000, notes=[(100_000, 9)])
    with pytest.raises(NotesDiffer):
        till.issue(1_000_000, notes=[(75_000, 4), (100_000, 7)])


def test_an_officer_never_holds_more_than_the_limit(till: Till) -> None:
    PolicyVersion.objects.create(
        document={"officer_cash_limit": 8_000_000}, made_by="head", made_at=MORNING
    )
    till.draw(10_000_000)
    accept_float(till.issue(5_000_000).id, by=till.me)
    till.issue(3_000_000, key="k2")
    with pytest.raises(CashLimit):
        till.issue(1_000, key="k3")


def test_a_cashier_gives_no_float_to_strangers_or_to_the_own_pocket(till: Till) -> None:
    till.draw(10_000_000)
    stranger = User.objects.create(id=new_id(), username="x")
    for officer in (stranger.id, new_id(), UUID(CASHIER.id)):
        with pytest.raises(NotAnOfficer):
            issue_float(
                officer,
                amount=1_000_000,
                idempotency_key="k9",
                session_id=till.session.id,
                by=CASHIER,
            )


def test_cash_of_another_office_is_out_of_reach(till: Till) -> None:
    order = till.country.orders["PKH"].id
    with pytest.raises(FloatUnknown):
        draw_cash(order, "31100", 1_000_000, idempotency_key="d", by=CASHIER)
    with pytest.raises(Forbidden):
        draw_cash(order, "30000", 1_000_000, idempotency_key="d", by=till.me)


def test_a_fund_is_never_overdrawn(till: Till) -> None:
    with pytest.raises(NotEnoughMoney):
        till.draw(1_000_000_001)


def test_an_offer_that_nobody_accepts_falls_back_to_the_vault(till: Till) -> None:
    till.draw(10_000_000)
    row = till.issue(10_000_000)
    with clock.at(MORNING + timedelta(hours=13)):
        assert expire_floats() == 1
        assert expire_floats() == 0
    row.refresh_from_db()
    assert row.status == "withdrawn"
    assert till.issue(10_000_000, key="k2").status == "issued"


def test_notes_taken_after_the_offer_lapsed_are_booked_as_taken(till: Till) -> None:
    till.draw(10_000_000)
    row = till.issue(10_000_000)
    withdraw_float(row.id, by=CASHIER)
    accept_float(row.id, by=till.me)
    assert till.balance("cash", till.officer.id) == 10_000_000
    assert Entry.objects.get(kind="float.accepted").payload["late"] is True


def test_an_accepted_float_cannot_be_withdrawn(till: Till) -> None:
    till.draw(10_000_000)
    row = till.issue(10_000_000)
    accept_float(row.id, by=till.me)
    with pytest.raises(FloatNotOpen):
        withdraw_float(row.id, by=CASHIER)


def test_unspent_notes_come_back_to_the_vault_once(till: Till) -> None:
    till.draw(10_000_000)
    row = till.issue(10_000_000)
    accept_float(row.id, by=till.me)
    for _ in range(2):
        hand_back(row.id, amount=4_000_000, notes=[(100_000, 40)], idempotency_key="h1", by=CASHIER)
    assert till.balance("cash", till.officer.id) == 6_000_000
    assert till.balance("vault", "30000") == 4_000_000
    with pytest.raises(KeyReused):
        hand_back(row.id, amount=3_000_000, notes=[(100_000, 30)], idempotency_key="h1", by=CASHIER)


def test_more_notes_than_the_books_know_are_still_taken_back(till: Till) -> None:
    till.draw(10_000_000)
    row = till.issue(10_000_000)
    accept_float(row.id, by=till.me)
    hand_back(row.id, amount=11_000_000, notes=[(100_000, 110)], idempotency_key="h1", by=CASHIER)
    assert till.balance("cash", till.officer.id) == -1_000_000
    assert till.balance("vault", "30000") == 11_000_000


def test_floats_out_are_counted_per_session(till: Till) -> None:
    till.draw(10_000_000)
    till.issue(4_000_000)
    withdraw_float(till.issue(3_000_000, key="k2").id, by=CASHIER)
    assert floats_out_for_system([till.session.id]) == {till.session.id: 4_000_000}


orders = some.dictionaries(some.uuids(), some.integers(0, 10**7), max_size=5)


@given(some.integers(1, 10**7), orders, orders)
def test_a_float_is_allotted_to_the_last_rupiah_or_not_at_all(
    amount: int, need: dict[UUID, int], available: dict[UUID, int]
) -> None:
    if amount > sum(available.values()):
        with pytest.raises(ValueError):
            allot_orders(amount, need, available)
        return
    allotted = allot_orders(amount, need, available)
    assert sum(allotted.values()) == amount
    assert all(0 < part <= available[order] for order, part in allotted.items())


def test_notes_are_tallied_in_one_form_and_packed_in_hundreds() -> None:
    assert check_notes([(5_000, 1), (100_000, 8), (20_000, 1)], 825_000) == (
        (100_000, 8),
        (20_000, 1),
        (5_000, 1),
    )
    assert bundles_of(960) == (9, 60)
