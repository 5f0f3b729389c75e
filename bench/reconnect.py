"""Thousands of phones find the network again within a minute: is all they bring acknowledged?

Every device comes at a random moment of the first minute with the four events of one payout, over
a connection of its own, at most 500 at once. It keeps to ``Retry-After`` with some jitter, tries
again when the line breaks, and afterwards pulls its list as the app does. An event counts as
acknowledged when the server's receipt lists its hash. One web and one task process, fsync on, all
on one machine with the phones.

    python bench/reconnect.py --devices 5000
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256
from statistics import quantiles

import psutil
import scratch  # noqa: F401 - starts the house's own database before anything of it is loaded
from django.db import connection
from officers import make_devices
from processes import House, cpu_seconds, free_port, house, spent_since

from salur.disbursement.models import Payment, PayoutLine, Visit
from salur.disbursement.operations import plan_payments
from salur.disbursement.tests.country import MORNING, PLANNER, make_country
from salur.intake.models import Outcome
from salur.kernel import clock
from simulator.devices import Device, b64url, seconds_asked
from simulator.transports import Answer

EVENTS_EACH = 4
FIRST_BACK_OFF_SECONDS = 1.0
LONGEST_BACK_OFF_SECONDS = 30.0


@dataclass
class Seen:
    """What the phones noted down."""

    statuses: dict[str, Counter[str]] = field(
        default_factory=lambda: {"events": Counter(), "list": Counter()}
    )
    until_acknowledged: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    retries: list[int] = field(default_factory=list)
    acknowledged: int = 0
    events: int = 0
    finished: float = 0.0


class Request(Exception):
    """What a device would send."""


class Catching:
    """A transport that hands the signed request out instead of sending it."""

    def send(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> Answer:
        raise Request(method, target, body, headers)


def signed_request(device: Device, method: str, path: str, body: bytes = b"") -> bytes:
    """The request as it goes over the line, signed now."""
    try:
        device.send_once(method, path, body)
    except Request as caught:
        verb, target, content, headers = caught.args
    lines = [f"{verb} {target} HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(content)}", "", ""]
    return "\r\n".join(lines).encode() + bytes(content)


async def exchange(port: int, request: bytes) -> tuple[int, bytes, float | None]:
    """Status, body and what ``Retry-After`` says. Raises OSError when the line breaks."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        body = await reader.read()
    except asyncio.IncompleteReadError as error:
        raise ConnectionResetError("no whole answer") from error
    finally:
        writer.close()
    first, *lines = head.split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
    asked = headers.get("retry-after")
    return int(first.split()[1]), body, float(asked) if asked else None


class Phones:
    """All devices, and the sockets that they share."""

    def __init__(self, port: int, sockets: int, seed: int, until: float) -> None:
        self.port = port
        self.sockets = asyncio.Semaphore(sockets)
        self.rng = random.Random(seed)
        self.until = until
        self.seen = Seen()

    async def ask(
        self, device: Device, what: str, method: str, path: str, body: bytes = b""
    ) -> bytes:
        """Until it is answered with 200; the number of further tries is noted for events."""
        back_off = FIRST_BACK_OFF_SECONDS
        tries = 0
        while time.monotonic() < self.until:
            asked: float | None = None
            async with self.sockets:
                began = time.monotonic()
                try:
                    request = signed_request(device, method, path, body)
                    status, answer, asked = await exchange(self.port, request)
                    self.seen.statuses[what][str(status)] += 1
                except OSError:
                    status, answer = 0, b""
                    self.seen.statuses[what]["cut"] += 1
            if status == 200:
                if what == "events":
                    self.seen.answers.append(time.monotonic() - began)
                    self.seen.retries.append(tries)
                return answer
            if status not in (0, 429, 503):
                raise SystemExit(f"{method} {path}: {status} {answer[:300]!r}")
            tries += 1
            if status == 429:
                asked = asked or seconds_asked(Answer(status, answer))
            wait = asked if asked is not None else back_off
            back_off = min(LONGEST_BACK_OFF_SECONDS, 2 * back_off)
            await asyncio.sleep(wait * (1 + self.rng.random() / 4))
        raise TimeoutError

    async def come_back(self, device: Device, body: bytes, after: float) -> None:
        await asyncio.sleep(after)
        began = time.monotonic()
        try:
            answer = await self.ask(device, "events", "POST", "/events", body)
        except TimeoutError:
            return
        self.seen.until_acknowledged.append(time.monotonic() - began)
        packed = json.loads(answer)["receipt"]["bytes"]
        receipt = json.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
        kept = {sha256(event.raw).hexdigest() for event in device.outbox} & set(receipt["events"])
        self.seen.events += len(kept)
        self.seen.acknowledged += len(kept) == EVENTS_EACH
        self.seen.finished = time.monotonic()
        try:
            await self.ask(device, "list", "GET", "/worklist?cursor=")
        except TimeoutError:
            return


