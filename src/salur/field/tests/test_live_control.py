"""The back office speaks to people in the field, and decides a doubtful face while they wait."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client
from PIL import Image

from salur.access.errors import SamePerson
from salur.access.queries import actor_for
from salur.audit.models import Entry
from salur.disbursement.errors import EmptyInstruction, UnknownTarget
from salur.disbursement.models import Instruction, PayoutLine, SeenInstruction
from salur.disbursement.operations import send_instruction
from salur.disbursement.queries.control import at_work
from salur.field.operations import apply_events
from salur.field.tests.conftest import Branch, make_person
from salur.field.tests.test_push_and_apply import pay
from salur.identity.errors import QuestionOver
from salur.identity.models import FaceQuestion
from salur.identity.operations import answer_about_face
from salur.intake.models import Outcome
from salur.kernel import clock
from salur.kernel.clock import now
from salur.kernel.errors import Forbidden
from salur.kernel.ids import new_id
from simulator.devices import DeviceRefused, b64url

pytestmark = pytest.mark.django_db
PHOTO = (Path(__file__).resolve().parents[4] / "tests" / "faces" / "a2.jpg").read_bytes()


def device_id(branch: Branch) -> UUID:
    return UUID(branch.device.device_id)


def ask(branch: Branch) -> dict[str, str]:
    visit = branch.device.get("/worklist")["visits"][0]
    return branch.device.post(
        "/faces/ask",
        {
            "visit_id": visit["id"],
            "person_id": visit["recipient"]["person_id"],
            "image": b64url(PHOTO),
        },
        expected=(201,),
    )


def test_a_message_reaches_the_device_and_its_reading_is_told(branch: Branch) -> None:
    sent = send_instruction(
        "message", " Pindah ke\nbalai RW ", device_id=device_id(branch), by=actor_for(branch.head)
    )
    (told,) = branch.device.get("/worklist")["instructions"]
    assert (told["id"], told["kind"], told["text"]) == (
        str(sent.id),
        "message",
        "Pindah ke balai RW",
    )
    for _ in range(2):
        branch.device.record("instruction_seen", {"instruction": told["id"]})
    branch.device.push()
    apply_events()
    assert SeenInstruction.objects.filter(instruction=sent).count() == 1
    assert set(Outcome.objects.values_list("result", flat=True)) == {"applied"}


def test_an_instruction_that_nobody_sent_is_a_conflict_and_no_error(branch: Branch) -> None:
    branch.device.record("instruction_seen", {"instruction": str(new_id())})
    branch.device.push()
    apply_events()
    assert Outcome.objects.get().code == "unknown_instruction"


def test_a_stop_holds_for_its_session_until_the_word_to_go_on(branch: Branch) -> None:
    head = actor_for(branch.head)
    session = branch.visits[0].session_id
    send_instruction("stop", "", session_id=session, by=head)
    assert [row.stopped for row in at_work(head)] == [True]
    with clock.at(now() + timedelta(minutes=1)):
        send_instruction("resume", "", device_id=device_id(branch), by=head)
        assert [row.stopped for row in at_work(head)] == [False]
    kinds = [told["kind"] for told in branch.device.get("/worklist")["instructions"]]
    assert kinds == ["stop", "resume"]


def test_a_hand_over_after_a_stop_is_a_fact_all_the_same(branch: Branch) -> None:
    send_instruction("stop", "", device_id=device_id(branch), by=actor_for(branch.head))
    pay(branch.device, branch.device.get("/worklist")["visits"][0])
    branch.device.push()
    apply_events()
    assert set(PayoutLine.objects.values_list("outcome", flat=True)) == {"paid"}


def test_only_heads_and_cashiers_of_the_office_instruct(branch: Branch) -> None:
    stranger = actor_for(make_person("kepala2", "branch_head", branch.country.offices[1].code))
    with pytest.raises(UnknownTarget):
        send_instruction("stop", "", device_id=device_id(branch), by=stranger)
    with pytest.raises(Forbidden):
        send_instruction("stop", "", device_id=device_id(branch), by=actor_for(branch.officer))
    for wrong in ("", "x" * 301):
        with pytest.raises(EmptyInstruction):
            send_instruction(
                "message", wrong, device_id=device_id(branch), by=actor_for(branch.head)
            )
    assert not Instruction.objects.exists()


def test_a_doubtful_face_is_decided_by_a_head_while_the_family_waits(branch: Branch) -> None:
    question = ask(branch)
    assert question["answer"] == ""
    assert ask(branch)["question"] == question["question"]
    head = Client()
    head.force_login(branch.head)
    page = head.get("/lapangan/").content.decode()
    assert branch.visits[0].recipient_name in page or "SITI" in page
    photo = head.get(f"/lapangan/wajah/{question['question']}/baru/")
    shown, taken = (Image.open(BytesIO(data)) for data in (photo.content, PHOTO))
    assert shown.size == taken.size
    assert photo.content != PHOTO  # drawn anew: nothing of the file itself reaches a browser
    assert "no-store" in photo["Cache-Control"]
    head.post(f"/lapangan/wajah/{question['question']}/", {"jawaban": "same"})
    heard = branch.device.get(f"/faces/ask/{question['question']}")
    assert (heard["answer"], heard["answered_by"]) == ("same", branch.head.name)
    assert Entry.objects.filter(kind="identity.face_answered").count() == 1
    assert head.get(f"/lapangan/wajah/{question['question']}/baru/").status_code == 404


def test_a_face_is_decided_once_in_time_and_never_by_who_asked(branch: Branch) -> None:
    question = FaceQuestion.objects.get(id=ask(branch)["question"])
    head = actor_for(branch.head)
    with pytest.raises(Forbidden):
        answer_about_face(question.id, "same", by=actor_for(branch.officer))
    FaceQuestion.objects.filter(id=question.id).update(asked_by=f"user:{branch.head.id}")
    with pytest.raises(SamePerson):
        answer_about_face(question.id, "same", by=head)
    FaceQuestion.objects.filter(id=question.id).update(asked_by=f"user:{branch.officer.id}")
    with clock.at(now() + timedelta(minutes=6)), pytest.raises(QuestionOver):
        answer_about_face(question.id, "same", by=head)
    answer_about_face(question.id, "different", by=head)
    with pytest.raises(QuestionOver):
        answer_about_face(question.id, "same", by=head)


def test_another_officers_question_is_nobody_elses(branch: Branch) -> None:
    question = ask(branch)["question"]
    other = branch.enrol(make_person("tono", "officer", "30000"), "tono")
    with pytest.raises(DeviceRefused) as refused:
        other.get(f"/faces/ask/{question}")
    assert refused.value.status == 404
