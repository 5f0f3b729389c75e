"""Devices sign each request with a key that cannot leave them.

``Authorization: Salur-Device <device_id>.<unix_ms>.<nonce>.<signature>``, the signature over the
lines ``salur1``, method, path with query, device id, time, nonce, SHA-256 of the body. A request
is good for five minutes around our clock, and once.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest
from ninja.security.base import AuthBase

from salur.access.doors.pages import Door
from salur.access.doors.rates import Rates
from salur.access.errors import (
    ClockOff,
    DeviceRevoked,
    DeviceUnknown,
    NotSignedIn,
    RequestReplayed,
    SignatureRefused,
    TooManyRequests,
)
from salur.access.models import Device
from salur.access.operations.devices import remember_request
from salur.access.queries import caller_for_system
from salur.access.signatures import unpadded, verify_signature
from salur.kernel.actor import Actor
from salur.kernel.canonical import sha256_hex
from salur.kernel.clock import iso, now

SCHEME = "Salur-Device"
WINDOW_MS = 5 * 60 * 1000
_NONCE_BYTES = range(12, 33)
rates = Rates()


@dataclass(frozen=True, slots=True)
class SignedHeader:
    device: UUID
    unix_ms: int
    nonce: str
    signature: bytes


def read_header(value: str) -> SignedHeader:
    """The parts of the header. Raises SignatureRefused when it is not of our scheme."""
    scheme, _, rest = value.partition(" ")
    try:
        device, unix_ms, nonce, signature = rest.split(".")
        if scheme != SCHEME or not unix_ms.isdigit() or len(unix_ms) > 14:
            raise SignatureRefused
        if len(unpadded(nonce)) not in _NONCE_BYTES:
            raise SignatureRefused
        header = SignedHeader(UUID(device), int(unix_ms), nonce, unpadded(signature))
    except ValueError as error:
        raise SignatureRefused from error
    if str(header.device) != device:
        raise SignatureRefused
    return header


def signed_text(
    method: str, path: str, device: UUID | str, unix_ms: int, nonce: str, body: bytes
) -> bytes:
    """What the signature is over."""
    lines = ("salur1", method, path, str(device), str(unix_ms), nonce, sha256_hex(body))
    return "\n".join(lines).encode()


class DeviceAuth(AuthBase):
    """For ninja: a request signed by an enrolled device; ``request.actor`` is the device with the
    permissions of its holder, ``request.device`` its row.

    Revoked devices are refused, except where ``revoked_may=True``: what they still hold must
    reach us (events, evidence). Quarantined devices may as little as revoked ones.
    """

    openapi_type = "http"
    openapi_scheme = SCHEME.lower()

    def __init__(self, *, permission: str = "field.work", revoked_may: bool = False) -> None:
        self.door = Door(permission, (), "device_api")
        self.revoked_may = revoked_may
        super().__init__()

    def __call__(self, request: HttpRequest) -> Actor:
        if not (value := request.headers.get("Authorization", "")):
            raise NotSignedIn
        header = read_header(value)
        moment = now()
        caller = caller_for_system(header.device)
        if caller is None:
            raise DeviceUnknown
        device, actor = caller
        signed = signed_text(
            request.method or "",
            request.get_full_path(),
            header.device,
            header.unix_ms,
            header.nonce,
            request.body,
        )
        if not verify_signature(bytes(device.public_key), header.signature, signed):
            raise SignatureRefused
        if abs(int(moment.timestamp() * 1000) - header.unix_ms) > WINDOW_MS:
            raise ClockOff(server_time=iso(moment))
        if device.status != Device.Status.ACTIVE and not self.revoked_may:
            raise DeviceRevoked
        if wait := rates.seconds_to_wait(device.id, moment):
            raise TooManyRequests(retry_after=wait)
        if not remember_request(device, unpadded(header.nonce)):
            raise RequestReplayed
        if device.status == Device.Status.ACTIVE:
            actor.require(self.door.permission or "field.work")
        request.device = device  # type: ignore[attr-defined]
        request.actor = actor  # type: ignore[attr-defined]
        return actor
