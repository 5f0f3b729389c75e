"""Every family that is owed money gets one visit, at a time and place that can serve it."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as some

from salur.audit.models import Entry
from salur.disbursement.errors import TrancheClosed
from salur.disbursement.models import JournalEntry, Payment, PaySession, Visit
from salur.disbursement.operations import plan_payments
from salur.disbursement.rules.channels import (
    DEFAULT_RULES,
    FamilyFacts,
    channel_sql,
    choose_channel,
)
from salur.disbursement.rules.numbers import (
    make_payment_number,
    parse_payment_number,
    payment_number_sql,
)
from salur.disbursement.rules.policy import PlanPolicy
from salur.disbursement.tests.country import MORNING, OUTSIDER, PLANNER, Country
from salur.kernel.errors import Forbidden
from salur.programs.models import Entitlement
from salur.registry.models import Person

pytestmark = pytest.mark.django_db


def channels_of(country: Country) -> Counter[str]:
    return Counter(Visit.objects.values_list("channel", flat=True))


def test_a_family_with_two_programs_gets_one_visit_and_two_payments(country: Country) -> None:
    country.add_families(1, country.villages[0], programs=("PKH", "SEMBAKO"))
    result = plan_payments(country.tranche.id, by=PLANNER)
    visit = Visit.objects.get()
    assert (result.families, result.payments, result.rupiah) == (1, 2, 1_200_000)
    assert visit.total == 1_200_000
    assert list(visit.payments.order_by("program").values_list("program", "lead")) == [
        ("PKH", True),
        ("SEMBAKO", False),
    ]
    assert visit.number[:4] == "1671"
    assert parse_payment_number(visit.number) == visit.number


def test_name_address_and_last_digits_are_frozen_on_the_visit(country: Country) -> None:
    country.add_families(1, country.villages[0])
    plan_payments(country.tranche.id, by=PLANNER)
    Person.objects.update(name="NAMA LAIN")
    visit = Visit.objects.get()
    assert visit.recipient_name == "SITI 00001"
    assert visit.address == "Jl. Melati No. 1, RT 002/RW 002"
    assert (visit.nik_last4, visit.card_last4, visit.birth_year) == ("0001", "0001", 1985)


def test_adults_of_the_same_card_may_collect_and_others_may_not(country: Country) -> None:
    (household,) = country.add_families(1, country.villages[0])
    for n, (name, born, status) in enumerate(
        (("SUAMI", 1980, "alive"), ("ANAK", 2015, "alive"), ("KAKEK", 1940, "deceased")), 1
    ):
        Person.objects.create(
            id=f"00000000-0000-7000-8000-00000000000{n}",
            household_id=household,
            nik_index=bytes([n]) * 32,
            nik_sealed=b"x",
            nik_last4="9999",
            name=name,
            birth_date=date(born, 1, 1),
            relation="spouse",
            vital_status=status,
            created_at=MORNING,
            updated_at=MORNING,
        )
    plan_payments(country.tranche.id, by=PLANNER)
    assert [c["name"] for c in Visit.objects.get().collectors] == ["SUAMI"]


def test_village_counts_age_illness_and_accounts_decide_the_channel(country: Country) -> None:
    first, second, third, _ = country.villages
    country.add_families(60, first)
    country.add_families(1, first, ill=True)
    country.add_families(1, first, bank_code="BRI")
    country.add_families(5, second)
    country.add_families(20, third)
    plan_payments(country.tranche.id, by=PLANNER)
    assert channels_of(country) == {"community": 60, "doorstep": 6, "bank": 1, "post_office": 20}
    assert not Visit.objects.filter(channel="bank", session__isnull=False).exists()
    assert not Visit.objects.exclude(channel="bank").filter(session__isnull=True).exists()


def test_no_session_is_planned_beyond_its_capacity(country: Country) -> None:
    country.add_families(450, country.villages[0])
    plan_payments(country.tranche.id, by=PLANNER, policy=PlanPolicy(community_desks_most=1))
    taken = Counter(Visit.objects.values_list("session", flat=True))
    assert sorted(taken.values()) == [50, 200, 200]
    days = PaySession.objects.values_list("business_date", flat=True)
    assert len(set(days)) == 3
    slots = Counter(Visit.objects.values_list("session", "slot_at", "desk"))
    assert max(slots.values()) <= 1800 // 108 + 1


def test_slots_lie_within_their_session_and_desks_exist(country: Country) -> None:
    country.add_families(300, country.villages[0])
    plan_payments(country.tranche.id, by=PLANNER)
    for visit in Visit.objects.select_related("session"):
        assert visit.session is not None
        assert visit.session.starts_at <= visit.slot_at < visit.session.ends_at
        assert 1 <= visit.desk <= visit.session.desks
        assert visit.session.business_date >= country.tranche.opens_on


def test_planning_twice_changes_nothing(country: Country) -> None:
    country.add_families(30, country.villages[0])
    plan_payments(country.tranche.id, by=PLANNER)
    again = plan_payments(country.tranche.id, by=PLANNER)
    assert again.families == 0
    assert Visit.objects.count() == Payment.objects.count() == 30
    assert JournalEntry.objects.count() == 30
    assert Entry.objects.filter(kind="payments.planned").count() == 1
    assert not Entitlement.objects.filter(state="open").exists()


def test_a_dry_run_says_the_same_and_writes_nothing(country: Country) -> None:
    country.add_families(70, country.villages[0])
    country.add_families(3, country.villages[1], vital_status="deceased")
    dry = plan_payments(country.tranche.id, by=PLANNER, dry_run=True)
    assert not Visit.objects.exists()
    assert not PaySession.objects.exists()
    real = plan_payments(country.tranche.id, by=PLANNER)
    dry.dry_run = False
    dry.points = real.points
    assert dry == real
    assert real.skipped == {"deceased": (3, 1_800_000)}


def test_the_dead_and_the_ineligible_are_not_planned(country: Country) -> None:
    country.add_families(1, country.villages[0], vital_status="deceased")
    country.add_families(1, country.villages[0], ineligible_reason="civil_servant")
    result = plan_payments(country.tranche.id, by=PLANNER)
    assert result.families == 0
    assert result.skipped == {"deceased": (1, 600_000), "not_eligible": (1, 600_000)}
    assert Entitlement.objects.filter(state="open").count() == 2


def test_a_village_that_no_office_serves_is_reported_not_forgotten(country: Country) -> None:
    country.add_families(2, "17.71.01.1001")
    result = plan_payments(country.tranche.id, by=PLANNER)
    assert result.skipped == {"no_office": (2, 1_200_000)}


def test_a_later_wave_joins_the_visit_that_is_planned_already(country: Country) -> None:
    households = country.add_families(2, country.villages[0])
    plan_payments(country.tranche.id, by=PLANNER)
    Visit.objects.update(letter_version=1, letter_printed_at=MORNING)
    before = Visit.objects.get(household=households[0])
    country.add_program("SEMBAKO", households[:1])
    result = plan_payments(country.tranche.id, by=PLANNER)
    after = Visit.objects.get(household=households[0])
    assert (result.families, result.grown, result.payments) == (1, 1, 1)
    assert (after.number, after.session_id, after.slot_at) == (
        before.number,
        before.session_id,
        before.slot_at,
    )
    assert after.total == 800_000
    assert after.version == 2
    assert after.letter_printed_at is None
    assert after.payments.filter(lead=True).count() == 1


def test_a_later_wave_for_a_family_already_paid_opens_a_new_session(country: Country) -> None:
    (household,) = country.add_families(1, country.villages[0])
    plan_payments(country.tranche.id, by=PLANNER)
    Visit.objects.update(status="paid")
    Payment.objects.update(status="paid")
    country.add_program("SEMBAKO", [household])
    plan_payments(country.tranche.id, by=PLANNER)
    visit = Visit.objects.get()
    assert (visit.status, visit.total) == ("partly", 200_000)
    assert visit.session is not None
    assert visit.session.starts_at > MORNING


def test_families_beyond_the_last_day_stay_open_and_are_named(country: Country) -> None:
    country.tranche.planned_end_on = date(2026, 11, 30)
    country.tranche.return_by = date(2026, 11, 30)
    country.tranche.save()
    country.add_families(205, country.villages[0])
    policy = PlanPolicy(community_desks_most=1)
    result = plan_payments(country.tranche.id, by=PLANNER, policy=policy)
    assert result.families == 200
    assert result.skipped == {"no_day_left": (5, 3_000_000)}
    assert Entitlement.objects.filter(state="open").count() == 5


def test_the_journal_counts_each_family_once(country: Country) -> None:
    country.add_families(10, country.villages[0], programs=("PKH", "SEMBAKO"))
    plan_payments(country.tranche.id, by=PLANNER)
    rows = JournalEntry.objects.values_list("families", "to_status", "to_channel", "from_status")
    assert sum(row[0] for row in rows) == 10
    assert {row[1:] for row in rows} == {("planned", "post_office", None)}
    assert not JournalEntry.objects.filter(to_date=None).exists()


def test_a_planner_plans_only_the_offices_of_the_own_line(country: Country) -> None:
    country.add_families(12, country.villages[0])
    country.add_families(12, country.villages[3])
    narrow = PLANNER.__class__(
        id="p2", kind="user", permissions=PLANNER.permissions, offices=("ID/31100",)
    )
    assert plan_payments(country.tranche.id, by=narrow).families == 12
    assert set(Visit.objects.values_list("office", flat=True)) == {"31100"}


def test_an_outsider_may_not_plan(country: Country) -> None:
    with pytest.raises(Forbidden):
        plan_payments(country.tranche.id, by=OUTSIDER)


def test_a_closed_tranche_is_not_planned(country: Country) -> None:
    country.tranche.closed_at = MORNING
    country.tranche.save()
    with pytest.raises(TrancheClosed):
        plan_payments(country.tranche.id, by=PLANNER)


def test_numbers_go_on_where_the_regency_stopped(country: Country) -> None:
    country.add_families(3, country.villages[0])
    plan_payments(country.tranche.id, by=PLANNER)
    country.add_families(2, country.villages[1])
    plan_payments(country.tranche.id, by=PLANNER)
    assert sorted(Visit.objects.values_list("number", flat=True)) == [
        make_payment_number("1671", serial) for serial in range(1, 6)
    ]


@given(some.integers(1, 99_999_999), some.integers(1101, 9699))
@settings(max_examples=25, deadline=None)
def test_the_database_numbers_as_the_rule_does(serial: int, regency: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {payment_number_sql('r', 's')} FROM (SELECT %s::text AS r, %s::int AS s) x",
            [f"{regency:04d}", serial],
        )
        assert cursor.fetchone()[0] == make_payment_number(f"{regency:04d}", serial)


facts = some.builds(
    FamilyFacts,
    bank_account=some.booleans(),
    ill=some.booleans(),
    disabled=some.booleans(),
    remote=some.booleans(),
    recipient_age=some.none() | some.integers(17, 95),
    people_on_card=some.integers(1, 6),
    village_families=some.sampled_from([1, 9, 10, 49, 50, 300]),
)


@given(facts)
@settings(max_examples=50, deadline=None)
def test_the_database_chooses_the_channel_as_the_rule_does(family: FamilyFacts) -> None:
    names = list(FamilyFacts.__slots__)
    columns = ", ".join(
        f"%s::{'int' if name[0] in 'rpv' and name != 'remote' else 'bool'} AS {name}"
        for name in names
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {channel_sql(DEFAULT_RULES, 'channel')},"
            f" {channel_sql(DEFAULT_RULES, 'reason')} FROM (SELECT {columns}) facts",
            [getattr(family, name) for name in names],
        )
        assert cursor.fetchone() == choose_channel(family)
