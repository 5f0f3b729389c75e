"""Photos in pieces: tus 1.0.0 (core, creation, creation-with-upload, checksum, termination,
expiration), with every request signed by the device like all others.

An upload has the address of its file's SHA-256, so a phone that forgot everything else still finds
how far it came: HEAD answers the offset, the whole length once the file is here. The signature
covers a piece's bytes, so a piece is taken whole or not at all.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.http import http_date
from ninja import Router
from ninja.decorators import decorate_view

from salur.access.doors import DeviceAuth
from salur.field.errors import (
    BadUploadHeader,
    NotAPiece,
    OtherTusVersion,
    PieceTooLarge,
    WrongChecksum,
)
from salur.field.schemas import Problem
from salur.intake.errors import BeyondLength, FileTooLarge, NoSuchUpload, UploadBusy
from salur.intake.operations import append_to_upload, open_upload, withdraw_upload
from salur.intake.queries import Progress, upload_progress_for_system
from salur.intake.rules import MOST_PHOTO_BYTES
from salur.kernel.clock import iso, now
from salur.kernel.errors import Refusal

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,termination,expiration"
PIECE = "application/offset+octet-stream"
_ALGORITHMS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}
_DIGITS = re.compile(r"[0-9]{1,12}")
_HASH = re.compile(r"[0-9a-f]{64}")

STATUSES: dict[type[Refusal], int] = {
    OtherTusVersion: 412,
    NotAPiece: 415,
    PieceTooLarge: 413,
    FileTooLarge: 413,
    BeyondLength: 413,
    BadUploadHeader: 400,
    WrongChecksum: 460,
    UploadBusy: 423,
}
"""What tus asks for where it differs from the status of a refusal's kind."""

_RESPONSES = dict.fromkeys((400, 401, 403, 404, 409, 412, 413, 415, 422, 423, 429, 460), Problem)
router = Router()
_SIGNED = DeviceAuth(revoked_may=True)


def _early(refusal: Refusal) -> HttpResponse:
    body = {
        "code": refusal.code,
        "message": str(refusal),
        "details": refusal.details,
        "server_time": iso(now()),
    }
    return JsonResponse(body, status=STATUSES[type(refusal)])


