"""How well hand-overs were proven: judged when the evidence is here, or when its time is up."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from salur.access.rules import check_different_person
from salur.audit.operations import record, record_many
from salur.audit.rules import NewEntry
from salur.disbursement.errors import AlreadyDecided, HandOverUnknown
from salur.disbursement.models import FollowedPosition, HandOver, Judgement, PayoutLine
from salur.disbursement.operations.journal import append_notes, last_position
from salur.disbursement.operations.leases.doubts import doubts_of_leases
from salur.disbursement.operations.proving import (
    Proof,
    check_collector,
    follow_procedure,
    is_unseen_too_long,
    read_proofs,
)
from salur.identity.operations import EvidenceAnswer, EvidenceQuestion, verify_evidence
from salur.intake.queries import missing_sequences_for_system
from salur.kernel.actor import Actor
from salur.kernel.clock import now

BATCH = 100
_FOLLOWER = "judge"
NO_MONEY_RIGHTS = "no_money_rights"
PROXY_STREAK = "proxy_streak"

_NO_EVENT = UUID(int=0)
"""Stands for the verification that a hand-over does not name."""


def judge_news(*, by: Actor, overlap: timedelta) -> int:
    """``judge_handovers`` of what came since the last look, which it remembers; how many.

    The very first look takes all that waits.
    """
    moment, position = now(), last_position()
    looked = FollowedPosition.objects.filter(name=_FOLLOWER).first()
    judged = judge_handovers(
        by=by,
        since=looked.followed_at - overlap if looked else None,
        position=looked.position if looked else None,
    )
    if judged:
        return judged
    if looked is None:
        FollowedPosition.objects.create(name=_FOLLOWER, position=position, followed_at=moment)
    elif position != looked.position or abs(moment - looked.followed_at) > overlap / 2:
        looked.position, looked.followed_at = position, moment
        looked.save()
    return 0


def judge_handovers(
    *,
    by: Actor,
    limit: int = BATCH,
    since: datetime | None = None,
    position: int | None = None,
) -> int:
    """Judges what can be judged now; how many. Idempotent, bounded, run again and again.

    Complete evidence is judged at once, incomplete when ``due_at`` has passed. With ``since`` only
    hand-overs that were booked or had a file arrive after it are looked at, besides those that are
    due: what waits for its photos costs nothing while none arrive. With ``position`` as well, newly
    booked are those of the journal after it. The procedure is checked again, faces are compared
    again from the photos; what is weak or missing goes to review. No money moves here.
    """
    proofs = _load(limit, since, position)
    if not proofs:
        return 0
    answers = verify_evidence(
        [question for proof in proofs if (question := _question(proof))], by=by
    )
    with transaction.atomic():
        waiting = dict(
            Judgement.objects.select_for_update()
            .filter(
                hand_over_id__in=[proof.hand_over.id for proof in proofs],
                verdict=Judgement.Verdict.EVIDENCE_PENDING,
            )
            .order_by("hand_over_id")
            .values_list("hand_over_id", "due_at")
        )
        doubts = doubts_of_leases([proof.leased for proof in proofs if proof.leased])
        entries = []
        unfit: list[UUID] = []
        unseen: list[UUID] = []
        for proof in proofs:
            if proof.hand_over.id not in waiting:
                continue
            if waiting[proof.hand_over.id] > now() and _may_be_cleared(
                proof, doubts[proof.hand_over.id]
            ):
                continue
            answer = answers.get(proof.hand_over.verification_id or _NO_EVENT)
            verdict, method, reasons = _judge(proof, answer, doubts[proof.hand_over.id])
            Judgement.objects.filter(hand_over_id=proof.hand_over.id).update(
                verdict=verdict, method=method, reasons=reasons, judged_at=now()
            )
            entries.append(
                NewEntry(
                    "hand_over.judged",
                    f"hand_over:{proof.hand_over.id}",
                    {
                        "verdict": verdict,
                        "method": method,
                        "reasons": reasons,
                        "verified_by": proof.verified_by or None,
                        "paid_by": str(proof.hand_over.officer_id),
                    },
                )
            )
            if NO_MONEY_RIGHTS in reasons:
                unfit.append(proof.hand_over.id)
            if is_unseen_too_long(proof):
                unseen.append(proof.hand_over.id)
        record_many(entries, by=by)
        _announce(NO_MONEY_RIGHTS, unfit, every_line=True)
        _announce(PROXY_STREAK, unseen, every_line=False)
    return len(entries)


_BOOKED_SINCE = "SELECT id FROM disbursement_hand_over WHERE booked_at >= %(since)s"
_BOOKED_AFTER = """
    SELECT event_id AS id FROM disbursement_journal
    WHERE position > %(position)s AND event_id IS NOT NULL
"""
_FILES_SINCE = """
    SELECT h.id FROM intake_stored_file f
    JOIN intake_expected_evidence x ON x.sha256 = f.sha256
    JOIN disbursement_hand_over h ON h.visit_id = x.visit_id
    WHERE f.kind = 'evidence' AND f.received_at >= %(since)s
