"""What a device may see: visits leased to it, floats offered to its holder, the procedure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from salur.access.models import Device
from salur.disbursement.models import FloatSession, Lease, Payment, Visit
from salur.disbursement.queries.control import instructions_for_device
from salur.disbursement.queries.facts import facts_of_visits_for_system
from salur.disbursement.queries.houses import houses_for_device, houses_of_visits_for_system
from salur.disbursement.queries.leases import (
    describe_lease,
    describe_peers,
    gone_since,
    held_by,
    leases_of_devices_q,
)
from salur.disbursement.queries.policy import current_policy
from salur.disbursement.queries.procedures import procedures_in_force
from salur.disbursement.rules.leases import collector_hash
from salur.disbursement.rules.numbers import format_payment_number
from salur.disbursement.rules.policy import PlanPolicy
from salur.identity.operations import phone_templates
from salur.identity.queries import with_reference_for_system
from salur.kernel.clock import iso, now
from salur.kernel.keys import keys
from salur.registry.queries import Collecting, collecting_for_system

MOST_FOUND = 20
UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def worklist_for_device(device: Device, *, changed_since: datetime | None) -> dict[str, Any]:
    """What the device holds, all of it or what changed since, and what goes with it.

    A desk of a group gets the whole group's visits, each with the desk that holds it. Names,
    amounts, last four digits and hashed numbers only; nothing of other leases' families.
    """
    moment = now()
    held = held_by(device)
    lease = held.lease
    policy = current_policy(lease.session.tranche) if lease else PlanPolicy()
    key = held.collector_key
    visits = Visit.objects.filter(lease__in=held.ids)
    gone: list[str] = []
    if changed_since is not None:
        # Ten seconds of overlap: a visit that was being committed during the last pull comes again.
        since = changed_since - timedelta(seconds=10)
        visits = visits.filter(updated_at__gte=since)
        gone = gone_since(device, held, since)
    return {
        "lease": describe_lease(held),
        "session": _session(lease) if lease else None,
        "sop": _procedures(moment),
        "letter_keys": {
            str(key_id): keys.letters.verifier(key_id).public_bytes_raw().hex()
            for key_id in keys.letters.keys
        },
        "floats": _floats(device),
        "instructions": instructions_for_device(device, [lease.session_id] if lease else []),
        "geotags": houses_for_device(device),
        "visits": describe_visits(
            visits.order_by("slot_at", "number"),
            collector_key=key,
            faces=key is not None and policy.faces_on_devices,
        ),
        "gone": gone,
        "peers": describe_peers(device, held),
        "settings": {"collectors": policy.collectors},
        "cursor": iso(moment),
        "server_time": iso(moment),
    }


def _session(lease: Lease) -> dict[str, Any]:
    session = lease.session
    return {
        "id": str(session.id),
        "name": session.point.name,
        "point": {
            "name": session.point.name,
            "address": session.point.address,
            "village": session.point.village.name,
        },
        "channel": session.channel,
        "starts": iso(session.starts_at),
        "ends": iso(session.ends_at),
        "zone": session.office.zone,
    }


def _procedures(moment: datetime) -> dict[str, Any]:
    channels = procedures_in_force(moment)
    return {
        "version": ",".join(sorted(procedure.id for procedure in channels.values())),
        "channels": {
            channel: {"id": procedure.id, "steps": procedure.steps}
            for channel, procedure in channels.items()
        },
    }


def _floats(device: Device) -> list[dict[str, Any]]:
    rows = FloatSession.objects.filter(
        officer_id=device.holder_id,
        # A counted bag may be counted again until it is closed: the phone still reckons with it.
        status__in=["issued", "accepted", "counted"],
    ).order_by("issued_at")
    return [
        {"id": str(row.id), "amount": row.amount, "notes": row.notes, "status": row.status}
        for row in rows
    ]


def describe_visits(
    visits: QuerySet[Visit], *, collector_key: bytes | None = None, faces: bool = False
) -> list[dict[str, Any]]:
    """Visits as a device shows them; seven queries whatever their number, no object per row.

    With the lease's key, numbers of those who may collect are hashed under it; with ``faces`` their
    templates come along, so that the phone can compare without a network.
    """
    rows = list(visits.values_list(*_VISIT_FIELDS, named=True))
    payments: dict[UUID, list[dict[str, Any]]] = {row.id: [] for row in rows}
    planned = Payment.objects.filter(visit__in=list(payments), status=Payment.Status.PLANNED)
    for visit_id, payment_id, program, name, amount, components, months in planned.order_by(
        "visit_id", "-lead", "program_id", "part"
    ).values_list(
        "visit_id", "id", "program_id", "program__name_id", "amount", "components", "months"
    ):
        payments[visit_id].append(
            {
                "id": str(payment_id),
                "program": program,
                "program_name": name,
                "amount": amount,
                "components": components,
                "months": months,
            }
        )
    people = [row.recipient_id for row in rows]
    people += [UUID(c["person_id"]) for row in rows for c in row.collectors]
    referenced = with_reference_for_system(people)
    collecting = collecting_for_system(
        people, partial(collector_hash, collector_key) if collector_key else None
    )
    templates = phone_templates(referenced) if faces and referenced else {}
    houses = houses_of_visits_for_system([row.id for row in rows if row.channel == "doorstep"])
    facts = facts_of_visits_for_system(list(payments))
    return [
        {
            **_describe(
                row, payments[row.id], referenced, houses.get(row.id), collecting, templates
            ),
            "proxy_streak": facts[row.id]["proxy_streak"],
            "facts": facts[row.id],
        }
        for row in rows
    ]


_VISIT_FIELDS = (
    "id",
    "number",
    "version",
    "status",
    "in_doubt",
    "household_id",
    "village__name",
    "address",
    "card_last4",
    "recipient_id",
    "recipient_name",
    "birth_year",
    "sex",
    "nik_last4",
    "collectors",
    "channel",
    "slot_at",
    "session__point__seconds_per_family",
    "letter_version",
    "priority",
    "round",
    "attempts",
    "last_attempt_code",
    "desk",
    "held_desk",
    "online_only_until",
)


def _describe(
    visit: Any,
    payments: list[dict[str, Any]],
    referenced: set[UUID],
    house: dict[str, Any] | None,
    collecting: dict[UUID, Collecting],
    templates: dict[UUID, str],
) -> dict[str, Any]:
    """``visit`` is a row of ``_VISIT_FIELDS``, ``payments`` what it has still to be paid."""
    nobody = Collecting(None, None)

    def proofs(person_id: UUID) -> dict[str, str]:
        found = {
            "nik_hash": collecting.get(person_id, nobody).nik_hash,
            "face": templates.get(person_id),
        }
        return {key: value for key, value in found.items() if value}

    seen = collecting.get(visit.recipient_id, nobody).last_seen_alive_at
    seconds = visit.session__point__seconds_per_family or 0
    return {
        "id": str(visit.id),
        "number": format_payment_number(visit.number),
        "version": visit.version,
        "status": "in_doubt" if visit.in_doubt else visit.status,
        "household": {
            "id": str(visit.household_id),
            "village": visit.village__name,
            "address": visit.address,
            "family_card_last4": visit.card_last4,
        },
        "recipient": {
            "person_id": str(visit.recipient_id),
            "name": visit.recipient_name,
            "birth_year": visit.birth_year,
            "sex": visit.sex,
            "nik_last4": visit.nik_last4,
            "has_reference": visit.recipient_id in referenced,
            **proofs(visit.recipient_id),
        },
        "collectors": [
            {
                **collector,
                "has_reference": UUID(collector["person_id"]) in referenced,
                **proofs(UUID(collector["person_id"])),
            }
            for collector in visit.collectors
        ],
        "payments": payments,
        "total": sum(payment["amount"] for payment in payments),
        "channel": visit.channel,
        "slot": {
            "starts": iso(visit.slot_at),
            "ends": iso(visit.slot_at + timedelta(seconds=max(seconds, 900))),
        }
        if visit.slot_at
        else None,
        "letter_version": visit.letter_version,
        "priority": visit.priority,
        "round": visit.round,
        "house": house,
        "attempts": visit.attempts,
        "last_attempt": visit.last_attempt_code,
        "desk": visit.held_desk or visit.desk,
        "online_only": visit.online_only_until is not None and visit.online_only_until > now(),
        "last_seen_alive": iso(seen) if seen else None,
    }


def find_visits(device: Device, text: str) -> list[dict[str, Any]]:
    """Visits of the device's own office that match a number, the last digits of a NIK, a name, or
    the id that a scanned letter gives.

    For a family that came without its letter; at most twenty, so that nobody reads a village out.
    """
    wanted = " ".join(text.split())
    digits = "".join(character for character in wanted if character.isdigit())
    found = Q(pk=None)
    if UUID_TEXT.fullmatch(wanted):
        found = Q(pk=wanted)
    elif len(digits) == 13:
        found = Q(number=digits)
    elif len(digits) == 4 and wanted.isdigit():
        found = Q(nik_last4=digits) | Q(card_last4=digits)
    elif len(wanted) >= 3 and not digits:
        found = Q(recipient_name__istartswith=wanted.upper()) | Q(
            recipient_name__icontains=" " + wanted.upper()
        )
    visits = Visit.objects.filter(
        found, office__path__startswith=device.office.path, tranche__closed_at=None
    ).exclude(status=Visit.Status.CANCELLED)
    return describe_visits(
        Visit.objects.filter(
            pk__in=list(visits.values_list("pk", flat=True)[:MOST_FOUND])
        ).order_by("recipient_name")
    )


def visit_is_on_device(device: Device, visit_id: UUID, person_id: UUID) -> bool:
    """Whether this person may be asked about: the recipient or an eligible collector of a visit
    that is leased to the device, or of its office."""
    visit = Visit.objects.filter(
        leases_of_devices_q(device) | Q(office__path__startswith=device.office.path), id=visit_id
    ).first()
    return visit is not None and (
        visit.recipient_id == person_id
        or any(collector["person_id"] == str(person_id) for collector in visit.collectors)
    )


def households_of_visits_for_system(visit_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, household_id FROM disbursement_visit WHERE id = ANY(%s)", [list(visit_ids)]
        )
        return dict(cursor.fetchall())


def payments_of_visits_for_system(visit_ids: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    """(visit, payment) of these visits, whatever became of the payments."""
    if not visit_ids:
        return []
    return list(
        Payment.objects.filter(visit__in=visit_ids).values_list("visit_id", "id").order_by("id")
    )
