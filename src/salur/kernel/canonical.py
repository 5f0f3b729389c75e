"""Canonical JSON: one value, one sequence of bytes, so that hashes and signatures can be checked.

Keys sorted by code point, no spaces, UTF-8 without escapes beyond what JSON requires; the same
bytes as ECMAScript's ``JSON.stringify`` over sorted keys for the values that we sign (text, whole
numbers up to 2^53, booleans, null, lists, maps, and finite decimals of coordinates).
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import orjson

_CANONICAL = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


def canonical_json(value: Any) -> bytes:
    """The canonical bytes of ``value``. Raises ValueError for NaN, TypeError for other types."""
    return _CANONICAL.encode(value).encode()


def read_json(data: bytes) -> Any:
    """The value of JSON bytes. Raises ValueError, or RecursionError for what is nested too deeply.

    The quick reader is stricter than browsers are (a lone surrogate in a note, say): what it will
    not read is read again by the patient one.
    """
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return json.loads(data)


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def sha256_hex(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def root_of(hashes: list[bytes]) -> bytes:
    """One hash over many, in the given order: the root that a set operation's audit entry names.

    Merkle tree hash of RFC 9162 (leaf prefix 0, node prefix 1), so that a row can be proven later.
    """
    if not hashes:
        return sha256(b"")
    level = [sha256(b"\x00" + item) for item in hashes]
    while len(level) > 1:
        paired = [sha256(b"\x01" + a + b) for a, b in zip(level[::2], level[1::2], strict=False)]
        level = paired + ([level[-1]] if len(level) % 2 else [])
    return level[0]
