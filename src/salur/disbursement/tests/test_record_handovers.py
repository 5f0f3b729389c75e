"""Cash has left the bag: what the books make of it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import transaction
from django.db.models import Sum

from salur.audit.models import Entry
from salur.disbursement.models import (
    HandOver,
    JournalEntry,
    Payment,
    PayoutLine,
    Visit,
)
from salur.disbursement.operations import (
    CancelledHandOver,
    plan_payments,
    record_beginnings,
    record_cancellations,
    record_handovers,
)
from salur.disbursement.rules.handovers import ClaimedLine, HandedOver
from salur.disbursement.tests.country import MORNING, PLANNER, Country, make_country
from salur.kernel import clock
from salur.kernel.actor import SYSTEM
from salur.kernel.ids import new_id
from salur.ledger.queries import balances_for_system, totals_breaks_for_system
from salur.ledger.rules import AccountKey
from salur.messaging.models import Message
from salur.programs.models import Entitlement

OFFICER = UUID(int=77)
NOON = datetime(2026, 11, 30, 5, 0, tzinfo=UTC)


@pytest.fixture
def country(db: None) -> Country:
    """Four families at one office, owed PKH and Sembako, planned into one visit each."""
    with clock.at(MORNING):
        country = make_country()
        country.add_families(4, "16.71.05.1001", programs=("PKH", "SEMBAKO"))
        plan_payments(country.tranche.id, by=PLANNER)
    return country


def hand_over(
    visit: Visit, *, amounts: Sequence[int] | None = None, **changes: object
) -> HandedOver:
    """As an officer's device would tell it: both programs in full, unless told otherwise."""
    payments = list(Payment.objects.filter(visit=visit).order_by("program_id", "part"))
    paid = [p.amount for p in payments] if amounts is None else amounts
    claims = tuple(ClaimedLine(p.id, a) for p, a in zip(payments, paid, strict=False))
    fact = HandedOver(
        event_id=new_id(),
        device_id=UUID(int=7),
        officer_id=OFFICER,
        office_code="30000",
        zone="Asia/Jakarta",
        visit_id=visit.id,
        session_id=visit.session_id,
        claims=claims,
        total=sum(claim.amount for claim in claims),
        begun_id=new_id(),
        verification_id=None,
        method="face",
        collector_id=visit.recipient_id,
        relation="self",
        receipt_mark="signature",
        sop=f"{visit.channel}/1",
        device_time=NOON,
        server_time=NOON,
        received_at=NOON + timedelta(minutes=3),
    )
    return replace(fact, **changes)  # type: ignore[arg-type]


def record(*facts: HandedOver) -> dict[UUID, str]:
    with clock.at(NOON + timedelta(minutes=4)):
        return {item.event_id: item.code for item in record_handovers(facts, by=SYSTEM)}


def balance(kind: str, custodian: str) -> int:
    assert totals_breaks_for_system() == []
    return balances_for_system([AccountKey(kind, custodian)])[AccountKey(kind, custodian)].posted


def outcomes(visit: Visit) -> list[tuple[str, int]]:
    lines = PayoutLine.objects.filter(payment__visit=visit).order_by("payment__part", "id")
    return [(line.outcome, line.amount) for line in lines]


class TestPayingInFull:
    def test_one_hand_over_pays_both_programs(self, country):
        visit = Visit.objects.first()
        fact = hand_over(visit)
        assert record(fact) == {fact.event_id: "paid"}

        visit.refresh_from_db()
        assert visit.status == "paid"
        assert {p.status for p in visit.payments.all()} == {"paid"}
        assert outcomes(visit) == [("paid", 600_000), ("paid", 600_000)]
        assert set(
            Entitlement.objects.filter(household=visit.household_id).values_list("state", flat=True)
        ) == {"settled"}

    def test_the_cash_moved_from_the_officer_to_paid(self, country):
        record(hand_over(Visit.objects.first()))
        assert balance("cash", str(OFFICER)) == -1_200_000
        assert balance("paid", "30000") == 1_200_000

    def test_the_family_gets_one_receipt_over_the_whole_sum(self, country):
        visit = Visit.objects.first()
        record(hand_over(visit))
        [message] = Message.objects.filter(household_id=visit.household_id, template="paid")
        assert message.params["amount"] == 1_200_000

    def test_there_is_one_audit_entry_with_every_transfer_in_it(self, country):
        fact = hand_over(Visit.objects.first())
        record(fact)
        entry = Entry.objects.get(subject=f"hand_over:{fact.event_id}")
        named = {line["transfer"] for line in entry.payload["lines"]}
        assert named == {str(line.transfer_id) for line in PayoutLine.objects.all()}

    def test_the_journal_moves_each_payment_from_where_it_was_announced(self, country):
        visit = Visit.objects.first()
        record(hand_over(visit))
        for payment in visit.payments.all():
            planned, paid = JournalEntry.objects.filter(payment_id=payment.id).order_by("id")
            assert (paid.kind, paid.from_status, paid.to_status) == ("paid", "planned", "paid")
            assert (paid.from_date, paid.from_office_id, paid.from_channel) == (
                planned.to_date,
                planned.to_office_id,
                planned.to_channel,
            )

    def test_a_family_is_counted_once_whatever_the_number_of_programs(self, country):
        record(hand_over(Visit.objects.first()))
        counted = JournalEntry.objects.filter(kind="paid").values_list("families", flat=True)
        assert sorted(counted) == [0, 1]

    def test_the_same_event_again_changes_nothing(self, country):
        fact = hand_over(Visit.objects.first())
        record(fact)
        assert record(fact) == {}
        assert record(fact, fact) == {}
        assert balance("paid", "30000") == 1_200_000

    def test_the_person_who_stood_there_was_seen_alive(self, country):
        visit = Visit.objects.first()
        record(hand_over(visit))
        visit.recipient.refresh_from_db()
        assert visit.recipient.last_seen_alive_at == NOON


