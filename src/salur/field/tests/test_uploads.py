"""A photo in pieces arrives once, whole and sealed, or not at all; by tus 1.0.0."""

from __future__ import annotations

import base64
import hashlib
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import requests
import tusclient.client
from django.db import connections, transaction
from django.http import HttpResponse
from django.test import Client
from tusclient import request as tus_request
from tusclient.exceptions import TusUploadFailed
from tusclient.uploader import baseuploader, uploader

from salur.access.operations import revoke_device
from salur.access.queries import actor_for
from salur.field.tests.conftest import Branch
from salur.intake.models import StoredFile, Upload
from salur.intake.operations import expire_uploads
from salur.intake.parts import parts_folder, write_part
from salur.intake.queries import read_whole_file_for_system
from salur.kernel import clock
from salur.kernel.clock import now
from simulator.devices import API, Device, evidence_item

VERSION = {"Tus-Resumable": "1.0.0"}
PIECE = {**VERSION, "Content-Type": "application/offset+octet-stream"}
CANARY = b"wajah Ibu Sari, tidak untuk dibaca di disk"
PHOTO = b"\xff\xd8\xff" + CANARY + os.urandom(200_000)


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: Any) -> None:
    settings.SALUR_EVIDENCE_DIR = tmp_path / "evidence"


def digest(photo: bytes) -> str:
    return hashlib.sha256(photo).hexdigest()


def name(device: Device, *photos: bytes) -> None:
    """An event of this device names the photos, and has arrived."""
    evidence = [evidence_item(photo, "recipient_photo") for photo in photos]
    device.record("geotag", {"of": "house", "evidence": evidence})
    device.push()


def send(device: Device, method: str, path: str, body: bytes = b"", **headers: str) -> HttpResponse:
    target = f"{API}/uploads{path}"
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    kind = named.pop("Content-Type", "")
    return Client().generic(
        method,
        target,
        body,
        content_type=kind,
        headers={**named, "Authorization": device.authorization(method, target, body)},
    )


def create(device: Device, photo: bytes, body: bytes = b"", **headers: str) -> HttpResponse:
    called = base64.b64encode(digest(photo).encode()).decode()
    standard = {
        **(PIECE if body else VERSION),
        "Upload-Length": str(len(photo)),
        "Upload-Metadata": f"sha256 {called},filetype aW1hZ2UvanBlZw==",
    }
    return send(device, "POST", "", body, **{**standard, **headers})


def patch(device: Device, photo: bytes, start: int, end: int, **headers: str) -> HttpResponse:
    given = {**PIECE, "Upload-Offset": str(start), **headers}
    return send(device, "PATCH", f"/{digest(photo)}", photo[start:end], **given)


def offset(device: Device, photo: bytes) -> str | None:
    return send(device, "HEAD", f"/{digest(photo)}", **VERSION).headers.get("Upload-Offset")


def on_the_disk() -> bytes:
    files = [path for path in parts_folder().rglob("*") if path.is_file()]
    return b"".join(path.read_bytes() for path in files)


@pytest.mark.django_db
def test_a_phone_goes_on_where_it_was_cut_off(branch: Branch) -> None:
    device = branch.device
    name(device, PHOTO)
    made = create(device, PHOTO)
    assert made.status_code == 201
    assert made["Location"] == f"{API}/uploads/{digest(PHOTO)}"
    assert made["Upload-Expires"].endswith("GMT")
    assert patch(device, PHOTO, 0, 70_000)["Upload-Offset"] == "70000"
    seen = send(device, "HEAD", f"/{digest(PHOTO)}", **VERSION)
    assert (seen["Upload-Offset"], seen["Upload-Length"]) == ("70000", str(len(PHOTO)))
    assert seen["Cache-Control"] == "no-store"
    assert create(device, PHOTO)["Upload-Offset"] == "70000"
    assert patch(device, PHOTO, 70_000, len(PHOTO)).status_code == 204
    assert read_whole_file_for_system(digest(PHOTO)) == PHOTO
    assert offset(device, PHOTO) == str(len(PHOTO))
    assert not Upload.objects.exists()


@pytest.mark.django_db
def test_nothing_lies_on_the_disk_unsealed(branch: Branch) -> None:
    name(branch.device, PHOTO)
    create(branch.device, PHOTO, PHOTO[:50_000])
    assert len(on_the_disk()) > 50_000
    assert CANARY not in on_the_disk()
    assert CANARY in PHOTO[:50_000]


@pytest.mark.django_db
def test_a_piece_that_was_synced_but_never_promised_is_sent_again(branch: Branch) -> None:
    """The server was killed after the sync and before the commit."""
    device = branch.device
    name(device, PHOTO)
    create(device, PHOTO, PHOTO[:50_000])
    row = Upload.objects.get()
    write_part(row.id, 50_000, PHOTO[50_000:90_000])
    assert offset(device, PHOTO) == "50000"
    assert patch(device, PHOTO, 50_000, 60_000).status_code == 204
    assert patch(device, PHOTO, 60_000, len(PHOTO)).status_code == 204
    assert read_whole_file_for_system(digest(PHOTO)) == PHOTO


