"""People see what could not be trusted, each of the devices of their own offices."""

from __future__ import annotations

import pytest
from django.test import Client

from salur.access.models import Device as DeviceRow
from salur.access.models import User
from salur.access.operations import create_user, grant_role
from salur.field.tests.conftest import Branch, make_person
from salur.kernel.actor import SYSTEM
from simulator.devices import Device, SignedEvent

pytestmark = pytest.mark.django_db


def page_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get("/perangkat/ditahan/", headers={"Accept-Language": "id"})
    assert answer.status_code == 200
    return answer.content.decode().partition("<main")[2]


def push_with_a_bad_signature(device: Device) -> str:
    event_id = device.record("geotag", {"of": "house", "evidence": []})
    signed = device.outbox.pop()
    device.outbox.append(SignedEvent(signed.event_id, signed.kind, signed.raw, bytes(64)))
    device.push()
    device.outbox.clear()
    return event_id


def test_a_head_sees_held_events_of_the_own_office_and_nobody_elses(branch: Branch) -> None:
    event_id = push_with_a_bad_signature(branch.device)
    shown = page_of(branch.head)
    assert event_id in shown
    assert "Tanda tangan digital tidak cocok" in shown
    assert "Ponsel rudi" in shown
    elsewhere = page_of(make_person("sari", "branch_head", "31100"))
    assert event_id not in elsewhere
    assert "Tidak ada catatan yang ditahan" in elsewhere


def test_events_of_devices_that_nobody_knows_are_shown_to_the_whole_countrys_auditor(
    branch: Branch,
) -> None:
    stranger = Device.make(branch.device.transport, seed="asing")
    stranger.device_id = "019ac5a0-0000-7000-8000-00000000dead"
    event_id = stranger.record("geotag", {"of": "house", "evidence": []})
    branch.device.outbox = list(stranger.outbox)
    branch.device.push()
    auditor = create_user("maya", name="Maya", password=None, by=SYSTEM)
    grant_role(auditor.id, "auditor", by=SYSTEM)
    assert event_id in page_of(User.objects.get(id=auditor.id))
    assert event_id not in page_of(branch.head)


def test_a_copied_device_is_named_with_how_much_it_sent_twice(branch: Branch) -> None:
    sequence, previous = branch.device.sequence, branch.device.previous
    for _ in range(2):
        branch.device.sequence, branch.device.previous = sequence, previous
        branch.device.record("geotag", {"of": "house", "evidence": []})
        branch.device.push()
    assert DeviceRow.objects.get(id=branch.device.device_id).status == "quarantined"
    assert "Perangkat yang diduga digandakan" in page_of(branch.head)
