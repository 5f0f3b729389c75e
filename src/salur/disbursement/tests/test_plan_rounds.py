"""Doorstep sessions get an order of houses, and located houses leave the backlog."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client

from salur.disbursement.errors import UnknownSession, UnknownVillage
from salur.disbursement.models import HouseRound, PaySession, Visit
from salur.disbursement.operations import (
    assign_house_round,
    order_session,
    plan_payments,
    plan_rounds,
)
from salur.disbursement.queries.houses import house_backlog
from salur.disbursement.tests.country import MORNING, OUTSIDER, PLANNER, Country, make_country
from salur.field.operations import apply_events
from salur.field.tests.conftest import Branch
from salur.field.tests.conftest import branch as branch
from salur.field.tests.test_push_and_apply import pay
from salur.kernel import clock
from salur.kernel.clock import now
from salur.kernel.errors import Forbidden
from salur.registry.models import Household

pytestmark = pytest.mark.django_db


@pytest.fixture
def doorstep() -> Iterator[Country]:
    """Six remote families, four of whose houses stand along one road."""
    with clock.at(MORNING):
        country = make_country()
        families = country.add_families(6, country.villages[0], remote=True)
        for place, household in enumerate(families[:4]):
            Household.objects.filter(id=household).update(
                house_latitude=-2.99,
                house_longitude=104.75 + (place * 7 % 4) / 1000,
                house_accuracy_m=8,
                house_located_at=now(),
            )
        plan_payments(country.tranche.id, by=PLANNER)
        yield country


def test_coming_rounds_are_put_in_order_once_by_the_worker(doorstep: Country) -> None:
    assert plan_rounds() == 0  # nothing is near enough yet
    session = PaySession.objects.get(channel="doorstep")
    with clock.at(session.starts_at - timedelta(hours=20)):
        assert plan_rounds() == 1
        assert plan_rounds() == 0
    visits = list(Visit.objects.order_by("round").select_related("household"))
    assert [visit.round for visit in visits] == [1, 2, 3, 4, 5, 6]
    along = [v.household.house_longitude for v in visits if v.household.house_longitude]
    assert along in (sorted(along), sorted(along, reverse=True))


def test_a_planner_orders_a_round_anew_and_nobody_else_does(doorstep: Country) -> None:
    session = PaySession.objects.get(channel="doorstep")
    assert order_session(session.id, by=PLANNER) == 6
    with pytest.raises(Forbidden):
        order_session(session.id, by=OUTSIDER)
    PaySession.objects.update(channel="community")
    with pytest.raises(UnknownSession):
        order_session(session.id, by=PLANNER)


@pytest.fixture
def counter(branch: Branch) -> Branch:
    """The same six families, called to the post office."""
    Visit.objects.update(channel="post_office")
    return branch


def test_a_house_is_on_the_list_from_paid_until_located(counter: Branch) -> None:
    branch = counter
    tranche, village = branch.country.tranche, branch.country.villages[0]
    assert house_backlog(PLANNER, tranche) == []
    assign_house_round(tranche.id, village, branch.officer.id, by=PLANNER)
    assert branch.device.get("/worklist")["geotags"] == []
    for visit in branch.device.get("/worklist")["visits"][:2]:
        pay(branch.device, visit)
    branch.device.push()
    apply_events()
    (row,) = house_backlog(PLANNER, tranche)
    assert (row.paid, row.located, row.waiting) == (2, 0, 2)
    assert row.officer_name == branch.officer.name
    houses = branch.device.get("/worklist")["geotags"]
    assert len(houses) == 2
    assert {"visit", "name", "village", "address"} == set(houses[0])
    branch.device.record(
        "geotag",
        {"house": True, "lat": -2.99, "lon": 104.75, "accuracy_m": 9, "evidence": []},
        visit=houses[0]["visit"],
    )
    branch.device.push()
    apply_events()
    (row,) = house_backlog(PLANNER, tranche)
    assert (row.located, row.waiting) == (1, 1)
    assert len(branch.device.get("/worklist")["geotags"]) == 1


def test_houses_are_assigned_to_officers_of_their_own_office(branch: Branch) -> None:
    tranche, village = branch.country.tranche, branch.country.villages[0]
    with pytest.raises(UnknownVillage):
        assign_house_round(tranche.id, village, branch.head.id, by=PLANNER)
    with pytest.raises(UnknownVillage):
        assign_house_round(tranche.id, "11.01.01.2001", branch.officer.id, by=PLANNER)
    for _ in range(2):
        assign_house_round(tranche.id, village, branch.officer.id, by=PLANNER)
    assert HouseRound.objects.count() == 1


def test_heads_see_the_backlog_by_village(counter: Branch) -> None:
    branch = counter
    pay(branch.device, branch.device.get("/worklist")["visits"][0])
    branch.device.push()
    apply_events()
    head = Client()
    head.force_login(branch.head)
    page = head.get("/rumah/").content.decode()
    assert "0 dari 1 rumah" in page
