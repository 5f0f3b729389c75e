"""Officers take turns, settings are on record, procedures need two people."""

from __future__ import annotations

from datetime import timedelta

import pytest

from salur.access.errors import SamePerson
from salur.audit.models import Entry
from salur.disbursement.errors import NotAnOfficer, WrongSettings
from salur.disbursement.models import PaySession, SopVersion
from salur.disbursement.operations import (
    approve_procedure,
    assign_officer,
    assign_officers,
    current_policy,
    load_procedures,
    plan_payments,
    propose_procedure,
    set_policy,
)
from salur.disbursement.rules.calendar import Calendar, Group, seat_groups, working_days
from salur.disbursement.rules.policy import PlanPolicy, WrongPolicy, read_policy
from salur.disbursement.tests.country import MORNING, PLANNER, Country, make_officer
from salur.kernel.actor import Actor
from salur.kernel.ids import new_id

pytestmark = pytest.mark.django_db


def test_officers_take_turns_and_nobody_is_in_two_places(country: Country) -> None:
    for village in country.villages[:3]:
        country.add_families(60, village)
    plan_payments(country.tranche.id, by=PLANNER)
    assert PaySession.objects.values("business_date").distinct().count() == 1
    make_officer("one", country)
    make_officer("two", country)
    assert assign_officers(country.tranche.id, by=PLANNER) == (2, 1)
    assert assign_officers(country.tranche.id, by=PLANNER) == (0, 1)
    officers = PaySession.objects.exclude(officer=None).values_list("officer", flat=True)
    assert len(set(officers)) == 2


def test_a_stranger_is_not_put_at_a_desk(country: Country) -> None:
    country.add_families(12, country.villages[0])
    plan_payments(country.tranche.id, by=PLANNER)
    with pytest.raises(NotAnOfficer):
        assign_officer([PaySession.objects.get().id], new_id(), by=PLANNER)


def test_settings_of_the_tranche_come_before_those_of_all(country: Country) -> None:
    set_policy({"opens_at": "07:00"}, by=PLANNER)
    assert current_policy(country.tranche).opens_at == "07:00"
    set_policy({"opens_at": "09:00"}, tranche_id=country.tranche.id, by=PLANNER)
    set_policy({"opens_at": "06:00"}, by=PLANNER)
    assert current_policy(country.tranche).opens_at == "09:00"
    assert Entry.objects.filter(kind="plan_policy.set").count() == 3


@pytest.mark.parametrize(
    "document",
    [
        {"colour": "red"},
        {"opens_at": "25:00"},
        {"opens_at": "15:00", "closes_at": "14:00"},
        {"post_office_desks": 0},
        {"working_days": [8]},
        {"channel_rules": [{"channel": "pigeon", "reason": "x", "when": {}}]},
        {"opens_at": "08:00", "closes_at": "08:01"},
    ],
)
def test_settings_that_cannot_be_planned_with_are_refused(country: Country, document: dict) -> None:
    with pytest.raises(WrongPolicy):
        read_policy(document)
    with pytest.raises(WrongSettings):
        set_policy(document, by=PLANNER)


def test_a_procedure_comes_into_force_by_a_second_person(country: Country) -> None:
    load_procedures()
    steps = [{"code": code} for code in ("documents", "face", "hand_over", "receipt_mark")]
    version = propose_procedure("community", steps, valid_from=MORNING, by=PLANNER)
    assert (version.code, version.approved_by) == ("community/3", "")
    head = frozenset({"disbursement.approve_final"})
    with pytest.raises(SamePerson):
        approve_procedure(version.code, by=Actor(id=PLANNER.id, kind="user", permissions=head))
    approve_procedure(version.code, by=Actor(id="head", kind="user", permissions=head))
    assert SopVersion.objects.get(code="community/3").approved_by == "user:head"
    with pytest.raises(WrongSettings):
        propose_procedure("community", [{"code": "dance"}], valid_from=MORNING, by=PLANNER)


def test_a_day_holds_no_more_events_than_the_office_can_staff() -> None:
    policy = PlanPolicy(community_per_day=2)
    first = MORNING.date() + timedelta(days=3)
    calendar = Calendar(working_days(first, first + timedelta(days=6), policy), policy)
    groups = [Group("o", "community", f"v{n}", 60, "Asia/Jakarta") for n in range(5)]
    shares = seat_groups(calendar, groups)
    days = [share.session.day for share in shares]
    assert len(shares) == 5
    assert max(days.count(day) for day in days) == 2
    assert all(day.isoweekday() != 7 for day in days)