class TestWhatShouldNotHaveHappened:
    def test_a_second_hand_over_is_a_fact_of_its_own_in_suspense(self, country):
        visit = Visit.objects.first()
        first, second = hand_over(visit), hand_over(visit, officer_id=UUID(int=78))
        record(first)
        assert record(second) == {second.event_id: "second"}
        assert balance("cash", str(UUID(int=78))) == -1_200_000
        assert balance("suspense", "second") == 1_200_000
        assert balance("paid", "30000") == 1_200_000

    def test_two_hand_overs_in_one_batch_are_one_payment_and_one_second(self, country):
        visit = Visit.objects.first()
        codes = record(hand_over(visit), hand_over(visit))
        assert sorted(codes.values()) == ["paid", "second"]

    def test_too_little_leaves_a_second_part_to_be_paid(self, country):
        visit = Visit.objects.first()
        record(hand_over(visit, amounts=[400_000, 600_000]))
        visit.refresh_from_db()
        assert visit.status == "partly"
        part = Payment.objects.get(visit=visit, part=2)
        assert (part.amount, part.status) == (200_000, "planned")

        last = hand_over(visit, amounts=[])
        record(
            replace(last, claims=(ClaimedLine(part.id, 200_000),), total=200_000, event_id=new_id())
        )
        visit.refresh_from_db()
        assert visit.status == "paid"
        assert balance("paid", "30000") == 1_200_000

    @pytest.mark.parametrize("together", [True, False])
    @pytest.mark.parametrize("order", list(itertools.permutations([200_000, 300_000, 700_000])))
    def test_short_and_full_hand_overs_of_one_payment_come_to_the_same_in_any_order(
        self, country, order, together
    ):
        """Rp1.200.000 was given for Rp600.000: paid 600, more than asked 100, twice 500."""
        visit = Visit.objects.first()
        facts = [hand_over(visit, amounts=[amount]) for amount in order]
        for batch in [facts] if together else [[fact] for fact in facts]:
            record(*batch)
        assert balance("paid", "30000") == 600_000
        assert balance("suspense", "excess") == 100_000
        assert balance("suspense", "second") == 500_000
        assert balance("cash", str(OFFICER)) == -1_200_000
        assert not Payment.objects.filter(visit=visit, program="PKH", status="planned").exists()

    def test_two_claims_of_one_hand_over_for_one_payment_are_one_claim(self, country):
        visit = Visit.objects.first()
        payment = Payment.objects.filter(visit=visit, program="PKH").get()
        claims = (ClaimedLine(payment.id, 200_000), ClaimedLine(payment.id, 400_000))
        record(hand_over(visit, claims=claims))
        assert outcomes(visit) == [("paid", 600_000)]

    def test_the_cells_of_a_split_payment_come_out_even(self, country):
        visit = Visit.objects.first()
        record(hand_over(visit, amounts=[400_000, 600_000]))
        part = Payment.objects.get(visit=visit, part=2)
        record(replace(hand_over(visit, amounts=[]), claims=(ClaimedLine(part.id, 200_000),)))
        cells: dict[tuple[object, ...], int] = {}
        for entry in JournalEntry.objects.exclude(kind__in=["second", "excess", "not_payable"]):
            if entry.from_status:
                here = (entry.from_status, entry.from_date, entry.from_office_id)
                cells[here] = cells.get(here, 0) - entry.amount
            there = (entry.to_status, entry.to_date, entry.to_office_id)
            cells[there] = cells.get(there, 0) + entry.amount
        by_status: dict[str, int] = {}
        for (status, *_), amount in cells.items():
            by_status[status] = by_status.get(status, 0) + amount
        assert by_status == {"planned": 3 * 1_200_000, "paid": 1_200_000}
        assert min(cells.values()) >= 0

    def test_too_much_is_paid_once_and_the_rest_lies_in_suspense(self, country):
        visit = Visit.objects.first()
        fact = hand_over(visit, amounts=[700_000, 600_000])
        assert record(fact) == {fact.event_id: "excess"}
        assert balance("paid", "30000") == 1_200_000
        assert balance("suspense", "excess") == 100_000
        assert balance("cash", str(OFFICER)) == -1_300_000

    def test_a_payment_that_is_not_payable_any_more_is_booked_to_suspense(self, country):
        visit = Visit.objects.first()
        fact = hand_over(visit)
        Payment.objects.filter(visit=visit, program_id="PKH").update(status="failed")
        assert record(fact) == {fact.event_id: "not_payable"}
        assert balance("suspense", "late") == 600_000
        assert balance("paid", "30000") == 600_000

    def test_a_payment_that_nobody_knows_is_booked_and_named(self, country):
        fact = hand_over(
            Visit.objects.first(), claims=(ClaimedLine(new_id(), 300_000),), visit_id=new_id()
        )
        assert record(fact) == {fact.event_id: "unidentified"}
        assert balance("suspense", "unidentified") == 300_000
        assert HandOver.objects.get(id=fact.event_id).visit_id is None

    def test_a_revoked_device_paid_all_the_same_and_is_flagged(self, country):
        fact = hand_over(Visit.objects.first(), revoked=True)
        assert record(fact) == {fact.event_id: "paid"}
        assert "revoked_device" in HandOver.objects.get(id=fact.event_id).flags


