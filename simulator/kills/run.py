"""One kill test: make a country, load it, kill, and look whether every promise was kept."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection, connections

from salur.access.models import User
from salur.access.queries import actor_for
from salur.disbursement.models import Payment, Visit
from salur.disbursement.operations import accept_float, issue_float
from salur.kernel.ids import new_id
from salur.reconciliation.queries import audit_breaks_for_system, books_breaks_for_system
from simulator.devices import Device
from simulator.kills.house import READY_SECONDS, DidNotComeBack, House
from simulator.kills.phones import Client, Family
from simulator.transports import Loopback
from simulator.world.country import Country, make_country

CLIENTS = 4
FLOAT_RUPIAH = 5_000_000
SHARES = {
    "kill_before_the_answer": 0.3,
    "kill_web": 0.2,
    "kill_tasks": 0.2,
    "kill_backend": 0.15,
    "kill_postmaster": 0.15,
}
_LONGEST_PAUSE_SECONDS = 0.6


@dataclass
class Outcome:
    kills: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "kills": sum(self.kills.values()),
            "by_kind": dict(sorted(self.kills.items())),
            **self.figures,
            "violations": self.violations[:20],
        }


def plan(kills: int, rng: Random) -> list[list[str]]:
    """Volleys of one to three kills, each kind by its share, none twice in a volley.

    Within a volley the order is that of ``SHARES``: a database that recovers from a killed backend
    may lose its postmaster too.
    """
    kinds = [kind for kind, share in SHARES.items() for _ in range(max(1, round(kills * share)))]
    del kinds[kills:]
    kinds += rng.choices(list(SHARES), k=kills - len(kinds))
    rng.shuffle(kinds)
    volleys: list[list[str]] = []
    while kinds:
        volley: list[str] = []
        for _ in range(rng.randint(1, 3)):
            if kinds and kinds[-1] not in volley:
                volley.append(kinds.pop())
        volleys.append(sorted(volley, key=list(SHARES).index))
    return volleys


def play(house: House, *, kills: int, seed: int, families: int) -> Outcome:
    """Kills so many times under load, then lets everybody finish, and compares."""
    rng = Random(f"kills/{seed}")
    began = time.monotonic()
    country = make_country(families=families, officers=2)
    clients = make_clients(house, country, seed)
    issue_floats(country)
    connections.close_all()
    house.open()
    outcome = Outcome()
    ready = time.monotonic()
    for client in clients:
        client.start()
    try:
        _wait_for_progress(house, clients, 0)
        for volley in plan(kills, rng):
            time.sleep(rng.uniform(0, _LONGEST_PAUSE_SECONDS))
            outcome.kills.update([_kill(house, kind, rng) for kind in volley])
            _wait_for_progress(house, clients, _acknowledged(clients))
        for client in clients:
            client.enough.set()
        _finish(house, clients)
    finally:
        for client in clients:
            client.enough.set()
    killed = time.monotonic()
    _wait_until_judged(house)
    outcome.violations += compare(clients)
    counts = sum((client.counts for client in clients), Counter())
    outcome.figures = {
        "seed": seed,
        "events": sum(len(client.sent) for client in clients),
        "hand_overs": sum(1 for c in clients for family in c.sent.values() if family),
        "acknowledged": sum(client.acknowledged for client in clients),
        "answered_again": counts["known"],
        "requests": counts["requests"],
        "cut": counts["cut"],
        "refused_meanwhile": sum(n for k, n in counts.items() if k.startswith("status ")),
        "seconds_prepared": round(ready - began, 1),
        "seconds_killing": round(killed - ready, 1),
    }
    return outcome


def issue_floats(country: Country) -> None:
    for branch in country.branches:
        for officer in branch.officers:
            offered = issue_float(
                officer,
                amount=FLOAT_RUPIAH,
                idempotency_key=str(new_id()),
                by=branch.cashier,
                office_code=branch.code,
            )
            accept_float(offered.id, by=actor_for(User.objects.get(id=officer)))


def make_clients(house: House, country: Country, seed: int) -> list[Client]:
    """Devices and families are dealt out: no client ever waits for another."""
    payments: dict[UUID, list[tuple[UUID, int]]] = defaultdict(list)
    for visit, payment, amount in Payment.objects.order_by("visit_id", "-lead").values_list(
        "visit_id", "id", "amount"
    ):
        payments[visit].append((payment, amount))
    families: dict[str, list[Family]] = defaultdict(list)
    for visit, person, channel, office in Visit.objects.order_by("id").values_list(
        "id", "recipient_id", "channel", "office_id"
    ):
        families[office].append(Family(visit, person, channel, tuple(payments[visit])))
    transport = Loopback(f"http://127.0.0.1:{house.port}")
    hands: list[dict[str, list[Device]]] = [defaultdict(list) for _ in range(CLIENTS)]
    place = 0
    for branch in country.branches:
        for device_id, key in branch.devices:
            device = Device.make(transport, seed=key)
            device.device_id = str(device_id)
            hands[place % CLIENTS][branch.code].append(device)
            place += 1
    holders = {code: [n for n in range(CLIENTS) if code in hands[n]] for code in families}
    return [
        Client(
            number,
            hands[number],
            {
                code: families[code][holders[code].index(number) :: len(holders[code])]
                for code in hands[number]
            },
            port=house.port,
            folder=house.folder,
            seed=seed,
        )
        for number in range(CLIENTS)
    ]


def _acknowledged(clients: list[Client]) -> int:
    for client in clients:
        if client.failure:
            raise client.failure
    return sum(client.acknowledged for client in clients)


def _wait_for_progress(house: House, clients: list[Client], since: int) -> None:
    """Until answers come again: the next kill meets a system at work."""
    end = time.monotonic() + READY_SECONDS
    while _acknowledged(clients) <= since:
        if time.monotonic() > end:
            raise DidNotComeBack(f"no answer for {READY_SECONDS} s; {house.log}")
        house.keep_alive()
        time.sleep(0.02)


def _kill(house: House, kind: str, rng: Random) -> str:
    while not (killed := getattr(house, kind)(rng)):
        house.keep_alive()
        time.sleep(0.05)
    return str(killed)


def _finish(house: House, clients: list[Client]) -> None:
    """The batches under way are sent until they are answered."""
    end = time.monotonic() + READY_SECONDS
    while any(client.is_alive() for client in clients):
        _acknowledged(clients)
        if time.monotonic() > end:
            raise DidNotComeBack(f"a batch was never answered; {house.log}")
        house.keep_alive()
        time.sleep(0.05)
    _acknowledged(clients)


def _wait_until_judged(house: House) -> None:
    end = time.monotonic() + 5 * READY_SECONDS
    while True:
        house.keep_alive()
        try:
            if not _rows("SELECT 1 FROM intake_waiting_event LIMIT 1"):
                return
        except OperationalError:
            connections.close_all()
        if time.monotonic() > end:
            raise DidNotComeBack(f"events still wait; {house.log}")
        time.sleep(0.1)


def _rows(statement: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


_EVENTS = """
    SELECT e.event_id::text, count(o.event_id) FROM intake_signed_event e
    LEFT JOIN intake_outcome o ON o.event_id = e.id GROUP BY 1
