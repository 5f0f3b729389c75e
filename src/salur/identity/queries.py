"""What others may know of faces: that there is a reference, and what was checked. No vectors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from salur.identity.models import FaceCheck, FaceQuestion, ReferenceFace
from salur.identity.rules import ReferenceOrigin
from salur.kernel.actor import Actor
from salur.kernel.clock import now
from salur.registry.models import Person


@dataclass(frozen=True, slots=True)
class ReferenceInfo:
    """That a person has a live reference, and how it came about."""

    person_id: UUID
    origin: ReferenceOrigin
    enrolled_by: str
    enrolled_at: datetime


def with_reference_for_system(person_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the people who have a live reference face; one query."""
    return set(
        ReferenceFace.objects.filter(person_id__in=set(person_ids), active=True).values_list(
            "person_id", flat=True
        )
    )


def references_for_system(person_ids: Iterable[UUID]) -> dict[UUID, ReferenceInfo]:
    """How the live references of these people came about; one query."""
    rows = ReferenceFace.objects.filter(person_id__in=set(person_ids), active=True).values_list(
        "person_id", "strength", "enrolled_by", "created_at"
    )
    return {
        person_id: ReferenceInfo(person_id, ReferenceOrigin(strength), enrolled_by, created_at)
        for person_id, strength, enrolled_by, created_at in rows
    }


def checks_of_visit(actor: Actor, visit_id: UUID) -> list[FaceCheck]:
    """All comparisons made for a visit, oldest first. The caller has checked the visit's scope."""
    actor.require("monitoring.view_story")
    return checks_of_visits_for_system([visit_id]).get(visit_id, [])


def checks_of_visits_for_system(visit_ids: Iterable[UUID]) -> dict[UUID, list[FaceCheck]]:
    """Comparisons by visit, oldest first; one query."""
    found: dict[UUID, list[FaceCheck]] = {}
    for check in FaceCheck.objects.filter(visit_id__in=set(visit_ids)).order_by("checked_at", "id"):
        if check.visit_id is not None:
            found.setdefault(check.visit_id, []).append(check)
    return found


def count_checks_for_system(
    since: datetime, until: datetime, origin: str = FaceCheck.Origin.EVIDENCE
) -> dict[str, int]:
    """How many checks ended in which verdict, in [since, until)."""
    rows = (
        FaceCheck.objects.filter(checked_at__gte=since, checked_at__lt=until, origin=origin)
        .values_list("verdict")
        .annotate(count=Count("id"))
    )
    return dict(rows)


def names_for_system(person_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names of those of the people who exist; one query."""
    return dict(Person.objects.filter(id__in=set(person_ids)).values_list("id", "name"))


def questions_waiting(actor: Actor) -> QuerySet[FaceQuestion]:
    """Faces that somebody in front of a family asks about right now, the longest waiting first."""
    actor.require("identity.review")
    seen = Q() if "" in actor.offices else Q(pk__in=())
    for path in actor.offices:
        seen |= Q(office__path=path) | Q(office__path__startswith=path + "/")
    return (
        FaceQuestion.objects.select_related("person", "office")
        .filter(seen, answer="", expires_at__gt=now())
        .order_by("asked_at", "id")
    )


def question_of_device(question_id: UUID, holder_id: UUID) -> FaceQuestion | None:
    """The question as its asker may see it; None for somebody else's."""
    return FaceQuestion.objects.filter(id=question_id, asked_by=f"user:{holder_id}").first()
