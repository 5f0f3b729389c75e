"""Reading casework: a companion sees the own families, a head the own regions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet

from salur.access.models import User
from salur.access.rules import COMPANION
from salur.casework.errors import FamilyNotYours
from salur.casework.models import Case, Group, Proposal
from salur.disbursement.models import Attempt, Visit
from salur.kernel.actor import Actor, within
from salur.registry.models import Household, Person


@dataclass(frozen=True, slots=True)
class FamilyLine:
    """One family in its companion's list, with its visit of the newest tranche."""

    household_id: UUID
    group: str
    name: str
    address: str
    card_last4: str
    visit_id: UUID | None
    number: str
    total: int
    channel: str
    status: str
    attempt_code: str
    slot_at: datetime | None
    point: str
    zone: str
    letter_printed: bool
    handed_out: bool


def families_of(actor: Actor, *, only: str = "") -> list[FamilyLine]:
    """The companion's families; ``only`` is "" or "letters" (to hand out) or "open" (not paid)."""
    actor.require("casework.view_families")
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT m.household_id, g.name, coalesce(v.recipient_name, p.name, ''), h.address,
                h.card_last4, v.id, coalesce(v.number, ''), coalesce(v.total, 0),
                coalesce(v.channel, ''), coalesce(v.status, ''),
                coalesce(v.last_attempt_code, ''), v.slot_at, coalesce(pp.name, ''),
                coalesce(o.zone, 'Asia/Jakarta'), coalesce(v.letter_version > 0, false),
                i.visit_id IS NOT NULL
            FROM casework_group g
            JOIN casework_membership m ON m.group_id = g.id
            JOIN registry_household h ON h.id = m.household_id
            LEFT JOIN LATERAL (SELECT name FROM registry_person
                WHERE household_id = h.id ORDER BY relation = 'head' DESC, birth_date LIMIT 1
            ) p ON true
            LEFT JOIN LATERAL (SELECT * FROM disbursement_visit
                WHERE household_id = h.id AND status <> 'cancelled'
                ORDER BY planned_at DESC LIMIT 1) v ON true
            LEFT JOIN disbursement_pay_session s ON s.id = v.session_id
            LEFT JOIN disbursement_pay_point pp ON pp.id = s.point_id
            LEFT JOIN places_office o ON o.code = v.office_id
            LEFT JOIN casework_invitation i ON i.visit_id = v.id
            WHERE g.companion_id = %s
              AND (%s <> 'letters' OR (v.letter_version > 0 AND i.visit_id IS NULL
                                       AND v.status = 'planned'))
              AND (%s <> 'open' OR v.status = 'planned')
            ORDER BY g.name, 3
            """,
            [actor.id, only, only],
        )
        return [FamilyLine(*row) for row in cursor.fetchall()]


def schedule_of(actor: Actor) -> list[dict[str, object]]:
    """The days on which the companion's families are paid: what is announced at the meeting."""
    actor.require("casework.view_families")
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT s.starts_at, s.ends_at, o.zone, pp.name, pp.address, s.channel, count(*),
                count(*) FILTER (WHERE v.status = 'paid')
            FROM casework_group g
            JOIN casework_membership m ON m.group_id = g.id
            JOIN disbursement_visit v ON v.household_id = m.household_id
            JOIN disbursement_pay_session s ON s.id = v.session_id
            JOIN disbursement_pay_point pp ON pp.id = s.point_id
            JOIN places_office o ON o.code = s.office_id
            WHERE g.companion_id = %s AND v.status <> 'cancelled'
            GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1
            """,
            [actor.id],
        )
        names = ("starts_at", "ends_at", "zone", "point", "address", "channel", "families", "paid")
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def failures_to_explain(actor: Actor) -> QuerySet[Attempt]:
    """Failed payments of the companion's families without an answer yet, oldest first."""
    actor.require("casework.explain_failure")
    return (
        Attempt.objects.filter(
            visit__household__companion_membership__group__companion_id=UUID(actor.id),
            explanation=None,
        )
        .select_related("visit")
        .order_by("attempted_at")
    )


def family_of(actor: Actor, household_id: UUID) -> tuple[Household, list[Person], Visit | None]:
    """One of the companion's families with its people and newest visit. Raises FamilyNotYours."""
    actor.require("casework.view_families")
    family = (
        Household.objects.select_related("village")
        .filter(id=household_id, companion_membership__group__companion_id=UUID(actor.id))
        .first()
    )
    if family is None:
        raise FamilyNotYours
    visit = (
        Visit.objects.filter(household=family)
        .exclude(status=Visit.Status.CANCELLED)
        .select_related("session__point", "office")
        .order_by("-planned_at")
        .first()
    )
    return family, list(family.people.order_by("birth_date")), visit


