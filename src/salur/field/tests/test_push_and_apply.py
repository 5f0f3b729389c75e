"""What a device signed is stored first, acknowledged then, and applied with one outcome each."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from salur.access.models import Device as DeviceRow
from salur.access.operations import revoke_device
from salur.access.queries import actor_for
from salur.disbursement.models import Attempt, HandOver, PayoutLine, Visit
from salur.disbursement.operations import decide_attempts
from salur.field.operations import apply_events
from salur.field.tests.conftest import Branch, make_person
from salur.intake.models import Outcome, Quarantined, SignedEvent, WaitingEvent
from salur.intake.queries import missing_sequences_for_system
from salur.kernel.ids import new_id
from salur.kernel.keys import keys
from salur.reconciliation.queries import books_breaks_for_system
from simulator.devices import Device, DeviceRefused, b64url
from simulator.devices import SignedEvent as Signed

pytestmark = pytest.mark.django_db


def pay(device: Device, visit: dict[str, Any], lease: str | None = None) -> str:
    payments = [{"id": p["id"], "amount": p["amount"]} for p in visit["payments"]]
    total = sum(p["amount"] for p in payments)
    context = {"visit": visit["id"], "sop": f"{visit['channel']}/1", "lease": lease}
    verification = device.record(
        "verification",
        {
            "person_id": visit["recipient"]["person_id"],
            "relation": "self",
            "method": "face",
            "score_milli": 610,
            "verdict": "match",
            "letter": "scanned",
            "documents": ["ktp", "kk"],
            "evidence": [],
        },
        **context,
    )
    begun = device.record("hand_over_begun", {"payments": payments, "total": total}, **context)
    return device.record(
        "handed_over",
        {
            "begun": begun,
            "verification": verification,
            "payments": payments,
            "total": total,
            "collector": {"person_id": visit["recipient"]["person_id"], "relation": "self"},
            "receipt_mark": "signature",
            "evidence": [],
        },
        **context,
    )


def outcome_of(event_id: str) -> tuple[str, str]:
    row = Outcome.objects.get(event__event_id=event_id)
    return row.result, row.code


def breaks() -> set[str]:
    """Invariants that do not hold; orders' money and floats are not part of these stories."""
    return {item.invariant for item in books_breaks_for_system()} - {"I2", "I8"}


def test_the_worklist_shows_only_what_is_leased_and_only_last_digits(branch: Branch) -> None:
    worklist = branch.device.get("/worklist")
    assert len(worklist["visits"]) == 6
    text = json.dumps(worklist)
    assert "nik_last4" in text
    assert "nik_sealed" not in text
    other = branch.enrol(make_person("vera", "verifier", "30000"), "vera")
    assert other.get("/worklist")["visits"] == []


def test_a_cursor_brings_only_what_changed_since(branch: Branch) -> None:
    worklist = branch.device.get("/worklist")
    assert branch.device.get(f"/worklist?cursor={worklist['cursor']}")["visits"] == []


def test_a_paid_family_is_stored_acknowledged_and_booked(branch: Branch) -> None:
    visit = branch.device.get("/worklist")["visits"][0]
    event_id = pay(branch.device, visit)
    assert {r["status"] for r in branch.device.push()} == {"stored"}
    assert WaitingEvent.objects.count() == 3
    apply_events()
    assert outcome_of(event_id) == ("applied", "paid")
    assert WaitingEvent.objects.count() == 0
    row = HandOver.objects.get(id=event_id)
    assert (row.method, str(row.visit_id)) == ("face", visit["id"])
    assert Visit.objects.get(id=visit["id"]).status == "paid"
    assert breaks() == set()


def test_the_receipt_is_signed_and_lists_every_stored_event(branch: Branch) -> None:
    device = branch.device
    pay(device, device.get("/worklist")["visits"][0])
    sent = list(device.outbox)
    body = {"events": [{"bytes": b64url(e.raw), "signature": b64url(e.signature)} for e in sent]}
    answer = device.post("/events", body)
    receipt = answer["receipt"]
    raw = _unpad(receipt["bytes"])
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(_server_key()))
    key.verify(_unpad(receipt["signature"]), raw)
    assert json.loads(raw)["events"] == [sha256(e.raw).hexdigest() for e in sent]


def _server_key() -> str:
    return keys.receipts.public_hex


