"""A signed slip that says what the server found: carried from the verifier's screen to the payer's.

`base64url(canonical JSON) . base64url(Ed25519 signature)`, both without padding, signed by the key
of receipts. It says what was found at that moment; the server still judges again from evidence.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from cryptography.exceptions import InvalidSignature

from salur.identity.models import FaceCheck
from salur.kernel.canonical import canonical_json
from salur.kernel.clock import iso
from salur.kernel.keys import keys

PREFIX = b"salur-face-ticket-1\n"
"""Signed before the claims, so that no other thing signed by this key passes for a ticket."""


def write_ticket(check: FaceCheck) -> str:
    claims = canonical_json(
        {
            "at": iso(check.checked_at),
            "check": str(check.id),
            "decision": check.verdict,
            "kid": keys.receipts.current,
            "person": str(check.person_id),
            "photo": check.photo_sha256,
            "score_milli": None if check.score is None else round(check.score * 1000),
            "visit": str(check.visit_id) if check.visit_id else None,
        }
    )
    return f"{_encode(claims)}.{_encode(keys.receipts.signer.sign(PREFIX + claims))}"


def read_ticket(ticket: str) -> dict[str, Any] | None:
    """The claims; None for anything that we did not sign."""
    try:
        claims, signature = (_decode(part) for part in ticket.split("."))
        read: dict[str, Any] = json.loads(claims)
        keys.receipts.verifier(int(read["kid"])).verify(signature, PREFIX + claims)
    except (ValueError, KeyError, TypeError, InvalidSignature, binascii.Error):
        return None
    return read


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
