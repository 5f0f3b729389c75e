"""Changes that people report and a second person has approved, and facts from the field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from salur.audit.operations import record
from salur.kernel.actor import Actor
from salur.kernel.batching import set_cursor
from salur.kernel.clock import now
from salur.kernel.ids import new_id
from salur.registry.errors import ChangeUnknown, DeathRecorded, UnknownHousehold, UnknownPerson
from salur.registry.models import Change, Household, Person

#: Which fields a kind of change may set, on whom.
_PERSON_FIELDS: dict[str, tuple[str, ...]] = {
    "deceased": ("vital_status",),
    "alive": ("vital_status",),
    "ineligible": ("ineligible_reason",),
    "eligible": ("ineligible_reason",),
    "ill": ("ill",),
    "disabled": ("disabled",),
    "renamed": ("name",),
}
_HOUSEHOLD_FIELDS: dict[str, tuple[str, ...]] = {
    "moved": ("village_id", "address", "rt", "rw"),
    "remote": ("remote",),
}
CHANGE_KINDS = (*_PERSON_FIELDS, *_HOUSEHOLD_FIELDS)


@transaction.atomic
def apply_change(
    kind: str,
    *,
    household_id: UUID,
    person_id: UUID | None = None,
    values: Mapping[str, Any] | None = None,
    source: str,
    proposed_by: str,
    by: Actor,
) -> Change:
    """Applies one reported change that ``by`` approves; it counts in the next list check and at
    pay time, and never redirects an entitlement.

    ``deceased`` and ``alive`` need no values; ``ineligible`` takes ``ineligible_reason``; ``moved``
    any of village_id, address, rt, rw; ``ill``, ``disabled`` and ``remote`` default to true. That
    proposer and approver differ is the proposing room's to check. Old and new values are sealed in
    the audit log. Raises UnknownPerson, UnknownHousehold, ChangeUnknown, DeathRecorded.
    """
    if kind in _PERSON_FIELDS:
        subject: Household | Person | None = (
            Person.objects.select_for_update().filter(id=person_id).first() if person_id else None
        )
        if subject is None:
            raise UnknownPerson
    elif kind in _HOUSEHOLD_FIELDS:
        subject = Household.objects.select_for_update().filter(id=household_id).first()
        if subject is None:
            raise UnknownHousehold
    else:
        raise ChangeUnknown(kind=kind)
    new = _new_values(kind, values or {})
    if kind == "deceased" and getattr(subject, "vital_status", "") == "deceased":
        raise DeathRecorded
    old = {name: getattr(subject, name) for name in new}
    for name, value in new.items():
        setattr(subject, name, value)
    subject.updated_at = now()
    subject.save(update_fields=[*new, "updated_at"])
    change = Change.objects.create(
        id=new_id(),
        household_id=household_id,
        person_id=person_id,
        kind=kind,
        source=source,
        proposed_by=proposed_by,
        approved_by=by.id,
        applied_at=subject.updated_at,
    )
    record(
        "registry.changed",
        f"household:{household_id}",
        {
            "change": str(change.id),
            "kind": kind,
            "person": str(person_id) if person_id else None,
            "source": source,
            "proposed_by": proposed_by,
        },
        by=by,
        personal={"old": old, "new": new},
    )
    return change


def _new_values(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    if kind in ("deceased", "alive"):
        return {"vital_status": kind}
    if kind == "eligible":
        return {"ineligible_reason": ""}
    allowed = _PERSON_FIELDS.get(kind) or _HOUSEHOLD_FIELDS[kind]
    if kind in ("ill", "disabled", "remote"):
        return {kind: bool(values.get(kind, True))}
    given = {name: values[name] for name in allowed if name in values}
    if not given or set(values) - set(allowed):
        raise ChangeUnknown(kind=f"{kind} ({', '.join(sorted(values))})")
    return given


def record_seen_alive(seen: Sequence[tuple[UUID, datetime, str]]) -> int:
    """Remembers who was last seen in person, when and by whom: (person, moment, witness).

    A fact, part of the caller's transaction and audit; the newest moment of each person wins, an
    older one changes nothing. A person recorded as dead and then seen stays recorded as dead: that
    is for people to settle.
    """
    if not seen:
        return 0
    with set_cursor() as cursor:
        cursor.execute(
            """
            WITH newest AS (
                SELECT DISTINCT ON (id) id, at, witness
                FROM unnest(%s::uuid[], %s::timestamptz[], %s::text[]) AS seen(id, at, witness)
                ORDER BY id, at DESC
            ), locked AS (
                SELECT p.id FROM registry_person p JOIN newest n ON n.id = p.id
                WHERE p.last_seen_alive_at IS NULL OR p.last_seen_alive_at < n.at
                ORDER BY p.id FOR UPDATE OF p
            )
            UPDATE registry_person p SET last_seen_alive_at = n.at, last_seen_by = n.witness
            FROM newest n JOIN locked l ON l.id = n.id WHERE p.id = n.id
            """,
            [list(column) for column in zip(*seen, strict=True)],
        )
        return int(cursor.rowcount)


def locate_houses(places: Sequence[tuple[UUID, float, float, float, datetime]]) -> int:
    """Houses as geotagged: (household, latitude, longitude, accuracy in metres, moment).

    A fact, part of the caller's transaction and audit. A later tag replaces an earlier one unless
    it is more than twice as vague.
    """
    if not places:
        return 0
    with set_cursor() as cursor:
        cursor.execute(
            """
            WITH newest AS (
                SELECT DISTINCT ON (id) * FROM unnest(%s::uuid[], %s::float8[], %s::float8[],
                    %s::float8[], %s::timestamptz[]) AS tag(id, latitude, longitude, accuracy, at)
                ORDER BY id, at DESC
            ), locked AS (
                SELECT h.id FROM registry_household h JOIN newest n ON n.id = h.id
                WHERE h.house_located_at IS NULL
                   OR (h.house_located_at < n.at AND n.accuracy <= 2 * h.house_accuracy_m)
                ORDER BY h.id FOR UPDATE OF h
            )
            UPDATE registry_household h SET house_latitude = n.latitude,
                house_longitude = n.longitude, house_accuracy_m = n.accuracy,
                house_located_at = n.at
            FROM newest n JOIN locked l ON l.id = n.id WHERE h.id = n.id
            """,
            [list(column) for column in zip(*places, strict=True)],
        )
        return int(cursor.rowcount)
