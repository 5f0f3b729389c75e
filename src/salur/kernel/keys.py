"""Key rings by purpose, made once, kept outside the data folder.

Each ring is a JSON file of mode 0600 in the keys folder: ``{"current": 1, "keys": {"1": hex}}``.
New material is always written under a new key id; older ids stay readable until rotation has
re-sealed what they protect. A start with data but without keys is refused by ``open_rings``.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

PURPOSES = (
    "field",
    "files",
    "blind_index",
    "subjects",
    "letters",
    "receipts",
    "outbox",
    "checkpoints",
)
"""field: AES of sealed columns · files: AES of sealed files · blind_index: HMAC for look-ups ·
subjects: HMAC of audit subjects · letters, receipts, checkpoints: Ed25519 seeds · outbox: what
phones seal to us, and the secrets that supervisors and phones share, each derived by its label."""

KEY_BYTES = 32
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class KeysMissing(RuntimeError):
    """Data exist, their keys do not: starting would make new keys and orphan every sealed value."""


@dataclass(frozen=True)
class Ring:
    """The keys of one purpose; ``current`` is the id that new material uses."""

    purpose: str
    current: int
    keys: dict[int, bytes]

    @property
    def key(self) -> bytes:
        return self.keys[self.current]

    @cached_property
    def ciphers(self) -> dict[int, AESGCM]:
        return {key_id: AESGCM(key) for key_id, key in self.keys.items()}

    @cached_property
    def signer(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.key)

    def verifier(self, key_id: int) -> Ed25519PublicKey:
        """Raises KeyError for an id that this ring never had."""
        return Ed25519PrivateKey.from_private_bytes(self.keys[key_id]).public_key()

    @cached_property
    def public_hex(self) -> str:
        return self.signer.public_key().public_bytes_raw().hex()

    def derive(self, key_id: int, label: str) -> bytes:
        """32 bytes for one use, by HKDF. Raises KeyError for an id that this ring never had."""
        expand = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=label.encode())
        return expand.derive(self.keys[key_id])

    def agreement_key(self, key_id: int) -> ec.EllipticCurvePrivateKey:
        """The P-256 key with which others agree on a secret with us: what browsers can do."""
        number = int.from_bytes(self.derive(key_id, "salur-agreement-p256"))
        return ec.derive_private_key(1 + number % (_P256_ORDER - 1), ec.SECP256R1())

    def agreement_public(self, key_id: int) -> bytes:
        """Its public half as the uncompressed point, 65 bytes."""
        public = self.agreement_key(key_id).public_key()
        return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def folder() -> Path:
    return Path(settings.SALUR_KEYS_DIR)


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def create_rings(path: Path) -> None:
    """Makes each ring that is not there yet; existing ones are never touched."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    for purpose in PURPOSES:
        if not (file := path / f"{purpose}.json").exists():
            ring = {"current": 1, "keys": {"1": secrets.token_hex(KEY_BYTES)}}
            _write_private(file, json.dumps(ring))


def open_rings(path: Path, *, data_exist: bool) -> None:
    """Makes the rings at the very first start. Raises KeysMissing when data are already there."""
    missing = [p for p in PURPOSES if not (path / f"{p}.json").exists()]
    if missing and data_exist:
        raise KeysMissing(f"{path}: {', '.join(missing)}")
    create_rings(path)


@lru_cache(maxsize=32)
def _load(path: Path, purpose: str) -> Ring:
    stored = json.loads((path / f"{purpose}.json").read_text())
    return Ring(
        purpose=purpose,
        current=int(stored["current"]),
        keys={int(i): bytes.fromhex(k) for i, k in stored["keys"].items()},
    )


def ring(purpose: str) -> Ring:
    """The ring of a purpose. Raises FileNotFoundError when the keys were never made."""
    return _load(folder(), purpose)


class _Rings:
    """``keys.letters`` reads better than ``ring("letters")``."""

    def __getattr__(self, purpose: str) -> Ring:
        if purpose not in PURPOSES:
            raise AttributeError(purpose)
        return ring(purpose)


keys = _Rings()
