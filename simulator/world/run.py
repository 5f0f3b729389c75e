"""One run: a seed, a number of operations, and what came of them."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any
from unittest.mock import patch

from salur.access.doors.rates import Rates
from salur.config.wsgi import application
from salur.intake.queries import count_waiting_for_system
from salur.kernel import ids
from simulator.transports import InProcess
from simulator.world import checks
from simulator.world.conflicts import conflicts
from simulator.world.country import Country
from simulator.world.desk import World
from simulator.world.script import FAULTS, Script
from simulator.world.trace import Trace

CHECK_EVERY = 250
_PATIENCE = 8


@dataclass(slots=True)
class Result:
    """What one seed came to. `found_at`: the operation after which the first violation was seen."""

    seed: int
    trace_hash: str
    violations: list[str]
    conflicts: Counter[str]
    operations: Counter[str]
    found_at: int | None = None
    lines: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "seed": self.seed,
            "trace_hash": self.trace_hash,
            "violations": self.violations,
            "conflicts": dict(sorted(self.conflicts.items())),
        }


def run(
    country: Country,
    seed: int,
    *,
    operations: int = 500,
    days: float = 7,
    faults: frozenset[str] = frozenset(FAULTS),
    check_every: int = CHECK_EVERY,
    keep_lines: bool = False,
) -> Result:
    """Plays a seed on the database that Django is connected to: a fresh copy of the country's."""
    # Buckets of requests are kept by the process: a run must not find those of the one before.
    with ids.seeded(seed), patch("salur.access.doors.devices.rates", Rates()):
        rng = Random(f"script/{seed}")
        world = World(country, InProcess(application), seed)
        world.trace = Trace(lines=[] if keep_lines else None)
        script = Script(world, rng, faults)
        found_at = None
        mean_seconds = days * 86_400 / max(1, operations)
        for number in range(1, operations + 1):
            script.step()
            world.advance(rng.expovariate(1 / mean_seconds))
            if number % check_every == 0:
                for sentence in checks.invariants():
                    world.book.wrong(sentence)
            if world.book.violations and found_at is None:
                found_at = number
                break
        if found_at is None:
            settle(world)
            for sentence in checks.final(world):
                world.book.wrong(sentence)
            found_at = operations if world.book.violations else None
        world.trace.add_database()
        return Result(
            seed,
            world.trace.hash,
            world.book.violations,
            conflicts(world),
            world.book.counts,
            found_at,
            world.trace.lines or [],
        )


def settle(world: World) -> None:
    """Every phone finds a network at last, and everything that waits is applied."""
    for phone in world.phones:
        for visit in list(phone.begun):
            world.act("resolve", phone, visit, False)
    for _ in range(_PATIENCE):
        if not (any(phone.outbox for phone in world.phones) or count_waiting_for_system()):
            break
        for phone in world.phones:
            if phone.outbox:
                world.act("push", phone)
        world.act("apply")
        # Offers that nobody accepted lapse, so that what waits for the vault's money gets it.
        world.advance(timedelta(hours=13).total_seconds())
        world.act("tick")
