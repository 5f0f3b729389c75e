"""Slips: what one device signed for another and showed as a QR code. Pure but for the key.

A slip rides along in the event that acts on it, so that the server can check again what a phone
believed without a network.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from salur.access.signatures import unpadded, verify_signature
from salur.kernel.clock import parse_iso

KINDS = frozenset({"verified", "release", "accept", "cash_give", "cash_take"})
MOST_BYTES = 2_000


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip as it reads; ``raw`` and ``signature`` prove it under the key of ``device_id``."""

    id: UUID
    kind: str
    device_id: UUID
    to: UUID | None
    session_id: UUID | None
    time: datetime
    body: dict[str, Any]
    raw: bytes
    signature: bytes

    def is_signed_by(self, public_key: bytes) -> bool:
        """Whether the device of this 65-byte point signed exactly these bytes."""
        return verify_signature(public_key, self.signature, self.raw)


def read_slip(value: Any) -> Slip | None:
    """The slip in ``{"bytes", "signature"}``, unproven; None for anything that is no slip."""
    try:
        raw, signature = unpadded(value["bytes"]), unpadded(value["signature"])
        if len(raw) > MOST_BYTES:
            return None
        content = json.loads(raw)
        if content["v"] != 1 or content["slip"] not in KINDS:
            return None
        if not isinstance(content["body"], dict):
            return None
        return Slip(
            id=UUID(content["id"]),
            kind=content["slip"],
            device_id=UUID(content["from"]),
            to=UUID(content["to"]) if content["to"] else None,
            session_id=UUID(content["session"]) if content["session"] else None,
            time=parse_iso(content["time"]),
            body=content["body"],
            raw=raw,
            signature=signature,
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return None
