"""The story of one payment on one page: from the list's row to the books and the audit log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from salur.access.models import Device, User
from salur.audit.models import Entry
from salur.audit.queries import entries_about_for_system
from salur.audit.rules import leaf_hash
from salur.casework.models import Case, Invitation
from salur.disbursement.models import Attempt, HandOver, Judgement, Payment, PayoutLine, Visit
from salur.identity.models import FaceCheck
from salur.intake.models import SignedEvent
from salur.intake.queries import events_of_visit_for_system, evidence_of_events_for_system
from salur.kernel.actor import SYSTEM, Actor
from salur.kernel.errors import Missing
from salur.ledger.models import Transfer
from salur.ledger.queries import transfers_for_system
from salur.monitoring.queries.payments import in_scope
from salur.places.queries import path_names_for_system


@dataclass(frozen=True, slots=True)
class ToldHandOver:
    """A hand-over with all that proves it."""

    fact: HandOver
    officer: str
    device: str
    collector: str
    lines: Sequence[PayoutLine]
    evidence: Sequence[tuple[str, str, bool]]
    """(kind, SHA-256, has arrived)"""
    face: FaceCheck | None
    judgement: Judgement | None
    verification: SignedEvent | None

    @property
    def arrived(self) -> int:
        return sum(here for _, _, here in self.evidence)


@dataclass(frozen=True, slots=True)
class Proof:
    """An audit entry, and whether its hash still follows from its content."""

    entry: Entry
    holds: bool
    actor: str

    @property
    def short(self) -> str:
        """The first digits of the hash."""
        return bytes(self.entry.hash).hex()[:8]


@dataclass(frozen=True, slots=True)
class Story:
    """One visit: what was owed, planned, handed over, booked and recorded."""

    visit: Visit
    payments: Sequence[Payment]
    place: str
    zone: str
    invitation: Invitation | None
    hand_overs: Sequence[ToldHandOver]
    attempts: Sequence[Attempt]
    events: Sequence[SignedEvent]
    transfers: Sequence[Transfer]
    cases: Sequence[Case]
    proofs: Sequence[Proof]
    names: Mapping[str, str]

    @property
    def all_proven(self) -> bool:
        return bool(self.proofs) and all(proof.holds for proof in self.proofs)

    def name_of(self, who: str) -> str:
        """A person's name for an actor as rooms store it."""
        return _name_of(self.names, who)


def visit_in_scope(actor: Actor, number: str) -> Visit:
    """The visit of a payment number, printed or bare. Raises Missing, out of scope as well."""
    actor.require("monitoring.view_story")
    scope = in_scope(actor, village="village__code", office="office")
    digits = "".join(sign for sign in number if sign.isdigit())
    visit = (
        Visit.objects.filter(scope, number=digits)
        .select_related(
            "tranche", "village", "office", "session__point", "lease__device__holder", "household"
        )
        .first()
        if scope is not None and len(digits) <= 13
        else None
    )
    if visit is None:
        raise Missing(number=number)
    return visit


def story(actor: Actor, number: str) -> Story:
    """All that is known of one visit, within the actor's scope; a dozen queries by key."""
    visit = visit_in_scope(actor, number)
    payments = list(
        visit.payments.select_related(
            "program",
            "order",
            "entitlement__nominative_list__file",
            "entitlement__nominative_list__program",
        ).order_by("-lead", "program_id", "part")
    )
    facts = list(visit.hand_overs.order_by("handed_over_at"))
    lines = list(
        PayoutLine.objects.filter(payment__in=payments).select_related("program", "payment")
    )
    attempts = list(visit.attempt_rows.order_by("attempted_at"))
    events = list(events_of_visit_for_system(visit.id))
    cases = list(visit.cases.order_by("opened_at"))
    transfers = transfers_for_system([line.transfer_id for line in lines])
    lists = {payment.entitlement.nominative_list for payment in payments}
    subjects = _subjects(visit, payments, facts, attempts, lists)
    entries = list(entries_about_for_system(*subjects))
    names = _names(
        [
            *(str(fact.officer_id) for fact in facts),
            *(entry.actor for entry in entries),
            *(attempt.recorded_by for attempt in attempts),
            *(attempt.decided_by for attempt in attempts),
            *(source.received_by for source in lists),
            *(source.decided_by for source in lists),
            *(transfer.actor for transfer in transfers),
        ]
    )
    return Story(
        visit=visit,
        payments=payments,
        place=str(path_names_for_system([visit.village_id]).get(visit.village_id, "")),
        zone=visit.office.zone,
        invitation=Invitation.objects.filter(visit=visit).first(),
        hand_overs=_told(visit, facts, lines, events, names),
        attempts=attempts,
        events=events,
        transfers=transfers,
        cases=cases,
        proofs=[Proof(entry, _holds(entry), _name_of(names, entry.actor)) for entry in entries],
        names=names,
    )


