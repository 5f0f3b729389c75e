"""Phones with their own idea of the time, and the link between them and the server that breaks.

Nothing here is known to the server: cuts, lost answers and deaths happen around it.
"""

import base64
import copy
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import connection

from salur.kernel import clock
from simulator.devices import Device, DeviceRefused, SignedEvent, b64url
from simulator.transports import Answer, Transport

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class LinkDown(Exception):
    """No answer came. Whether the server has read the request the phone cannot know."""


class ServerDied(BaseException):
    """The server's process ends in the middle of a statement: nobody inside may catch it."""


@contextmanager
def dying(after_statements: int) -> Iterator[None]:
    """The server dies at its n-th statement from here on; its open transaction is gone."""
    left = [after_statements]

    def execute(run: Callable[..., Any], *statement: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            raise ServerDied
        return run(*statement)

    with connection.execute_wrapper(execute):
        yield


@dataclass
class Link:
    """The way to the server. `next_fault` strikes the next request: `cut` before it arrives,
    `lost` after the server has answered, a number when the server dies at that statement."""

    server: Transport
    next_fault: str | int = ""

    def send(self, method: str, target: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        fault, self.next_fault = self.next_fault, ""
        if fault == "cut":
            raise LinkDown
        if isinstance(fault, int):
            try:
                with dying(fault):
                    return self.server.send(method, target, body, headers)
            except ServerDied:
                raise LinkDown from None
        answer = self.server.send(method, target, body, headers)
        if fault == "lost":
            raise LinkDown
        return answer


@dataclass
class Phone(Device):
    """A phone whose clock may be anything, and which trusts only what the server told it."""

    name: str = ""
    true_time: Callable[[], datetime] = clock.now
    shift: timedelta = timedelta()
    booted: datetime = field(default_factory=clock.now)
    heard: tuple[datetime, int] | None = None
    """The server's last word on the time, and the monotonic clock when it came."""
    worklist: dict[str, Any] = field(default_factory=dict)
    visits: dict[str, dict[str, Any]] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    """Visits that this phone has paid; it will not offer them again."""
    begun: dict[str, tuple[str, str]] = field(default_factory=dict)
    """visit > (begun event, verification event) without an end: asked about at restart."""
    released: set[str] = field(default_factory=set)
    """Leases that this phone has given back: what it signed binds it before the server knows."""
    quarantined: list[SignedEvent] = field(default_factory=list)
    dead: bool = False

    def __post_init__(self) -> None:
        self.now = self._own_clock

    def _own_clock(self) -> datetime:
        return max(EPOCH, self.true_time() + self.shift)

    @property
    def link(self) -> Link:
        assert isinstance(self.transport, Link)
        return self.transport

    def monotonic_ms(self) -> int:
        return int((self.true_time() - self.booted).total_seconds() * 1000)

    def reckoned(self) -> datetime | None:
        if self.heard is None:
            return None
        told, at = self.heard
        return told + timedelta(milliseconds=self.monotonic_ms() - at)

    def restart(self) -> None:
        """Battery out and in again: what the app held in memory is gone, the outbox is not."""
        self.booted = self.true_time()
        self.heard = None

    def twin(self, name: str) -> "Phone":
        """The same phone once more, as a copied memory would be: key, history and outbox."""
        other = copy.copy(self)
        other.name, other.transport = name, Link(self.link.server)
        other.outbox, other.done = list(self.outbox), set(self.done)
        other.begun, other.visits = dict(self.begun), dict(self.visits)
        other.released = set(self.released)
        other.quarantined = []
        other.now = other._own_clock
        return other

    def call(self, method: str, path: str, body: bytes = b"", **more: Any) -> Answer:
        """A request; when the server finds the clock off, once more with the time it told."""
        try:
            answer = super().call(method, path, body, **more)
        except DeviceRefused as refused:
            if not self._hear(refused.body) or json.loads(refused.body)["code"] != CLOCK_OFF:
                raise
            answer = super().call(method, path, body, **more)
        self._hear(answer.body)
        return answer

    def _hear(self, body: bytes) -> bool:
        try:
            told = json.loads(body)["server_time"]
        except (ValueError, KeyError, TypeError):
            return False
        self.heard = (clock.parse_iso(told), self.monotonic_ms())
        return True

    def pull(self) -> dict[str, Any]:
        """The worklist, remembered: a delta is laid over what the phone has."""
        fresh = not self.cursor
        self.worklist = super().pull()
        if fresh:
            self.visits = {}
        for visit in self.worklist["visits"]:
            self.visits[visit["id"]] = visit
        for visit_id in self.worklist.get("gone", ()):
            self.visits.pop(visit_id, None)
        return self.worklist

    def deliver(self, events: list[SignedEvent]) -> list[dict[str, Any]]:
        """Send these events; the results. What the server's signed receipt lists is deleted from
        the outbox, and nothing else; what it holds apart is kept aside."""
        if not events:
            return []
        answer = self.post(
            "/events",
            {
                "events": [
                    {"bytes": b64url(event.raw), "signature": b64url(event.signature)}
                    for event in events
                ]
            },
        )
        receipt = json.loads(base64.urlsafe_b64decode(answer["receipt"]["bytes"] + "=="))
        listed = set(receipt["events"])
        apart = {r["event_id"] for r in answer["results"] if r["status"] == "quarantined"}
        self.quarantined += [e for e in self.outbox if e.event_id in apart]
        self.outbox = [
            event
            for event in self.outbox
            if sha256(event.raw).hexdigest() not in listed and event.event_id not in apart
        ]
        return list(answer["results"])


CLOCK_OFF = "clock_off"
