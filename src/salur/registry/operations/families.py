"""Households and people as an approved list names them, written in sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from salur.kernel.actor import Actor
from salur.kernel.batching import copy_rows
from salur.kernel.clock import now
from salur.kernel.ids import new_ids

#: What the relation handed to ``write_families`` must hold, one row per family.
FAMILY_COLUMNS = (
    "card_id",  # the UUID that card_sealed and phone_sealed were sealed under
    "card_index",
    "card_sealed",  # null when the card was known
    "card_last4",
    "person_id",
    "nik_index",
    "nik_sealed",  # null when the person was known
    "nik_last4",
    "name",
    "birth_date",
    "sex",
    "disabled",
    "address",
    "rt",
    "rw",
    "phone_sealed",
    "village_code",
)


@dataclass(frozen=True, slots=True)
class FamiliesWritten:
    """How many were new, and how many known ones now read differently."""

    new_households: int
    new_people: int
    changed_households: int
    changed_people: int


@transaction.atomic
def write_families(
    relation: sql.Composable,
    parameters: Mapping[str, Any],
    *,
    source: str,
    proposed_by: str,
    by: Actor,
) -> FamiliesWritten:
    """Writes the family of every row of ``relation``, a SELECT with ``FAMILY_COLUMNS``.

    New cards and NIKs become households and people under the UUIDs that their values are sealed
    under; known ones take over name, card, address and village where those differ, each with a
    ``Change``. Empty values of the list never overwrite what is known. Idempotent. No card and no
    NIK may stand in two rows.

    The caller's entry in the audit log covers these rows; ``source`` names it (``list:<id>``).
    """
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS registry_family_incoming")
        cursor.execute(
            sql.SQL("CREATE TEMP TABLE registry_family_incoming ON COMMIT DROP AS {}").format(
                relation
            ),
            parameters,
        )
        cursor.execute("ANALYZE registry_family_incoming (card_index, nik_index)")
        moment = {"now": now()}
        changed_households = _change_households(cursor, moment)
        cursor.execute(_NEW_HOUSEHOLDS, moment)
        new_households = cursor.rowcount
        changed_people = _change_people(cursor, moment)
        cursor.execute(_NEW_PEOPLE, moment)
        new_people = cursor.rowcount
        cursor.execute("DROP TABLE registry_family_incoming")
    changes = [(household, None, "household_by_list") for household in changed_households]
    changes += [(household, person, "person_by_list") for household, person in changed_people]
    copy_rows(
        "registry_change",
        (
            "id",
            "household_id",
            "person_id",
            "kind",
            "source",
            "proposed_by",
            "approved_by",
            "applied_at",
        ),
        [
            (change_id, household, person, kind, source, proposed_by, by.id, moment["now"])
            for change_id, (household, person, kind) in zip(
                new_ids(len(changes)), changes, strict=True
            )
        ],
    )
    return FamiliesWritten(new_households, new_people, len(changed_households), len(changed_people))


_NEW_HOUSEHOLDS = """
    INSERT INTO registry_household (id, card_index, card_sealed, card_last4, village_id, address,
        rt, rw, remote, phone_sealed, created_at, updated_at)
    SELECT i.card_id, i.card_index, i.card_sealed, i.card_last4, i.village_code, i.address,
        i.rt, i.rw, false, i.phone_sealed, %(now)s, %(now)s
    FROM registry_family_incoming i
    WHERE i.card_sealed IS NOT NULL
    ORDER BY i.card_id
    ON CONFLICT (card_index) DO NOTHING
"""

_NEW_PEOPLE = """
    INSERT INTO registry_person (id, household_id, nik_index, nik_sealed, nik_last4, name,
        birth_date, sex, relation, disabled, ill, ineligible_reason, vital_status, last_seen_by,
        created_at, updated_at)
    SELECT i.person_id, h.id, i.nik_index, i.nik_sealed, i.nik_last4, i.name,
        i.birth_date, i.sex, '', i.disabled, false, '', 'alive', '', %(now)s, %(now)s
    FROM registry_family_incoming i
    JOIN registry_household h ON h.card_index = i.card_index
    WHERE i.nik_sealed IS NOT NULL
    ORDER BY i.person_id
    ON CONFLICT (nik_index) DO NOTHING
"""

_DIFFERENT_HOUSEHOLDS = """
    SELECT h.id FROM registry_household h
    JOIN registry_family_incoming i ON i.card_index = h.card_index
    WHERE h.village_id <> i.village_code
       OR (i.address <> '' AND h.address <> i.address)
       OR (i.rt <> '' AND h.rt <> i.rt)
       OR (i.rw <> '' AND h.rw <> i.rw)
       OR (i.phone_sealed IS NOT NULL AND h.phone_sealed IS NULL AND h.id = i.card_id)
    ORDER BY h.id FOR UPDATE OF h
"""


def _change_households(cursor: Any, moment: dict[str, Any]) -> list[Any]:
    cursor.execute(_DIFFERENT_HOUSEHOLDS)
    ids = [row[0] for row in cursor.fetchall()]
    if ids:
        cursor.execute(
            """
            UPDATE registry_household h SET
                village_id = i.village_code,
                address = COALESCE(NULLIF(i.address, ''), h.address),
                rt = COALESCE(NULLIF(i.rt, ''), h.rt),
                rw = COALESCE(NULLIF(i.rw, ''), h.rw),
                phone_sealed = CASE WHEN h.id = i.card_id
                    THEN COALESCE(i.phone_sealed, h.phone_sealed) ELSE h.phone_sealed END,
                updated_at = %(now)s
            FROM registry_family_incoming i
            WHERE h.id = ANY(%(ids)s) AND i.card_index = h.card_index
            """,
            {**moment, "ids": ids},
        )
    return ids


_DIFFERENT_PEOPLE = """
    SELECT h.id, p.id FROM registry_person p
    JOIN registry_family_incoming i ON i.nik_index = p.nik_index
    JOIN registry_household h ON h.card_index = i.card_index
    WHERE p.household_id <> h.id OR p.name <> i.name
       OR (i.birth_date IS NOT NULL AND p.birth_date IS DISTINCT FROM i.birth_date)
       OR (i.sex <> '' AND p.sex <> i.sex)
       OR (i.disabled AND NOT p.disabled)
    ORDER BY p.id FOR UPDATE OF p
"""


def _change_people(cursor: Any, moment: dict[str, Any]) -> list[tuple[Any, Any]]:
    """Known people who move to a card that is new need its household first, so this runs between
    the two inserts."""
    cursor.execute(_DIFFERENT_PEOPLE)
    pairs = list(cursor.fetchall())
    if pairs:
        cursor.execute(
            """
            UPDATE registry_person p SET
                household_id = h.id,
                name = i.name,
                birth_date = COALESCE(i.birth_date, p.birth_date),
                sex = COALESCE(NULLIF(i.sex, ''), p.sex),
                disabled = p.disabled OR i.disabled,
                updated_at = %(now)s
            FROM registry_family_incoming i
            JOIN registry_household h ON h.card_index = i.card_index
            WHERE p.id = ANY(%(ids)s) AND i.nik_index = p.nik_index
            """,
            {**moment, "ids": [person for _, person in pairs]},
        )
    return pairs
