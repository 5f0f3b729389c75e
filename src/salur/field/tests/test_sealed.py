"""What a phone sealed to the server arrives without its PIN: by the phone itself, or as a file."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from salur.access.models import Device as DeviceRow
from salur.access.operations import answer_unlock, revoke_device, wipe_device
from salur.access.queries import actor_for
from salur.access.unlocking import unlock_answer
from salur.audit.models import Entry
from salur.disbursement.models import HandOver
from salur.field.operations import apply_events
from salur.field.tests.conftest import Branch
from salur.field.tests.test_push_and_apply import pay
from salur.intake.models import Quarantined, SignedEvent, StoredFile
from salur.intake.sealed import Unopenable, open_item
from salur.kernel.errors import Forbidden, Refusal
from salur.kernel.keys import keys
from simulator.devices import Device, evidence_item

pytestmark = pytest.mark.django_db
PHOTO = (Path(__file__).parents[4] / "tests/faces/a3.jpg").read_bytes()


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sealed(name: str, plain: bytes, kid: int = 1) -> tuple[dict[str, Any], bytes]:
    """As a phone seals: a third writing of the rules in ``contract/README.md``."""
    point = keys.outbox.agreement_public(kid)
    server = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    own = ec.generate_private_key(ec.SECP256R1())
    epk = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shared = own.exchange(ec.ECDH(), server)
    wrapping = HKDF(SHA256(), 32, salt=epk + point, info=b"salur-outbox-1").derive(shared)
    item_key, one, two = os.urandom(32), os.urandom(12), os.urandom(12)
    envelope = {
        "v": 1,
        "kid": kid,
        "name": name,
        "epk": text(epk),
        "key": text(one + AESGCM(wrapping).encrypt(one, item_key, name.encode())),
    }
    return envelope, two + AESGCM(item_key).encrypt(two, plain, name.encode())


def outbox_of(device: Device, photo: bytes | None = None) -> list[tuple[dict[str, Any], bytes]]:
    items = []
    for event in device.outbox:
        wire = {"bytes": text(event.raw), "signature": text(event.signature)}
        name = f"event|{device.device_id}|{event.event_id}"
        items.append(sealed(name, json.dumps(wire).encode()))
    if photo is not None:
        digest = evidence_item(photo, "face")["sha256"]
        items.append(sealed(f"photo|{device.device_id}|{digest}", photo))
    return items


def as_file(items: list[tuple[dict[str, Any], bytes]]) -> bytes:
    parts = [b'{"salur_outbox":1,"device":"x"}\n']
    for envelope, data in items:
        row = {"envelope": envelope, "length": len(data)}
        parts += [json.dumps(row).encode(), b"\n", data, b"\n"]
    return b"".join(parts)


def paid_with_photo(branch: Branch) -> list[tuple[dict[str, Any], bytes]]:
    """One family paid and photographed on a phone that cannot send."""
    visit = branch.device.pull()["visits"][0]
    pay(branch.device, visit)
    branch.device.record(
        "attempt_failed",
        {"code": "absent", "note": "", "evidence": [evidence_item(PHOTO, "face")]},
        visit=visit["id"],
        sop="post_office/1",
    )
    return outbox_of(branch.device, PHOTO)


def upload(branch: Branch, content: bytes) -> Any:
    client = Client()
    client.force_login(branch.head)
    return client.post("/perangkat/kiriman/", {"file": SimpleUploadedFile("x.salur", content)})


def test_a_phone_whose_pin_is_not_in_hands_in_what_it_cannot_read(branch: Branch) -> None:
    items = paid_with_photo(branch)
    sent = {"items": [{"envelope": e, "data": text(d)} for e, d in items]}
    for _ in range(2):
        answer = branch.device.post("/sealed", sent)
        raw = base64.urlsafe_b64decode(answer["held"]["bytes"] + "==")
        signature = base64.urlsafe_b64decode(answer["held"]["signature"] + "==")
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(keys.receipts.public_hex))
        key.verify(signature, raw)
        assert json.loads(raw)["names"] == sorted(e["name"] for e, _ in items)
    apply_events()
    assert HandOver.objects.count() == 1
    assert StoredFile.objects.filter(kind="evidence").count() == 1


def test_an_exported_file_brings_the_payouts_and_the_photos_once(branch: Branch) -> None:
    content = as_file(paid_with_photo(branch))
    answer = upload(branch, content)
    assert (answer.status_code, answer.context["opened"].counts["stored"]) == (200, 4)
    assert answer.context["opened"].photos_stored == 1
    apply_events()
    assert HandOver.objects.count() == 1

    again = upload(branch, content).context["opened"]
    assert (again.stored, again.known, again.photos_known) == (0, 4, 1)
    assert SignedEvent.objects.count() == 4
    entries = Entry.objects.filter(kind="intake.outbox_imported")
    assert entries.count() == 2


def test_a_file_that_was_cut_off_has_brought_what_stood_before(branch: Branch) -> None:
    content = as_file(paid_with_photo(branch))
    opened = upload(branch, content[:-100]).context["opened"]
    assert (opened.stored, opened.photos_stored, opened.cut_off) == (4, 0, True)


def test_what_is_no_outbox_is_refused_in_words(branch: Branch) -> None:
    for content in (b"PK\x03\x04", b"", b"[]\n", b'{"salur_outbox": 2}\n', b"\xff" * 9_000):
        answer = upload(branch, content or b" ")
        assert answer.status_code == 422


def test_forged_events_in_a_file_are_quarantined_and_foreign_photos_are_not_kept(
    branch: Branch,
) -> None:
    paid_with_photo(branch)
    event = branch.device.outbox[0]
    forged = {"bytes": text(event.raw), "signature": text(bytes(64))}
    device = branch.device.device_id
    items = [
        sealed(f"event|{device}|{event.event_id}", json.dumps(forged).encode()),
        sealed(f"photo|{device}|{evidence_item(PHOTO, 'face')['sha256']}", PHOTO),
    ]
    opened = upload(branch, as_file(items)).context["opened"]
    assert (opened.stored, opened.quarantined, opened.photos_unexpected) == (0, 1, 1)
    assert Quarantined.objects.get().reason == "bad_signature"
    assert not StoredFile.objects.filter(kind="evidence").exists()


def test_an_item_opens_for_this_server_alone_and_only_as_it_was_sealed(branch: Branch) -> None:
    envelope, data = sealed(f"event|{branch.device.device_id}|a", b"plain")
    assert open_item(envelope, data).data == b"plain"
    other = f"event|{branch.device.device_id}|b"
    changed = bytes([data[20] ^ 1])
    for bad_envelope, bad_data in (
        ({**envelope, "name": other}, data),
        (envelope, data[:20] + changed + data[21:]),
        ({**envelope, "kid": 7}, data),
        ({**envelope, "kid": "1"}, data),
        ({**envelope, "epk": text(b"\x04" + bytes(64))}, data),
        ({**envelope, "key": "???"}, data),
        ({}, data),
        (envelope, b""),
    ):
        with pytest.raises(Unopenable):
            open_item(bad_envelope, bad_data)


def test_whoever_may_not_import_is_turned_away(branch: Branch) -> None:
    client = Client()
    client.force_login(branch.officer)
    assert client.get("/perangkat/kiriman/").status_code == 403


def test_a_phone_that_is_to_be_wiped_is_told_so_under_the_servers_name(branch: Branch) -> None:
    row = DeviceRow.objects.get(id=branch.device.device_id)
    state = branch.device.get("/device")["state"]
    assert json.loads(base64.urlsafe_b64decode(state["bytes"] + "=="))["wipe"] is False
    wipe_device(row.id, "dicuri", by=actor_for(branch.head))
    wipe_device(row.id, "dicuri", by=actor_for(branch.head))
    state = branch.device.get("/device")["state"]
    raw = base64.urlsafe_b64decode(state["bytes"] + "==")
    said = json.loads(raw)
    assert (said["device"], said["status"], said["wipe"]) == (str(row.id), "revoked", True)
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(keys.receipts.public_hex))
    key.verify(base64.urlsafe_b64decode(state["signature"] + "=="), raw)
    assert Entry.objects.filter(kind="access.device_wipe_asked").count() == 1


def test_a_wiped_phone_still_hands_in_what_it_sealed(branch: Branch) -> None:
    items = paid_with_photo(branch)
    row = DeviceRow.objects.get(id=branch.device.device_id)
    wipe_device(row.id, "dicuri", by=actor_for(branch.head))
    branch.device.post("/sealed", {"items": [{"envelope": e, "data": text(d)} for e, d in items]})
    assert SignedEvent.objects.filter(revoked=True).count() == 4


def test_revoking_does_not_wipe(branch: Branch) -> None:
    row = DeviceRow.objects.get(id=branch.device.device_id)
    revoke_device(row.id, "rusak", by=actor_for(branch.head))
    row.refresh_from_db()
    assert row.wipe_asked_at is None


def test_the_supervisor_reads_digits_that_only_this_phone_takes(branch: Branch) -> None:
    device = DeviceRow.objects.get(id=branch.device.device_id)
    head = actor_for(branch.head)
    answer = answer_unlock(device.id, "123 456", by=head)
    assert answer == unlock_answer(device.id, "123456")
    assert len(answer) == 8
    assert answer != answer_unlock(device.id, "123457", by=head)
    other = branch.enrol(branch.officer, "kedua")
    assert answer != unlock_answer(DeviceRow.objects.get(id=other.device_id).id, "123456")
    assert Entry.objects.filter(kind="access.unlock_answered").count() == 2
    with pytest.raises(Refusal):
        answer_unlock(device.id, "12345", by=head)
    with pytest.raises(Forbidden):
        answer_unlock(device.id, "123456", by=actor_for(branch.officer))
    with pytest.raises(Refusal):
        answer_unlock(device.id, "123456", by=replace(head, regions=(), offices=("ID/40000",)))


def test_the_page_shows_the_answer_in_two_halves(branch: Branch) -> None:
    client = Client()
    client.force_login(branch.head)
    device = branch.device.device_id
    shown = client.post(f"/perangkat/{device}/kunci/", {"challenge": "123456"})
    answer = unlock_answer(DeviceRow.objects.get(id=device).id, "123456")
    assert f"{answer[:4]} {answer[4:]}" in shown.content.decode()