def proposals_visible_to(actor: Actor) -> QuerySet[Proposal]:
    """To whoever decides: those of the own regions; to a companion: the own ones."""
    rows = Proposal.objects.select_related("household__village", "person").order_by("-proposed_at")
    if actor.may("casework.approve_change"):
        return rows.filter(_regions(actor, "household__village__code"))
    actor.require("casework.propose_change")
    return rows.filter(proposed_by=f"user:{actor.id}")


def cases_visible_to(actor: Actor) -> QuerySet[Case]:
    """The cases of the actor's regions, the most urgent first."""
    actor.require("casework.view_cases")
    return (
        Case.objects.select_related("village", "visit")
        .filter(_regions(actor, "village__code"))
        .order_by("status", "due_at")
    )


@dataclass(frozen=True, slots=True)
class CompanionLine:
    """A companion with the families that she looks after in the regions of whoever asks."""

    user_id: UUID
    name: str
    region: str
    groups: int
    families: int
    unpaid: int


def companions_visible_to(actor: Actor) -> list[CompanionLine]:
    """The companions who work in the actor's regions, by name, those without families too."""
    actor.require("casework.manage_companions")
    people = User.objects.filter(is_active=True, assignments__role=COMPANION)
    regions = {
        user_id: (name, code, region)
        for user_id, name, code, region in people.values_list(
            "id", "name", "assignments__region", "assignments__region__name"
        )
        if code and (actor.sees_region(code) or any(within(r, (code,), ".") for r in actor.regions))
    }
    looked_after = (
        Group.objects.filter(_regions(actor, "village__code"), companion__in=regions)
        .values("companion_id")
        .annotate(
            groups=Count("id", distinct=True),
            families=Count("memberships", distinct=True),
            unpaid=Count(
                "memberships",
                distinct=True,
                filter=Q(memberships__household__visits__status=Visit.Status.PLANNED),
            ),
        )
    )
    counts = {row["companion_id"]: row for row in looked_after}
    nothing = {"groups": 0, "families": 0, "unpaid": 0}
    lines = [
        CompanionLine(
            user_id,
            name,
            region,
            *(counts.get(user_id, nothing)[key] for key in ("groups", "families", "unpaid")),
        )
        for user_id, (name, _code, region) in regions.items()
    ]
    return sorted(lines, key=lambda line: line.name)


@dataclass(frozen=True, slots=True)
class VillageLine:
    """A village with families whom no companion looks after yet."""

    code: str
    name: str
    families: int


def villages_without_companion(actor: Actor, *, most: int = 200) -> list[VillageLine]:
    """In the actor's regions, those with most families first."""
    actor.require("casework.manage_companions")
    rows = (
        Household.objects.filter(_regions(actor, "village__code"), companion_membership=None)
        .values("village_id", "village__name")
        .annotate(families=Count("id"))
        .order_by("-families", "village_id")[:most]
    )
    return [VillageLine(row["village_id"], row["village__name"], row["families"]) for row in rows]


def _regions(actor: Actor, field: str) -> Q:
    seen = Q(pk=None)
    for code in actor.regions:
        if code == "":
            return Q()
        seen |= Q(**{field: code}) | Q(**{f"{field}__startswith": code + "."})
    return seen


ODD_HAND_OVERS = ("second_hand_over", "excess", "not_payable")
MOST_TOLD = 50


@dataclass(frozen=True, slots=True)
class OddHandOver:
    """A case as the officer is told of it who stood before that family."""

    ticket: str
    kind: str
    opened_at: datetime
    hand_over_id: UUID
    """The device's own hand-over, whether or not it is the odd one."""
    visit_id: UUID
    name: str
    amount: int
    own: bool
    """Whether the device's hand-over is the odd one; else somebody else's is."""


def odd_hand_overs_of_device_for_system(device_id: UUID, since: datetime) -> list[OddHandOver]:
    """Cases opened since then about families to which this device handed over, newest first.

    Of a second hand-over both devices are told: the one that came first and the one that came
    second. Fifty at most, one for each hand-over and kind.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT ON (c.opened_at, h.id, c.kind) c.ticket, c.kind, c.opened_at, h.id,
                c.visit_id, v.recipient_name, h.total,
                h.id::text = split_part(c.reference, ':', 2) AS own
            FROM casework_case c
            JOIN disbursement_hand_over h ON h.visit_id = c.visit_id
            JOIN disbursement_visit v ON v.id = c.visit_id
            WHERE c.opened_at >= %s AND c.kind = ANY(%s) AND h.device_id = %s
              AND (c.kind = 'second_hand_over' OR h.id::text = split_part(c.reference, ':', 2))
            ORDER BY c.opened_at DESC, h.id, c.kind, c.ticket LIMIT %s
            """,
            [since, list(ODD_HAND_OVERS), device_id, MOST_TOLD],
        )
        return [OddHandOver(*row) for row in cursor.fetchall()]
