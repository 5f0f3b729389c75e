"""Walk-ins that were paid without a lease of their visit: kept, and counted against the policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from django.db import transaction

from salur.disbursement.models import Lease, UnleasedPayout
from salur.disbursement.rules.leases import unleased_hash
from salur.disbursement.rules.tokens import WrongToken, verify_token
from salur.kernel.actor import Actor
from salur.kernel.keys import keys


@dataclass(frozen=True, slots=True)
class UnleasedFact:
    """What a hand-over says of the letter that was surrendered and the code that was given."""

    event_id: UUID
    lease_id: UUID
    visit_id: UUID | None
    letter: str
    code: str
    amount: int
    at: datetime


@transaction.atomic
def record_unleased(facts: Sequence[UnleasedFact], *, by: Actor) -> None:
    """Keeps them beside their hand-overs. Idempotent; without a lease there is nothing to keep,
    and the judgement says so."""
    leases = Lease.objects.in_bulk({fact.lease_id for fact in facts})
    rows = []
    for fact in facts:
        lease = leases.get(fact.lease_id)
        if lease is None:
            continue
        code_hash = unleased_hash(lease.id, fact.code)
        rows.append(
            UnleasedPayout(
                id=fact.event_id,
                lease=lease,
                code_hash=code_hash,
                good=code_hash in lease.unleased_codes and _is_letter_of(fact),
                amount=fact.amount,
                at=fact.at,
            )
        )
    UnleasedPayout.objects.bulk_create(rows, ignore_conflicts=True)


def _is_letter_of(fact: UnleasedFact) -> bool:
    try:
        return verify_token(fact.letter, _signed_by_us).visit == fact.visit_id
    except WrongToken:
        return False


def _signed_by_us(key_id: int, signature: bytes, body: bytes) -> bool:
    try:
        keys.letters.verifier(key_id).verify(signature, body)
    except (InvalidSignature, KeyError):
        return False
    return True
