"""The devices' door: enrol, pull, push, evidence, faces. Parse, one call, answer."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Query, Status
from ninja.errors import ValidationError

from salur.access.doors import DeviceAuth, QuickParser, QuickRenderer, answer_refusals
from salur.access.models import Device
from salur.access.operations import enrol_device
from salur.access.queries import key_of_device
from salur.access.unlocking import unlock_secret
from salur.casework.queries import odd_hand_overs_of_device_for_system
from salur.disbursement.queries import find_visits, visit_is_on_device, worklist_for_device
from salur.field.errors import EvidenceNotExpected, NotBase64, PersonNotHere
from salur.field.questions import router as questions
from salur.field.schemas import (
    EnrolIn,
    EnrolOut,
    EvidenceOut,
    FindIn,
    FindOut,
    Problem,
    PushIn,
    PushOut,
    SealedIn,
    SealedOut,
    StateOut,
    VerifyIn,
    VerifyOut,
    WorklistOut,
)
from salur.field.uploads import STATUSES as UPLOAD_STATUSES
from salur.field.uploads import router as uploads
from salur.identity.operations import verify_live
from salur.intake.errors import FileTooLarge, NoSuchFile, NotAPhoto
from salur.intake.operations import (
    Receipt,
    keep_events,
    keep_file,
    keep_sealed,
    sign_held,
    sign_receipt,
)
from salur.intake.queries import (
    evidence_present_for_system,
    is_expected_for_system,
    read_whole_file_for_system,
)
from salur.intake.rules import MOST_PHOTO_BYTES, photo_type
from salur.kernel.canonical import canonical_json
from salur.kernel.clock import iso, now, parse_iso
from salur.kernel.errors import Invalid
from salur.kernel.keys import keys

TOLD_FOR = timedelta(days=14)
OVERLAP = timedelta(seconds=10)
_OUTCOME_CODES = {
    "second_hand_over": "second",
    "excess": "excess",
    "not_payable": "not_payable",
}
_PROBLEMS = dict.fromkeys((400, 401, 403, 404, 409, 422, 429), Problem)

api = NinjaAPI(
    title="salur field API",
    version="1",
    urls_namespace="field_api",
    docs_url=None,
    parser=QuickParser(),
    renderer=QuickRenderer(),
)
api.add_router("", questions)
answer_refusals(api, UPLOAD_STATUSES)
api.add_router("/uploads", uploads)


@api.exception_handler(ValidationError)
def malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A request of the wrong shape, in the shape of every other refusal."""
    problems = [
        {"where": ".".join(str(part) for part in item["loc"]), "what": item["msg"]}
        for item in error.errors[:20]
    ]
    body = {
        "code": "field.malformed",
        "message": str(Invalid.message),
        "details": {"problems": problems},
        "server_time": iso(now()),
    }
    return api.create_response(request, body, status=422)


def _bytes(text: str, field: str) -> bytes:
    """Base64 in either alphabet, padded or not. Raises NotBase64."""
    plain = text.rstrip("=").replace("+", "-").replace("/", "_")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotBase64(field=field) from error


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _outbox_key() -> dict[str, Any]:
    """To which phones seal what they have not handed in yet."""
    ring = keys.outbox
    return {"kid": ring.current, "public_key": ring.agreement_public(ring.current).hex()}


@api.post("/enrol", auth=None, response={201: EnrolOut, **_PROBLEMS})
def enrol(request: HttpRequest, data: EnrolIn) -> Status[dict[str, Any]]:
    """A one-time code becomes a device with a key of its own."""
    device = enrol_device(
        data.code,
        device_name=data.device_name,
        public_key=data.public_key.dict(),
        app_version=data.app_version,
    )
    answer = {
        "device_id": str(device.id),
        "officer": {
            "id": str(device.holder_id),
            "name": device.holder.name,
            "nip": device.holder.staff_number,
        },
        "office": {
            "code": device.office_id,
            "name": device.office.name,
            "zone": device.office.zone,
        },
        "server_key": {"kid": keys.receipts.current, "public_key": keys.receipts.public_hex},
        "outbox_key": _outbox_key(),
        "unlock_secret": _text(unlock_secret(device.id)),
        "server_time": iso(now()),
    }
    return Status(201, answer)


@api.get("/worklist", auth=DeviceAuth(), response={200: WorklistOut, **_PROBLEMS})
def worklist(
    request: HttpRequest, cursor: Annotated[str, Query(max_length=40)] = ""
) -> dict[str, Any]:
    """What is leased to this device; with a cursor, what changed since."""
    since = _moment(cursor)
    answer = worklist_for_device(request.device, changed_since=since)  # type: ignore[attr-defined]
    outcomes = _outcomes(request.device, since)  # type: ignore[attr-defined]
    own = {
        "practice_payouts": settings.SALUR_PRACTICE_PAYOUTS,
        "grace_hours": settings.SALUR_LEASE_GRACE_HOURS,
    }
    return {
        **answer,
        "settings": {**answer["settings"], **own},
        "outcomes": outcomes,
        "outbox_key": _outbox_key(),
    }


def _outcomes(device: Device, since: datetime | None) -> list[dict[str, Any]]:
    """What the officer is told about hand-overs that were odd; ``first`` where another's was."""
    moment = now()
    told = odd_hand_overs_of_device_for_system(
        device.id, max(since or moment - TOLD_FOR, moment - TOLD_FOR) - OVERLAP
    )
    return [
        {
            "event": str(item.hand_over_id),
            "visit": str(item.visit_id),
            "name": item.name,
            "amount": item.amount,
            "code": _OUTCOME_CODES[item.kind] if item.own else "first",
            "case": item.ticket,
            "at": iso(item.opened_at),
        }
        for item in told
    ]


