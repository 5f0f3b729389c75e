"""The letter's token: what the QR of a letter says and how an offline device can trust it.

Layout (big endian), then 64 bytes of Ed25519 signature over all that stands before:

    1  version: 1 = amounts in thousands of rupiah, 2 = amounts in rupiah
    1  id of the letters key
   16  visit
    2  version of the letter
    4  total
    4  name check: start of SHA-256 over the normalised name
    1  n, then n times: 4 bytes start of the payment's id, 3 bytes amount
    2  number of the tranche

Version 2 is written only for the rare family with an amount that is no multiple of a thousand (a
tenth cut from 225.000 is 202.500): an amount in a signed letter is exact or it is not there.
The token stands in the fragment of an HTTPS address, so that it reaches no server's log, in
upper-case base32, which a QR code packs into a smaller symbol than mixed case.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

SIGNATURE_BYTES: Final = 64
NAME_CHECK_BYTES: Final = 4
PAYMENT_MARK_BYTES: Final = 4
MOST_PAYMENTS: Final = 16

_UNIT_RUPIAH: Final = {1: 1_000, 2: 1}
_HEAD: Final = struct.Struct(">BB16sHI4sB")
_TAIL: Final = struct.Struct(">H")
_LARGEST_PAYMENT: Final = 2**24 - 1
_LARGEST_TOTAL: Final = 2**32 - 1


class WrongToken(ValueError):
    """Not a letter of ours: damaged, made up, or signed by nobody whom we know."""


@dataclass(frozen=True, slots=True)
class LetterClaims:
    """What a letter promises. The lease, not the letter, decides how much is paid."""

    visit: UUID
    letter_version: int
    total_rupiah: int
    name_check: bytes
    payments: tuple[tuple[bytes, int], ...]
    """The last bytes of each payment's id (the first ones are its time, which neighbours share) and
    its amount in rupiah."""
    tranche: int
    key_id: int


_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_PAIRS: Final = [first + second for first in _ALPHABET for second in _ALPHABET]


def _base32(data: bytes) -> str:
    """RFC 4648 without padding, two letters at a time: half the time of the library's, which
    counts when millions of letters are printed (a test holds both together)."""
    length = -(-len(data) * 8 // 5)
    bits = length + length % 2
    number = int.from_bytes(data, "big") << (bits * 5 - len(data) * 8)
    pairs = [_PAIRS[(number >> shift) & 1023] for shift in range(bits * 5 - 10, -1, -10)]
    return "".join(pairs)[:length]


def normalise_name(name: str) -> str:
    """One spelling of a name for comparison: NFKC, upper case, single blanks."""
    return " ".join(unicodedata.normalize("NFKC", name).upper().split())


def check_of_name(name: str) -> bytes:
    return hashlib.sha256(normalise_name(name).encode()).digest()[:NAME_CHECK_BYTES]


def claims_for(
    *,
    visit: UUID,
    letter_version: int,
    name: str,
    payments: tuple[tuple[UUID, int], ...],
    tranche: int,
    key_id: int,
) -> LetterClaims:
    """The claims of one visit's letter; the total is the sum of its payments."""
    return LetterClaims(
        visit=visit,
        letter_version=letter_version,
        total_rupiah=sum(amount for _, amount in payments),
        name_check=check_of_name(name),
        payments=tuple((id_.bytes[-PAYMENT_MARK_BYTES:], amount) for id_, amount in payments),
        tranche=tranche,
        key_id=key_id,
    )


def encode_claims(claims: LetterClaims) -> bytes:
    """The bytes that are signed. Raises WrongToken when an amount does not fit: never rounds."""
    if not 0 < len(claims.payments) <= MOST_PAYMENTS:
        raise WrongToken(f"a letter has 1 to {MOST_PAYMENTS} payments")
    version = 1 if all(amount % 1_000 == 0 for _, amount in claims.payments) else 2
    unit = _UNIT_RUPIAH[version]
    total = claims.total_rupiah // unit
    if claims.total_rupiah % unit or not 0 < total <= _LARGEST_TOTAL:
        raise WrongToken(f"total does not fit: {claims.total_rupiah}")
    parts = [
        _HEAD.pack(
            version,
            claims.key_id,
            claims.visit.bytes,
            claims.letter_version,
            total,
            claims.name_check,
            len(claims.payments),
        )
    ]
    for mark, amount in claims.payments:
        if not 0 < amount // unit <= _LARGEST_PAYMENT:
            raise WrongToken(f"amount does not fit: {amount}")
        parts.append(mark + (amount // unit).to_bytes(3, "big"))
    parts.append(_TAIL.pack(claims.tranche))
    return b"".join(parts)


def seal_token(body: bytes, signature: bytes) -> str:
    """Body and signature as the text that stands in the address."""
    return _base32(body + signature)


def letter_address(public_url: str, token: str) -> str:
    """The whole QR text, `HTTPS://HOST/L#TOKEN`, in upper case for the smaller symbol."""
    return f"{public_url.rstrip('/').upper()}/L#{token}"


def open_token(text: str) -> tuple[LetterClaims, bytes, bytes]:
    """(claims, signed bytes, signature) of a token or of a whole address; not yet trusted."""
    token = text.strip().rpartition("#")[2].upper()
    try:
        raw = base64.b32decode(token + "=" * (-len(token) % 8))
    except (binascii.Error, ValueError) as error:
        raise WrongToken("not base32") from error
    body, signature = raw[:-SIGNATURE_BYTES], raw[-SIGNATURE_BYTES:]
    if len(body) < _HEAD.size + _TAIL.size:
        raise WrongToken("too short")
    version, key_id, visit, letter_version, total, name_check, count = _HEAD.unpack_from(body)
    unit = _UNIT_RUPIAH.get(version)
    if unit is None:
        raise WrongToken(f"version {version} is not known")
    if len(body) != _HEAD.size + 7 * count + _TAIL.size:
        raise WrongToken("wrong length")
    payments = []
    for start in range(_HEAD.size, _HEAD.size + 7 * count, 7):
        amount = int.from_bytes(body[start + 4 : start + 7], "big") * unit
        payments.append((body[start : start + 4], amount))
    (tranche,) = _TAIL.unpack_from(body, _HEAD.size + 7 * count)
    claims = LetterClaims(
        visit=UUID(bytes=visit),
        letter_version=letter_version,
        total_rupiah=total * unit,
        name_check=name_check,
        payments=tuple(payments),
        tranche=tranche,
        key_id=key_id,
    )
    if claims.total_rupiah != sum(amount for _, amount in payments):
        raise WrongToken("the amounts do not add up")
    return claims, body, signature


def verify_token(text: str, verify: Callable[[int, bytes, bytes], bool]) -> LetterClaims:
    """The claims of a letter that `verify(key_id, signature, body)` vouches for.

    Raises WrongToken otherwise. Says nothing about whether the letter is still the newest.
    """
    claims, body, signature = open_token(text)
    if not verify(claims.key_id, signature, body):
        raise WrongToken("the signature does not fit")
    return claims
