"""Who may do what, where; and the devices that speak for people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from salur.access.errors import AccountEnded
from salur.access.models import Assignment, Device, EnrolmentCode, User
from salur.access.rules import FIELD_ROLES, permissions_of
from salur.kernel.actor import Actor
from salur.kernel.batching import set_cursor
from salur.kernel.clock import now
from salur.places.models import Office
from salur.places.queries import REGIONS_SERVED_SQL, fewest_prefixes, regions_served_for_system


@dataclass(frozen=True, slots=True)
class DeviceKey:
    """What must be known of a device to judge an event that it signed."""

    id: UUID
    public_key: bytes
    status: str
    revoked_at: datetime | None
    holder_id: UUID
    office_code: str
    office_path: str
    zone: str


def actor_for(user: Any) -> Actor:
    """The person as an actor: roles in force now, permissions, regions and offices.

    An office role reaches the regions that the office and those below it serve. All roles of an
    account share one scope (``grant_role`` sees to it); were rows to say otherwise, only the
    permissions common to all scopes would count. Raises AccountEnded.
    """
    moment = now()
    if not user.is_active or (user.valid_until and user.valid_until <= moment):
        raise AccountEnded
    rows = list(
        Assignment.objects.filter(user=user)
        .filter(Q(valid_until__isnull=True) | Q(valid_until__gt=moment))
        .values_list("role", "region_id", "office__path")
    )
    return _actor(str(user.id), "user", user.name or user.username, rows)


def _actor(
    actor_id: str, kind: str, label: str, rows: Iterable[tuple[str, str | None, str | None]]
) -> Actor:
    scopes: dict[tuple[str | None, str | None], set[str]] = {}
    for role, region, office in rows:
        scopes.setdefault((region, office), set()).add(role)
    common = [permissions_of(roles) for roles in scopes.values()]
    permissions = frozenset.intersection(*common) if common else frozenset()
    regions, offices = set(), set()
    for region, office in scopes:
        if region is None and office is None:
            regions.add("")
            offices.add("")
        elif region is not None:
            regions.add(region)
        elif office is not None:
            offices.add(office)
    served = regions_served_for_system(sorted(offices - {""})) if offices else ()
    return Actor(
        id=actor_id,
        kind=kind,
        label=label,
        roles=frozenset().union(*scopes.values()),
        permissions=permissions,
        regions=("",) if "" in regions else tuple(sorted({*regions, *served})),
        offices=("",) if "" in offices else tuple(sorted(offices)),
    )


def caller_for_system(device_id: UUID) -> tuple[Device, Actor] | None:
    """The device with its holder and office, and as an actor with what its holder may do, in the
    device's office; None when no such device was ever enrolled. ``extra["holder"]`` is the holder's
    id, ``extra["office"]`` the office code. One statement: every request of a device asks it.
    """
    moment = now()
    with set_cursor() as cursor:
        # Found by primary keys whatever the tables hold, so that the plan may be kept.
        cursor.execute(_CALLER, [moment, device_id], prepare=True)
        row = cursor.fetchone()
    if row is None:
        return None
    *columns, roles, regions = row
    device, holder, office = _models_of(columns)
    device.holder, device.office = holder, office
    ended = not holder.is_active or (holder.valid_until and holder.valid_until <= moment)
    held = frozenset() if ended else frozenset(roles)
    actor = Actor(
        id=str(device.id),
        kind="device",
        label=device.name,
        roles=held,
        permissions=permissions_of(held),
        regions=fewest_prefixes(regions),
        offices=(office.path,),
        extra={"holder": str(device.holder_id), "office": device.office_id},
    )
    return device, actor


_PARTS = (("d", Device), ("u", User), ("o", Office))


def _columns() -> str:
    return ", ".join(
        f'{alias}."{field.column}"'
        for alias, model in _PARTS
        for field in model._meta.concrete_fields
    )


_CALLER = f"""
    SELECT {_columns()},
        ARRAY(SELECT a.role FROM access_assignment a WHERE a.user_id = d.holder_id
              AND (a.valid_until IS NULL OR a.valid_until > %s::timestamptz)),
        ARRAY({REGIONS_SERVED_SQL})
    FROM access_device d
    JOIN access_user u ON u.id = d.holder_id
    JOIN places_office o ON o.code = d.office_id
    WHERE d.id = %s::uuid