@pytest.mark.django_db
def test_parts_that_a_disk_lost_are_asked_for_again(branch: Branch) -> None:
    device = branch.device
    name(device, PHOTO)
    create(device, PHOTO, PHOTO[:50_000])
    patch(device, PHOTO, 50_000, 90_000)
    next(parts_folder().rglob("000000050000")).unlink()
    assert offset(device, PHOTO) == "50000"
    assert patch(device, PHOTO, 50_000, len(PHOTO)).status_code == 204
    assert read_whole_file_for_system(digest(PHOTO)) == PHOTO


@pytest.mark.django_db
def test_a_file_with_another_hash_is_thrown_away_by_name(
    branch: Branch, django_capture_on_commit_callbacks: Any
) -> None:
    device = branch.device
    name(device, PHOTO)
    other = PHOTO[:-1] + bytes([PHOTO[-1] ^ 1])
    create(device, PHOTO)
    target = f"/{digest(PHOTO)}"
    with django_capture_on_commit_callbacks(execute=True):
        refused = send(device, "PATCH", target, other, **{**PIECE, "Upload-Offset": "0"})
    assert (refused.status_code, refused.json()["code"]) == (422, "intake.wrong_hash")
    assert offset(device, PHOTO) is None
    assert on_the_disk() == b""
    assert not StoredFile.objects.filter(sha256=digest(PHOTO)).exists()
    assert create(device, PHOTO, PHOTO).status_code == 201
    assert read_whole_file_for_system(digest(PHOTO)) == PHOTO


@pytest.mark.django_db
def test_only_files_that_an_event_of_this_device_names_have_room(branch: Branch) -> None:
    assert create(branch.device, PHOTO).status_code == 404
    name(branch.device, PHOTO)
    other = branch.enrol(branch.officer, "lain")
    assert create(other, PHOTO).status_code == 404
    assert offset(other, PHOTO) is None
    create(branch.device, PHOTO, PHOTO[:1000])
    assert patch(other, PHOTO, 1000, 2000).status_code == 404
    fresh = b"\xff\xd8\xff" + os.urandom(100)
    name(branch.device, fresh)
    longer = create(branch.device, fresh, **{"Upload-Length": "104"})
    assert (longer.status_code, longer.json()["code"]) == (422, "intake.length_not_named")


@pytest.mark.django_db
def test_what_is_no_picture_is_not_kept(branch: Branch) -> None:
    page = b"<html><script>alert(1)</script>"
    name(branch.device, page)
    refused = create(branch.device, page, page)
    assert (refused.status_code, refused.json()["code"]) == (422, "intake.not_a_photo")


@pytest.mark.django_db
def test_the_words_of_the_protocol_are_kept(branch: Branch) -> None:
    device = branch.device
    name(device, PHOTO)
    said = send(device, "OPTIONS", "")
    assert said.status_code == 204
    assert said["Tus-Version"] == "1.0.0"
    assert set(said["Tus-Extension"].split(",")) == {
        "creation", "creation-with-upload", "checksum", "termination", "expiration",
    }  # fmt: skip
    create(device, PHOTO)
    old = send(device, "HEAD", f"/{digest(PHOTO)}", **{"Tus-Resumable": "0.2.2"})
    assert (old.status_code, old["Tus-Version"]) == (412, "1.0.0")
    assert patch(device, PHOTO, 10, 20).status_code == 409
    assert patch(device, PHOTO, 0, 10, **{"Content-Type": "image/jpeg"}).status_code == 415
    assert patch(device, PHOTO, 0, 10, **{"Upload-Offset": "nol"}).status_code == 400
    beyond = PHOTO + b"x"
    given = {**PIECE, "Upload-Offset": "0"}
    assert send(device, "PATCH", f"/{digest(PHOTO)}", beyond, **given).status_code == 413
    huge = send(device, "PATCH", f"/{digest(PHOTO)}", bytes(6 * 2**20), **given)
    assert (huge.status_code, huge["Tus-Resumable"]) == (413, "1.0.0")
    assert offset(device, PHOTO) == "0"
    unsigned = Client().head(f"{API}/uploads/{digest(PHOTO)}", headers=VERSION)
    assert (unsigned.status_code, unsigned["Tus-Resumable"]) == (401, "1.0.0")


@pytest.mark.django_db
def test_a_piece_that_was_damaged_on_its_way_is_refused(branch: Branch) -> None:
    device = branch.device
    name(device, PHOTO)
    create(device, PHOTO)
    right = base64.b64encode(hashlib.sha1(PHOTO[:1000], usedforsecurity=False).digest()).decode()
    wrong = base64.b64encode(hashlib.sha1(b"", usedforsecurity=False).digest()).decode()
    sum_of = "Upload-Checksum"
    assert patch(device, PHOTO, 0, 1000, **{sum_of: f"sha1 {wrong}"}).status_code == 460
    assert patch(device, PHOTO, 0, 1000, **{sum_of: f"crc32 {right}"}).status_code == 400
    assert patch(device, PHOTO, 0, 1000, **{sum_of: f"sha1 {right}"}).status_code == 204


