"""How many payouts a second go through the whole walk: signed events over HTTP to posted books.

A payout is one hand-over of one or two payments. Events are signed beforehand; one web and one
task process take them, with fsync on. The clock starts with the first request and stops when every
event has its outcome and ledger, audit, journal and message rows are there. Beside it, on the same
server in the same run: `pgbench -N -s 20 -c 8 -j 2 -M prepared`.

    python bench/push_events.py --payouts 20000
"""

from __future__ import annotations

import argparse
import json
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import scratch  # noqa: F401 - starts the house's own database before anything of it is loaded
from django.db import connection
from officers import make_devices
from processes import cpu_seconds, free_port, house, spent_since
from yardstick import pgbench

from salur.audit.models import Entry
from salur.disbursement.models import JournalEntry, Payment, PayoutLine, Visit
from salur.disbursement.operations import plan_payments
from salur.disbursement.tests.country import MORNING, PLANNER, make_country
from salur.kernel import clock
from salur.kernel.batching import batches
from salur.kernel.ids import new_id
from salur.ledger.models import Transfer
from salur.messaging.models import Message
from salur.reconciliation.queries import books_breaks_for_system
from simulator.devices import Device, SignedEvent, b64url
from simulator.transports import Loopback

DOUBLE_SHARE, DUPLICATE_SHARE = 0.001, 0.01
OFFICERS = 40
BATCH = 50
CLIENTS = 4


def sign_payouts(devices: list[Device], payouts: int, seed: int) -> tuple[int, int]:
    """Fills the outboxes: one hand-over per visit, some twice; (events, payments claimed)."""
    rng = random.Random(seed)
    claims: dict[UUID, list[dict[str, object]]] = {}
    for visit, payment, amount in Payment.objects.order_by("visit_id", "-lead").values_list(
        "visit_id", "id", "amount"
    ):
        claims.setdefault(visit, []).append({"id": str(payment), "amount": amount})
    visits = list(
        Visit.objects.order_by("id").values_list("id", "recipient_id", "session_id", "channel")
    )[:payouts]
    doubles = rng.sample(visits, max(1, round(payouts * DOUBLE_SHARE)))
    for place, (visit, person, session, channel) in enumerate(visits + doubles):
        device = devices[place % len(devices)]
        lines = claims[visit]
        device.record(
            "handed_over",
            {
                "begun": str(new_id()),
                "verification": str(new_id()),
                "payments": lines,
                "total": sum(int(str(line["amount"])) for line in lines),
                "collector": {"person_id": str(person), "relation": "self"},
                "receipt_mark": "signature",
                "evidence": [],
            },
            visit=str(visit),
            session=str(session) if session else None,
            sop=f"{channel}/1",
            position={
                "lat": -2.99,
                "lon": 104.75,
                "accuracy_m": 8,
                "fix_at": clock.iso(clock.now()),
                "fixes": 3,
            },
        )
    return len(visits) + len(doubles), len(doubles)


def requests_of(devices: list[Device], events: int, seed: int) -> list[tuple[Device, bytes, int]]:
    """Ready request bodies of 50 events, one in a hundred events sent a second time."""
    rng = random.Random(seed)
    ready = []
    for device in devices:
        again = rng.sample(device.outbox, round(len(device.outbox) * DUPLICATE_SHARE))
        for batch in batches([*device.outbox, *again], BATCH):
            body = {"events": [_wire(event) for event in batch]}
            ready.append((device, json.dumps(body).encode(), len(batch)))
    rng.shuffle(ready)
    return ready


def _wire(event: SignedEvent) -> dict[str, str]:
    return {"bytes": b64url(event.raw), "signature": b64url(event.signature)}


def figures() -> dict[str, int]:
    return {
        "lines": PayoutLine.objects.count(),
        "transfers": Transfer.objects.count(),
        "audit": Entry.objects.filter(kind="hand_over.recorded").count(),
        "journal": JournalEntry.objects.filter(kind__in=["paid", "second"]).count(),
        "messages": Message.objects.filter(template="paid").count(),
    }


