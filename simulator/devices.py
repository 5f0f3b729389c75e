"""A simulated officer's device: its key, its chain of signed events, its outbox.

It speaks the contract of `contract/` and nothing else: what a phone cannot know, it does not know.
"""

import base64
import hashlib
import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any
from urllib.parse import quote

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from salur.kernel import clock, ids
from salur.kernel.canonical import canonical_json
from simulator.transports import Answer, Transport

API = "/api/field/v1"
APP_VERSION = "0.1.0"
EVENTS_PER_PUSH = 500
MOST_TRIES = 100

_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_ECDSA = ec.ECDSA(hashes.SHA256())


class DeviceRefused(Exception):
    """The server answered something else than a device may expect."""

    def __init__(self, method: str, target: str, answer: Answer) -> None:
        super().__init__(f"{method} {target}: {answer.status} {answer.body[:500]!r}")
        self.status = answer.status
        self.body = answer.body


@dataclass(frozen=True, slots=True)
class SignedEvent:
    """One event as it lies in the outbox."""

    event_id: str
    kind: str
    raw: bytes
    signature: bytes


def seconds_asked(answer: Answer) -> float:
    """In how many seconds a busy server wants to be asked again; 1 when it does not say."""
    try:
        return float(json.loads(answer.body)["details"]["retry_after"])
    except (ValueError, KeyError, TypeError):
        return 1.0


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Device:
    """One device. Not thread-safe: an officer has two hands but one phone."""

    transport: Transport
    key: ec.EllipticCurvePrivateKey
    device_id: str = ""
    officer: dict[str, Any] = field(default_factory=dict)
    outbox: list[SignedEvent] = field(default_factory=list)
    sequence: int = 0
    previous: str | None = None
    cursor: str = ""
    started: datetime = field(default_factory=clock.now)
    now: Callable[[], datetime] = clock.now

    @classmethod
    def make(cls, transport: Transport, *, seed: str) -> "Device":
        """A device whose key follows from the seed (its signatures are random all the same)."""
        secret = Random(f"device/{seed}").randrange(1, _P256_ORDER)
        return cls(transport=transport, key=ec.derive_private_key(secret, ec.SECP256R1()))

    def reckoned(self) -> datetime | None:
        """The server's time as the device reckons it; None when it has not heard of it yet."""
        return self.now()

    def monotonic_ms(self) -> int:
        return max(0, int((self.now() - self.started).total_seconds() * 1000))

    def sign(self, message: bytes) -> bytes:
        """ECDSA P-256 over SHA-256, raw r and s of 32 bytes each."""
        r, s = decode_dss_signature(self.key.sign(message, _ECDSA))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    @property
    def public_jwk(self) -> dict[str, str]:
        point = self.key.public_key().public_numbers()
        return {
            "kty": "EC",
            "crv": "P-256",
            "x": b64url(point.x.to_bytes(32, "big")),
            "y": b64url(point.y.to_bytes(32, "big")),
        }

    def enrol(self, code: str, name: str) -> None:
        """Exchange the one-time code for an identity."""
        answer = self.transport.send(
            "POST",
            f"{API}/enrol",
            canonical_json(
                {
                    "code": code,
                    "device_name": name,
                    "public_key": self.public_jwk,
                    "app_version": APP_VERSION,
                }
            ),
            {"Content-Type": "application/json"},
        )
        if answer.status != 201:
            raise DeviceRefused("POST", "/enrol", answer)
        given = json.loads(answer.body)
        self.device_id = given["device_id"]
        self.officer = given["officer"]

    def authorization(self, method: str, target: str, body: bytes) -> str:
        """The header that makes one request this device's, once."""
        moment = int((self.reckoned() or self.now()).timestamp() * 1000)
        nonce = b64url(ids.new_id().bytes)
        digest = hashlib.sha256(body).hexdigest()
        text = f"salur1\n{method}\n{target}\n{self.device_id}\n{moment}\n{nonce}\n{digest}"
        signature = b64url(self.sign(text.encode()))
        return f"Salur-Device {self.device_id}.{moment}.{nonce}.{signature}"

    def call(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        headers: Mapping[str, str] | None = None,
        expected: Sequence[int] = (200,),
    ) -> Answer:
        """One signed request, sent again when the server is busy, as late as it asks.

        Raises DeviceRefused on any status that is not expected.
        """
        for _ in range(MOST_TRIES):
            answer = self.send_once(method, path, body, headers=headers)
            if answer.status != 429 or 429 in expected:
                break
            time.sleep(seconds_asked(answer) * (1 + random.random() / 4))
        if answer.status not in expected:
            raise DeviceRefused(method, path, answer)
        return answer

    def send_once(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One signed request, and whatever the server says to it."""
        target = API + path
        return self.transport.send(
            method,
            target,
            body,
            {
                "Authorization": self.authorization(method, target, body),
                "Content-Type": "application/json",
                **(headers or {}),
            },
        )

    def get(self, path: str) -> dict[str, Any]:
        return dict(json.loads(self.call("GET", path).body))

    def pull(self) -> dict[str, Any]:
        """The worklist: everything the first time, afterwards what has changed."""
        worklist = self.get(f"/worklist?cursor={quote(self.cursor)}")
        self.cursor = worklist["cursor"]
        return worklist

    def post(self, path: str, value: dict[str, Any], *, expected: Sequence[int] = (200,)) -> Any:
        return json.loads(self.call("POST", path, canonical_json(value), expected=expected).body)

    def record(
        self,
        kind: str,
        body: dict[str, Any],
        *,
        visit: str | None = None,
        session: str | None = None,
        lease: str | None = None,
        sop: str = "",
        position: dict[str, Any] | None = None,
    ) -> str:
        """Sign an event into the outbox; its id. It is stored before anybody is told."""
        reckoned = self.reckoned()
        event_id = str(ids.new_id())
        self.sequence += 1
        raw = canonical_json(
            {
                "app": APP_VERSION,
                "body": body,
                "device": self.device_id,
                "event_id": event_id,
                "kind": kind,
                "lease": lease,
                "position": position,
                "previous": self.previous,
                "sequence": self.sequence,
                "session": session,
                "sop": sop,
                "time": {
                    "device": clock.iso(self.now()),
                    "monotonic_ms": self.monotonic_ms(),
                    "server": clock.iso(reckoned) if reckoned else None,
                },
                "v": 1,
                "visit": visit,
            }
        )
        self.previous = hashlib.sha256(raw).hexdigest()
        self.outbox.append(SignedEvent(event_id, kind, raw, self.sign(raw)))
        return event_id

    def slip(
        self, kind: str, body: dict[str, Any], *, to: str | None, session: str | None = None
    ) -> dict[str, str]:
        """What this device signs for another and shows as a QR code, as the other reads it."""
        raw = canonical_json(
            {
                "body": body,
                "from": self.device_id,
                "id": str(ids.new_id()),
                "session": session,
                "slip": kind,
                "time": clock.iso(self.now()),
                "to": to,
                "v": 1,
            }
        )
        return {"bytes": b64url(raw), "signature": b64url(self.sign(raw))}

    def push(self, *, forget: bool = True) -> list[dict[str, Any]]:
        """Send the outbox in batches; the server's result per event.

        Events leave the outbox only when the server names them `stored` or `known`; with
        `forget=False` they stay, as after a lost acknowledgement.
        """
        results: list[dict[str, Any]] = []
        for start in range(0, len(self.outbox), EVENTS_PER_PUSH):
            batch = self.outbox[start : start + EVENTS_PER_PUSH]
            body = {
                "events": [
                    {"bytes": b64url(event.raw), "signature": b64url(event.signature)}
                    for event in batch
                ]
            }
            results += self.post("/events", body)["results"]
        kept = {row["event_id"] for row in results if row["status"] in ("stored", "known")}
        if forget:
            self.outbox = [event for event in self.outbox if event.event_id not in kept]
        return results

    def upload(self, content: bytes, kind: str) -> str:
        """Upload one piece of evidence by its hash; the hash."""
        digest = hashlib.sha256(content).hexdigest()
        self.call(
            "PUT",
            f"/evidence/{digest}",
            content,
            headers={"Content-Type": "image/jpeg", "X-Evidence-Kind": kind},
            expected=(200, 201),
        )
        return digest


def position_near(rng: Random, latitude: float, longitude: float, at: datetime) -> dict[str, Any]:
    """A fix some dozens of metres around a point, as phones report it."""
    return {
        "lat": round(latitude + rng.gauss(0, 0.0004), 6),
        "lon": round(longitude + rng.gauss(0, 0.0004), 6),
        "accuracy_m": int(4 + rng.random() * 20),
        "fix_at": clock.iso(at.astimezone(UTC)),
        "fixes": 1 + int(rng.random() * 5),
    }


def evidence_item(content: bytes, kind: str) -> dict[str, Any]:
    """How an event names a picture before the picture itself is sent."""
    return {"sha256": hashlib.sha256(content).hexdigest(), "length": len(content), "kind": kind}