def _subjects(
    visit: Visit,
    payments: Iterable[Payment],
    facts: Iterable[HandOver],
    attempts: Iterable[Attempt],
    lists: Iterable[Any],
) -> set[str]:
    """What the rooms below call these things in the audit log."""
    subjects = {f"visit:{visit.id}"}
    for payment in payments:
        subjects |= {f"payment:{payment.id}", f"order:{payment.order_id}"}
    for fact in facts:
        subjects |= {f"hand_over:{fact.id}", f"event:{fact.id}"}
    for attempt in attempts:
        subjects |= {f"attempt:{attempt.id}", f"event:{attempt.id}"}
    for source in lists:
        subjects.add(f"list:{source.id}")
    if visit.lease_id:
        subjects.add(f"lease:{visit.lease_id}")
    return subjects


def _name_of(names: Mapping[str, str], who: str) -> str:
    bare = who.rpartition(":")[2]
    return gettext("sistem") if bare == SYSTEM.id else names.get(bare, who)


def _names(actors: Iterable[str]) -> dict[str, str]:
    """Names of the people and devices among these actor texts, by their bare id."""
    ids: set[UUID] = set()
    for actor in actors:
        try:
            ids.add(UUID(actor.rpartition(":")[2]))
        except ValueError:
            continue
    found = {
        str(key): name for key, name in User.objects.filter(pk__in=ids).values_list("id", "name")
    }
    devices = Device.objects.filter(pk__in=ids).values_list("id", "name")
    return found | {str(key): name for key, name in devices}


def _told(
    visit: Visit,
    facts: Sequence[HandOver],
    lines: Sequence[PayoutLine],
    events: Sequence[SignedEvent],
    names: Mapping[str, str],
) -> list[ToldHandOver]:
    by_event = {event.event_id: event for event in events}
    files = evidence_of_events_for_system(
        [event.event_id for event in events] or [fact.id for fact in facts]
    )
    judgements = Judgement.objects.in_bulk([fact.id for fact in facts])
    checks = list(FaceCheck.objects.filter(visit_id=visit.id).order_by("checked_at"))
    devices = Device.objects.in_bulk({fact.device_id for fact in facts})
    people = {str(person["person_id"]): person["name"] for person in visit.collectors}
    people[str(visit.recipient_id)] = visit.recipient_name
    told = []
    for fact in facts:
        own = {fact.id, fact.verification_id}
        evidence = [file for key, found in files.items() if key in own for file in found]
        face = next(
            (check for check in reversed(checks) if check.event_id in own),
            checks[-1] if checks and len(facts) == 1 else None,
        )
        device = devices.get(fact.device_id)
        told.append(
            ToldHandOver(
                fact=fact,
                officer=names.get(str(fact.officer_id), str(fact.officer_id)[:8]),
                device=device.name if device else str(fact.device_id)[:8],
                collector=people.get(str(fact.collector_id), ""),
                lines=[line for line in lines if line.hand_over_id == fact.id],
                evidence=evidence,
                face=face,
                judgement=judgements.get(fact.id),
                verification=by_event.get(fact.verification_id) if fact.verification_id else None,
            )
        )
    return told


def _holds(entry: Entry) -> bool:
    expected = leaf_hash(
        entry_id=entry.id,
        version=entry.version,
        kind=entry.kind,
        actor=entry.actor,
        subject=entry.subject,
        at=entry.at,
        payload=entry.payload,
        sealed_hash=bytes(entry.sealed_hash) if entry.sealed_hash is not None else None,
    )
    return bytes(entry.hash) == expected
