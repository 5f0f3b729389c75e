"""Devices: a one-time code from a head, a key from the phone, an end by revocation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from salur.access.errors import (
    BeyondOwnScope,
    ChallengeUnreadable,
    CodeExpired,
    CodeUnknown,
    CodeUsed,
    DeviceMissing,
    KeyTaken,
    NoHomeOffice,
    UserMissing,
)
from salur.access.models import Device, EnrolmentCode, SeenNonce, User
from salur.access.queries import actor_for
from salur.access.rules import (
    CODE_MINUTES,
    FIELD_ROLES,
    check_different_person,
    new_code,
    printed_code,
    typed_code,
)
from salur.access.signatures import point_of_jwk
from salur.access.unlocking import CHALLENGE_DIGITS, unlock_answer
from salur.audit.operations import record
from salur.kernel.actor import Actor
from salur.kernel.batching import set_cursor
from salur.kernel.canonical import sha256, sha256_hex
from salur.kernel.clock import now
from salur.kernel.ids import new_id

#: A request's nonce is kept for longer than its time window is open on either side.
NONCE_MINUTES = 12
SEEN_AGAIN_AFTER = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A code to show once: it is not stored, only its hash is."""

    id: UUID
    code: str
    holder: str
    expires_at: datetime

    @property
    def printed(self) -> str:
        return printed_code(self.code)


@transaction.atomic
def issue_enrolment_code(holder_id: UUID, *, by: Actor) -> IssuedCode:
    """A code with which one device of the holder can be enrolled within ten minutes, once.

    An earlier code of the holder that is still open ends. Raises UserMissing outside the actor's
    offices, and SamePerson for one's own device: a second person hands out each device.
    """
    by.require("access.issue_enrolment_code")
    holder = User.objects.select_related("home_office").filter(id=holder_id, is_active=True).first()
    if holder is None:
        raise UserMissing
    if holder.home_office is None:
        raise NoHomeOffice
    if not by.sees_office(holder.home_office.path):
        raise UserMissing
    if not FIELD_ROLES & actor_for(holder).roles:
        raise BeyondOwnScope
    check_different_person(by, str(holder.id))
    moment, code = now(), new_code()
    EnrolmentCode.objects.filter(holder=holder, used_at__isnull=True, expires_at__gt=moment).update(
        expires_at=moment
    )
    issued = EnrolmentCode.objects.create(
        id=new_id(),
        code_hash=sha256(code.encode()),
        holder=holder,
        office=holder.home_office,
        issued_by=by.id,
        issued_at=moment,
        expires_at=moment + timedelta(minutes=CODE_MINUTES),
    )
    record(
        "access.enrolment_code_issued",
        f"user:{holder.id}",
        {"code": str(issued.id), "office": holder.home_office.code},
        by=by,
    )
    return IssuedCode(issued.id, code, str(holder), issued.expires_at)


@transaction.atomic
def enrol_device(
    code: str, *, device_name: str, public_key: Mapping[str, Any], app_version: str = ""
) -> Device:
    """Registers a phone's public key (JWK) for the holder of the code.

    The code is the authority, so no actor is asked for: the entry names the holder. Works once:
    raises CodeUnknown, CodeExpired, CodeUsed, KeyRefused or KeyTaken and changes nothing.
    """
    point = point_of_jwk(public_key)
    issued = (
        EnrolmentCode.objects.select_for_update(of=("self",))
        .select_related("holder", "office")
        .filter(code_hash=sha256(typed_code(code).encode()))
        .first()
    )
    if issued is None:
        raise CodeUnknown
    if issued.used_at is not None:
        raise CodeUsed
    moment = now()
    if issued.expires_at <= moment:
        raise CodeExpired
    if Device.objects.filter(public_key=point).exists():
        raise KeyTaken
    device = Device.objects.create(
        id=new_id(),
        holder=issued.holder,
        office=issued.office,
        name=device_name.strip()[:60] or str(issued.holder),
        public_key=point,
        app_version=app_version[:20],
        enrolled_at=moment,
        enrolled_by=issued.issued_by,
        last_seen_at=moment,
    )
    EnrolmentCode.objects.filter(id=issued.id).update(used_at=moment, device=device)
    record(
        "access.device_enrolled",
        f"device:{device.id}",
        {
            "holder": str(issued.holder_id),
            "office": issued.office_id,
            "code": str(issued.id),
            "key": sha256_hex(point),
        },
        by=actor_for(issued.holder),
    )
    return device


