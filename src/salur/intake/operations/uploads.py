"""Files that come in pieces: kept sealed part by part, whole only when their hash is right."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import OperationalError, transaction
from psycopg.errors import LockNotAvailable

from salur.intake.errors import (
    BeyondLength,
    FileTooLarge,
    LengthNotNamed,
    NoSuchFile,
    NoSuchUpload,
    NotAPhoto,
    TooManyUploads,
    UploadBusy,
    WrongHash,
    WrongOffset,
)
from salur.intake.models import StoredFile, Upload
from salur.intake.operations.files import keep_file
from salur.intake.parts import forget_parts, kept_parts, reach_of_parts, read_parts, write_part
from salur.intake.queries import Progress, lengths_named_for_system
from salur.intake.rules import MOST_PHOTO_BYTES, photo_type
from salur.kernel.actor import Actor
from salur.kernel.clock import now
from salur.kernel.errors import Refusal
from salur.kernel.ids import new_id
from salur.kernel.sealing import SealBroken

log = structlog.get_logger("salur.intake")

KEPT_FOR = timedelta(days=7)
"""Since the last piece: a phone may be a week without a network."""
MOST_OPEN_UPLOADS = 50
"""Of one device at once. The app sends one file after the other."""
_ABANDONED_SECONDS = 3600


def open_upload(sha256: str, length: int, *, device_id: UUID, by: Actor) -> Progress:
    """Makes room for a file that an event of this device names, or finds what is here of it.

    Idempotent: a second call answers the offset that the first one has come to. Raises NoSuchFile
    when no event names it, LengthNotNamed when events name another length, FileTooLarge,
    TooManyUploads.
    """
    named = lengths_named_for_system(sha256, device_id)
    if not named:
        raise NoSuchFile(sha256=sha256)
    if whole := StoredFile.objects.filter(sha256=sha256).first():
        return Progress(whole.length, whole.length, None)
    if length not in named:
        raise LengthNotNamed(length=length)
    if length > MOST_PHOTO_BYTES:
        raise FileTooLarge(length=length, most=MOST_PHOTO_BYTES)
    open_ones = Upload.objects.filter(device_id=device_id)
    found = open_ones.filter(sha256=sha256).first()
    if found is None:
        if open_ones.count() >= MOST_OPEN_UPLOADS:
            raise TooManyUploads(most=MOST_OPEN_UPLOADS)
        moment = now()
        fresh = Upload(
            id=new_id(),
            device_id=device_id,
            sha256=sha256,
            length=length,
            created_at=moment,
            expires_at=moment + KEPT_FOR,
        )
        Upload.objects.bulk_create([fresh], ignore_conflicts=True)
        found = open_ones.get(sha256=sha256)
    return Progress(reach_of_parts(found.id, found.offset), found.length, found.expires_at)


def append_to_upload(
    sha256: str, offset: int, data: bytes, *, device_id: UUID, by: Actor
) -> Progress:
    """Adds the bytes that follow ``offset``; the last ones make it a kept file.

    When this returns, the part is on the disk and the new offset is committed. Nothing changes on
    NoSuchUpload, UploadBusy (another piece of this file is being written), WrongOffset,
    BeyondLength. Raises WrongHash or NotAPhoto when the whole file is not what was announced: then
    all of it is thrown away, and the sender starts anew.
    """
    refusal: Refusal | None = None
    with transaction.atomic():
        upload = _lock(sha256, device_id)
        here = reach_of_parts(upload.id, upload.offset)
        if offset != here:
            raise WrongOffset(offset=here)
        if offset + len(data) > upload.length:
            raise BeyondLength(length=upload.length)
        if data:
            write_part(upload.id, offset, data)
        upload.offset = offset + len(data)
        upload.expires_at = now() + KEPT_FOR
        if upload.offset < upload.length:
            upload.save(update_fields=["offset", "expires_at"])
            return Progress(upload.offset, upload.length, upload.expires_at)
        try:
            _finish(upload, by)
        except Refusal as thrown_away:
            refusal = thrown_away
        upload_id = upload.id
        upload.delete()
        transaction.on_commit(lambda: forget_parts(upload_id))
    if refusal is not None:
        log.warning("upload_thrown_away", sha256=sha256[:12], code=refusal.code)
        raise refusal
    return Progress(upload.length, upload.length, None)


def _lock(sha256: str, device_id: UUID) -> Upload:
    try:
        with transaction.atomic():
            locked = Upload.objects.select_for_update(nowait=True)
            return locked.get(device_id=device_id, sha256=sha256, expires_at__gt=now())
    except Upload.DoesNotExist as error:
        raise NoSuchUpload from error
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise UploadBusy from error
        raise


def _finish(upload: Upload, by: Actor) -> None:
    try:
        data = b"".join(read_parts(upload.id, upload.length))
    except (SealBroken, FileNotFoundError) as error:
        raise WrongHash(expected=upload.sha256) from error
    if hashlib.sha256(data).hexdigest() != upload.sha256:
        raise WrongHash(expected=upload.sha256)
    media_type = photo_type(data)
    if media_type is None:
        raise NotAPhoto
    keep_file(data, kind="evidence", media_type=media_type, expected_sha256=upload.sha256, by=by)


def withdraw_upload(sha256: str, *, device_id: UUID, by: Actor) -> None:
    """Throws away what has come of an unfinished file. Raises NoSuchUpload, UploadBusy."""
    with transaction.atomic():
        upload = _lock(sha256, device_id)
        upload_id = upload.id
        upload.delete()
        transaction.on_commit(lambda: forget_parts(upload_id))


def expire_uploads() -> int:
    """Throws away uploads without a piece for a week, and parts whose upload is over; how many."""
    with transaction.atomic():
        old = Upload.objects.select_for_update(skip_locked=True).filter(expires_at__lte=now())
        expired = list(old.values_list("id", flat=True))
        Upload.objects.filter(id__in=expired).delete()
    abandoned = {
        upload
        for upload, changed in kept_parts()
        if now().timestamp() - changed > _ABANDONED_SECONDS or upload in expired
    }
    abandoned -= set(Upload.objects.filter(id__in=abandoned).values_list("id", flat=True))
    for upload in {*expired, *abandoned}:
        forget_parts(upload)
    return len(expired)
