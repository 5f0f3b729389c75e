"""What proves a hand-over: its two events with their files, held against the procedure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from salur.access.models import User
from salur.access.queries import device_keys_for_system
from salur.disbursement.models import HandOver, Visit
from salur.disbursement.operations.leases.doubts import LeasedHandOver
from salur.disbursement.queries.facts import facts_of_visits_for_system
from salur.disbursement.queries.leases import collector_keys_for_system
from salur.disbursement.queries.policy import current_policy
from salur.disbursement.queries.procedures import Procedure, procedures_of_events_for_system
from salur.disbursement.rules.collectors import judge_collector
from salur.disbursement.rules.policy import PlanPolicy
from salur.disbursement.rules.sop import (
    PlannedStep,
    Recorded,
    plan_walk,
    review_walk,
    split_walk,
)
from salur.disbursement.rules.sop.facts import hand_over_facts
from salur.intake.queries import contents_of_events_for_system, evidence_of_events_for_system
from salur.registry.models import Person

NO_EVENT = UUID(int=0)
"""Stands for the verification that a hand-over does not name."""


@dataclass(slots=True)
class Proof:
    """One hand-over with all that its two events say and bring.

    The verifier's part is judged by the version that the verification names, the payer's by the
    hand-over's: they may come from two phones.
    """

    hand_over: HandOver
    verification: dict[str, Any]
    verified_by: str
    files: list[tuple[str, str, bool]]
    """(kind, SHA-256, whether it is here)."""
    visit: Visit | None = None
    ending: dict[str, Any] = field(default_factory=dict)
    """The body of ``handed_over``."""
    lease_key: str | None = None
    """Of the lease under which the papers were asked for: what was drawn then is drawn again."""
    policy: PlanPolicy = field(default_factory=PlanPolicy)
    verifying: Procedure = field(default_factory=lambda: Procedure("", []))
    paying: Procedure = field(default_factory=lambda: Procedure("", []))
    by_staff: bool = False
    """Whether who took the money has an account here: companions and officers never collect."""
    told: dict[str, Any] = field(default_factory=dict)
    """What the worklist told of the family."""
    leased: LeasedHandOver | None = None
    """What its events say of the lease under which it was paid."""


def read_proofs(hand_overs: Sequence[HandOver]) -> list[Proof]:
    """The hand-overs with their events, files and procedures; a few queries whatever their number.

    Queries name the hand-over's own event too: what was missing at its end is told there.
    """
    named = [h.verification_id for h in hand_overs if h.verification_id]
    events = [h.id for h in hand_overs] + named
    files = evidence_of_events_for_system(events)
    contents = contents_of_events_for_system(events)
    named_visits = [h.visit_id for h in hand_overs if h.visit_id]
    visits = Visit.objects.select_related("tranche").in_bulk(named_visits)
    facts = facts_of_visits_for_system(list(visits))
    codes = {h.sop for h in hand_overs}
    codes |= {str(contents[event]["sop"]) for event in named if event in contents}
    procedures = procedures_of_events_for_system(codes)
    leases = {event: _uuid(content.get("lease")) for event, content in contents.items()}
    keys = collector_keys_for_system(lease for lease in leases.values() if lease)
    policies = {v.tranche_id: current_policy(v.tranche) for v in visits.values()}
    staff = _staff_among([h.collector_id for h in hand_overs if h.collector_id])
    proofs = []
    for hand_over in hand_overs:
        ended = contents.get(hand_over.id)
        verified = contents.get(hand_over.verification_id or NO_EVENT)
        proofs.append(
            Proof(
                hand_over=hand_over,
                verification=verified["body"] if verified else {},
                verified_by=_holder(str(verified["device"])) if verified else "",
                files=files[hand_over.id] + files.get(hand_over.verification_id or NO_EVENT, []),
                visit=visits.get(hand_over.visit_id) if hand_over.visit_id else None,
                ending=ended["body"] if ended else {},
                verifying=procedures[str(verified["sop"]) if verified else hand_over.sop],
                paying=procedures[hand_over.sop],
                lease_key=keys.get(
                    leases.get(hand_over.verification_id or hand_over.id) or NO_EVENT
                ),
                policy=policies[visits[hand_over.visit_id].tranche_id]
                if hand_over.visit_id in visits
                else PlanPolicy(),
                by_staff=hand_over.collector_id in staff,
                told=facts.get(hand_over.visit_id, {}) if hand_over.visit_id else {},
                leased=LeasedHandOver(
                    hand_over=hand_over,
                    visit=visits.get(hand_over.visit_id) if hand_over.visit_id else None,
                    lease_id=leases.get(hand_over.id),
                    sequence=ended["sequence"] if ended else 0,
                    ending=ended["body"] if ended else {},
                    verifying_device=UUID(str(verified["device"])) if verified else None,
                ),
            )
        )
    return proofs


def _staff_among(person_ids: Sequence[UUID]) -> set[UUID]:
    """People of the registry whose number is that of somebody with an account."""
    numbers = dict(Person.objects.filter(id__in=person_ids).values_list("id", "nik_index"))
    known = set(
        User.objects.filter(nik_index__in=[bytes(n) for n in numbers.values()]).values_list(
            "nik_index", flat=True
        )
    )
    found = {bytes(number) for number in known if number is not None}
    return {person_id for person_id, number in numbers.items() if bytes(number) in found}


def _holder(device_id: str) -> str:
    key = device_keys_for_system([UUID(device_id)]).get(UUID(device_id))
    return str(key.holder_id) if key else ""


def follow_procedure(proof: Proof) -> list[str]:
    """What goes to review of how the procedure was followed; files count when they are here."""
    verifier, _ = split_walk(_walk(proof, proof.verifying))
    _, payer = split_walk(_walk(proof, proof.paying))
    found = review_walk([*verifier, *payer], _recorded(proof))
    if not (proof.verifying.known and proof.paying.known):
        found.append("unknown_procedure")
    return found


def check_collector(proof: Proof) -> list[str]:
    """What is odd about the person who took the money for the recipient; nothing for the own."""
    hand_over, visit = proof.hand_over, proof.visit
    if visit is None:
        return []
    if proof.by_staff:
        return ["collector_is_staff", *_of_proxy(proof, visit)]
    if hand_over.relation == "self":
        return ["collector_not_recipient"] if hand_over.collector_id != visit.recipient_id else []
    return _of_proxy(proof, visit)


def _of_proxy(proof: Proof, visit: Visit) -> list[str]:
    hand_over = proof.hand_over
    if hand_over.relation == "self":
        return []
    missing = [entry for entry in _recorded(proof).missing if entry.get("evidence") == "nik"]
    return judge_collector(
        proof.policy.collectors,
        relation=_relation(visit.collectors, hand_over.collector_id),
        authority=_text(proof.verification.get("authority")),
        nik_checked=proof.verification.get("nik_checked") in ("typed", "read"),
        nik_reason=_text(missing[0].get("reason")) if missing else None,
    )


MOST_BY_PROXY = 2
"""Tranches in a row; with the next one somebody visits the recipient at home."""


def is_unseen_too_long(proof: Proof) -> bool:
    """Whether more than two tranches in a row went to somebody else: is the recipient alive?"""
    earlier = int(proof.told.get("proxy_streak") or 0)
    return proof.hand_over.relation != "self" and earlier + 1 > MOST_BY_PROXY


def _relation(collectors: Sequence[Mapping[str, Any]], person_id: UUID | None) -> str | None:
    """As the family card says it, not the phone; None for somebody who is not on it."""
    found = (c for c in collectors if c["person_id"] == str(person_id))
    return next((str(c.get("relation") or "other") for c in found), None)


def _walk(proof: Proof, procedure: Procedure) -> list[PlannedStep]:
    hand_over = proof.hand_over
    facts = hand_over_facts(
        proof.told,
        channel=proof.visit.channel if proof.visit else hand_over.channel,
        amount=hand_over.total,
        relation=hand_over.relation,
        authority=_text(proof.verification.get("authority")),
        letter=_text(proof.verification.get("letter")),
    )
    return plan_walk(
        procedure.steps,
        facts,
        key_hex=proof.lease_key,
        visit_id=str(hand_over.visit_id),
        procedure_id=procedure.id,
    )


def _recorded(proof: Proof) -> Recorded:
    witnessed = []
    if proof.verification.get("witness"):
        witnessed = ["face", "receipt_mark"]
    elif proof.ending.get("witness"):
        witnessed = ["receipt_mark"]
    here = {(kind, digest) for kind, digest, is_here in proof.files if is_here}
    return Recorded(
        evidence=[kind for kind, _ in here],
        seen=[item for item in _list(proof.verification.get("documents")) if isinstance(item, str)],
        witnessed=witnessed,
        missing=[
            entry
            for body in (proof.verification, proof.ending)
            for entry in _list(body.get("missing"))
            if isinstance(entry, Mapping)
        ],
    )


def _list(value: object) -> list[Any]:
    """A signed event is stored whatever it says: what is no list says nothing."""
    return value if isinstance(value, list) else []


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