"""
_ALL = "SELECT hand_over_id AS id FROM disbursement_judgement WHERE verdict = 'evidence_pending'"
_JUDGEABLE = """
    SELECT id FROM (
        SELECT hand_over_id AS id, due_at FROM disbursement_judgement
        WHERE verdict = 'evidence_pending' AND due_at <= %(now)s
        UNION
        SELECT j.hand_over_id, j.due_at FROM ({touched}) t
        JOIN disbursement_judgement j ON j.hand_over_id = t.id AND j.verdict = 'evidence_pending'
        JOIN disbursement_hand_over h ON h.id = t.id
        WHERE EXISTS (SELECT 1 FROM intake_expected_evidence x
                      WHERE x.event_id IN (h.id, h.verification_id))
          AND NOT EXISTS (
              SELECT 1 FROM intake_expected_evidence x
              LEFT JOIN intake_stored_file f ON f.sha256 = x.sha256
              WHERE x.event_id IN (h.id, h.verification_id) AND f.sha256 IS NULL)
          AND (h.verification_id IS NULL OR EXISTS (
              SELECT 1 FROM intake_signed_event e WHERE e.event_id = h.verification_id))
    ) judgeable ORDER BY due_at LIMIT %(limit)s
"""


def _load(limit: int, since: datetime | None, position: int | None) -> list[Proof]:
    """Those that are due, and those whose every named file has arrived."""
    booked = _BOOKED_SINCE if position is None else _BOOKED_AFTER
    touched = _ALL if since is None else f"{booked} UNION {_FILES_SINCE}"
    with connection.cursor() as cursor:
        cursor.execute(
            _JUDGEABLE.format(touched=touched),
            {"since": since, "position": position, "now": now(), "limit": limit},
        )
        ids = [row[0] for row in cursor.fetchall()]
    return read_proofs(list(HandOver.objects.filter(id__in=ids).order_by("id")))


def _question(proof: Proof) -> EvidenceQuestion | None:
    hand_over = proof.hand_over
    if hand_over.verification_id is None or hand_over.collector_id is None:
        return None
    witness = proof.verification.get("witness")
    return EvidenceQuestion(
        event_id=hand_over.verification_id,
        visit_id=hand_over.visit_id,
        person_id=hand_over.collector_id,
        photos=tuple(digest for kind, digest, is_here in proof.files if kind == "face" and is_here),
        method=str(proof.verification.get("method", "")),
        verified_by=proof.verified_by,
        paid_by=str(hand_over.officer_id),
        witness=str(witness.get("name", "")) if isinstance(witness, dict) else "",
    )


def _announce(kind: str, hand_overs: list[UUID], *, every_line: bool) -> None:
    """The journal tells who opens cases: of each line, or once of a family."""
    lines = PayoutLine.objects.filter(hand_over__in=hand_overs, payment__isnull=False)
    told: set[UUID] = set()
    notes = []
    for line in lines.order_by("id"):
        if not (line.payment_id and line.hand_over_id and line.officer_id):
            continue
        if every_line or line.hand_over_id not in told:
            amount = line.amount if every_line else 0
            notes.append((kind, line.payment_id, amount, line.hand_over_id, line.officer_id))
        told.add(line.hand_over_id)
    append_notes(notes)


def _may_be_cleared(proof: Proof, doubts: list[str]) -> bool:
    """A desk paid what it did not hold, but its chain has a gap: the acceptance may lie in it."""
    if "wrong_desk" not in doubts or proof.leased is None:
        return False
    gaps = missing_sequences_for_system(proof.hand_over.device_id)
    return any(first < proof.leased.sequence for first, _ in gaps)


def _judge(
    proof: Proof, answer: EvidenceAnswer | None, doubts: list[str]
) -> tuple[str, str, list[str]]:
    hand_over = proof.hand_over
    reasons = [*follow_procedure(proof), *check_collector(proof), *doubts]
    if hand_over.verification_id is None or not proof.verification:
        reasons.append("no_verification")
    method = hand_over.method
    if answer is not None:
        method = answer.strength.value
        if not answer.convincing:
            reasons += [reason.value for reason in answer.reasons] or ["face_not_convincing"]
    reasons += [flag for flag in hand_over.flags if flag not in reasons]
    verdict = Judgement.Verdict.REVIEW if reasons else Judgement.Verdict.COMPLETE
    return verdict.value, method[:12], list(dict.fromkeys(reasons))


@transaction.atomic
def review_handover(hand_over_id: UUID, *, accept: bool, note: str, by: Actor) -> None:
    """A person's word on weak evidence. Raises Forbidden, HandOverUnknown, AlreadyDecided,
    SamePerson (nobody reviews what the own device paid)."""
    by.require("identity.review")
    judgement = (
        Judgement.objects.select_for_update(of=("self",))
        .select_related("hand_over__office")
        .filter(hand_over_id=hand_over_id)
        .first()
    )
    if judgement is None or not by.sees_office(judgement.hand_over.office.path):
        raise HandOverUnknown
    if judgement.verdict != Judgement.Verdict.REVIEW:
        raise AlreadyDecided
    check_different_person(by, str(judgement.hand_over.officer_id))
    judgement.verdict = Judgement.Verdict.ACCEPTED if accept else Judgement.Verdict.DOUBTFUL
    judgement.reviewed_by = f"user:{by.id}"
    judgement.reviewed_at = now()
    judgement.save(update_fields=["verdict", "reviewed_by", "reviewed_at"])
    record(
        "hand_over.reviewed",
        f"hand_over:{hand_over_id}",
        {"verdict": judgement.verdict},
        by=by,
        personal={"note": note} if note else None,
    )
