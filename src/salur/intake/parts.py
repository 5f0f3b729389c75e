"""Sealed parts of files on their way. Each accepted piece is one file, named by where it starts.

Layout: ``SALURP``, 1 byte key id, 12 bytes nonce, the sealed bytes; the additional data are the
upload and the start, so that parts can neither be swapped nor moved. They lie in a folder whose
name begins with a dot, beside the whole files: a backup leaves them out, a phone sends them again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag

from salur.intake.store import folder, sync_folder
from salur.kernel.keys import ring
from salur.kernel.sealing import SealBroken

MAGIC = b"SALURP"
_NONCE_BYTES = 12
_OVERHEAD_BYTES = len(MAGIC) + 1 + _NONCE_BYTES + 16


def parts_folder() -> Path:
    return folder() / ".parts"


def _part(upload: UUID, start: int) -> Path:
    return parts_folder() / str(upload) / f"{start:012d}"


def _additional(upload: UUID, start: int) -> bytes:
    return f"part|{upload}|{start}".encode()


def write_part(upload: UUID, start: int, data: bytes) -> None:
    """Returns when the sealed part has reached the disk. One at the same place is replaced."""
    keys = ring("files")
    place = _part(upload, start)
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    nonce = os.urandom(_NONCE_BYTES)
    sealed = keys.ciphers[keys.current].encrypt(nonce, data, _additional(upload, start))
    half = place.with_name(f".{place.name}.{nonce.hex()}")
    try:
        with half.open("xb") as file:
            file.write(MAGIC + bytes([keys.current]) + nonce + sealed)
            file.flush()
            os.fsync(file.fileno())
        half.replace(place)
        sync_folder(place.parent)
    except BaseException:
        half.unlink(missing_ok=True)
        raise


def reach_of_parts(upload: UUID, most: int) -> int:
    """How far the parts go without a gap, at most to ``most``: less than the row says when parts
    were lost with a disk or left out of a backup."""
    start = 0
    while start < most:
        try:
            held = _part(upload, start).stat().st_size - _OVERHEAD_BYTES
        except FileNotFoundError:
            break
        if held <= 0 or start + held > most:
            break
        start += held
    return start


def read_parts(upload: UUID, length: int) -> Iterator[bytes]:
    """The bytes of all parts up to ``length``, in order. Raises SealBroken for an altered part."""
    start = 0
    while start < length:
        sealed = _part(upload, start).read_bytes()
        begin = len(MAGIC) + 1 + _NONCE_BYTES
        cipher = ring("files").ciphers.get(sealed[len(MAGIC)]) if len(sealed) > begin else None
        if cipher is None or not sealed.startswith(MAGIC):
            raise SealBroken(str(upload))
        try:
            data = cipher.decrypt(
                sealed[len(MAGIC) + 1 : begin], sealed[begin:], _additional(upload, start)
            )
        except InvalidTag as error:
            raise SealBroken(str(upload)) from error
        yield data
        start += len(data)


def forget_parts(upload: UUID) -> None:
    shutil.rmtree(parts_folder() / str(upload), ignore_errors=True)


def kept_parts() -> Iterator[tuple[UUID, float]]:
    """Each upload that has parts on the disk, with the time of its folder's last change."""
    if not parts_folder().is_dir():
        return
    for entry in os.scandir(parts_folder()):
        try:
            yield UUID(entry.name), entry.stat().st_mtime
        except (ValueError, FileNotFoundError):
            continue
