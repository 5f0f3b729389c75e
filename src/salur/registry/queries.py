"""Reading who people are. Numbers are found by blind index and shown by their last four digits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import structlog
from django.db.models import Q, QuerySet
from psycopg import sql

from salur.kernel.actor import Actor
from salur.kernel.sealing import SealBroken, blind_index, unseal
from salur.registry.errors import UnknownHousehold
from salur.registry.models import Change, Household, Person

log = structlog.get_logger("salur.registry")

#: Purposes of the blind indexes; whoever computes one for a list must use these.
NIK_PURPOSE = "nik"
CARD_PURPOSE = "card"
#: Fields that values are sealed for; the subject is the person's or the household's UUID.
NIK_FIELD = "registry.person.nik"
CARD_FIELD = "registry.household.card"
PHONE_FIELD = "registry.household.phone"


def known_families_sql(incoming: sql.Composable) -> sql.Composed:
    """A SELECT that matches the rows of ``incoming`` (row_number, card_index, nik_index, name) with
    whom the registry knows: row_number, household_id, person_id, on_other_card, name_differs,
    deceased, ineligible. Rows of which neither number is known are left out."""
    return sql.SQL(
        """
        SELECT i.row_number, h.id AS household_id, p.id AS person_id,
            p.id IS NOT NULL AND p.household_id IS DISTINCT FROM h.id AS on_other_card,
            p.id IS NOT NULL AND i.name <> '' AND upper(p.name) <> upper(i.name) AS name_differs,
            COALESCE(p.vital_status = 'deceased', false) AS deceased,
            COALESCE(p.ineligible_reason, '') <> '' AS ineligible
        FROM {} i
        LEFT JOIN registry_household h ON h.card_index = i.card_index
        LEFT JOIN registry_person p ON p.nik_index = i.nik_index
        WHERE h.id IS NOT NULL OR p.id IS NOT NULL
        """
    ).format(incoming)


def person_by_nik_for_system(nik: str) -> Person | None:
    index = blind_index(nik, purpose=NIK_PURPOSE)
    return Person.objects.filter(nik_index=index).select_related("household").first()


def household_by_card_for_system(number: str) -> Household | None:
    return Household.objects.filter(card_index=blind_index(number, purpose=CARD_PURPOSE)).first()


@dataclass(frozen=True, slots=True)
class CardMember:
    """One living person on a family card, as someone who may collect must be known."""

    person_id: UUID
    household_id: UUID
    name: str
    birth_date: date | None
    sex: str
    relation: str
    nik_last4: str
    disabled: bool
    ill: bool
    ineligible_reason: str
    last_seen_alive_at: datetime | None


def members_for_system(household_ids: Iterable[UUID]) -> dict[UUID, list[CardMember]]:
    """Household > the people on its card who are not recorded as dead, oldest first."""
    members: dict[UUID, list[CardMember]] = defaultdict(list)
    people = (
        Person.objects.filter(household_id__in=list(household_ids))
        .exclude(vital_status=Person.VitalStatus.DECEASED)
        .order_by("household_id", "birth_date", "id")
    )
    for person in people.iterator(chunk_size=10_000):
        members[person.household_id].append(
            CardMember(
                person_id=person.id,
                household_id=person.household_id,
                name=person.name,
                birth_date=person.birth_date,
                sex=person.sex,
                relation=person.relation,
                nik_last4=person.nik_last4,
                disabled=person.disabled,
                ill=person.ill,
                ineligible_reason=person.ineligible_reason,
                last_seen_alive_at=person.last_seen_alive_at,
            )
        )
    return members


def deceased_or_ineligible_for_system(person_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Those who must not be paid now: person > "deceased" or the reason of ineligibility."""
    rows = Person.objects.filter(
        Q(vital_status=Person.VitalStatus.DECEASED) | ~Q(ineligible_reason=""),
        id__in=list(person_ids),
    ).values_list("id", "vital_status", "ineligible_reason")
    return {
        person: "deceased" if vital == Person.VitalStatus.DECEASED else reason
        for person, vital, reason in rows
    }


def niks_for_system(person_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The numbers themselves, for hashes that go to a device under a lease's own key and for
    files to a bank. Whoever shows one to a person needs an unmasking step of their own."""
    rows = Person.objects.filter(id__in=list(person_ids)).values_list("id", "nik_sealed")
    return {person: unseal(sealed, field=NIK_FIELD, subject=person) for person, sealed in rows}


@dataclass(frozen=True, slots=True)
class Collecting:
    """What a device may know of someone who may collect, besides name and last four digits."""

    nik_hash: str | None
    last_seen_alive_at: datetime | None


def collecting_for_system(
    person_ids: Iterable[UUID], hash_nik: Callable[[str], str] | None
) -> dict[UUID, Collecting]:
    """For a lease: each person's number, hashed here and never told, and when the person was last
    seen alive. A number that does not open is left out (and logged), not the whole worklist; no
    number is opened without ``hash_nik``. One query."""
    rows = Person.objects.filter(id__in=list(person_ids)).values_list(
        "id", "nik_sealed", "last_seen_alive_at"
    )
    found = {}
    broken = 0
    for person, sealed, seen in rows:
        hashed = None
        if hash_nik is not None:
            try:
                hashed = hash_nik(unseal(sealed, field=NIK_FIELD, subject=person))
            except SealBroken:
                broken += 1
        found[person] = Collecting(hashed, seen)
    if broken:
        log.warning("numbers_do_not_open", people=broken)
    return found


def _within(actor: Actor) -> Q:
    """The households of the actor's regions."""
    if "" in actor.regions:
        return Q()
    seen = Q(pk__in=[])
    for code in actor.regions:
        seen |= Q(village_id=code) | Q(village__code__startswith=code + ".")
    return seen


def households_visible_to(actor: Actor) -> QuerySet[Household]:
    return Household.objects.filter(_within(actor)).select_related("village")


def household_for(actor: Actor, household_id: UUID) -> Household:
    """Raises UnknownHousehold, outside the actor's regions too."""
    household = households_visible_to(actor).filter(id=household_id).first()
    if household is None:
        raise UnknownHousehold
    return household


def changes_of(actor: Actor, household_id: UUID) -> QuerySet[Change]:
    """What was changed about the family, newest first."""
    household_for(actor, household_id)
    return Change.objects.filter(household_id=household_id).order_by("-applied_at")


def find_people(actor: Actor, written: str, *, most: int = 50) -> list[Person]:
    """People of the actor's regions by exact NIK, or by words of their name."""
    digits = "".join(character for character in written if character.isdigit())
    people: Any = Person.objects.select_related("household__village")
    if len(digits) == 16:
        people = people.filter(nik_index=blind_index(digits, purpose=NIK_PURPOSE))
    else:
        words = written.upper().split()
        if not words:
            return []
        for word in words:
            people = people.filter(name__icontains=word)
    visible = Household.objects.filter(_within(actor)).values("id")
    return list(people.filter(household_id__in=visible).order_by("name")[:most])
