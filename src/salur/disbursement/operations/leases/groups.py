"""A lease held by the devices of one session: the desks of a group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from salur.access.queries import roles_of_holders_for_system
from salur.access.rules import OFFICER, VERIFIER
from salur.audit.operations import record
from salur.disbursement.errors import GroupWrong, VisitLeased
from salur.disbursement.models import Lease, LeaseDevice
from salur.disbursement.operations.leases.codes import NO_CODES, LeaseCodes, make_codes
from salur.disbursement.operations.leases.taking import (
    fit_devices,
    leasable_session,
    new_lease,
    take,
)
from salur.disbursement.rules.leases import (
    CHECK_IN,
    MOST_DESKS,
    PAYING_ROLES,
    ROLES,
)
from salur.kernel.actor import Actor
from salur.kernel.clock import now

ROLE_NEEDS = {
    "payer": frozenset({OFFICER}),
    "all": frozenset({OFFICER}),
    "verifier": frozenset({OFFICER, VERIFIER}),
}
"""Who may sit where: cash only through officers' hands; at the entrance anybody with a device."""


@dataclass(frozen=True, slots=True)
class GroupMember:
    """A device, the desk at which it stands (none at the entrance) and what it does there."""

    device_id: UUID
    desk: int | None
    role: str


@dataclass(frozen=True, slots=True)
class GroupLease:
    """What was leased. ``codes`` are told once; none when the group was there already."""

    lease: Lease
    taken: int
    codes: LeaseCodes = NO_CODES

    @property
    def seals(self) -> dict[int, str]:
        return self.codes.seals


@transaction.atomic
def lease_to_group(session_id: UUID, members: Sequence[GroupMember], *, by: Actor) -> GroupLease:
    """Leases a session's open visits to its devices together, until its end plus a grace.

    Every paying desk is some visits' home; visits that were planned for a desk without a device
    get one that has. Idempotent: the same group gets its lease again, with the visits that became
    free since; a device that is new in the list joins. Raises UnknownSession, DeviceUnfit,
    GroupWrong, VisitLeased when all visits are held by others.
    """
    by.require("disbursement.lease_visits")
    session = leasable_session(session_id, by)
    _check(members)
    devices = fit_devices([member.device_id for member in members], by)
    holders = {device.id: device.holder_id for device in devices}
    roles = roles_of_holders_for_system(set(holders.values()))
    for member in members:
        needed = ROLE_NEEDS.get(member.role)
        if needed is not None and not needed & roles[holders[member.device_id]]:
            raise GroupWrong(problem=_("pemegang perangkat itu tidak boleh bertugas di sana"))
    lease = (
        Lease.objects.select_for_update()
        .filter(
            kind=Lease.Kind.GROUP,
            session=session,
            status=Lease.Status.ACTIVE,
            until__gt=now(),
        )
        .first()
    )
    fresh = lease is None
    if lease is None:
        lease = new_lease(session, by, device=None)
    joined = _join(lease, members)
    taken, held = take(lease, session)
    if fresh and not taken and held:
        raise VisitLeased
    _seat(lease)
    codes = make_codes(lease, by=by) if fresh else NO_CODES
    if fresh or taken or joined:
        record(
            "visits.leased",
            f"lease:{lease.id}",
            {
                "group": [
                    {"device": str(m.device_id), "desk": m.desk, "role": m.role} for m in joined
                ],
                "session": str(session.id),
                "visits": taken,
                "until": lease.until.isoformat(),
            },
            by=by,
        )
    return GroupLease(lease, taken, codes)


def _check(members: Sequence[GroupMember]) -> None:
    if len({member.device_id for member in members}) != len(members):
        raise GroupWrong(problem=_("satu perangkat disebut dua kali"))
    if not any(member.role in PAYING_ROLES for member in members):
        raise GroupWrong(problem=_("tidak ada perangkat yang membayar"))
    for member in members:
        if member.role not in ROLES:
            raise GroupWrong(problem=_("tugasnya tidak dikenal"))
        if member.desk is None:
            if member.role != CHECK_IN:
                raise GroupWrong(problem=_("nomor meja belum diisi"))
        elif not 1 <= member.desk <= MOST_DESKS:
            raise GroupWrong(problem=_("nomor meja 1 sampai 99"))


def _join(lease: Lease, members: Sequence[GroupMember]) -> list[GroupMember]:
    """Those that were not in the group yet. Raises GroupWrong when one would change its place:
    its phone may be out of reach and would go on as before."""
    known = {row.device_id: row for row in LeaseDevice.objects.filter(lease=lease)}
    for member in members:
        row = known.get(member.device_id)
        if row is not None and (row.desk, row.role) != (member.desk, member.role):
            raise GroupWrong(problem=_("perangkat yang sudah ikut tidak dapat pindah tempat"))
    joined = [member for member in members if member.device_id not in known]
    moment = now()
    LeaseDevice.objects.bulk_create(
        LeaseDevice(
            lease=lease,
            device_id=member.device_id,
            desk=member.desk,
            role=member.role,
            joined_at=moment,
        )
        for member in joined
    )
    return joined


def _seat(lease: Lease) -> None:
    """Visits whose home desk has no paying device are dealt out among those that have; all of them
    when the letters name no desk and one would stand idle."""
    paying = LeaseDevice.objects.filter(
        lease=lease, role__in=PAYING_ROLES, released_at__isnull=True
    )
    desks = sorted({desk for desk in paying.values_list("desk", flat=True) if desk is not None})
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH open AS (
                SELECT id, desk, slot_at, number FROM disbursement_visit
                WHERE lease_id = %(lease)s AND status IN ('planned', 'partly')
            ), dealt AS (
                SELECT id, (%(desks)s::int[])[1 + (row_number()
                    OVER (ORDER BY slot_at, number) - 1) %% %(count)s] AS desk
                FROM open
                WHERE desk <> ALL(%(desks)s::int[]) OR (%(unnamed)s AND EXISTS (
                    SELECT 1 FROM unnest(%(desks)s::int[]) AS d(desk)
                    WHERE d.desk NOT IN (SELECT desk FROM open)))
            )
            UPDATE disbursement_visit v SET desk = n.desk, updated_at = %(now)s
            FROM dealt n WHERE v.id = n.id AND v.desk <> n.desk
            """,
            {
                "lease": lease.id,
                "desks": desks,
                "count": len(desks),
                "unnamed": lease.session.desks == 1,
                "now": now(),
            },
        )


def members_of(lease_ids: Sequence[UUID]) -> dict[UUID, dict[UUID, LeaseDevice]]:
    """Lease > device > its place in the group, for those that are groups."""
    found: dict[UUID, dict[UUID, LeaseDevice]] = {}
    for row in LeaseDevice.objects.filter(lease__in=lease_ids):
        found.setdefault(row.lease_id, {})[row.device_id] = row
    return found
