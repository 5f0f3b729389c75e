"""What a supervisor reads to an officer whose phone takes no PIN any more. Works by telephone.

The phone shows six digits; the server answers with eight that only this phone and the server can
compute, from a secret that the phone was given at its enrolment.
"""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID

from salur.kernel.keys import keys

CHALLENGE_DIGITS = 6
_DIGITS = 8


def unlock_secret(device_id: UUID) -> bytes:
    """32 bytes that phone and server share, from the ring's first key: rotation changes nothing."""
    ring = keys.outbox
    return ring.derive(min(ring.keys), f"salur-unlock|{device_id}")


def unlock_answer(device_id: UUID, challenge: str) -> str:
    """The eight digits for what the phone shows."""
    said = f"salur-unlock|{challenge}".encode()
    mac = hmac.new(unlock_secret(device_id), said, hashlib.sha256).digest()
    return str(int.from_bytes(mac[:4]) % 10**_DIGITS).zfill(_DIGITS)