def sign_events(devices: list[Device]) -> None:
    """One payout each: verified, begun, handed over, the house located."""
    visits = Visit.objects.order_by("id").values_list("id", "recipient_id", "session_id")
    claims = {
        visit: {"id": str(payment), "amount": amount}
        for visit, payment, amount in Payment.objects.values_list("visit_id", "id", "amount")
    }
    place = {"lat": -2.99, "lon": 104.75, "accuracy_m": 8}
    for device, (visit, person, session) in zip(devices, visits, strict=True):
        about = {"visit": str(visit), "session": str(session) if session else None}
        line = claims[visit]
        verified = device.record(
            "verification", {"person": str(person), "method": "document", "evidence": []}, **about
        )
        begun = device.record("hand_over_begun", {"payments": [line]}, **about)
        device.record(
            "handed_over",
            {
                "begun": begun,
                "verification": verified,
                "payments": [line],
                "total": line["amount"],
                "collector": {"person_id": str(person), "relation": "self"},
                "receipt_mark": "signature",
                "evidence": [],
            },
            sop="community/1",
            **about,
        )
        device.record("geotag", {**place, "fixes": 3}, **about)


def watch_memory(running: House, highest: dict[str, int], stop: threading.Event) -> None:
    """The most that the web and the task process held, in megabytes."""
    while not stop.wait(0.5):
        for name, process in (("web", running.web), ("tasks", running.tasks)):
            parent = psutil.Process(process.pid)
            held = sum(p.memory_info().rss for p in [parent, *parent.children(recursive=True)])
            highest[name] = max(highest.get(name, 0), held // 2**20)


def waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM intake_waiting_event)")
        return bool(cursor.fetchone()[0])


def spread(seconds: list[float]) -> dict[str, float]:
    """Median, 95th percentile and the longest, in seconds."""
    cuts = quantiles(seconds, n=100)
    return {"p50": round(cuts[49], 2), "p95": round(cuts[94], 2), "longest": round(max(seconds), 2)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=5_000)
    parser.add_argument("--sockets", type=int, default=500)
    parser.add_argument("--within", type=float, default=60, help="seconds in which all come back")
    parser.add_argument("--limit", type=float, default=600, help="seconds until all must be heard")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    print("preparing families and devices …", flush=True)
    with clock.at(MORNING):
        country = make_country()
        country.add_families(arguments.devices, country.villages[0], programs=("SEMBAKO",))
        plan_payments(country.tranche.id, by=PLANNER)
    devices = make_devices(arguments.devices, country.offices[0].code, Catching())
    sign_events(devices)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    highest: dict[str, int] = {}
    stop = threading.Event()
    with house(free_port()) as running:
        threading.Thread(target=watch_memory, args=(running, highest, stop), daemon=True).start()
        cpu_before = cpu_seconds(running)
        started = time.monotonic()
        phones = asyncio.run(all_come_back(devices, running.port, started, arguments))
        seen = phones.seen
        heard = seen.finished - started
        while waiting() and time.monotonic() - started < arguments.limit:
            running.check()
            time.sleep(0.1)
        booked = time.monotonic() - started
        cpu = spent_since(cpu_before, running)
        stop.set()

    outcomes = Outcome.objects.count()
    paid = PayoutLine.objects.filter(outcome="paid").count()
    figures = {
        "devices": arguments.devices,
        "acknowledged": seen.acknowledged,
        "events": seen.events,
        "outcomes": outcomes,
        "paid": paid,
        "seconds": round(heard, 1),
        "seconds_booked": round(booked, 1),
        "answers": {what: dict(counts) for what, counts in seen.statuses.items()},
        "latency_s": spread(seen.answers),
        "until_acknowledged_s": spread(seen.until_acknowledged),
        "worst_retries": max(seen.retries),
        "highest_mb": highest,
        "cpu_s": cpu,
    }
    print(json.dumps(figures))
    wanted = arguments.devices
    if (seen.acknowledged, outcomes, paid) != (wanted, EVENTS_EACH * wanted, wanted):
        raise SystemExit("not everything was acknowledged and booked")
    if heard > arguments.limit:
        raise SystemExit("acknowledged too late")


async def all_come_back(
    devices: list[Device], port: int, started: float, arguments: argparse.Namespace
) -> Phones:
    phones = Phones(port, arguments.sockets, arguments.seed, started + arguments.limit)
    comings = []
    for device in devices:
        events = [
            {"bytes": b64url(event.raw), "signature": b64url(event.signature)}
            for event in device.outbox
        ]
        body = json.dumps({"events": events}).encode()
        comings.append(phones.come_back(device, body, phones.rng.uniform(0, arguments.within)))
    await asyncio.gather(*comings)
    return phones


if __name__ == "__main__":
    main()
