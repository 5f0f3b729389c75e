"""Data that differ, and a call for the supervisor, become somebody's work with a day."""

from __future__ import annotations

import pytest

from salur.casework.models import Case
from salur.casework.operations import follow_journal
from salur.disbursement.models import HandOver, JournalEntry
from salur.disbursement.operations.judging import PROXY_STREAK, _announce
from salur.field.operations import apply_events
from salur.field.tests.conftest import Branch
from salur.field.tests.test_following_the_procedure import pay
from salur.intake.models import Outcome
from salur.kernel.ids import new_id

pytestmark = pytest.mark.django_db


def test_what_differs_is_a_case_once_with_its_family_and_its_day(branch: Branch) -> None:
    visit = branch.visits[0]
    said = {"about": "address", "note": "Pindah ke RT 04"}
    branch.device.record("data_proposal", said, visit=str(visit.id))
    branch.device.record(
        "data_proposal", {"about": "supervisor", "note": "Antrean ricuh"}, visit=str(visit.id)
    )
    branch.device.push()
    apply_events()
    branch.device.push()
    apply_events()
    cases = {case.kind: case for case in Case.objects.all()}
    assert set(cases) == {"data_differs", "supervisor"}
    case = cases["data_differs"]
    assert (case.subject, case.text, case.visit_id) == ("address", "Pindah ke RT 04", visit.id)
    assert cases["supervisor"].due_at < case.due_at


def test_what_names_no_family_of_ours_is_kept_as_a_conflict(branch: Branch) -> None:
    branch.device.record("data_proposal", {"about": "name", "note": "x"}, visit=str(new_id()))
    branch.device.record(
        "data_proposal", {"about": "weather", "note": "x"}, visit=str(branch.visits[0].id)
    )
    branch.device.push()
    apply_events()
    assert set(Outcome.objects.values_list("code", flat=True)) == {"unknown_visit", "bad_about"}
    assert not Case.objects.exists()


def test_a_third_tranche_by_proxy_opens_one_case_for_the_companion(branch: Branch) -> None:
    pay(branch)
    hand_over = HandOver.objects.get()
    _announce(PROXY_STREAK, [hand_over.id], every_line=False)
    assert JournalEntry.objects.filter(kind=PROXY_STREAK).count() == 1
    for position, entry in enumerate(JournalEntry.objects.order_by("id"), start=1):
        entry.position = position
        entry.save(update_fields=["position"])
    follow_journal()
    case = Case.objects.get(kind="proxy_streak")
    assert case.visit_id == hand_over.visit_id
