"""A visit is payable offline by one device at a time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from salur.access.models import Device
from salur.audit.models import Entry
from salur.disbursement.errors import DeviceUnfit, UnknownSession, VisitLeased
from salur.disbursement.models import Lease, PaySession, Visit
from salur.disbursement.operations import (
    break_lease,
    end_leases,
    lease_visits,
    plan_payments,
    release_leases,
)
from salur.disbursement.tests.country import MORNING, PLANNER, Country, make_officer
from salur.kernel import clock
from salur.kernel.actor import Actor
from salur.kernel.errors import Forbidden, Refusal
from salur.kernel.ids import new_id

pytestmark = pytest.mark.django_db


def make_device(country: Country, name: str, **changes: object) -> Device:
    values = {
        "id": new_id(),
        "holder": make_officer(name, country),
        "office": country.offices[0],
        "name": name,
        "public_key": new_id().bytes,
        "enrolled_at": MORNING,
        "enrolled_by": "head",
        **changes,
    }
    return Device.objects.create(**values)


@pytest.fixture
def session(country: Country) -> PaySession:
    country.add_families(60, country.villages[0])
    plan_payments(country.tranche.id, by=PLANNER)
    return PaySession.objects.get()


def test_a_device_gets_the_session_until_a_day_after_its_end(
    country: Country, session: PaySession
) -> None:
    device = make_device(country, "one")
    lease, taken = lease_visits(session.id, device.id, by=PLANNER)
    assert taken == 60
    assert lease.until == session.ends_at + timedelta(hours=24)
    assert Visit.objects.filter(lease=lease).count() == 60
    assert Entry.objects.get(kind="visits.leased").payload["visits"] == 60


def test_leasing_again_changes_nothing(country: Country, session: PaySession) -> None:
    device = make_device(country, "one")
    first, _ = lease_visits(session.id, device.id, by=PLANNER)
    second, taken = lease_visits(session.id, device.id, by=PLANNER)
    assert (second.id, taken) == (first.id, 0)
    assert Entry.objects.filter(kind="visits.leased").count() == 1


def test_another_device_gets_nothing_while_the_lease_lasts(
    country: Country, session: PaySession
) -> None:
    lease_visits(session.id, make_device(country, "one").id, by=PLANNER)
    with pytest.raises(VisitLeased):
        lease_visits(session.id, make_device(country, "two").id, by=PLANNER)
    assert Lease.objects.count() == 1


def test_desks_are_leased_to_different_devices(country: Country, session: PaySession) -> None:
    PaySession.objects.update(desks=2)
    half = Visit.objects.order_by("number").values_list("id", flat=True)[:20]
    Visit.objects.filter(id__in=list(half)).update(desk=2)
    _, one = lease_visits(session.id, make_device(country, "one").id, by=PLANNER, desk=1)
    _, two = lease_visits(session.id, make_device(country, "two").id, by=PLANNER, desk=2)
    assert (one, two) == (40, 20)


def test_after_a_release_another_device_may_have_it(country: Country, session: PaySession) -> None:
    device = make_device(country, "one")
    lease, _ = lease_visits(session.id, device.id, by=PLANNER)
    other = make_device(country, "two")
    assert release_leases([lease.id], device_id=other.id, by=PLANNER) == 0
    assert release_leases([lease.id], device_id=device.id, by=PLANNER) == 60
    assert lease_visits(session.id, other.id, by=PLANNER)[1] == 60


def test_a_lease_ends_by_itself(country: Country, session: PaySession) -> None:
    lease, _ = lease_visits(session.id, make_device(country, "one").id, by=PLANNER)
    with clock.at(lease.until - timedelta(seconds=1)):
        assert end_leases() == 0
    with clock.at(lease.until):
        assert end_leases() == 60
    assert not Visit.objects.filter(lease__isnull=False).exists()


def test_a_lease_is_broken_by_another_person_than_its_issuer(
    country: Country, session: PaySession
) -> None:
    lease, _ = lease_visits(session.id, make_device(country, "one").id, by=PLANNER)
    head = frozenset({"disbursement.break_lease"})
    same = Actor(id=PLANNER.id, kind="user", permissions=head, offices=("",))
    with pytest.raises(Refusal):
        break_lease(lease.id, reason="hilang", by=same)
    other = Actor(id="head", kind="user", permissions=head, offices=("ID/30000",))
    assert break_lease(lease.id, reason="hilang", by=other) == 60
    lease.refresh_from_db()
    assert lease.status == "broken"


def test_revoked_devices_and_strangers_get_no_lease(country: Country, session: PaySession) -> None:
    revoked = make_device(country, "one", status="revoked")
    with pytest.raises(DeviceUnfit):
        lease_visits(session.id, revoked.id, by=PLANNER)
    narrow = PLANNER.__class__(
        id="p2", kind="user", permissions=PLANNER.permissions, offices=("ID/31100",)
    )
    device = make_device(country, "two")
    with pytest.raises(UnknownSession):
        lease_visits(session.id, device.id, by=narrow)
    with pytest.raises(Forbidden):
        lease_visits(session.id, device.id, by=Actor(id="x", kind="user"))