def _unpad(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_a_lost_acknowledgement_costs_nothing(branch: Branch) -> None:
    pay(branch.device, branch.device.get("/worklist")["visits"][0])
    branch.device.push(forget=False)
    apply_events()
    assert {r["status"] for r in branch.device.push()} == {"known"}
    apply_events()
    assert PayoutLine.objects.count() == 2
    assert breaks() == set()


def test_the_same_id_with_other_bytes_is_a_security_event(branch: Branch) -> None:
    device = branch.device
    pay(device, device.get("/worklist")["visits"][0])
    device.push(forget=False)
    original = device.outbox[0]
    raw = original.raw.replace(b'"score_milli":610', b'"score_milli":999')
    device.outbox = [Signed(original.event_id, original.kind, raw, device.sign(raw))]
    [result] = device.push()
    assert (result["status"], result["code"]) == ("quarantined", "id_reused")
    assert Quarantined.objects.get().reason == "id_reused"
    assert SignedEvent.objects.filter(event_id=original.event_id).count() == 1


def test_a_forged_signature_is_kept_aside_and_never_booked(branch: Branch) -> None:
    device = branch.device
    event_id = pay(device, device.get("/worklist")["visits"][0])
    last = device.outbox[-1]
    device.outbox = [Signed(event_id, "handed_over", last.raw, bytes(64))]
    [result] = device.push()
    assert (result["status"], result["code"]) == ("quarantined", "bad_signature")
    apply_events()
    assert not HandOver.objects.exists()


def test_bytes_that_are_no_event_do_not_cost_the_others(branch: Branch) -> None:
    device = branch.device
    pay(device, device.get("/worklist")["visits"][0])
    device.outbox.insert(0, Signed("", "junk", b"{not json", bytes(64)))
    results = device.push()
    assert [r["status"] for r in results] == ["quarantined", "stored", "stored", "stored"]
    apply_events()
    assert PayoutLine.objects.filter(outcome="paid").count() == 2


def test_two_histories_under_one_key_quarantine_the_device_and_keep_both(branch: Branch) -> None:
    device = branch.device
    first, second = device.get("/worklist")["visits"][:2]
    pay(device, first)
    device.push()
    device.sequence, device.previous = 0, None
    pay(device, second)
    assert {r["status"] for r in device.push()} == {"stored"}
    apply_events()
    assert DeviceRow.objects.get(id=device.device_id).status == "quarantined"
    assert PayoutLine.objects.filter(outcome="paid").count() == 4
    with pytest.raises(DeviceRefused):
        device.get("/worklist")


def test_two_officers_pay_one_family_offline_and_one_of_them_is_second(branch: Branch) -> None:
    other = branch.enrol(make_person("yusuf", "officer", "30000"), "yusuf")
    visit = branch.device.get("/worklist")["visits"][0]
    ours, theirs = pay(branch.device, visit), pay(other, visit)
    branch.device.push()
    other.push()
    apply_events()
    assert sorted([outcome_of(ours), outcome_of(theirs)]) == [
        ("applied", "paid"),
        ("conflict", "second"),
    ]
    assert breaks() == set()


def test_what_a_revoked_device_still_holds_is_booked_and_flagged(branch: Branch) -> None:
    device = branch.device
    event_id = pay(device, device.get("/worklist")["visits"][0])
    revoke_device(UUID(device.device_id), reason="lost", by=actor_for(branch.head))
    assert {r["status"] for r in device.push()} == {"stored"}
    apply_events()
    assert outcome_of(event_id) == ("applied", "paid")
    assert "revoked_device" in HandOver.objects.get(id=event_id).flags


def test_a_gap_holds_back_no_hand_over_and_is_shown(branch: Branch) -> None:
    device = branch.device
    first, second = device.get("/worklist")["visits"][:2]
    pay(device, first)
    lost = list(device.outbox)
    device.outbox.clear()
    event_id = pay(device, second)
    device.push()
    apply_events()
    assert outcome_of(event_id) == ("applied", "paid")
    assert missing_sequences_for_system(UUID(device.device_id)) == [(1, 3)]
    device.outbox = lost
    device.push()
    assert missing_sequences_for_system(UUID(device.device_id)) == []


def test_one_bad_body_never_blocks_the_others(branch: Branch) -> None:
    device = branch.device
    first, second = device.get("/worklist")["visits"][:2]
    bad = device.record(
        "handed_over", {"payments": "all of it"}, visit=first["id"], sop="post_office/1"
    )
    good = pay(device, second)
    device.push()
    apply_events()
    assert outcome_of(bad) == ("conflict", "bad_payments")
    assert outcome_of(good) == ("applied", "paid")
    assert breaks() == set()


@pytest.mark.parametrize("amount", [-5, 1.5, "600000", True, None, 10**18])
def test_an_amount_that_is_no_amount_is_an_outcome_and_no_crash(
    branch: Branch, amount: object
) -> None:
    device = branch.device
    visit = device.get("/worklist")["visits"][0]
    event_id = device.record(
        "handed_over",
        {"payments": [{"id": visit["payments"][0]["id"], "amount": amount}], "total": 0},
        visit=visit["id"],
    )
    device.push()
    apply_events()
    assert outcome_of(event_id) == ("conflict", "bad_payments")


class TestFailedAttempts:
    def fail(self, branch: Branch, code: str) -> tuple[str, dict[str, Any]]:
        visit = branch.device.get("/worklist")["visits"][0]
        event_id = branch.device.record(
            "attempt_failed", {"code": code, "note": "", "evidence": []}, visit=visit["id"]
        )
        branch.device.push()
        apply_events()
        return event_id, visit

    def test_a_temporary_code_leaves_the_family_to_be_paid(self, branch: Branch) -> None:
        event_id, visit = self.fail(branch, "absent")
        assert outcome_of(event_id) == ("applied", "")
        row = Visit.objects.get(id=visit["id"])
        assert (row.status, row.attempts, row.last_attempt_code) == ("planned", 1, "absent")

    def test_a_final_code_ends_the_payment_only_by_a_second_person(self, branch: Branch) -> None:
        event_id, visit = self.fail(branch, "deceased_single")
        assert Visit.objects.get(id=visit["id"]).status == "planned"
        assert decide_attempts([UUID(event_id)], approve=True, by=actor_for(branch.head)) == 2
        row = Visit.objects.get(id=visit["id"])
        assert row.status == "failed"
        assert {p.failed_code for p in row.payments.all()} == {"deceased_single"}

    def test_a_rejected_final_code_leaves_the_family_to_be_paid(self, branch: Branch) -> None:
        event_id, visit = self.fail(branch, "refused")
        decide_attempts([UUID(event_id)], approve=False, by=actor_for(branch.head))
        assert Visit.objects.get(id=visit["id"]).status == "planned"
        assert Attempt.objects.get(id=event_id).decision == "rejected"

    def test_an_attempt_at_a_paid_visit_changes_nothing(self, branch: Branch) -> None:
        visit = branch.device.get("/worklist")["visits"][0]
        pay(branch.device, visit)
        event_id = branch.device.record(
            "attempt_failed", {"code": "absent", "note": "", "evidence": []}, visit=visit["id"]
        )
        branch.device.push()
        apply_events()
        assert outcome_of(event_id) == ("conflict", "visit_not_open")
        assert Visit.objects.get(id=visit["id"]).status == "paid"

    def test_a_code_that_nobody_defined_is_an_outcome(self, branch: Branch) -> None:
        event_id, _ = self.fail(branch, "alien")
        assert outcome_of(event_id) == ("conflict", "unknown_code")


class TestEvidence:
    def test_only_named_files_are_taken_and_only_whole(self, branch: Branch) -> None:
        device = branch.device
        visit = device.get("/worklist")["visits"][0]
        photo = b"\xff\xd8\xff" + new_id().bytes * 100
        digest = sha256(photo).hexdigest()
        with pytest.raises(DeviceRefused) as refused:
            device.call("PUT", f"/evidence/{digest}", photo)
        assert refused.value.status == 404
        device.record(
            "geotag",
            {
                "house": True,
                "lat": -2.99,
                "lon": 104.75,
                "accuracy_m": 8,
                "evidence": [{"sha256": digest, "length": len(photo), "kind": "house"}],
            },
            visit=visit["id"],
        )
        device.push()
        with pytest.raises(DeviceRefused) as refused:
            device.call("PUT", f"/evidence/{digest}", photo[:-1])
        assert refused.value.status == 422
        assert device.call("PUT", f"/evidence/{digest}", photo, expected=(201,)).status == 201
        assert device.call("PUT", f"/evidence/{digest}", photo, expected=(200,)).status == 200
        assert device.call("HEAD", f"/evidence/{digest}").status == 200


class TestLanes:
    def test_each_lane_takes_whole_devices_and_leaves_the_others(self, branch: Branch) -> None:
        people = [make_person(f"lajur{n}", "officer", "30000") for n in range(6)]
        devices = [branch.enrol(user, user.username) for user in people]
        for device in devices:
            for _ in range(3):
                device.record("meeting", {"note": "x"})
            device.push()
        lane_of = dict(
            WaitingEvent.objects.values_list("event__device_id", "lane").order_by("event_id")
        )
        assert len({lane % 2 for lane in lane_of.values()}) == 2, "six devices fell into one lane"
        even = sum(3 for lane in lane_of.values() if lane % 2 == 0)
        assert apply_events(lane=0, lanes=2) == even
        left = WaitingEvent.objects.values_list("event__device_id", flat=True)
        assert {lane_of[device] % 2 for device in left} == {1}
        assert apply_events(lane=1, lanes=2) == 18 - even
        assert not WaitingEvent.objects.exists()
