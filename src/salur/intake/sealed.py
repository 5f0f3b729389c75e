"""What phones seal to us: one item opened with the ring's key. No reading of what it says.

``contract/README.md``, "Sealed items", fixes the form for both sides.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from salur.intake.errors import NotAnOutboxFile
from salur.kernel.keys import keys

_IV = 12
MOST_ITEM_BYTES = 6 * 1024 * 1024
_MOST_LINE = 4_000


class Unopenable(ValueError):
    """Not sealed to us, changed on the way, or not of this form; the code says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Item:
    """One opened item, as yet believed by nobody: who keeps an event checks its signature."""

    name: str
    kind: Literal["event", "photo"]
    device_id: UUID
    data: bytes
    """A photo's bytes, or of an event the JSON ``{bytes, signature}``."""


def _plain(text: Any) -> bytes:
    if not isinstance(text, str):
        raise Unopenable("malformed")
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise Unopenable("malformed") from error


def _unseal(key: bytes, name: bytes, sealed: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:_IV], sealed[_IV:], name)
    except (InvalidTag, ValueError) as error:
        raise Unopenable("not_sealed_to_us") from error


def open_item(envelope: Mapping[str, Any], data: bytes) -> Item:
    """Raises Unopenable; never anything else, whatever it is given."""
    name, key_id = envelope.get("name"), envelope.get("kid")
    if not isinstance(name, str) or not isinstance(key_id, int) or envelope.get("v") != 1:
        raise Unopenable("malformed")
    kind, _, rest = name.partition("|")
    try:
        device_id = UUID(rest.partition("|")[0])
        if kind not in ("event", "photo"):
            raise Unopenable("malformed")
        private = keys.outbox.agreement_key(key_id)
        point = keys.outbox.agreement_public(key_id)
        epk = _plain(envelope.get("epk"))
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), epk)
    except KeyError as error:
        raise Unopenable("unknown_key") from error
    except Unopenable:
        raise
    except ValueError as error:
        raise Unopenable("malformed") from error
    shared = private.exchange(ec.ECDH(), theirs)
    expand = HKDF(algorithm=SHA256(), length=32, salt=epk + point, info=b"salur-outbox-1")
    item_key = _unseal(expand.derive(shared), name.encode(), _plain(envelope.get("key")))
    if len(item_key) != 32:
        raise Unopenable("malformed")
    plain = _unseal(item_key, name.encode(), data)
    return Item(name, "event" if kind == "event" else "photo", device_id, plain)


def event_of(item: Item) -> tuple[bytes, bytes]:
    """(raw bytes, signature) of an opened event. Raises Unopenable."""
    try:
        wire = json.loads(item.data)
        return _plain(wire["bytes"]), _plain(wire["signature"])
    except (ValueError, KeyError, TypeError) as error:
        raise Unopenable("malformed") from error


def read_outbox_file(file: BinaryIO) -> Iterator[tuple[dict[str, Any], bytes]]:
    """(envelope, data) of each item of an exported file, one at a time. Raises NotAnOutboxFile
    where the file is none, or was cut off: what came before has been given by then."""
    header = _json_line(file)
    if header.get("salur_outbox") != 1:
        raise NotAnOutboxFile
    while line := file.readline(_MOST_LINE):
        try:
            row = json.loads(line)
            envelope, length = row["envelope"], row["length"]
        except (ValueError, KeyError, TypeError) as error:
            raise NotAnOutboxFile from error
        if not isinstance(envelope, dict) or type(length) is not int:
            raise NotAnOutboxFile
        if not 0 < length <= MOST_ITEM_BYTES:
            raise NotAnOutboxFile
        data = file.read(length)
        if len(data) != length or file.read(1) != b"\n":
            raise NotAnOutboxFile
        yield envelope, data


def _json_line(file: BinaryIO) -> dict[str, Any]:
    try:
        value = json.loads(file.readline(_MOST_LINE))
    except ValueError as error:
        raise NotAnOutboxFile from error
    if not isinstance(value, dict):
        raise NotAnOutboxFile
    return value
