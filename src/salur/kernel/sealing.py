"""Sealed values: AES-256-GCM bound to the field and to the person or card they belong to.

Layout: 1 byte key id, 12 bytes nonce, ciphertext with its 16-byte tag. The additional data are
``field|subject``, so a value copied to another field or another person does not open. The subject
is the UUID allotted in staging, which lets sealed values move between tables unopened.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from hashlib import sha256
from uuid import UUID

from cryptography.exceptions import InvalidTag

from salur.kernel.keys import ring

NONCE_BYTES = 12
_HASH_BLOCK = 64


class SealBroken(ValueError):
    """The value was altered, moved to another row or field, or sealed under an unknown key."""


def _additional(field: str, subject: UUID | str) -> bytes:
    return f"{field}|{subject}".encode()


def seal(value: str | bytes, *, field: str, subject: UUID | str) -> bytes:
    """The sealed bytes of one value."""
    return sealer(field)(value, subject)


def sealer(field: str) -> Callable[[str | bytes, UUID | str], bytes]:
    """``seal`` with the key looked up once, for tight loops over a list."""
    keys = ring("field")
    prefix = bytes([keys.current])
    cipher = keys.ciphers[keys.current]

    def seal_one(value: str | bytes, subject: UUID | str) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        data = value.encode() if isinstance(value, str) else value
        return prefix + nonce + cipher.encrypt(nonce, data, _additional(field, subject))

    return seal_one


def seal_many(
    values: Iterable[str | None], subjects: Iterable[str], *, field: str
) -> list[bytes | None]:
    """``seal`` over a whole list; None and "" stay None."""
    ring_of_fields = ring("field")
    prefix = bytes([ring_of_fields.current])
    encrypt = ring_of_fields.ciphers[ring_of_fields.current].encrypt
    additional = f"{field}|".encode()
    pairs = list(zip(values, subjects, strict=True))
    nonces = os.urandom(NONCE_BYTES * len(pairs))
    sealed: list[bytes | None] = []
    for at, (value, subject) in enumerate(pairs):
        if not value:
            sealed.append(None)
            continue
        nonce = nonces[at * NONCE_BYTES : (at + 1) * NONCE_BYTES]
        data = encrypt(nonce, value.encode(), additional + subject.encode())
        sealed.append(prefix + nonce + data)
    return sealed


def unseal_bytes(sealed: bytes | memoryview, *, field: str, subject: UUID | str) -> bytes:
    """The value again. Raises SealBroken when it is not what was sealed for this subject."""
    data = bytes(sealed)
    try:
        cipher = ring("field").ciphers[data[0]]
        return cipher.decrypt(
            data[1 : 1 + NONCE_BYTES], data[1 + NONCE_BYTES :], _additional(field, subject)
        )
    except (InvalidTag, KeyError, IndexError, ValueError) as error:
        raise SealBroken(field) from error


def unseal(sealed: bytes | memoryview, *, field: str, subject: UUID | str) -> str:
    """The text again. Raises SealBroken."""
    return unseal_bytes(sealed, field=field, subject=subject).decode()


def blind_index(text: str, *, purpose: str) -> bytes:
    """32 bytes by which an exact value can be found without being readable (HMAC-SHA-256)."""
    return indexer(purpose)(text)


def indexer(purpose: str) -> Callable[[str], bytes]:
    """``blind_index`` with the key prepared once, for tight loops.

    HMAC by hand (RFC 2104): two copied hash states cost half of what a copied HMAC object does.
    """
    key = ring("blind_index").key
    block = (key if len(key) <= _HASH_BLOCK else sha256(key).digest()).ljust(_HASH_BLOCK, b"\0")
    inner = sha256(bytes(byte ^ 0x36 for byte in block) + purpose.encode() + b"|")
    outer = sha256(bytes(byte ^ 0x5C for byte in block))

    def index_one(text: str) -> bytes:
        inside = inner.copy()
        inside.update(text.encode())
        mac = outer.copy()
        mac.update(inside.digest())
        return mac.digest()

    return index_one
