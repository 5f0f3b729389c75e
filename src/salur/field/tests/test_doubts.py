"""A hand-over begun and not ended is settled from the counted cash, by two people."""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import UUID

import pytest

from salur.access.errors import SamePerson
from salur.access.models import User
from salur.access.queries import actor_for
from salur.disbursement.models import (
    BegunHandOver,
    DoubtSettlement,
    FloatSession,
    PayoutLine,
    Visit,
)
from salur.disbursement.operations import decide_doubt, propose_doubt
from salur.field.operations import apply_events
from salur.field.tests.conftest import Branch
from salur.field.tests.test_push_and_apply import outcome_of, pay
from salur.kernel.errors import Forbidden
from salur.reconciliation.errors import HandOversInDoubt
from salur.reconciliation.operations import close_session
from salur.reconciliation.tests.test_closing import assert_books_balance, count, posted
from salur.reconciliation.tests.test_closing import cashier as cashier
from salur.reconciliation.tests.test_closing import floated as floated
from simulator.devices import SignedEvent as Signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def begun(branch: Branch, floated: FloatSession) -> tuple[UUID, Signed]:
    """Rudi paid one family; the phone went off before the end of the second was kept. The end is
    handed to the test, should the phone be mended."""
    first, second = branch.device.get("/worklist")["visits"][:2]
    pay(branch.device, first)
    pay(branch.device, second)
    end = branch.device.outbox.pop()
    branch.device.push()
    apply_events()
    return UUID(json.loads(end.raw)["body"]["begun"]), end


def visit_of(begun_id: UUID) -> Visit:
    return Visit.objects.get(id=BegunHandOver.objects.get(id=begun_id).visit_id)


def test_a_bag_with_a_hand_over_in_doubt_does_not_close_unseen(
    branch: Branch, begun: tuple[UUID, Signed], floated: FloatSession, cashier: User
) -> None:
    assert visit_of(begun[0]).in_doubt
    count(branch, 600_000)
    with pytest.raises(HandOversInDoubt):
        close_session(floated.id, by=actor_for(cashier))


def test_the_counted_cash_says_it_was_paid_and_two_people_book_it(
    branch: Branch, begun: tuple[UUID, Signed], floated: FloatSession, cashier: User
) -> None:
    head, one = actor_for(branch.head), actor_for(cashier)
    count(branch, 600_000)
    row = propose_doubt(begun[0], paid=True, counted=600_000, note="uangnya tidak ada", by=one)
    assert (row.expected, row.total) == (1_800_000, 1_200_000)
    with pytest.raises(Forbidden):
        decide_doubt(begun[0], agree=True, by=one)
    for officer_or_proposer in (str(branch.officer.id), one.id):
        with pytest.raises(SamePerson):
            decide_doubt(begun[0], agree=True, by=replace(head, id=officer_or_proposer))
    decide_doubt(begun[0], agree=True, by=head)
    visit = visit_of(begun[0])
    assert (visit.status, visit.in_doubt) == ("paid", False)
    assert set(PayoutLine.objects.filter(hand_over=None).values_list("source", flat=True)) == {
        "settled"
    }
    assert close_session(floated.id, by=one).variance == 0
    assert posted("paid", "30000") == 2_400_000
    assert_books_balance()


def test_not_paid_releases_the_visit_and_moves_nothing(
    branch: Branch, begun: tuple[UUID, Signed], floated: FloatSession, cashier: User
) -> None:
    count(branch, 1_800_000)
    propose_doubt(begun[0], paid=False, counted=1_800_000, note="", by=actor_for(cashier))
    assert decide_doubt(begun[0], agree=False, by=actor_for(branch.head)) is None
    assert visit_of(begun[0]).in_doubt
    propose_doubt(begun[0], paid=False, counted=1_800_000, note="", by=actor_for(cashier))
    decide_doubt(begun[0], agree=True, by=actor_for(branch.head))
    visit = visit_of(begun[0])
    assert (visit.status, visit.in_doubt) == ("planned", False)
    assert close_session(floated.id, by=actor_for(cashier)).variance == 0
    assert_books_balance()


@pytest.mark.parametrize("closed", ["before", "after", "despite"])
def test_the_devices_own_word_takes_the_place_of_the_settlement(
    branch: Branch,
    begun: tuple[UUID, Signed],
    floated: FloatSession,
    cashier: User,
    closed: str,
) -> None:
    """Whether the bag is closed before the end of the hand-over comes, after, or over the doubt:
    the family is paid once and the bag is empty."""
    count(branch, 600_000)
    head = actor_for(branch.head)
    if closed == "despite":
        close_session(floated.id, note="ponsel rusak", despite_gaps=True, by=head)
        assert posted("suspense", "unsynced") == 1_200_000
    propose_doubt(begun[0], paid=True, counted=600_000, note="x", by=actor_for(cashier))
    decide_doubt(begun[0], agree=True, by=head)
    if closed == "before":
        close_session(floated.id, by=actor_for(cashier))
    assert_books_balance()
    branch.device.outbox = [begun[1]]
    branch.device.push()
    apply_events()
    assert outcome_of(begun[1].event_id) == ("applied", "paid")
    if closed == "after":
        close_session(floated.id, by=actor_for(cashier))
    assert DoubtSettlement.objects.get().replaced_by == UUID(begun[1].event_id)
    assert posted("paid", "30000") == 2_400_000
    assert posted("cash", str(branch.officer.id)) == posted("suspense", "unsynced") == 0
    assert_books_balance()