@pytest.mark.django_db
def test_an_unfinished_upload_can_be_withdrawn_and_a_whole_file_cannot(branch: Branch) -> None:
    device = branch.device
    name(device, PHOTO)
    create(device, PHOTO, PHOTO[:1000])
    over = {**VERSION, "X-HTTP-Method-Override": "DELETE"}
    assert send(device, "POST", f"/{digest(PHOTO)}", **over).status_code == 204
    assert offset(device, PHOTO) is None
    create(device, PHOTO, PHOTO)
    assert send(device, "DELETE", f"/{digest(PHOTO)}", **VERSION).status_code == 404
    assert read_whole_file_for_system(digest(PHOTO)) == PHOTO


@pytest.mark.django_db
def test_uploads_expire_after_a_week_without_a_piece(branch: Branch) -> None:
    device = branch.device
    name(device, PHOTO)
    create(device, PHOTO, PHOTO[:1000])
    with clock.at(now() + timedelta(days=6)):
        assert patch(device, PHOTO, 1000, 2000).status_code == 204
        assert expire_uploads() == 0
    with clock.at(now() + timedelta(days=14)):
        assert offset(device, PHOTO) is None
        assert expire_uploads() == 1
        assert on_the_disk() == b""
        assert create(device, PHOTO).status_code == 201


@pytest.mark.django_db
def test_a_revoked_phone_may_finish_what_its_events_name(branch: Branch) -> None:
    device = branch.device
    name(device, PHOTO)
    create(device, PHOTO, PHOTO[:1000])
    revoke_device(UUID(device.device_id), reason="hilang", by=actor_for(branch.head))
    assert patch(device, PHOTO, 1000, len(PHOTO)).status_code == 204
    assert read_whole_file_for_system(digest(PHOTO)) == PHOTO


class Signing(requests.Session):
    """What tuspy sees as the module `requests`: the same calls, each signed by the device."""

    exceptions = requests.exceptions

    def __init__(self, device: Device) -> None:
        super().__init__()
        self.device = device
        # The server's threads know no clock of tests.
        self.signer = replace(device, now=lambda: datetime.now(UTC))
        self.sent = 0
        self.auth = self._sign

    def _sign(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        body = prepared.body or b""
        raw = body if isinstance(body, bytes) else body.encode()
        self.sent += len(raw)
        prepared.headers["Authorization"] = self.signer.authorization(
            prepared.method or "", prepared.path_url, raw
        )
        return prepared


@pytest.fixture
def signing(committed: None, branch: Branch, monkeypatch: pytest.MonkeyPatch) -> Signing:
    session = Signing(branch.device)
    for module in (tus_request, baseuploader, uploader):
        monkeypatch.setattr(module, "requests", session)
    return session


@pytest.fixture
def photo_file(tmp_path: Path) -> str:
    path = tmp_path / "foto.jpg"
    path.write_bytes(PHOTO)
    return str(path)


def test_tuspy_sends_a_photo_and_goes_on_after_a_cut(
    signing: Signing, live_server: Any, photo_file: str
) -> None:
    """An independent client, unchanged; it knows nothing of us but how to sign."""
    name(signing.device, PHOTO)
    client = tusclient.client.TusClient(f"{live_server.url}{API}/uploads")
    told = {"metadata": {"sha256": digest(PHOTO)}, "chunk_size": 32_768, "upload_checksum": True}
    begun = client.uploader(photo_file, **told)
    begun.upload(stop_at=2 * 32_768)
    resumed = client.uploader(photo_file, url=begun.url, chunk_size=32_768)
    assert resumed.offset == 2 * 32_768
    resumed.upload()
    assert signing.sent == len(PHOTO)
    assert read_whole_file_for_system(digest(PHOTO)) == PHOTO


def test_two_uploads_of_one_file_at_once_cannot_mix(
    signing: Signing, live_server: Any, photo_file: str
) -> None:
    name(signing.device, PHOTO)
    client = tusclient.client.TusClient(f"{live_server.url}{API}/uploads")
    first = client.uploader(photo_file, metadata={"sha256": digest(PHOTO)}, chunk_size=1000)
    first.upload(stop_at=1000)

    def one_more(_: int) -> int:
        one = client.uploader(photo_file, url=first.url, chunk_size=1000)
        together.wait()
        try:
            one.upload_chunk()
        except TusUploadFailed as failed:
            return int(failed.status_code)
        return 204

    together = threading.Barrier(4)
    with ThreadPoolExecutor(4) as threads:
        answers = sorted(threads.map(one_more, range(4)))
    assert answers[0] == 204
    assert set(answers[1:]) <= {409, 423}
    assert Upload.objects.get().offset == 2000
    with transaction.atomic():
        Upload.objects.select_for_update().get()
        with ThreadPoolExecutor(1) as thread:
            assert thread.submit(lambda: _busy(client, photo_file, first.url)).result() == 423
    connections.close_all()


def _busy(client: Any, photo_file: str, url: str) -> int:
    with pytest.raises(TusUploadFailed) as failed:
        client.uploader(photo_file, url=url, chunk_size=1000).upload_chunk()
    return int(failed.value.status_code)
