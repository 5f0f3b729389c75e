"""Desks of a group pass visits to each other by what their devices signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from salur.access.operations import revoke_device
from salur.access.queries import actor_for
from salur.disbursement.models import Lease, PaySession, Visit
from salur.disbursement.operations import GroupMember, lease_to_group, release_leases
from salur.disbursement.tests.country import PLANNER
from salur.field.operations import apply_events
from salur.field.tests.conftest import Branch, make_person
from salur.field.tests.test_push_and_apply import outcome_of
from salur.kernel import clock
from salur.kernel.actor import SYSTEM
from salur.kernel.canonical import canonical_json
from salur.kernel.clock import iso, now
from salur.kernel.ids import new_id
from simulator.devices import Device, b64url

pytestmark = pytest.mark.django_db


@dataclass
class Group:
    """Rudi's desk and Yusuf's desk hold the six families of the session together."""

    branch: Branch
    one: Device
    two: Device
    lease: str
    seals: dict[int, str]

    @property
    def visits(self) -> list[dict[str, Any]]:
        return list(self.one.get("/worklist")["visits"])

    def record(self, device: Device, kind: str, body: dict[str, Any]) -> str:
        return device.record(kind, body, lease=self.lease)

    def sync(self, *devices: Device) -> None:
        for device in devices:
            device.push()
        apply_events()


@pytest.fixture
def group(branch: Branch) -> Group:
    other = branch.enrol(make_person("yusuf", "officer", "30000"), "yusuf")
    lease = Lease.objects.get()
    release_leases([lease.id], device_id=UUID(branch.device.device_id), by=SYSTEM)
    made = lease_to_group(
        PaySession.objects.get().id,
        [
            GroupMember(UUID(branch.device.device_id), 1, "payer"),
            GroupMember(UUID(other.device_id), 2, "payer"),
        ],
        by=PLANNER,
    )
    ids = list(Visit.objects.order_by("number").values_list("id", flat=True))
    Visit.objects.filter(id__in=ids[:3]).update(desk=1)
    Visit.objects.filter(id__in=ids[3:]).update(desk=2)
    return Group(branch, branch.device, other, str(made.lease.id), made.seals)


def slip(
    device: Device, kind: str, body: dict[str, Any], *, to: str | None = None, signer: Any = None
) -> dict[str, str]:
    raw = canonical_json(
        {
            "v": 1,
            "slip": kind,
            "id": str(new_id()),
            "from": device.device_id,
            "to": to,
            "session": None,
            "time": iso(now()),
            "body": body,
        }
    )
    return {"bytes": b64url(raw), "signature": b64url((signer or device).sign(raw))}


def accept(visits: list[str], giver: Device, signed: dict[str, str]) -> dict[str, Any]:
    return {"how": "slip", "visits": visits, "from": giver.device_id, "slip": signed}


def desk_of(visit: str) -> int:
    row = Visit.objects.get(id=visit)
    return row.held_desk or row.desk


def test_two_signed_codes_pass_a_family_to_the_other_desk(group: Group) -> None:
    visit = next(v["id"] for v in group.visits if v["desk"] == 1)
    gave = group.record(group.one, "lease_release", {"visits": [visit], "to": group.two.device_id})
    signed = slip(group.one, "release", {"visits": [visit]}, to=group.two.device_id)
    with clock.at(now() + timedelta(seconds=20)):
        took = group.record(group.two, "lease_accept", accept([visit], group.one, signed))
        group.sync(group.two)
        assert desk_of(visit) == 2, "the slip counts before the release has arrived"
        group.sync(group.one)
    assert (outcome_of(gave), outcome_of(took)) == (("applied", ""), ("applied", ""))
    assert desk_of(visit) == 2
    assert not Visit.objects.get(id=visit).passing


def test_a_slip_that_was_not_signed_away_to_this_desk_moves_nothing(group: Group) -> None:
    visit, other = [v["id"] for v in group.visits if v["desk"] == 1][:2]
    stranger = group.branch.enrol(make_person("vera", "officer", "30000"), "vera")
    bad = [
        slip(group.one, "release", {"visits": [visit]}, signer=group.two),
        slip(group.one, "release", {"visits": [visit]}, to=stranger.device_id),
        slip(group.one, "release", {"visits": [other]}),
        slip(group.one, "accept", {"visits": [visit]}),
        slip(stranger, "release", {"visits": [visit]}),
        {"bytes": "e30", "signature": "e30"},
    ]
    events = [
        group.record(group.two, "lease_accept", accept([visit], group.one, signed))
        for signed in bad
    ]
    group.sync(group.two)
    assert {outcome_of(event) for event in events} == {("conflict", "bad_slip")}
    assert desk_of(visit) == 1


def test_a_sealed_code_takes_over_a_dead_phones_families(group: Group) -> None:
    wrong = group.record(
        group.two, "lease_accept", {"how": "seal", "desk": 1, "seal": group.seals[2]}
    )
    right = group.record(
        group.two, "lease_accept", {"how": "seal", "desk": 1, "seal": group.seals[1]}
    )
    group.sync(group.two)
    assert outcome_of(wrong) == ("conflict", "wrong_seal")
    assert outcome_of(right) == ("applied", "")
    assert {visit["desk"] for visit in group.visits} == {2}


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("lease_accept", {"how": "luck"}, "bad_how"),
        ("lease_accept", {"how": "seal", "desk": "1", "seal": "x"}, "bad_desk"),
        ("lease_accept", {"how": "slip", "visits": ["x"]}, "bad_visits"),
        ("lease_release", {"visits": "all"}, "bad_visits"),
    ],
)
def test_a_body_that_makes_no_sense_is_an_outcome(
    group: Group, kind: str, body: dict[str, Any], code: str
) -> None:
    event = group.record(group.one, kind, body)
    group.sync(group.one)
    assert outcome_of(event) == ("conflict", code)


def test_devices_of_the_group_know_each_others_keys(group: Group) -> None:
    [peer] = [p for p in group.one.get("/worklist")["peers"] if p["role"] == "desk"]
    assert (peer["device"], peer["desk"]) == (group.two.device_id, 2)
    assert len(bytes.fromhex(peer["key"])) == 65
    revoke_device(UUID(group.two.device_id), reason="lost", by=actor_for(group.branch.head))
    assert group.one.get("/worklist")["peers"] == []
