"""A later wave corrects what is planned, and never what is paid."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from salur.audit.models import Entry
from salur.disbursement.models import JournalEntry, Payment, PaySession, Visit
from salur.disbursement.operations import apply_pending_changes, lease_visits, plan_payments
from salur.disbursement.tests.country import MORNING, PLANNER, Country
from salur.disbursement.tests.test_leases import make_device
from salur.kernel.ids import new_id
from salur.programs.models import Entitlement, ListRow, NominativeList, PendingChange

pytestmark = pytest.mark.django_db

Correct = Callable[..., PendingChange]


@pytest.fixture
def household(country: Country) -> UUID:
    (household,) = country.add_families(1, country.villages[0], programs=("PKH", "SEMBAKO"))
    plan_payments(country.tranche.id, by=PLANNER)
    return household


@pytest.fixture
def correct(country: Country, household: UUID) -> Correct:
    """A second wave says something else about the family's PKH."""
    wave = NominativeList.objects.create(
        id=new_id(),
        tranche=country.tranche,
        program=country.programs["PKH"],
        order=country.orders["PKH"],
        wave=2,
        sender="kemensos",
        file=country.lists["PKH"].file,
        file_name="PKH2.csv",
        mapping_version=1,
        control_rows=1,
        control_rupiah=1,
        status="approved",
        received_by="clerk",
        received_at=MORNING,
        decided_by="approver",
    )

    def write(amount: int = 900_000, *, withdrawn: bool = False) -> PendingChange:
        entitlement = Entitlement.objects.select_related("household", "recipient").get(
            household=household, program="PKH"
        )
        ListRow.objects.create(
            nominative_list=wave,
            row_number=1,
            card_id=household,
            card_index=entitlement.household.card_index,
            person_id=entitlement.recipient_id,
            nik_index=entitlement.recipient.nik_index,
            village_code=entitlement.village_id,
            amount=amount,
            months=3,
            components=[],
            content_hash=b"new",
            entitlement_id=entitlement.id,
            verdict="accepted",
            change="changed",
        )
        return PendingChange.objects.create(
            id=new_id(),
            entitlement=entitlement,
            nominative_list=wave,
            row_number=1,
            kind="withdrawal" if withdrawn else "correction",
            created_at=MORNING,
        )

    return write


def test_a_corrected_family_gets_a_new_visit_with_the_new_amount(
    country: Country, household: UUID, correct: Correct
) -> None:
    correct(900_000)
    result = plan_payments(country.tranche.id, by=PLANNER)
    assert dict(result.changes) == {"replanned": 1}
    old, new = Visit.objects.order_by("planned_at", "status")
    assert (old.status, new.status) == ("cancelled", "planned")
    assert old.number != new.number
    assert new.total == 900_000 + 600_000
    assert PendingChange.objects.get().status == "applied"
    assert set(Payment.objects.filter(visit=old).values_list("status", flat=True)) == {"cancelled"}


def test_a_withdrawn_program_leaves_the_others(
    country: Country, household: UUID, correct: Correct
) -> None:
    correct(withdrawn=True)
    plan_payments(country.tranche.id, by=PLANNER)
    visit = Visit.objects.exclude(status="cancelled").get()
    assert visit.total == 600_000
    assert Entitlement.objects.get(program="PKH").state == "withdrawn"


def test_the_journal_follows_the_family_out_and_in(
    country: Country, household: UUID, correct: Correct
) -> None:
    correct()
    plan_payments(country.tranche.id, by=PLANNER)
    entries = JournalEntry.objects.all()
    planned = sum(e.families for e in entries if e.to_status == "planned")
    left = sum(e.families for e in entries if e.to_status == "cancelled")
    assert planned - left == 1
    assert (
        sum(e.amount for e in entries if e.to_status == "planned")
        - sum(e.amount for e in entries if e.from_status == "planned")
        == 1_500_000
    )


def test_what_is_paid_stays_paid_and_the_difference_is_named(
    country: Country, household: UUID, correct: Correct
) -> None:
    Payment.objects.update(status="paid")
    Visit.objects.update(status="paid")
    Entitlement.objects.update(state="settled")
    correct(100_000)
    counts = apply_pending_changes(country.tranche.id, by=PLANNER)
    assert dict(counts) == {"discrepancy": 1}
    assert PendingChange.objects.get().status == "discrepancy"
    assert Payment.objects.filter(status="paid").count() == 2
    assert Entitlement.objects.get(program="PKH").amount == 600_000


def test_what_a_device_holds_waits(country: Country, household: UUID, correct: Correct) -> None:
    lease_visits(PaySession.objects.get().id, make_device(country, "one").id, by=PLANNER)
    correct()
    result = plan_payments(country.tranche.id, by=PLANNER)
    assert dict(result.changes) == {"leased": 1}
    assert PendingChange.objects.get().status == "pending"


def test_a_family_that_failed_for_good_is_planned_again_when_the_list_is_mended(
    country: Country, household: UUID, correct: Correct
) -> None:
    Payment.objects.update(status="failed")
    Visit.objects.update(status="failed")
    Entitlement.objects.update(state="settled")
    correct(700_000)
    plan_payments(country.tranche.id, by=PLANNER)
    assert Visit.objects.exclude(status="cancelled").get().total == 700_000 + 600_000


def test_a_dry_run_counts_changes_and_leaves_them(
    country: Country, household: UUID, correct: Correct
) -> None:
    correct()
    result = plan_payments(country.tranche.id, by=PLANNER, dry_run=True)
    assert dict(result.changes) == {"replanned": 1}
    assert PendingChange.objects.get().status == "pending"
    assert not Entry.objects.filter(kind="payments.cancelled").exists()
