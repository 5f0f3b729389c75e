"""Files are kept under their hash, sealed before they touch the disk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.db import transaction

from salur.intake.errors import FileTooLarge, WrongHash
from salur.intake.models import Picture, StoredFile
from salur.intake.store import write_sealed
from salur.kernel.actor import Actor
from salur.kernel.canonical import sha256_hex
from salur.kernel.clock import now


@transaction.atomic
def keep_file(
    data: bytes,
    *,
    kind: str,
    media_type: str,
    by: Actor,
    name: str = "",
    expected_sha256: str | None = None,
) -> StoredFile:
    """Keeps the bytes and answers their row. Idempotent: the same bytes are kept once.

    Raises WrongHash when the sender announced another hash.
    """
    sha256 = sha256_hex(data)
    if expected_sha256 is not None and expected_sha256 != sha256:
        raise WrongHash(expected=expected_sha256, received=sha256)
    return _remember(sha256, len(data), [data], kind, media_type, name, by)


def keep_stream(
    path: Path, *, kind: str, media_type: str, by: Actor, name: str = "", most_bytes: int
) -> StoredFile:
    """Keeps an uploaded temporary file without holding it in memory. Raises FileTooLarge."""
    length = path.stat().st_size
    if length > most_bytes:
        raise FileTooLarge(length=length, most=most_bytes)
    digest = hashlib.sha256()
    for part in _parts(path):
        digest.update(part)
    with transaction.atomic():
        return _remember(digest.hexdigest(), length, _parts(path), kind, media_type, name, by)


def _parts(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            yield part


def _remember(
    sha256: str,
    length: int,
    parts: Iterable[bytes],
    kind: str,
    media_type: str,
    name: str,
    by: Actor,
) -> StoredFile:
    for known in StoredFile.objects.filter(sha256=sha256):
        return known
    row = StoredFile(
        sha256=sha256,
        kind=kind,
        media_type=media_type,
        length=length,
        name=name,
        path=write_sealed(sha256, parts),
        received_at=now(),
        received_from=f"{by.kind}:{by.id}",
    )
    # Two senders of the same bytes: both write the same sealed place, one row wins.
    StoredFile.objects.bulk_create([row], ignore_conflicts=True)
    if kind == StoredFile.Kind.EVIDENCE:
        to_draw = Picture(sha256=sha256, arrived_at=row.received_at)
        Picture.objects.bulk_create([to_draw], ignore_conflicts=True)
    return row
