"""Making a person's reference face, and never by the one who pays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import IntegrityError, transaction

from salur.audit.operations import record_many
from salur.audit.rules import NewEntry
from salur.identity import quality
from salur.identity.errors import (
    EnrolledByPayer,
    PersonUnknown,
    PhotoNotGoodEnough,
    ReferenceExists,
    WitnessNotIndependent,
)
from salur.identity.faces import Vector
from salur.identity.images import decode
from salur.identity.limits import current_engine, current_limits
from salur.identity.models import ReferenceFace
from salur.identity.operations.templates import seal_template
from salur.identity.queries import names_for_system
from salur.identity.rules import EnrolmentFault, ReferenceOrigin, check_enrolment
from salur.kernel.actor import Actor
from salur.kernel.canonical import sha256_hex
from salur.kernel.clock import now
from salur.kernel.ids import new_id

_REFUSALS = {
    EnrolmentFault.BY_PAYER: EnrolledByPayer,
    EnrolmentFault.WITNESS_NOT_INDEPENDENT: WitnessNotIndependent,
}


@dataclass(frozen=True, slots=True)
class NewReference:
    """A reference to be made, and who stood there.

    `enrolled_by` is the person (user id) who took the photo; `payer` the one who pays this person
    in the same visit, None when nobody does; `witness` the name or id of a third person.
    `replacing` is the reason for which an earlier reference is put out of use.
    """

    person_id: UUID
    enrolled_by: str
    payer: str | None = None
    witness: str = ""
    origin: ReferenceOrigin = ReferenceOrigin.FIRST_ENROLMENT
    event_id: UUID | None = None
    replacing: str = ""
    id: UUID = field(default_factory=new_id)

    def fault(self, person_name: str) -> EnrolmentFault | None:
        return check_enrolment(
            enrolled_by=self.enrolled_by,
            payer=self.payer,
            witness=self.witness,
            not_witnesses=(str(self.person_id), person_name),
        )

    @property
    def strength(self) -> ReferenceOrigin:
        """What is kept: a witness makes a first enrolment a witnessed one."""
        if self.witness and self.origin is ReferenceOrigin.FIRST_ENROLMENT:
            return ReferenceOrigin.WITNESSED
        return self.origin


def enrol_reference(new: NewReference, photo: bytes, *, by: Actor) -> ReferenceFace:
    """Make the reference face of a person out of one good photo.

    Raises EnrolledByPayer, WitnessNotIndependent, PersonUnknown, PhotoRefused, PhotoNotGoodEnough,
    ReferenceExists (a live one, and no reason for replacing it), Forbidden.
    """
    by.require("field.work")
    name = names_for_system([new.person_id]).get(new.person_id)
    if name is None:
        raise PersonUnknown
    if fault := new.fault(name):
        raise _REFUSALS[fault]
    engine = current_engine()
    look = quality.look_at(decode(photo), engine, current_limits())
    vector = quality.embed(look, engine)
    if look.reasons or vector is None:
        raise PhotoNotGoodEnough(reasons=[reason.value for reason in look.reasons])
    with transaction.atomic():
        (made,) = write_references(
            [(new, vector, sha256_hex(photo))], model_version=engine.version, by=by
        )
    return made


def write_references(
    enrolments: Sequence[tuple[NewReference, Vector, str]], *, model_version: str, by: Actor
) -> list[ReferenceFace]:
    """Seal and keep checked vectors, inside the caller's transaction, with their audit entries.

    Raises ReferenceExists when one of the persons has a live reference that is not to be replaced.
    """
    if not enrolments:
        return []
    moment = now()
    for new, _, _ in enrolments:
        if new.replacing:
            ReferenceFace.objects.filter(person_id=new.person_id, active=True).update(
                active=False, ended_at=moment, end_reason=new.replacing
            )
    rows = [
        ReferenceFace(
            id=new.id,
            person_id=new.person_id,
            template_sealed=seal_template(vector, new.person_id),
            model_version=model_version,
            photo_sha256=photo_sha256,
            strength=new.strength.value,
            enrolled_by=new.enrolled_by,
            witness=new.witness,
            event_id=new.event_id,
            created_at=moment,
        )
        for new, vector, photo_sha256 in enrolments
    ]
    try:
        with transaction.atomic():
            ReferenceFace.objects.bulk_create(rows)
    except IntegrityError as error:
        if "identity_one_live_reference" not in str(error):
            raise
        raise ReferenceExists from error
    record_many(
        [
            NewEntry(
                "identity.reference_enrolled",
                f"person:{row.person_id}",
                {
                    "enrolled_by": row.enrolled_by,
                    "event": str(row.event_id) if row.event_id else None,
                    "model": row.model_version,
                    "photo_sha256": row.photo_sha256,
                    "reference": str(row.id),
                    "replaces": bool(new.replacing),
                    "strength": row.strength,
                    "witnessed": bool(row.witness),
                },
                {"witness": row.witness, "reason": new.replacing}
                if row.witness or new.replacing
                else None,
            )
            for row, (new, _, _) in zip(rows, enrolments, strict=True)
        ],
        by=by,
    )
    return rows
