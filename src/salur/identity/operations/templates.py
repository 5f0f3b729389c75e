"""Reference faces as vectors: opened here, compared here, and nowhere else."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from salur.identity.faces import Vector, cosine, from_bytes, to_bytes
from salur.identity.limits import current_engine
from salur.identity.models import ReferenceFace
from salur.identity.rules import ReferenceOrigin
from salur.kernel.sealing import seal, unseal_bytes

FIELD = "identity.template"


@dataclass(frozen=True, slots=True)
class Reference:
    """A person's live reference, opened. `vector` is None when another model made it."""

    id: UUID
    origin: ReferenceOrigin
    vector: Vector | None
    event_id: UUID | None = None
    """The verification event that made it, where one did."""

    @property
    def card_only(self) -> bool:
        return self.origin is ReferenceOrigin.CARD

    def likeness(self, vector: Vector | None) -> float | None:
        """The cosine to `vector`; None when either is missing."""
        if self.vector is None or vector is None:
            return None
        return round(cosine(self.vector, vector), 6)


def seal_template(vector: Vector, person_id: UUID) -> bytes:
    return seal(to_bytes(vector), field=FIELD, subject=person_id)


def open_references(person_ids: Iterable[UUID], model_version: str) -> dict[UUID, Reference]:
    """Live references by person, in one query. Raises SealBroken for a moved or altered one."""
    rows = ReferenceFace.objects.filter(person_id__in=set(person_ids), active=True).values_list(
        "id", "person_id", "template_sealed", "model_version", "strength", "event_id"
    )
    return {
        person_id: Reference(
            reference_id,
            ReferenceOrigin(strength),
            from_bytes(unseal_bytes(sealed, field=FIELD, subject=person_id))
            if version == model_version
            else None,
            event_id,
        )
        for reference_id, person_id, sealed, version, strength, event_id in rows
    }


def phone_templates(person_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Templates for phones that hold these people's visits: 128 signed bytes in base64, of which
    only the direction counts (cosine to the original ≥ 0.999). One query.

    People without a reference by today's model, or known from an identity card alone, are left
    out: on a phone they are compared by eye. The caller has made sure that the device may pay
    them; the phone keeps what it gets under its seal and forgets it with the lease.
    """
    found = open_references(person_ids, current_engine().version)
    return {
        person_id: b64encode(_signed_bytes(reference.vector)).decode()
        for person_id, reference in found.items()
        if reference.vector is not None and not reference.card_only
    }


def _signed_bytes(vector: Vector) -> bytes:
    return np.clip(np.rint(vector * (127 / np.abs(vector).max())), -127, 127).astype("i1").tobytes()
