"""ECDSA P-256 as browsers make it: raw r‖s over SHA-256, public keys as JWK."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from salur.access.errors import KeyRefused

_ALGORITHM = ECDSA(SHA256())
POINT_BYTES = 65
SIGNATURE_BYTES = 64


def unpadded(text: str) -> bytes:
    """Base64url without padding. Raises ValueError for anything else."""
    if not text.isascii() or "=" in text:
        raise ValueError("not base64url without padding")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url without padding") from error


def point_of_jwk(jwk: Mapping[str, Any]) -> bytes:
    """The 65-byte uncompressed point of a public P-256 key. Raises KeyRefused, for private keys
    and points off the curve too."""
    if jwk.get("kty") != "EC" or jwk.get("crv") != "P-256" or "d" in jwk:
        raise KeyRefused
    try:
        point = b"\x04" + unpadded(str(jwk["x"])) + unpadded(str(jwk["y"]))
        if len(point) != POINT_BYTES:
            raise KeyRefused
        _key(point)
    except (KeyError, ValueError) as error:
        raise KeyRefused from error
    return point


@lru_cache(maxsize=50_000)
def _key(point: bytes) -> EllipticCurvePublicKey:
    return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)


def verify_signature(point: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the raw 64-byte signature over the message is by the key of the point."""
    if len(signature) != SIGNATURE_BYTES:
        return False
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    try:
        _key(bytes(point)).verify(encode_dss_signature(r, s), message, _ALGORITHM)
    except (InvalidSignature, ValueError):
        return False
    return True
