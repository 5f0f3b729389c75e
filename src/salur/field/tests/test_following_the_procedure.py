"""Whether a hand-over followed the procedure that its events name, by what its family was asked."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from salur.access.models import User
from salur.disbursement.models import Judgement, Visit
from salur.disbursement.operations import judge_handovers
from salur.disbursement.queries.facts import facts_of_visits_for_system
from salur.field.operations import apply_events
from salur.field.tests.conftest import Branch
from salur.kernel import clock
from salur.kernel.actor import SYSTEM
from salur.kernel.clock import now
from salur.kernel.ids import new_id
from salur.programs.models import Tranche
from salur.registry.models import Person

ALL = ("ktp", "kk", "face", "recipient_photo", "signature", "house")
pytestmark = pytest.mark.django_db


def photo(kind: str) -> bytes:
    return b"\xff\xd8\xff" + kind.encode() * 50


def files(kinds: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        {"sha256": sha256(photo(k)).hexdigest(), "length": len(photo(k)), "kind": k} for k in kinds
    ]


def pay(
    branch: Branch,
    *,
    kinds: tuple[str, ...] = ALL,
    sop: str | None = None,
    visit_id: str | None = None,
    verification: dict[str, Any] | None = None,
    ending: dict[str, Any] | None = None,
) -> list[str]:
    """A hand-over before a witness with photos of these kinds, judged; the reasons for review."""
    visits = branch.device.get("/worklist")["visits"]
    open_visits = [visit for visit in visits if visit["status"] == "planned"]
    visit = next(v for v in open_visits if visit_id in (None, v["id"]))
    person = visit["recipient"]["person_id"]
    context: dict[str, Any] = {"visit": visit["id"], "sop": sop or f"{visit['channel']}/1"}
    verified = branch.device.record(
        "verification",
        {
            "person_id": person,
            "relation": "self",
            "method": "witness",
            "score_milli": None,
            "verdict": "unchecked",
            "letter": "scanned",
            "documents": ["ktp", "kk"],
            "evidence": files(tuple(k for k in kinds if k in ("ktp", "kk", "face"))),
            "witness": {"name": "Ketua RT", "role": "rt"},
            **(verification or {}),
        },
        **context,
    )
    handed_over = branch.device.record(
        "handed_over",
        {
            "begun": verified,
            "verification": verified,
            "payments": [{"id": p["id"], "amount": p["amount"]} for p in visit["payments"]],
            "total": visit["total"],
            "collector": {"person_id": person, "relation": "self"},
            "receipt_mark": "signature",
            "evidence": files(tuple(k for k in kinds if k not in ("ktp", "kk", "face"))),
            **(ending or {}),
        },
        **context,
    )
    branch.device.push()
    apply_events()
    for kind in kinds:
        digest = sha256(photo(kind)).hexdigest()
        branch.device.call("PUT", f"/evidence/{digest}", photo(kind), expected=(200, 201))
    with clock.at(now() + timedelta(hours=25)):
        judge_handovers(by=SYSTEM)
    found: list[str] = Judgement.objects.get(hand_over_id=handed_over).reasons
    return [reason for reason in found if reason.startswith(("missing_", "excused_", "unknown_"))]


def test_what_is_missing_with_a_reason_is_told_from_what_nobody_explained(branch: Branch) -> None:
    missing = [{"step": "documents", "evidence": "ktp", "reason": "no_document"}]
    reasons = pay(branch, kinds=("kk", "signature", "house"), verification={"missing": missing})
    assert reasons == ["excused_ktp:no_document", "missing_recipient_photo"]


def test_a_reason_told_at_the_end_counts_for_the_payers_part(branch: Branch) -> None:
    missing = [{"step": "recipient_photo", "reason": "refused", "note": "malu difoto"}]
    kinds = ("ktp", "kk", "signature", "house")
    assert pay(branch, kinds=kinds, ending={"missing": missing}) == [
        "excused_recipient_photo:refused"
    ]


def test_nonsense_for_reasons_excuses_nothing_and_holds_nothing_up(branch: Branch) -> None:
    missing = [{"step": "documents", "evidence": "ktp", "reason": "bored"}]
    reasons = pay(branch, kinds=("kk", "signature", "house"), verification={"missing": missing})
    assert "missing_ktp" in reasons


def test_somebody_who_works_here_is_seen_when_collecting(branch: Branch) -> None:
    visit = branch.visits[0]
    number = Person.objects.get(id=visit.recipient_id).nik_index
    User.objects.filter(id=branch.officer.id).update(nik_index=number)
    pay(branch, visit_id=str(visit.id))
    assert "collector_is_staff" in Judgement.objects.get().reasons


def test_an_unknown_version_is_judged_by_the_first_of_its_channel_and_flagged(
    branch: Branch,
) -> None:
    channel = branch.visits[0].channel
    assert pay(branch, sop=f"{channel}/77") == ["unknown_procedure"]


def test_a_good_card_photo_of_an_earlier_tranche_is_on_file_and_a_plan_of_today_knows_it(
    branch: Branch,
) -> None:
    earlier, today = branch.visits[:2]
    assert pay(branch, visit_id=str(earlier.id)) == []
    last_year = Tranche.objects.get(id=earlier.tranche_id)
    last_year.pk, last_year.year = new_id(), last_year.year - 1
    last_year._state.adding = True
    last_year.save()
    Visit.objects.filter(id=earlier.id).update(tranche=last_year)
    Judgement.objects.update(verdict="complete", reviewed_at=None)
    Visit.objects.filter(id=today.id).update(
        household_id=earlier.household_id,
        recipient_id=earlier.recipient_id,
        planned_at=now() + timedelta(days=2),
    )
    facts = facts_of_visits_for_system([today.id])[today.id]
    assert (facts["card_photo"], facts["proxy_streak"], facts["risk"]) == (True, 0, 10)