class TestInDoubt:
    def test_a_beginning_without_an_end_is_in_doubt_until_it_ends(self, country):
        visit = Visit.objects.first()
        fact = hand_over(visit)
        record_beginnings([(fact.begun_id, visit.id, NOON)], by=SYSTEM)
        visit.refresh_from_db()
        assert visit.in_doubt
        record(fact)
        visit.refresh_from_db()
        assert not visit.in_doubt

    def test_an_end_that_arrives_before_its_beginning_leaves_no_doubt(self, country):
        visit = Visit.objects.first()
        fact = hand_over(visit)
        record(fact)
        record_beginnings([(fact.begun_id, visit.id, NOON)], by=SYSTEM)
        visit.refresh_from_db()
        assert not visit.in_doubt

    def test_notes_put_back_end_the_doubt_and_pay_nothing(self, country):
        visit = Visit.objects.first()
        begun = new_id()
        record_beginnings([(begun, visit.id, NOON)], by=SYSTEM)
        record_cancellations([CancelledHandOver(new_id(), begun, visit.id)], by=SYSTEM)
        visit.refresh_from_db()
        assert (visit.in_doubt, visit.status) == (False, "planned")


class TestClocks:
    @pytest.mark.parametrize("drift_days", [-3, 3, -20_000])
    def test_the_phones_own_clock_never_decides_the_day(self, country, drift_days):
        fact = hand_over(
            Visit.objects.first(),
            device_time=NOON + timedelta(days=drift_days),
        )
        record(fact)
        row = HandOver.objects.get(id=fact.event_id)
        assert row.business_date == NOON.date()
        assert "clock_off" in row.flags

    def test_without_a_bound_the_day_of_arrival_counts(self, country):
        arrival = NOON + timedelta(days=2)
        fact = hand_over(Visit.objects.first(), server_time=None, received_at=arrival)
        with clock.at(arrival):
            record_handovers([fact], by=SYSTEM)
        assert HandOver.objects.get(id=fact.event_id).business_date == arrival.date()


def paid_per_entitlement() -> tuple[tuple[str, int], ...]:
    lines = PayoutLine.objects.filter(outcome__in=["paid", "short"])
    sums = lines.values_list("payment__entitlement").annotate(Sum("amount"))
    return tuple(sorted((str(entitlement), paid) for entitlement, paid in sums))


def test_any_order_and_grouping_gives_the_same_books(country):
    """Two officers, two families, one of them handed over twice, one short: 24 orders."""
    first, second = Visit.objects.order_by("number")[:2]
    facts = [
        hand_over(first),
        hand_over(first, officer_id=UUID(int=78)),
        hand_over(second, amounts=[500_000, 600_000], officer_id=UUID(int=78)),
        hand_over(second, amounts=[500_000], officer_id=OFFICER),
    ]
    seen = set()

    for order in itertools.permutations(facts):
        point = transaction.savepoint()
        for fact in order:
            record(fact)
        seen.add(
            (
                balance("cash", str(OFFICER)),
                balance("cash", str(UUID(int=78))),
                balance("paid", "30000"),
                balance("suspense", "second"),
                paid_per_entitlement(),
            )
        )
        transaction.savepoint_rollback(point)
    assert len(seen) == 1