@transaction.atomic
def revoke_device(device_id: UUID, reason: str, *, by: Actor) -> None:
    """From the next request on the device is refused; its signed events are still taken in, and
    judged as those of a revoked device. Again changes nothing. Raises DeviceMissing outside the
    actor's offices."""
    by.require("access.revoke_device")
    device = _locked(device_id)
    if not by.sees_office(device.office.path):
        raise DeviceMissing
    _end(device, Device.Status.REVOKED, "access.device_revoked", reason, by)


@transaction.atomic
def wipe_device(device_id: UUID, reason: str, *, by: Actor) -> None:
    """The phone gives up its records at its next contact, and is refused from now on. What it has
    not handed in stays on it, sealed to us, and is still taken in. Again changes nothing. Raises
    DeviceMissing outside the actor's offices."""
    by.require("access.revoke_device")
    device = _locked(device_id)
    if not by.sees_office(device.office.path):
        raise DeviceMissing
    _end(device, Device.Status.REVOKED, "access.device_revoked", reason, by)
    asked = Device.objects.filter(id=device.id, wipe_asked_at__isnull=True)
    if asked.update(wipe_asked_at=now()):
        record("access.device_wipe_asked", f"device:{device.id}", {"reason": reason}, by=by)


@transaction.atomic
def answer_unlock(device_id: UUID, challenge: str, *, by: Actor) -> str:
    """The eight digits that give an officer new tries at the own PIN; they open no data.

    Raises DeviceMissing outside the actor's offices, ChallengeUnreadable for anything but six
    digits.
    """
    by.require("access.answer_unlock")
    device = _locked(device_id)
    if not by.sees_office(device.office.path):
        raise DeviceMissing
    digits = "".join(filter(str.isdecimal, challenge))
    if len(digits) != CHALLENGE_DIGITS:
        raise ChallengeUnreadable
    record("access.unlock_answered", f"device:{device.id}", {}, by=by)
    return unlock_answer(device.id, digits)


@transaction.atomic
def quarantine_device(device_id: UUID, reason: str, *, by: Actor) -> None:
    """For what receives events: a device whose key signed two histories is trusted no more, until
    people have looked. Again changes nothing."""
    _end(_locked(device_id), Device.Status.QUARANTINED, "access.device_quarantined", reason, by)


def _locked(device_id: UUID) -> Device:
    device = (
        Device.objects.select_for_update(of=("self",))
        .select_related("office")
        .filter(id=device_id)
        .first()
    )
    if device is None:
        raise DeviceMissing
    return device


def _end(device: Device, status: Device.Status, kind: str, reason: str, by: Actor) -> None:
    changed = (
        Device.objects.filter(id=device.id)
        .exclude(status__in=(status, Device.Status.REVOKED))
        .update(status=status, revoked_at=device.revoked_at or now())
    )
    if changed:
        record(kind, f"device:{device.id}", {"reason": reason}, by=by)


def remember_request(device: Device, nonce: bytes) -> bool:
    """Whether this nonce of the device is new; it is kept from now on. Leaves no audit entry."""
    moment = now()
    with set_cursor() as cursor:
        cursor.execute(
            "INSERT INTO access_seen_nonce (device_id, nonce, seen_at) VALUES (%s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            [device.id, nonce, moment],
            prepare=True,
        )
        fresh = cursor.rowcount == 1
    if fresh and (device.last_seen_at is None or moment - device.last_seen_at > SEEN_AGAIN_AFTER):
        Device.objects.filter(id=device.id).update(last_seen_at=moment)
    return fresh


def forget_old_nonces() -> int:
    """Drops nonces whose requests are too old to be accepted anyway; how many."""
    edge = now() - timedelta(minutes=NONCE_MINUTES)
    return SeenNonce.objects.filter(seen_at__lt=edge).delete()[0]
