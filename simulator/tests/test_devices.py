"""A simulated device speaks the contract: the same golden files that bind the app bind it."""

import base64
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from salur.kernel import clock
from simulator.devices import Device, DeviceRefused
from simulator.transports import Answer, InProcess

GOLDEN = Path(__file__).resolve().parents[2] / "contract" / "golden"
NOON = datetime(2026, 11, 30, 5, 0, tzinfo=UTC)


class Recorder:
    """A transport that keeps what was sent and answers what it was told."""

    def __init__(self, *answers: Answer) -> None:
        self.sent: list[tuple[str, str, bytes, dict[str, str]]] = []
        self.answers = list(answers)

    def send(self, method: str, target: str, body: bytes, headers: Any) -> Answer:
        self.sent.append((method, target, body, dict(headers)))
        return self.answers.pop(0)


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def assert_signed(device: Device, signature: bytes, message: bytes) -> None:
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    public = device.key.public_key()
    public.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))


def stored(*ids: str) -> Answer:
    rows = [{"event_id": event_id, "status": "stored"} for event_id in ids]
    return Answer(200, json.dumps({"results": rows}).encode())


def test_the_signed_header_is_built_like_the_golden_request() -> None:
    golden = json.loads((GOLDEN / "request.json").read_text())
    transport = Recorder(Answer(200, b"{}"))
    device = Device.make(transport, seed="x")
    device.device_id = golden["device"]
    device.call("POST", "/events?x=1", golden["body"].encode())
    method, target, body, headers = transport.sent[0]
    scheme, _, token = headers["Authorization"].partition(" ")
    device_id, moment, nonce, signature = token.split(".")
    text = golden["text"].replace(str(golden["unix_ms"]), moment).replace(golden["nonce"], nonce)
    assert scheme == "Salur-Device"
    assert (method, target, device_id) == ("POST", golden["path"], golden["device"])
    assert hashlib.sha256(body).hexdigest() in text
    assert_signed(device, unb64(signature), text.encode())


def test_events_have_the_golden_shape_and_form_a_chain() -> None:
    golden = json.loads((GOLDEN / "events.json").read_text())["events"]
    device = Device.make(Recorder(), seed="x")
    device.device_id = golden[0]["event"]["device"]
    with clock.at(NOON):
        for row in golden:
            event = row["event"]
            device.record(
                event["kind"],
                event["body"],
                visit=event["visit"],
                session=event["session"],
                lease=event["lease"],
                sop=event["sop"],
                position=event["position"],
            )
    previous = None
    for row, signed in zip(golden, device.outbox, strict=True):
        event = json.loads(signed.raw)
        assert event["previous"] == previous
        assert event["sequence"] == row["event"]["sequence"]
        own = ("event_id", "previous", "time")
        assert {k: v for k, v in event.items() if k not in own} == {
            k: v for k, v in row["event"].items() if k not in own
        }
        assert set(event["time"]) == set(row["event"]["time"])
        assert_signed(device, signed.signature, signed.raw)
        previous = hashlib.sha256(signed.raw).hexdigest()


def test_an_event_leaves_the_outbox_only_when_the_server_has_it() -> None:
    device = Device.make(Recorder(), seed="x")
    device.device_id = "019ac5a0-0000-7000-8000-000000000007"
    first = device.record("cash_count", {"notes": [], "total": 0})
    second = device.record("cash_count", {"notes": [], "total": 0})
    device.transport = Recorder(stored(first))
    device.push()
    assert [event.event_id for event in device.outbox] == [second]


def test_a_refusal_is_an_error_and_loses_nothing() -> None:
    device = Device.make(Recorder(Answer(500, b"oh")), seed="x")
    device.device_id = "019ac5a0-0000-7000-8000-000000000007"
    device.record("cash_count", {"notes": [], "total": 0})
    with pytest.raises(DeviceRefused):
        device.push()
    assert len(device.outbox) == 1


def test_the_same_seed_makes_the_same_key() -> None:
    transport = Recorder()
    assert (
        Device.make(transport, seed="1/7").public_jwk
        == Device.make(transport, seed="1/7").public_jwk
    )
    assert (
        Device.make(transport, seed="1/7").public_jwk
        != Device.make(transport, seed="1/8").public_jwk
    )


def test_in_process_requests_reach_the_application_whole() -> None:
    seen: dict[str, Any] = {}

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.update(environ, body=environ["wsgi.input"].read())
        start_response("201 Created", [])
        return [b"yes"]

    answer = InProcess(application).send(
        "PUT", "/a/b?c=d", b"bytes", {"Content-Type": "image/jpeg", "X-Evidence-Kind": "face"}
    )
    assert answer == Answer(201, b"yes")
    assert seen["PATH_INFO"] == "/a/b"
    assert seen["QUERY_STRING"] == "c=d"
    assert seen["body"] == b"bytes"
    assert seen["CONTENT_TYPE"] == "image/jpeg"
    assert seen["HTTP_X_EVIDENCE_KIND"] == "face"