"""  # noqa: S608 - columns of our own models


def _models_of(values: list[Any]) -> list[Any]:
    """The rows of ``_PARTS`` out of one joined row."""
    found, at = [], 0
    for _, model in _PARTS:
        names = [field.attname for field in model._meta.concrete_fields]
        found.append(model.from_db("default", names, values[at : at + len(names)]))
        at += len(names)
    return found


def key_of_device(device: Device) -> DeviceKey:
    """What ``device_keys_for_system`` says of a device whose row is at hand, with its office."""
    return DeviceKey(
        device.id,
        bytes(device.public_key),
        device.status,
        device.revoked_at,
        device.holder_id,
        device.office_id,
        device.office.path,
        device.office.zone,
    )


def device_keys_for_system(device_ids: Iterable[UUID]) -> dict[UUID, DeviceKey]:
    """Those of the devices that were ever enrolled, revoked ones included; one query."""
    rows = Device.objects.filter(id__in=set(device_ids)).values_list(
        "id",
        "public_key",
        "status",
        "revoked_at",
        "holder_id",
        "office_id",
        "office__path",
        "office__zone",
    )
    return {row[0]: DeviceKey(row[0], bytes(row[1]), *row[2:]) for row in rows}


def users_visible_to(actor: Actor) -> QuerySet[User]:
    """Accounts within the actor's scope: everybody for the whole country, else the accounts of the
    actor's offices and those with a role in the actor's regions."""
    users = User.objects.prefetch_related("assignments__office", "assignments__region")
    users = users.select_related("home_office").order_by("name", "username")
    if "" in actor.offices or "" in actor.regions:
        return users
    seen = Q(pk=None)
    for path in actor.offices:
        for field in ("home_office", "assignments__office"):
            seen |= Q(**{f"{field}__path": path}) | Q(**{f"{field}__path__startswith": path + "/"})
    if not actor.offices:
        for code in actor.regions:
            seen |= Q(assignments__region=code)
            seen |= Q(assignments__region__code__startswith=code + ".")
    return users.filter(seen).distinct()


def devices_visible_to(actor: Actor) -> QuerySet[Device]:
    """The devices of the actor's offices; a person without offices sees the own ones."""
    devices = Device.objects.select_related("holder", "office").order_by("-enrolled_at")
    if "" in actor.offices:
        return devices
    if not actor.may("access.view_devices"):
        return devices.filter(holder_id=UUID(actor.id)) if actor.kind == "user" else devices.none()
    seen = Q(pk=None)
    for path in actor.offices:
        seen |= Q(office__path=path) | Q(office__path__startswith=path + "/")
    return devices.filter(seen)


def open_codes_visible_to(actor: Actor) -> QuerySet[EnrolmentCode]:
    """Codes that could still be used, in the actor's offices."""
    codes = EnrolmentCode.objects.select_related("holder", "office").filter(
        used_at__isnull=True, expires_at__gt=now()
    )
    if "" in actor.offices:
        return codes
    seen = Q(pk=None)
    for path in actor.offices:
        seen |= Q(office__path=path) | Q(office__path__startswith=path + "/")
    return codes.filter(seen)


def names_for_system(user_ids: Iterable[str | UUID]) -> dict[str, str]:
    """Id (as text, without prefix) > name of the person, for pages that show who did it."""
    wanted = set()
    for text in map(str, user_ids):
        try:
            wanted.add(UUID(text.rpartition(":")[2]))
        except ValueError:
            continue
    users = User.objects.filter(id__in=wanted).values_list("id", "name", "username")
    return {str(key): name or username for key, name, username in users}


def roles_of_holders_for_system(user_ids: Iterable[UUID]) -> dict[UUID, frozenset[str]]:
    """The roles that these people hold now; an empty set for who holds none or has gone."""
    moment = now()
    found: dict[UUID, set[str]] = {user_id: set() for user_id in user_ids}
    rows = Assignment.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=moment),
        Q(user__valid_until__isnull=True) | Q(user__valid_until__gt=moment),
        user__in=found,
        user__is_active=True,
    ).values_list("user_id", "role")
    for user_id, role in rows:
        found[user_id].add(role)
    return {user_id: frozenset(roles) for user_id, roles in found.items()}


@dataclass(frozen=True, slots=True)
class Peer:
    """A device that another may have to believe without a network, and whose it is."""

    device_id: UUID
    holder_id: UUID
    name: str
    public_key: bytes
    roles: frozenset[str]


MOST_PEERS = 200


def peers_for_system(
    device_ids: Iterable[UUID], *, office_code: str, roles: Iterable[str]
) -> list[Peer]:
    """These devices, and those of the office whose holders have one of the roles; active ones
    only, the named ones first. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.id, d.holder_id, coalesce(nullif(u.name, ''), u.username), d.public_key,
                array_agg(DISTINCT a.role)
            FROM access_device d
            JOIN access_user u ON u.id = d.holder_id AND u.is_active
                AND (u.valid_until IS NULL OR u.valid_until > %(now)s)
            JOIN access_assignment a ON a.user_id = u.id
                AND (a.valid_until IS NULL OR a.valid_until > %(now)s)
            WHERE d.status = 'active' AND (d.id = ANY(%(devices)s::uuid[])
                OR (d.office_id = %(office)s AND EXISTS (
                    SELECT 1 FROM access_assignment r WHERE r.user_id = u.id
                    AND r.role = ANY(%(roles)s::text[])
                    AND (r.valid_until IS NULL OR r.valid_until > %(now)s))))
            GROUP BY d.id, u.id
            ORDER BY d.id = ANY(%(devices)s::uuid[]) DESC, d.id LIMIT %(most)s
            """,
            {
                "now": now(),
                "devices": list(device_ids),
                "office": office_code,
                "roles": list(roles),
                "most": MOST_PEERS,
            },
        )
        return [
            Peer(device, holder, name, bytes(key), frozenset(held))
            for device, holder, name, key, held in cursor.fetchall()
        ]


def holders_with_role_for_system(role: str, office_path: str = "") -> QuerySet[User]:
    """Active people who hold a role at the office or below; "" anywhere."""
    users = User.objects.filter(is_active=True, assignments__role=role).distinct()
    if office_path:
        users = users.filter(
            Q(home_office__path=office_path) | Q(home_office__path__startswith=office_path + "/")
        )
    return users.order_by("name", "username")


def holders_visible_to(actor: Actor) -> QuerySet[User]:
    """People of the actor's line who may be given a device: active, with a field role."""
    people = User.objects.filter(
        is_active=True, assignments__role__in=FIELD_ROLES, home_office__isnull=False
    )
    if "" not in actor.offices:
        seen = Q(pk=None)
        for path in actor.offices:
            seen |= Q(home_office__path=path) | Q(home_office__path__startswith=path + "/")
        people = people.filter(seen)
    return people.distinct().order_by("name", "username")
