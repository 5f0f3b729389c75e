"""Cash from one officer to another: both sign, the books move once, nothing is silent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from salur.access.models import Device as DeviceRow
from salur.access.models import User
from salur.access.operations import revoke_device
from salur.access.queries import actor_for
from salur.disbursement.models import FloatSession, Passing
from salur.disbursement.operations import expire_passings, settle_passing
from salur.field.operations import apply_events
from salur.field.tests.conftest import Branch, make_person
from salur.field.tests.test_push_and_apply import outcome_of
from salur.kernel import clock
from salur.kernel.clock import now
from salur.kernel.errors import Forbidden
from salur.kernel.ids import new_id
from salur.ledger.queries import Balance, balances_for_system
from salur.ledger.rules import AccountKey
from salur.reconciliation.errors import CashInTransit
from salur.reconciliation.operations import close_session
from salur.reconciliation.queries import audit_breaks_for_system, books_breaks_for_system
from salur.reconciliation.tests.test_closing import cashier as cashier
from salur.reconciliation.tests.test_closing import count
from salur.reconciliation.tests.test_closing import floated as floated
from simulator.devices import Device
from simulator.devices import SignedEvent as Signed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("floated")]

MILLION = 1_000_000


@dataclass
class Pair:
    """Rudi has taken a float of three million; Sari works beside him and has none."""

    rudi: Device
    sari: Device
    sari_user: User

    def body(self, amount: int = MILLION, transfer: str | None = None) -> dict[str, Any]:
        notes = [[100_000, amount // 100_000]]
        return {"transfer": transfer or str(new_id()), "total": amount, "notes": notes}

    def give(self, body: dict[str, Any], *, proof: dict[str, Any] | None = None) -> str:
        slip = self.sari.slip("cash_take", proof, to=self.rudi.device_id) if proof else None
        more = {"direction": "give", "peer": self.sari.device_id, "slip": slip}
        return self.rudi.record("cash_transfer", body | more)

    def take(self, body: dict[str, Any], *, proof: dict[str, Any] | None = None) -> str:
        slip = self.rudi.slip("cash_give", proof, to=self.sari.device_id) if proof else None
        more = {"direction": "take", "peer": self.rudi.device_id, "slip": slip}
        return self.sari.record("cash_transfer", body | more)

    def push(self, *devices: Device) -> None:
        for device in devices or (self.rudi, self.sari):
            device.push()
            apply_events()

    @property
    def cash(self) -> tuple[int, int]:
        """(Rudi's, Sari's) posted cash."""
        return self.balance(self.rudi).posted, self.balance(self.sari).posted

    def balance(self, device: Device) -> Balance:
        key = AccountKey("cash", str(device.officer["id"]))
        return balances_for_system([key])[key]


@pytest.fixture
def pair(branch: Branch) -> Pair:
    sari = make_person("sari", "officer", "30000")
    return Pair(branch.device, branch.enrol(sari, "sari"), sari)


def assert_books_balance() -> None:
    assert books_breaks_for_system() == []
    assert audit_breaks_for_system() == []


def test_both_sign_and_the_cash_moves_once_whoever_is_heard_first(pair: Pair) -> None:
    body = pair.body()
    taken = pair.take(body, proof=body)
    given = pair.give(body, proof=body)
    pair.push()
    assert pair.cash == (2 * MILLION, MILLION)
    assert outcome_of(given) == outcome_of(taken) == ("applied", "")
    assert Passing.objects.get().booked == MILLION
    assert_books_balance()


def test_the_takers_event_with_the_givers_slip_is_enough(pair: Pair) -> None:
    body = pair.body()
    pair.take(body, proof=body)
    pair.push(pair.sari)
    assert pair.cash == (2 * MILLION, MILLION)
    assert_books_balance()


def test_what_only_the_giver_says_is_in_transit_and_asked_about_after_a_day(pair: Pair) -> None:
    body = pair.body()
    given = pair.give(body)
    pair.push()
    assert outcome_of(given) == ("applied", "in_transit")
    assert pair.cash == (3 * MILLION, 0)
    assert pair.balance(pair.rudi).held_out == pair.balance(pair.sari).held_in == MILLION
    assert expire_passings() == 0
    with clock.at(now() + timedelta(hours=25)):
        assert expire_passings() == 1
    assert Passing.objects.get().status == "asked"
    assert pair.balance(pair.rudi).held_out == 0
    assert_books_balance()
    pair.take(body)
    pair.push()
    assert pair.cash == (2 * MILLION, MILLION)
    assert_books_balance()


def test_what_only_the_taker_says_moves_nothing_until_the_giver_has_signed(pair: Pair) -> None:
    body = pair.body()
    taken = pair.take(body)
    pair.push()
    assert outcome_of(taken) == ("noted", "waits_for_giver")
    assert pair.cash == (3 * MILLION, 0)
    pair.give(body)
    pair.push()
    assert pair.cash == (2 * MILLION, MILLION)
    assert_books_balance()


@pytest.mark.parametrize("taken", [900_000, 1_100_000])
def test_where_the_two_differ_the_taker_answers_for_what_was_counted(
    pair: Pair, branch: Branch, taken: int
) -> None:
    """Less: the rest stays with the giver. More: the taker signed for it. A person looks at it."""
    given = pair.body()
    pair.give(given)
    pair.push()
    event = pair.take(pair.body(taken, given["transfer"]), proof=given)
    pair.push()
    assert outcome_of(event) == ("conflict", "differs")
    assert pair.cash == (3 * MILLION - taken, taken)
    assert pair.balance(pair.rudi).held_out == 0
    row = Passing.objects.get()
    assert (row.given, row.taken, row.differs, row.settled_by) == (MILLION, taken, True, "")
    settle_passing(row.id, happened=True, note="dihitung lagi", by=actor_for(branch.head))
    assert pair.cash == (3 * MILLION - taken, taken)
    assert_books_balance()


def test_any_order_and_any_number_of_copies_ends_in_the_same_books(pair: Pair) -> None:
    """Two passings there and back; one differs, one is told by one side only. 24 orders of the
    four events, and all of them once more."""
    there, back = pair.body(), pair.body(300_000)
    pair.give(there)
    pair.take(pair.body(800_000, there["transfer"]), proof=there)
    pair.sari.record(
        "cash_transfer",
        back | {"direction": "give", "peer": pair.rudi.device_id, "slip": None},
    )
    pair.rudi.record(
        "cash_transfer",
        back
        | {
            "direction": "take",
            "peer": pair.sari.device_id,
            "slip": pair.sari.slip("cash_give", back, to=pair.rudi.device_id),
        },
    )
    events = [(d, event) for d in (pair.rudi, pair.sari) for event in d.outbox]
    assert len(events) == 4
    ends = set()
    for order in permutations(events):
        with transaction.atomic():
            for device, event in order:
                deliver(device, [event])
            for device in (pair.rudi, pair.sari):
                deliver(device, [event for owner, event in order if owner is device])
            ends.add((*pair.cash, Passing.objects.count(), held(pair)))
            transaction.set_rollback(True)
    assert ends == {(3 * MILLION - 800_000 + 300_000, 800_000 - 300_000, 2, 0)}


def deliver(device: Device, events: list[Signed]) -> None:
    device.outbox = events
    device.push()
    apply_events()


def held(pair: Pair) -> int:
    return pair.balance(pair.rudi).held_out + pair.balance(pair.sari).held_out


def test_what_makes_no_sense_has_a_name_and_moves_nothing(pair: Pair) -> None:
    pair.give(pair.body())
    changes: dict[str, dict[str, Any]] = {
        "unknown_peer": {"peer": "019ac5a0-0000-7000-8000-00000000dead"},
        "bad_total": {"total": -1},
        "bad_nothing_moved": {"total": 0, "notes": []},
        "bad_transfer": {"transfer": "x"},
        "bad_notes": {"notes": [[100_000, -1]]},
    }
    base = {"direction": "give", "peer": pair.sari.device_id, "slip": None}
    odd = {
        code: pair.rudi.record("cash_transfer", base | pair.body() | change)
        for code, change in changes.items()
    }
    pair.push()
    assert {code: outcome_of(event) for code, event in odd.items()} == {
        code: ("conflict", code) for code in changes
    }
    assert pair.cash == (3 * MILLION, 0)
    assert Passing.objects.count() == 1
    assert_books_balance()


def test_an_officers_second_phone_is_nobody_to_give_to(pair: Pair, branch: Branch) -> None:
    second = branch.enrol(branch.officer, "rudi-2")
    body = pair.body() | {"direction": "give", "peer": second.device_id, "slip": None}
    event = pair.rudi.record("cash_transfer", body)
    pair.push()
    assert outcome_of(event) == ("conflict", "same_person")
    assert not Passing.objects.exists()


def test_a_slip_that_does_not_say_so_is_a_flag_and_no_word(pair: Pair) -> None:
    to_sari, to_rudi = pair.sari.device_id, pair.rudi.device_id
    bodies = [pair.body() for _ in range(4)]
    slips = [
        pair.rudi.slip("cash_give", pair.body(), to=to_sari),
        pair.rudi.slip("cash_give", bodies[1], to=to_rudi),
        pair.rudi.slip("cash_take", bodies[2], to=to_sari),
        pair.sari.slip("cash_give", bodies[3], to=to_sari) | {"signature": "AAAA"},
    ]
    events = [
        pair.sari.record(
            "cash_transfer", body | {"direction": "take", "peer": to_rudi, "slip": slip}
        )
        for body, slip in zip(bodies, slips, strict=True)
    ]
    pair.push()
    assert {outcome_of(event) for event in events} == {("noted", "waits_for_giver")}
    assert [row.flags for row in Passing.objects.all()] == [["bad_slip"]] * 4
    assert pair.cash == (3 * MILLION, 0)


def test_a_stolen_phone_cannot_make_its_owner_answer_for_cash(pair: Pair, branch: Branch) -> None:
    body = pair.body()
    pair.give(body, proof=body)
    row = DeviceRow.objects.get(id=pair.sari.device_id)
    revoke_device(row.id, reason="dicuri", by=actor_for(branch.head))
    pair.take(body, proof=body)
    pair.push(pair.sari, pair.rudi)
    row_of = Passing.objects.get()
    assert (row_of.status, row_of.booked) == ("asked", 0)
    assert pair.cash == (3 * MILLION, 0)
    assert held(pair) == 0
    assert_books_balance()


def test_a_head_who_is_neither_of_the_two_says_what_became_of_it(
    pair: Pair, branch: Branch, cashier: User
) -> None:
    bodies = [pair.body(), pair.body(500_000)]
    for body in bodies:
        pair.give(body)
    pair.push()
    with clock.at(now() + timedelta(hours=25)):
        expire_passings()
    first, second = (Passing.objects.get(transfer_id=UUID(body["transfer"])).id for body in bodies)
    with pytest.raises(Forbidden):
        settle_passing(first, happened=True, note="", by=actor_for(cashier))
    settle_passing(first, happened=True, note="ponsel Sari rusak", by=actor_for(branch.head))
    settle_passing(second, happened=False, note="uang tetap di Rudi", by=actor_for(branch.head))
    assert pair.cash == (2 * MILLION, MILLION)
    pair.take(bodies[0], proof=bodies[0])
    pair.push()
    assert pair.cash == (2 * MILLION, MILLION)
    assert_books_balance()


@pytest.mark.parametrize("asked", [False, True])
def test_a_bag_closes_over_cash_in_transit_only_by_a_head_and_the_late_word_explains_it(
    pair: Pair, branch: Branch, floated: FloatSession, cashier: User, asked: bool
) -> None:
    """What is held for the other is not expected in the bag; what is asked about is."""
    body = pair.body()
    pair.give(body)
    pair.push()
    with clock.at(now() + timedelta(hours=25 if asked else 1)):
        expire_passings()
    count(branch, 2 * MILLION)
    with pytest.raises(CashInTransit):
        close_session(floated.id, by=actor_for(cashier))
    head = actor_for(branch.head)
    close = close_session(floated.id, note="ponsel Sari rusak", despite_gaps=True, by=head)
    unsynced = AccountKey("suspense", "unsynced")
    lacking = MILLION if asked else 0
    assert -close.variance == lacking == balances_for_system([unsynced])[unsynced].posted
    pair.take(body)
    pair.push()
    assert balances_for_system([unsynced])[unsynced].posted == 0
    assert pair.cash == (0, MILLION)
    assert_books_balance()
