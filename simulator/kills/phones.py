"""Simulated devices under load that never believe an answer which they did not read.

Each client is a thread with some devices. A batch is signed once and sent until it is answered;
what was acknowledged goes to a file of the client's own, line by line.
"""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from simulator.devices import API, Device, SignedEvent, b64url
from simulator.transports import Loopback

TIMEOUT_SECONDS = 20.0
VISITS_PER_BATCH = 2
NOTES_PER_BATCH = 2
PAUSE_SECONDS = 0.04
RETRY_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Family:
    """What must be known of a visit to hand it over."""

    visit: UUID
    person: UUID
    channel: str
    payments: tuple[tuple[UUID, int], ...]

    @property
    def total(self) -> int:
        return sum(amount for _, amount in self.payments)


class Client(threading.Thread):
    """Sends batch after batch until told to stop, the last one until it is answered."""

    def __init__(
        self,
        number: int,
        devices: Mapping[str, Sequence[Device]],
        families: Mapping[str, Sequence[Family]],
        *,
        port: int,
        folder: Path,
        seed: int,
    ) -> None:
        super().__init__(name=f"client {number}", daemon=True)
        self.rng = Random(f"{seed}/client/{number}")
        self.file = folder / f"acknowledged-{number}.txt"
        self.transport = Loopback(f"http://127.0.0.1:{port}", timeout_seconds=TIMEOUT_SECONDS)
        self.work: list[tuple[Device, Iterator[Family]]] = []
        for office, own in devices.items():
            theirs = iter(families[office])
            for device in own:
                device.transport = self.transport
                self.work.append((device, theirs))
        self.enough = threading.Event()
        self.acknowledged = 0
        self.sent: dict[str, Family | None] = {}
        """Every event that was ever sent, with the family that it pays."""
        self.counts: Counter[str] = Counter()
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            with self.file.open("a") as acknowledged:
                while not self.enough.is_set():
                    device, families = self.rng.choice(self.work)
                    batch = self._sign(device, families)
                    for event_id, status in self._send(device, batch):
                        acknowledged.write(f"{event_id} {status}\n")
                        self.counts[status] += 1
                    acknowledged.flush()
                    self.acknowledged += len(batch)
                    self.enough.wait(PAUSE_SECONDS)
        except BaseException as failure:
            self.failure = failure

    def _sign(self, device: Device, families: Iterator[Family]) -> list[SignedEvent]:
        device.outbox.clear()
        for _ in range(VISITS_PER_BATCH):
            if (family := next(families, None)) is None:
                break
            payments = [{"id": str(key), "amount": amount} for key, amount in family.payments]
            place = {"visit": str(family.visit), "sop": f"{family.channel}/1"}
            begun = device.record(
                "hand_over_begun", {"payments": payments, "total": family.total}, **place
            )
            event_id = device.record(
                "handed_over",
                {
                    "begun": begun,
                    "verification": begun,
                    "payments": payments,
                    "total": family.total,
                    "collector": {"person_id": str(family.person), "relation": "self"},
                    "receipt_mark": "signature",
                    "evidence": [],
                },
                **place,
            )
            self.sent |= {begun: None, event_id: family}
        for _ in range(NOTES_PER_BATCH):
            self.sent[device.record("geotag", {"of": "house", "evidence": []})] = None
        return list(device.outbox)

    def _send(self, device: Device, batch: Sequence[SignedEvent]) -> list[tuple[str, str]]:
        """Until it is answered; the same bytes each time, under a new signed header."""
        events = [{"bytes": b64url(e.raw), "signature": b64url(e.signature)} for e in batch]
        body = json.dumps({"events": events}).encode()
        while True:
            self.counts["requests"] += 1
            try:
                answer = self.transport.send("POST", f"{API}/events", body, {
                    "Authorization": device.authorization("POST", f"{API}/events", body),
                    "Content-Type": "application/json",
                })  # fmt: skip
            except (OSError, http.client.HTTPException):
                self.counts["cut"] += 1
            else:
                if answer.status == 200:
                    results: list[dict[str, Any]] = json.loads(answer.body)["results"]
                    if len(results) == len(batch):
                        return [(row["event_id"], row["status"]) for row in results]
                self.counts[f"status {answer.status}"] += 1
                if answer.status in (400, 403, 404, 422):
                    raise RuntimeError(f"{answer.status} {answer.body[:500]!r}")
            time.sleep(RETRY_SECONDS * (0.5 + self.rng.random()))