def wait_for_followers(seconds: float = 120) -> None:
    """Until what planning wrote has its place in line: it is not what is measured."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not any(model.objects.filter(position=None).exists() for model in (JournalEntry, Entry)):
            time.sleep(2)  # for those that read by position
            return
        time.sleep(0.2)
    raise SystemExit("the followers did not catch up with the plan")


def waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM intake_waiting_event)")
        return bool(cursor.fetchone()[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--payouts", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pgbench-seconds", type=int, default=15)
    arguments = parser.parse_args()

    with connection.cursor() as cursor:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            cursor.execute(f"SHOW {setting}")
            if cursor.fetchone()[0] != "on":
                raise SystemExit(f"{setting} is off: this would measure nothing")

    print("preparing families and plans …", flush=True)
    with clock.at(MORNING):
        country = make_country()
        half = arguments.payouts // 2
        country.add_families(half, country.villages[0], programs=("PKH", "SEMBAKO"))
        country.add_families(arguments.payouts - half, country.villages[1], programs=("SEMBAKO",))
        plan_payments(country.tranche.id, by=PLANNER)
    before = figures()
    port = free_port()
    transport = Loopback(f"http://127.0.0.1:{port}")
    devices = make_devices(OFFICERS, country.offices[0].code, transport)
    print("signing events …", flush=True)
    events, doubles = sign_payouts(devices, arguments.payouts, arguments.seed)
    ready = requests_of(devices, events, arguments.seed)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    refused = threading.Event()

    def send(item: tuple[Device, bytes, int]) -> None:
        device, body, count = item
        answer = json.loads(device.call("POST", "/events", body).body)
        if any(result["status"] == "quarantined" for result in answer["results"]):
            refused.set()
        if len(answer["results"]) != count:
            refused.set()

    with house(port) as running:
        wait_for_followers()
        cpu_before = cpu_seconds(running)
        started = time.monotonic()
        with ThreadPoolExecutor(CLIENTS) as clients:
            list(clients.map(send, ready))
        pushed = time.monotonic() - started
        while waiting():
            running.check()
            if time.monotonic() - started > 600:
                raise SystemExit("the events were not applied within ten minutes")
            time.sleep(0.05)
        posted = time.monotonic() - started
        cpu = spent_since(cpu_before, running)
    if refused.is_set():
        raise SystemExit("the server refused events")

    added = {name: count - before[name] for name, count in figures().items()}
    paid = PayoutLine.objects.filter(outcome="paid").count()
    second = PayoutLine.objects.filter(outcome="second").values("hand_over").distinct().count()
    expected = half * 2 + (arguments.payouts - half)
    if paid != expected or second != doubles or added["lines"] != added["transfers"]:
        raise SystemExit(f"wrong books: paid {paid}/{expected}, second {second}/{doubles}, {added}")
    if added["audit"] != events or added["messages"] != arguments.payouts:
        raise SystemExit(f"rows are missing: {added}")
    # Nobody brought the orders' money in this measurement, so I2 and the floats of I8 stay open.
    broken = [b for b in books_breaks_for_system() if b.invariant not in ("I2", "I8")]
    if broken:
        raise SystemExit(f"books do not balance: {broken[:3]}")
    print("running pgbench …", flush=True)
    tps = pgbench(arguments.pgbench_seconds) if arguments.pgbench_seconds else 0.0
    rate = arguments.payouts / posted
    print(
        json.dumps(
            {
                "payouts": arguments.payouts,
                "events": events,
                "payments": paid,
                "second": doubles,
                "seconds_pushed": round(pushed, 2),
                "seconds_posted": round(posted, 2),
                "payouts_per_s": round(rate),
                "pgbench_tps": round(tps),
                "ratio": round(rate / tps, 3) if tps else None,
                "cpu_s": cpu,
                "cpu_ms_per_payout": round(1000 * cpu["all"] / arguments.payouts, 3),
            }
        )
    )


if __name__ == "__main__":
    main()
