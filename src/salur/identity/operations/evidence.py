"""Checking after the fact: the uploaded photos against the references, in batches.

The officer's device had its own verdict, and it was advice. Here every photo is opened again, and
what it shows decides how strongly the payment counts as authenticated. Nothing is refused: money
that was handed over stays handed over, and what is weak or missing goes to people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from salur.audit.operations import record
from salur.identity.errors import PhotoRefused, ReferenceExists
from salur.identity.faces import Vector
from salur.identity.images import decode
from salur.identity.limits import current_engine, current_limits
from salur.identity.models import FaceCheck
from salur.identity.operations.comparison import Comparison, compare, conclude
from salur.identity.operations.enrolment import NewReference, write_references
from salur.identity.operations.templates import Reference, open_references
from salur.identity.queries import names_for_system
from salur.identity.rules import (
    Decision,
    EnrolmentFault,
    Reason,
    Strength,
    best_of,
    is_third_person,
    prove,
    quality_among,
)
from salur.intake.errors import NoSuchFile
from salur.intake.queries import evidence_present_for_system, read_whole_file_for_system
from salur.kernel.actor import Actor
from salur.kernel.batching import batches
from salur.kernel.canonical import canonical_json, root_of
from salur.kernel.clock import now
from salur.kernel.ids import new_id
from salur.kernel.sealing import SealBroken

BATCH = 50
"""Questions in one transaction: about two seconds of work, and as many photos' names in memory."""
MAX_PHOTOS = 4


@dataclass(frozen=True, slots=True)
class EvidenceQuestion:
    """Who is said to have stood there, and the photos that are to show it.

    `event_id` is the verification event; `photos` are SHA-256 of its face pictures, best first
    (more than four are not looked at); `method` is the event's own word; `verified_by` and
    `paid_by` are the people (user ids) behind the two devices; `witness` a name.
    """

    event_id: UUID
    visit_id: UUID | None
    person_id: UUID
    photos: tuple[str, ...]
    method: str
    verified_by: str
    paid_by: str | None
    witness: str = ""

    @property
    def looked_at(self) -> tuple[str, ...]:
        """Each photo once, the first few."""
        return tuple(dict.fromkeys(self.photos))[:MAX_PHOTOS]


@dataclass(frozen=True, slots=True)
class EvidenceAnswer:
    """What the server found. `photo_sha256` is the photo that decided, None without any.

    `complete` is False while a photo has not arrived: ask again when it has.
    """

    event_id: UUID
    decision: Decision
    score: float | None
    reasons: tuple[Reason, ...]
    strength: Strength
    photo_sha256: str | None
    complete: bool
    enrolled: bool = False
    """The photo of this event is the person's reference."""

    @property
    def convincing(self) -> bool:
        """Whether nobody needs to look at it: the face matched, or it was properly enrolled."""
        return self.enrolled or self.decision is Decision.MATCH


@dataclass(slots=True)
class _Batch:
    """What one batch knows and has found so far."""

    references: dict[UUID, Reference]
    names: dict[UUID, str]
    kept: dict[tuple[UUID, str], Comparison]  # by event and photo: asked about before
    online: dict[tuple[UUID, str], Comparison]  # by person and photo: seen by us while live
    here: set[str]
    checks: list[FaceCheck] = field(default_factory=list)
    enrolments: list[tuple[NewReference, Vector, str]] = field(default_factory=list)


def verify_evidence(
    questions: Iterable[EvidenceQuestion], *, by: Actor
) -> dict[UUID, EvidenceAnswer]:
    """Judge the photos of many verification events; answers by event id.

    Each photo is opened and compared with the person's reference, unless we ourselves saw the very
    same bytes while the person stood there. A person without a reference is enrolled from the
    photo when the method says so and the rules allow it; otherwise the answer says why not.
    Idempotent: an event asked about again is answered from the kept checks, and only photos that
    have arrived since are opened. Works in transactions of 50 questions and opens photos outside
    of them; do not call it from within a transaction that holds locks.
    """
    answers: dict[UUID, EvidenceAnswer] = {}
    for batch in batches(questions, BATCH):
        try:
            answers.update(_verify_batch(batch, by))
        except ReferenceExists:
            # Another process enrolled one of these people meanwhile: now there is a reference.
            answers.update(_verify_batch(batch, by))
    return answers


def _verify_batch(questions: Sequence[EvidenceQuestion], by: Actor) -> dict[UUID, EvidenceAnswer]:
    batch = _load(questions)
    answers = {question.event_id: _answer(question, batch, by) for question in questions}
    if batch.checks or batch.enrolments:
        with transaction.atomic():
            FaceCheck.objects.bulk_create(batch.checks, ignore_conflicts=True)
            write_references(batch.enrolments, model_version=current_engine().version, by=by)
            _report(batch, by)
    return answers


def _load(questions: Sequence[EvidenceQuestion]) -> _Batch:
    engine, limits = current_engine(), current_limits()
    people = {question.person_id for question in questions}
    photos = {photo for question in questions for photo in question.looked_at}
    references = open_references(people, engine.version)
    kept: dict[tuple[UUID, str], Comparison] = {}
    online: dict[tuple[UUID, str], Comparison] = {}
    checks = FaceCheck.objects.filter(photo_sha256__in=photos, model_version=engine.version)
    for check in checks.order_by("checked_at", "id"):
        reference = references.get(check.person_id)
        if check.origin == FaceCheck.Origin.EVIDENCE and check.event_id is not None:
            kept[check.event_id, check.photo_sha256] = _as_kept(check)
        elif reference is not None and check.reference_id == reference.id:
            online[check.person_id, check.photo_sha256] = conclude(
                check.score, quality_among(check.reasons), reference, limits
            )
    return _Batch(
        references=references,
        names=names_for_system(people),
        kept=kept,
        online=online,
        here=evidence_present_for_system(photos),
    )


