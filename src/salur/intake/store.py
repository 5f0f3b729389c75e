"""Sealed files on the disk, by their SHA-256. Chunked AES-256-GCM, so that a gigabyte streams.

Layout: ``SALUR1``, 1 byte key id, 8 random bytes, then chunks of 1 MiB, each sealed with the nonce
random ‖ chunk number and the additional data sha256 ‖ chunk number ‖ last?: chunks can neither be
swapped between files nor reordered nor cut off.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from django.conf import settings

from salur.kernel.keys import ring
from salur.kernel.sealing import SealBroken

MAGIC = b"SALUR1"
CHUNK_BYTES = 1 << 20
_TAG_BYTES = 16


def folder() -> Path:
    return Path(settings.SALUR_EVIDENCE_DIR)


def place_for(sha256: str) -> str:
    """Two levels of folders, so that millions of files stay listable."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def sync_folder(path: Path) -> None:
    """Returns when a file's name in this folder has reached the disk, as its bytes had before."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _chunks(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of exactly CHUNK_BYTES, the last one shorter (or empty)."""
    held = bytearray()
    for part in parts:
        held += part
        while len(held) > CHUNK_BYTES:
            yield bytes(held[:CHUNK_BYTES])
            del held[:CHUNK_BYTES]
    yield bytes(held)


def write_sealed(sha256: str, parts: Iterable[bytes]) -> str:
    """Writes the file and answers its place; a crash leaves a temporary file, never half a file."""
    keys = ring("files")
    place = place_for(sha256)
    target = folder() / place
    if target.exists():
        return place
    target.parent.mkdir(parents=True, exist_ok=True)
    prefix = os.urandom(8)
    half = target.with_name(f".{target.name}.{prefix.hex()}")
    try:
        with half.open("xb") as file:
            file.write(MAGIC + bytes([keys.current]) + prefix)
            previous: bytes | None = None
            number = 0
            for chunk in _chunks(parts):
                if previous is not None:
                    file.write(_seal_chunk(keys.current, sha256, prefix, number, previous, b"\0"))
                    number += 1
                previous = chunk
            file.write(_seal_chunk(keys.current, sha256, prefix, number, previous or b"", b"\1"))
            file.flush()
            os.fsync(file.fileno())
        half.replace(target)
        sync_folder(target.parent)
    except BaseException:
        half.unlink(missing_ok=True)
        raise
    return place


def _seal_chunk(
    key_id: int, sha256: str, prefix: bytes, number: int, chunk: bytes, last: bytes
) -> bytes:
    count = number.to_bytes(4, "big")
    cipher = ring("files").ciphers[key_id]
    return cipher.encrypt(prefix + count, chunk, sha256.encode() + count + last)


def read_sealed(sha256: str, place: str) -> Iterator[bytes]:
    """The file's bytes in chunks. Raises FileNotFoundError, SealBroken when it was altered."""
    with (folder() / place).open("rb") as file:
        head = file.read(len(MAGIC) + 9)
        if head[: len(MAGIC)] != MAGIC or len(head) < len(MAGIC) + 9:
            raise SealBroken(sha256)
        key_id, prefix = head[len(MAGIC)], head[len(MAGIC) + 1 :]
        cipher = ring("files").ciphers.get(key_id)
        if cipher is None:
            raise SealBroken(sha256)
        number = 0
        sealed = file.read(CHUNK_BYTES + _TAG_BYTES)
        while sealed:
            following = file.read(CHUNK_BYTES + _TAG_BYTES)
            count = number.to_bytes(4, "big")
            last = b"\0" if following else b"\1"
            try:
                yield cipher.decrypt(prefix + count, sealed, sha256.encode() + count + last)
            except InvalidTag as error:
                raise SealBroken(sha256) from error
            sealed = following
            number += 1
