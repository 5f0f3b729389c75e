"""A branch with planned families and an officer whose device is enrolled through the real door."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from salur.access.models import User
from salur.access.operations import create_user, grant_role, issue_enrolment_code
from salur.access.queries import actor_for
from salur.disbursement.models import Lease, PaySession, Visit
from salur.disbursement.operations import plan_payments
from salur.disbursement.tests.country import MORNING, PLANNER, Country, make_country
from salur.kernel import clock
from salur.kernel.actor import SYSTEM
from salur.kernel.clock import now
from salur.kernel.ids import new_id
from simulator.devices import Device
from simulator.transports import Answer


class DjangoClient:
    """The simulated device's way to the server under test, in this process and transaction."""

    def __init__(self) -> None:
        self.client = Client()

    def send(self, method: str, target: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        content_type = headers.get("Content-Type", "application/octet-stream")
        rest = {key: value for key, value in headers.items() if key != "Content-Type"}
        response = self.client.generic(
            method, target, body, content_type=content_type, headers=rest
        )
        return Answer(response.status_code, response.content)


@dataclass
class Branch:
    """What field tests stand on."""

    country: Country
    head: User
    officer: User
    device: Device
    visits: list[Visit]

    def enrol(self, user: User, seed: str) -> Device:
        """Another device, enrolled by the head's one-time code."""
        issued = issue_enrolment_code(user.id, by=actor_for(self.head))
        device = Device.make(DjangoClient(), seed=seed)
        device.enrol(issued.code, f"Ponsel {seed}")
        return device

    def lease(self, device: Device, visits: list[Visit]) -> Lease:
        session = PaySession.objects.get(id=visits[0].session_id)
        row = Lease.objects.create(
            id=new_id(),
            device_id=UUID(device.device_id),
            session=session,
            until=now() + timedelta(days=7),
            issued_by="test",
            issued_at=now(),
        )
        Visit.objects.filter(id__in=[v.id for v in visits]).update(lease=row, updated_at=now())
        return row


def make_person(username: str, role: str, office: str) -> User:
    user = create_user(
        username, name=username.title(), password="kata-sandi-uji-9132", office=office, by=SYSTEM
    )
    grant_role(user.id, role, office=office, by=SYSTEM)
    return User.objects.get(id=user.id)


@pytest.fixture
def branch(db: None) -> Iterator[Branch]:
    """Monday morning at Kantor Pos Palembang: six families with PKH and Sembako, leased to Rudi."""
    with clock.at(MORNING):
        country = make_country()
        country.add_families(6, country.villages[0], programs=("PKH", "SEMBAKO"))
        plan_payments(country.tranche.id, by=PLANNER)
        head = make_person("hendra", "branch_head", "30000")
        officer = make_person("rudi", "officer", "30000")
        branch = Branch(country, head, officer, Device.make(DjangoClient(), seed="x"), [])
        branch.device = branch.enrol(officer, "rudi")
        branch.visits = list(Visit.objects.order_by("number"))
        branch.lease(branch.device, branch.visits)
    with clock.at(MORNING + timedelta(days=3)):
        yield branch