def _as_kept(check: FaceCheck) -> Comparison:
    return Comparison(
        Decision(check.verdict),
        check.score,
        tuple(Reason(code) for code in check.reasons),
        check.reference_id,
    )


def _answer(question: EvidenceQuestion, batch: _Batch, by: Actor) -> EvidenceAnswer:
    photos = question.looked_at
    found = {
        photo: comparison
        for photo in photos
        if (comparison := _examine(photo, question, batch, by)) is not None
    }
    witnessed = is_third_person(
        question.witness,
        (
            question.verified_by,
            question.paid_by or "",
            str(question.person_id),
            batch.names.get(question.person_id, ""),
        ),
    )
    if not found:
        return EvidenceAnswer(
            event_id=question.event_id,
            decision=Decision.UNREADABLE,
            score=None,
            reasons=(Reason.PHOTO_MISSING,),
            strength=prove(question.method, None, witnessed=witnessed),
            photo_sha256=None,
            complete=False,
        )
    best = best_of((item.decision, item.score) for item in found.values())
    photo, comparison = list(found.items())[best]
    reasons = comparison.reasons
    if comparison.decision is Decision.NO_REFERENCE and question.method == "enrolment":
        reasons = _enrol(question, photo, comparison, batch)
    reference = batch.references.get(question.person_id)
    enrolled = reference is not None and reference.event_id == question.event_id
    return EvidenceAnswer(
        event_id=question.event_id,
        decision=comparison.decision,
        score=comparison.score,
        reasons=reasons,
        strength=prove(
            question.method,
            comparison.decision,
            reference_origin=reference.origin if reference else None,
            enrolled_now=enrolled,
            witnessed=witnessed,
        ),
        photo_sha256=photo,
        complete=len(found) == len(photos),
        enrolled=enrolled,
    )


def _examine(photo: str, question: EvidenceQuestion, batch: _Batch, by: Actor) -> Comparison | None:
    """One photo, from memory where possible; None while it has not arrived."""
    if (known := batch.kept.get((question.event_id, photo))) is not None:
        return known
    if photo not in batch.here:
        return None
    engine = current_engine()
    comparison = batch.online.get((question.person_id, photo))
    if comparison is None:
        try:
            picture = decode(read_whole_file_for_system(photo))
        except (PhotoRefused, NoSuchFile, FileNotFoundError, SealBroken):
            # A bad file is a finding about the evidence, never an error of ours.
            comparison = Comparison(Decision.UNREADABLE, None, (Reason.PHOTO_UNREADABLE,), None)
        else:
            reference = batch.references.get(question.person_id)
            comparison = compare(picture, reference, engine, current_limits())
    batch.kept[question.event_id, photo] = comparison
    batch.checks.append(
        FaceCheck(
            id=new_id(),
            person_id=question.person_id,
            visit_id=question.visit_id,
            event_id=question.event_id,
            photo_sha256=photo,
            reference_id=comparison.reference_id,
            score=comparison.score,
            verdict=comparison.decision.value,
            reasons=[reason.value for reason in comparison.reasons],
            origin=FaceCheck.Origin.EVIDENCE,
            model_version=engine.version,
            checked_by=f"{by.kind}:{by.id}",
            checked_at=now(),
        )
    )
    return comparison


def _enrol(
    question: EvidenceQuestion, photo: str, comparison: Comparison, batch: _Batch
) -> tuple[Reason, ...]:
    """Make the photo the person's reference if that may be; the reasons for which it may not."""
    reference = batch.references.get(question.person_id)
    if reference is not None:
        enrolled_before = reference.event_id == question.event_id
        return () if enrolled_before else comparison.reasons
    if question.person_id not in batch.names:
        return comparison.reasons
    new = NewReference(
        person_id=question.person_id,
        enrolled_by=question.verified_by,
        payer=question.paid_by,
        witness=question.witness,
        event_id=question.event_id,
    )
    fault = new.fault(batch.names[question.person_id])
    if fault is not None:
        return (*comparison.reasons, _FAULTS[fault])
    if comparison.vector is None:  # answered from a kept check: its reference has been ended since
        return comparison.reasons
    batch.enrolments.append((new, comparison.vector, photo))
    # The next question about this person in this batch meets the new reference.
    batch.references[question.person_id] = Reference(
        new.id, new.strength, comparison.vector, question.event_id
    )
    return ()


_FAULTS = {
    EnrolmentFault.BY_PAYER: Reason.ENROLLED_BY_PAYER,
    EnrolmentFault.WITNESS_NOT_INDEPENDENT: Reason.WITNESS_NOT_INDEPENDENT,
}


def _report(batch: _Batch, by: Actor) -> None:
    """One entry for the set: counts, and the root over what was found."""
    rows = [
        canonical_json(
            {
                "check": str(check.id),
                "decision": check.verdict,
                "event": str(check.event_id),
                "photo_sha256": check.photo_sha256,
                "score_milli": None if check.score is None else round(check.score * 1000),
            }
        )
        for check in batch.checks
    ]
    record(
        "identity.evidence_checked",
        f"face_checks:{batch.checks[0].id}",
        {
            "decisions": dict(Counter(check.verdict for check in batch.checks)),
            "enrolled": len(batch.enrolments),
            "photos": len(batch.checks),
            "root": root_of(rows).hex(),
        },
        by=by,
    )