def speaks_tus(run: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The version on every request and answer, refusals of the door included."""

    @wraps(run)
    def spoken(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        length = request.headers.get("Content-Length") or "0"
        if request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != VERSION:
            response = _early(OtherTusVersion())
            response["Tus-Version"] = VERSION
        elif not _DIGITS.fullmatch(length) or int(length) > MOST_PHOTO_BYTES:
            response = _early(PieceTooLarge(most=MOST_PHOTO_BYTES))
        else:
            response = run(request, **kwargs)
        response["Tus-Resumable"] = VERSION
        response["Cache-Control"] = "no-store"
        return response

    return spoken


def _answer(status: int, progress: Progress) -> HttpResponse:
    response = HttpResponse(status=status)
    response["Upload-Offset"] = str(progress.offset)
    if progress.expires_at is not None:
        response["Upload-Expires"] = http_date(progress.expires_at.timestamp())
    return response


def _number(request: HttpRequest, header: str) -> int:
    text = request.headers.get(header, "")
    if not _DIGITS.fullmatch(text):
        raise BadUploadHeader(header=header)
    return int(text)


def _metadata(request: HttpRequest) -> dict[str, str]:
    """The pairs of ``Upload-Metadata``. Raises BadUploadHeader."""
    found: dict[str, str] = {}
    header = "Upload-Metadata"
    for pair in filter(None, request.headers.get(header, "").split(",")):
        name, _, value = pair.strip().partition(" ")
        try:
            found[name] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, ValueError) as error:
            raise BadUploadHeader(header=header) from error
    return found


def _piece(request: HttpRequest) -> bytes:
    """The body, after its own checksum when it brings one. Raises NotAPiece, WrongChecksum."""
    if request.headers.get("Content-Type") != PIECE:
        raise NotAPiece
    data = request.body
    if announced := request.headers.get("Upload-Checksum"):
        name, _, value = announced.partition(" ")
        algorithm = _ALGORITHMS.get(name)
        try:
            expected = base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError) as error:
            raise BadUploadHeader(header="Upload-Checksum") from error
        if algorithm is None:
            raise BadUploadHeader(header="Upload-Checksum")
        if not hmac.compare_digest(algorithm(data).digest(), expected):
            raise WrongChecksum
    return data


@router.api_operation(["OPTIONS"], "", auth=_SIGNED, response={204: None, **_RESPONSES})
@decorate_view(speaks_tus)
def tus_options(request: HttpRequest) -> HttpResponse:
    """What this server speaks."""
    response = HttpResponse(status=204)
    response["Tus-Version"] = VERSION
    response["Tus-Extension"] = EXTENSIONS
    response["Tus-Max-Size"] = str(MOST_PHOTO_BYTES)
    response["Tus-Checksum-Algorithm"] = ",".join(_ALGORITHMS)
    return response


@router.post("", auth=_SIGNED, response={201: None, **_RESPONSES})
@decorate_view(speaks_tus)
def tus_create(request: HttpRequest) -> HttpResponse:
    """Room for one file, named by ``sha256`` in its metadata; the first piece may come along.

    A second creation of the same file finds the first: ``Upload-Offset`` says how much is here.
    """
    sha256 = _metadata(request).get("sha256", "")
    if not _HASH.fullmatch(sha256):
        raise BadUploadHeader(header="Upload-Metadata")
    length = _number(request, "Upload-Length")
    who: dict[str, Any] = {"device_id": request.device.id, "by": request.actor}  # type: ignore[attr-defined]
    piece = _piece(request) if request.body else b""
    progress = open_upload(sha256, length, **who)
    if piece and progress.offset == 0:
        progress = append_to_upload(sha256, 0, piece, **who)
    response = _answer(201, progress)
    response["Location"] = f"{request.path.rstrip('/')}/{sha256}"
    return response


def _head(request: HttpRequest, sha256: str) -> HttpResponse:
    progress = upload_progress_for_system(sha256, request.device.id)  # type: ignore[attr-defined]
    if progress is None:
        raise NoSuchUpload
    response = _answer(200, progress)
    response["Upload-Length"] = str(progress.length)
    return response


def _patch(request: HttpRequest, sha256: str) -> HttpResponse:
    piece = _piece(request)
    progress = append_to_upload(
        sha256,
        _number(request, "Upload-Offset"),
        piece,
        device_id=request.device.id,  # type: ignore[attr-defined]
        by=request.actor,  # type: ignore[attr-defined]
    )
    return _answer(204, progress)


def _delete(request: HttpRequest, sha256: str) -> HttpResponse:
    withdraw_upload(sha256, device_id=request.device.id, by=request.actor)  # type: ignore[attr-defined]
    return HttpResponse(status=204)


@router.api_operation(["HEAD"], "/{sha256}", auth=_SIGNED, response={200: None, **_RESPONSES})
@decorate_view(speaks_tus)
def tus_offset(request: HttpRequest, sha256: str) -> HttpResponse:
    """How much of the file is here for certain; all of it once it is kept."""
    return _head(request, sha256)


@router.patch("/{sha256}", auth=_SIGNED, response={204: None, **_RESPONSES})
@decorate_view(speaks_tus)
def tus_append(request: HttpRequest, sha256: str) -> HttpResponse:
    """The next piece. After the last one the file is kept, if its hash is right."""
    return _patch(request, sha256)


@router.delete("/{sha256}", auth=_SIGNED, response={204: None, **_RESPONSES})
@decorate_view(speaks_tus)
def tus_withdraw(request: HttpRequest, sha256: str) -> HttpResponse:
    """Throws an unfinished upload away. A file that is whole stays."""
    return _delete(request, sha256)


_OVERRIDDEN = {"HEAD": _head, "PATCH": _patch, "DELETE": _delete}


@router.post("/{sha256}", auth=_SIGNED, response={204: None, **_RESPONSES})
@decorate_view(speaks_tus)
def tus_override(request: HttpRequest, sha256: str) -> HttpResponse:
    """For lines that let no PATCH through: the method that ``X-HTTP-Method-Override`` names."""
    work = _OVERRIDDEN.get(request.headers.get("X-HTTP-Method-Override", ""))
    if work is None:
        raise BadUploadHeader(header="X-HTTP-Method-Override")
    return work(request, sha256)
