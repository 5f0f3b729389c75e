"""How well a hand-over was proven is judged when its files are here, or a day later."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from salur.disbursement.models import FollowedPosition, Judgement
from salur.disbursement.operations import judge_handovers, judge_news, sequence_journal
from salur.field.operations import apply_events
from salur.field.tests.conftest import Branch
from salur.kernel import clock
from salur.kernel.actor import SYSTEM
from salur.kernel.clock import now

KINDS = ("ktp", "kk", "recipient_photo", "signature")


def photo(kind: str) -> bytes:
    return b"\xff\xd8\xff" + kind.encode() * 50


def pay_with_photos(branch: Branch) -> str:
    """A hand-over before a witness, naming four photos that the phone still holds."""
    visits = branch.device.get("/worklist")["visits"]
    visit = next(visit for visit in visits if visit["status"] == "planned")
    person = visit["recipient"]["person_id"]
    payments = [{"id": p["id"], "amount": p["amount"]} for p in visit["payments"]]
    context: dict[str, Any] = {"visit": visit["id"], "sop": f"{visit['channel']}/1"}
    verification = branch.device.record(
        "verification",
        {
            "person_id": person,
            "relation": "self",
            "method": "witness",
            "score_milli": None,
            "verdict": "unchecked",
            "letter": "scanned",
            "documents": ["ktp", "kk"],
            "evidence": [],
            "witness": {"name": "Ketua RT", "role": "rt"},
        },
        **context,
    )
    return branch.device.record(
        "handed_over",
        {
            "begun": verification,
            "verification": verification,
            "payments": payments,
            "total": sum(p["amount"] for p in payments),
            "collector": {"person_id": person, "relation": "self"},
            "receipt_mark": "signature",
            "evidence": [
                {
                    "sha256": sha256(photo(kind)).hexdigest(),
                    "length": len(photo(kind)),
                    "kind": kind,
                }
                for kind in KINDS
            ],
        },
        **context,
    )


def send(branch: Branch, *kinds: str) -> None:
    for kind in kinds:
        digest = sha256(photo(kind)).hexdigest()
        branch.device.call("PUT", f"/evidence/{digest}", photo(kind), expected=(200, 201))


@pytest.mark.django_db
class TestJudging:
    def test_it_waits_until_the_last_file_has_arrived(self, branch: Branch) -> None:
        event_id = pay_with_photos(branch)
        branch.device.push()
        apply_events()
        send(branch, *KINDS[:3])
        before = now() - timedelta(minutes=1)
        assert judge_handovers(by=SYSTEM, since=before) == 0
        send(branch, KINDS[3])
        assert judge_handovers(by=SYSTEM, since=before) == 1
        row = Judgement.objects.get(hand_over_id=event_id)
        assert row.method == "witness"
        assert "missing_ktp" not in row.reasons
        assert judge_handovers(by=SYSTEM, since=before) == 0

    def test_a_look_since_later_passes_over_what_did_not_change(self, branch: Branch) -> None:
        pay_with_photos(branch)
        branch.device.push()
        apply_events()
        send(branch, *KINDS)
        assert judge_handovers(by=SYSTEM, since=now() + timedelta(minutes=5)) == 0
        assert judge_handovers(by=SYSTEM) == 1

    @pytest.mark.django_db(transaction=True)
    def test_news_is_looked_at_once_and_what_came_before_the_first_look_too(
        self, branch: Branch
    ) -> None:
        overlap = timedelta(seconds=30)
        pay_with_photos(branch)
        branch.device.push()
        send(branch, *KINDS)
        apply_events()
        assert judge_news(by=SYSTEM, overlap=overlap) == 1
        assert judge_news(by=SYSTEM, overlap=overlap) == 0
        looked = FollowedPosition.objects.get(name="judge")
        with clock.at(now() + timedelta(hours=1)):
            pay_with_photos(branch)
            branch.device.push()
            apply_events()
            sequence_journal()
            assert judge_news(by=SYSTEM, overlap=overlap) == 1
            assert judge_news(by=SYSTEM, overlap=overlap) == 0
        assert FollowedPosition.objects.get(name="judge").followed_at > looked.followed_at

    def test_after_a_day_what_is_missing_is_named_and_goes_to_review(self, branch: Branch) -> None:
        event_id = pay_with_photos(branch)
        branch.device.push()
        apply_events()
        with clock.at(now() + timedelta(hours=25)):
            assert judge_handovers(by=SYSTEM, since=now()) == 1
        row = Judgement.objects.get(hand_over_id=event_id)
        assert row.verdict == "review"
        assert "missing_ktp" in row.reasons
