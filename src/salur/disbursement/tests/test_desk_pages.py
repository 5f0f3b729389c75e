"""Final codes and weak evidence wait for a second person's word."""

from __future__ import annotations

from django.test import Client

from salur.disbursement.models import Attempt, Judgement, Visit
from salur.field.operations import apply_events
from salur.field.tests.conftest import Branch
from salur.field.tests.conftest import branch as branch
from salur.field.tests.test_push_and_apply import pay


def head_of(branch: Branch) -> Client:
    client = Client()
    client.force_login(branch.head)
    return client


def test_a_head_decides_over_final_codes_in_one_go(branch: Branch) -> None:
    for visit in branch.device.get("/worklist")["visits"][:2]:
        branch.device.record(
            "attempt_failed", {"code": "refused", "note": "", "evidence": []}, visit=visit["id"]
        )
    branch.device.push()
    apply_events()
    head = head_of(branch)
    assert "Menolak bantuan" in head.get("/putusan/").content.decode()
    chosen = [str(pk) for pk in Attempt.objects.values_list("id", flat=True)]
    head.post("/putusan/", {"attempt": chosen, "word": "approve"})
    assert Visit.objects.filter(status="failed").count() == 2
    assert head.get("/putusan/").status_code == 200


def test_weak_evidence_is_accepted_or_doubted_by_a_person(branch: Branch) -> None:
    event_id = pay(branch.device, branch.device.get("/worklist")["visits"][0])
    branch.device.push()
    apply_events()
    Judgement.objects.filter(hand_over_id=event_id).update(
        verdict="review", reasons=["missing_kk", "clock_off"]
    )
    head = head_of(branch)
    text = head.get("/tinjauan/").content.decode()
    assert "Foto kartu keluarga belum ada" in text
    head.post("/tinjauan/", {"hand_over": event_id, "word": "accept", "note": "KK hilang"})
    assert Judgement.objects.get(hand_over_id=event_id).verdict == "accepted"