def _moment(cursor: str) -> datetime | None:
    try:
        return parse_iso(cursor) if cursor else None
    except ValueError as error:
        raise Invalid(code="field.bad_cursor") from error


@api.post("/visits/find", auth=DeviceAuth(), response={200: FindOut, **_PROBLEMS})
def find(request: HttpRequest, data: FindIn) -> dict[str, Any]:
    """For a family without its letter: by number, last four digits or name."""
    return {
        "visits": find_visits(request.device, data.q),  # type: ignore[attr-defined]
        "server_time": iso(now()),
    }


@api.post("/events", auth=DeviceAuth(revoked_may=True), response={200: PushOut, **_PROBLEMS})
def push(request: HttpRequest, data: PushIn) -> dict[str, Any]:
    """Stores events, then says so with a signed receipt. Revoked devices may still deliver."""
    sent = [(_bytes(e.bytes, "bytes"), _bytes(e.signature, "signature")) for e in data.events]
    kept = keep_events(
        sent,
        by=request.actor,  # type: ignore[attr-defined]
        sender=key_of_device(request.device),  # type: ignore[attr-defined]
    )
    receipt = sign_receipt(kept, device_id=request.device.id)  # type: ignore[attr-defined]
    return {
        "results": [{"event_id": k.event_id, "status": k.status, "code": k.code} for k in kept],
        "receipt": _signed(receipt),
        "server_time": iso(now()),
    }


@api.post("/sealed", auth=DeviceAuth(revoked_may=True), response={200: SealedOut, **_PROBLEMS})
def push_sealed(request: HttpRequest, data: SealedIn) -> dict[str, Any]:
    """What a phone holds for us and cannot read itself: its PIN is not in, or it was wiped."""
    items = [(item.envelope, _bytes(item.data, "data")) for item in data.items]
    opened = keep_sealed(items, by=request.actor)  # type: ignore[attr-defined]
    held = sign_held(opened, device_id=str(request.device.id))  # type: ignore[attr-defined]
    return {"held": _signed(held), "server_time": iso(now())}


@api.get("/device", auth=DeviceAuth(revoked_may=True), response={200: StateOut, **_PROBLEMS})
def device_state(request: HttpRequest) -> dict[str, Any]:
    """Our signed word about this phone; asked for by one that was refused."""
    device: Device = request.device  # type: ignore[attr-defined]
    said = canonical_json(
        {
            "device": str(device.id),
            "status": device.status,
            "time": iso(now()),
            "v": 1,
            "wipe": device.wipe_asked_at is not None,
        }
    )
    ring = keys.receipts
    state = Receipt(said, ring.current, ring.signer.sign(said))
    return {"state": _signed(state), "server_time": iso(now())}


def _signed(receipt: Receipt) -> dict[str, Any]:
    return {
        "bytes": _text(receipt.raw),
        "kid": receipt.key_id,
        "signature": _text(receipt.signature),
    }


@api.api_operation(
    ["HEAD"],
    "/evidence/{sha256}",
    auth=DeviceAuth(revoked_may=True),
    response={200: None, **_PROBLEMS},
)
def has_evidence(request: HttpRequest, sha256: str) -> HttpResponse:
    """Whether the file is here, whole."""
    if not is_expected_for_system(sha256, request.device.id):  # type: ignore[attr-defined]
        raise EvidenceNotExpected
    if not evidence_present_for_system([sha256]):
        raise NoSuchFile(sha256=sha256)
    return HttpResponse(status=200)


@api.put(
    "/evidence/{sha256}",
    auth=DeviceAuth(revoked_may=True),
    response={200: EvidenceOut, 201: EvidenceOut, **_PROBLEMS},
)
def put_evidence(request: HttpRequest, sha256: str) -> Status[dict[str, str]]:
    """Keeps a photo that one of this device's events names. The same bytes again: no effect."""
    if not is_expected_for_system(sha256, request.device.id):  # type: ignore[attr-defined]
        raise EvidenceNotExpected
    if evidence_present_for_system([sha256]):
        return Status(200, {"sha256": sha256, "status": "known"})
    data = request.body
    if len(data) > MOST_PHOTO_BYTES:
        raise FileTooLarge(length=len(data), most=MOST_PHOTO_BYTES)
    media_type = photo_type(data)
    if media_type is None:
        raise NotAPhoto
    keep_file(
        data,
        kind="evidence",
        media_type=media_type,
        expected_sha256=sha256,
        by=request.actor,  # type: ignore[attr-defined]
    )
    return Status(201, {"sha256": sha256, "status": "stored"})


@api.post("/faces/verify", auth=DeviceAuth(), response={200: VerifyOut, **_PROBLEMS})
def verify_face(request: HttpRequest, data: VerifyIn) -> dict[str, Any]:
    """Advice while the person stands there; what counts is judged again from the evidence."""
    visit_id, person_id = _uuid(data.visit_id), _uuid(data.person_id)
    if not visit_is_on_device(request.device, visit_id, person_id):  # type: ignore[attr-defined]
        raise PersonNotHere
    if data.image is not None:
        photo = _bytes(data.image, "image")
    elif data.sha256 and is_expected_for_system(data.sha256, request.device.id):  # type: ignore[attr-defined]
        photo = read_whole_file_for_system(data.sha256)
    else:
        raise NoSuchFile
    verdict = verify_live(person_id, photo, by=request.actor, visit_id=visit_id)  # type: ignore[attr-defined]
    return {
        "verdict": verdict.advice,
        "score": verdict.score,
        "reasons": [reason.value for reason in verdict.reasons],
        "ticket": verdict.ticket,
        "has_reference": verdict.has_reference,
    }


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise PersonNotHere from error
