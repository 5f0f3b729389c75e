"""Officers are told what became of odd hand-overs: the one who came first and the one after."""

from __future__ import annotations

import pytest

from salur.casework.models import Case
from salur.casework.operations import follow_journal
from salur.disbursement.models import JournalEntry
from salur.field.operations import apply_events
from salur.field.tests.conftest import Branch, make_person
from salur.field.tests.test_push_and_apply import pay
from simulator.devices import Device

pytestmark = pytest.mark.django_db


def open_cases(*devices: Device) -> None:
    for device in devices:
        device.push()
    apply_events()
    # The sequencer numbers rows of ended transactions; this test's has not ended.
    for number, entry in enumerate(JournalEntry.objects.order_by("id"), 1):
        JournalEntry.objects.filter(id=entry.id).update(position=number)
    follow_journal()


def test_both_officers_of_a_second_hand_over_are_told_with_its_case(branch: Branch) -> None:
    other = branch.enrol(make_person("yusuf", "officer", "30000"), "yusuf")
    outsider = branch.enrol(make_person("vera", "officer", "30000"), "vera")
    visit = branch.device.get("/worklist")["visits"][0]
    before = branch.device.get("/worklist")["cursor"]
    ours, theirs = pay(branch.device, visit), pay(other, visit)
    open_cases(branch.device, other)
    [told] = branch.device.get(f"/worklist?cursor={before}")["outcomes"]
    assert (told["event"], told["code"], told["amount"]) == (ours, "first", visit["total"])
    assert told["name"] == visit["recipient"]["name"]
    assert Case.objects.filter(ticket=told["case"], kind="second_hand_over").exists()
    [told] = other.get("/worklist")["outcomes"]
    assert (told["event"], told["code"]) == (theirs, "second")
    assert outsider.get("/worklist")["outcomes"] == []


def test_an_officer_whose_hand_overs_were_simply_paid_is_told_nothing(branch: Branch) -> None:
    pay(branch.device, branch.device.get("/worklist")["visits"][0])
    open_cases(branch.device)
    assert branch.device.get("/worklist")["outcomes"] == []