"""
_HAND_OVERS = """
    SELECT h.id::text, count(DISTINCT h.id), count(l.id), coalesce(sum(l.amount), 0)::bigint,
           count(DISTINCT t.id)
    FROM disbursement_hand_over h
    LEFT JOIN disbursement_payout_line l ON l.hand_over_id = h.id AND l.outcome = 'paid'
    LEFT JOIN ledger_transfer t ON t.id = l.transfer_id
    GROUP BY 1
"""


def compare(clients: list[Client]) -> Iterator[str]:
    """acknowledged ⊆ stored, each event one outcome, each hand-over booked once, I1 to I8."""
    sent: dict[str, Family | None] = {}
    for client in clients:
        sent |= client.sent
    acknowledged = {
        line.split()[0]
        for client in clients
        for line in client.file.read_text().splitlines()
        if line.split()[1] in ("stored", "known")
    }
    stored = dict(_rows(_EVENTS))
    for event_id in acknowledged - stored.keys():
        yield f"event {event_id}: acknowledged and not stored"
    for event_id in sent.keys() - acknowledged:
        yield f"event {event_id}: sent and never acknowledged"
    for event_id in stored.keys() - sent.keys():
        yield f"event {event_id}: stored, and nobody sent it"
    for event_id, outcomes in stored.items():
        if outcomes != 1:
            yield f"event {event_id}: {outcomes} outcomes"
    booked = {row[0]: row[1:] for row in _rows(_HAND_OVERS)}
    for event_id, family in sent.items():
        if family is None:
            continue
        expected = (1, len(family.payments), family.total, len(family.payments))
        if (found := booked.pop(event_id, None)) != expected:
            yield f"hand-over {event_id}: booked as {found}, not as {expected}"
    for event_id in booked:
        yield f"hand-over {event_id}: booked, and nobody sent it"
    for name in ("waiting_event", "quarantined"):
        if count := _rows(f"SELECT count(*) FROM intake_{name}")[0][0]:
            yield f"{count} rows in {name}"
    for item in (*books_breaks_for_system(), *audit_breaks_for_system()):
        yield str(item)
