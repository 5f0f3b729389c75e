"""One live photo against the person's reference, while the person stands there."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from salur.audit.operations import record
from salur.identity.images import decode
from salur.identity.limits import current_engine, current_limits
from salur.identity.models import FaceCheck
from salur.identity.operations.comparison import compare
from salur.identity.operations.templates import open_references
from salur.identity.rules import Decision, Reason
from salur.identity.tickets import write_ticket
from salur.kernel.actor import Actor
from salur.kernel.canonical import sha256_hex
from salur.kernel.clock import now
from salur.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class Verdict:
    """What we advise the officer, and what we measured.

    `ticket` is signed by the server and names photo, person, visit and decision: it goes into the
    verification event, so that the desk that pays can see that the desk that verified did ask.
    """

    decision: Decision
    score: float | None
    reasons: tuple[Reason, ...]
    has_reference: bool
    check_id: UUID
    photo_sha256: str
    ticket: str

    @property
    def advice(self) -> str:
        """The decision in the three words of the app: match, review, capture_again.

        Without a reference there is nothing to match; the app then goes the way of enrolment.
        """
        if self.decision is Decision.NO_REFERENCE:
            return Decision.REVIEW.value
        return self.decision.value


def verify_live(
    person_id: UUID, photo: bytes, *, by: Actor, visit_id: UUID | None = None
) -> Verdict:
    """Compare a live photo with the person's reference, keep the check, and advise.

    The photo is not kept: what counts is the evidence that arrives with the event. The caller has
    made sure that `by` may see this person (the visit is leased to the device).
    Raises PhotoRefused for a file that is no whole picture, Forbidden.
    """
    by.require("field.work")
    engine, limits = current_engine(), current_limits()
    # The costly part comes first, outside of any transaction.
    picture = decode(photo)
    reference = open_references([person_id], engine.version).get(person_id)
    comparison = compare(picture, reference, engine, limits)
    score, decision = comparison.score, comparison.decision
    check = FaceCheck(
        id=new_id(),
        person_id=person_id,
        visit_id=visit_id,
        photo_sha256=sha256_hex(photo),
        reference_id=comparison.reference_id,
        score=score,
        verdict=decision.value,
        reasons=[reason.value for reason in comparison.reasons],
        origin=FaceCheck.Origin.ONLINE,
        model_version=engine.version,
        checked_by=f"{by.kind}:{by.id}",
        checked_at=now(),
    )
    with transaction.atomic():
        check.save(force_insert=True)
        record(
            "identity.face_checked",
            f"person:{person_id}",
            {
                "check": str(check.id),
                "decision": decision.value,
                "photo_sha256": check.photo_sha256,
                "score_milli": None if score is None else round(score * 1000),
                "visit": str(visit_id) if visit_id else None,
            },
            by=by,
        )
    return Verdict(
        decision=decision,
        score=score,
        reasons=comparison.reasons,
        has_reference=comparison.reference_id is not None,
        check_id=check.id,
        photo_sha256=check.photo_sha256,
        ticket=write_ticket(check),
    )
