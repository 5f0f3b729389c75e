"""Many seeds: each on its own copy of the country, several processes beside each other."""

import gc
import logging
import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

import typer

from simulator.world.country import Country, make_country
from simulator.world.databases import Databases
from simulator.world.run import Result, run
from simulator.world.script import FAULTS


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked of a campaign. `devices` are dealt over the country's three offices."""

    seeds: Sequence[int]
    operations: int = 500
    days: float = 7
    devices: int = 6
    faults: frozenset[str] = frozenset(FAULTS)
    keep_lines: bool = False


@dataclass
class Sum:
    """What a campaign came to."""

    seeds: int = 0
    conflicts: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    hashes: dict[int, str] = field(default_factory=dict)

    def add(self, result: Result) -> None:
        self.seeds += 1
        self.conflicts += result.conflicts
        self.violations += [
            f"seed {result.seed}, operation {result.found_at}: {sentence}"
            for sentence in result.violations
        ]
        self.hashes[result.seed] = result.trace_hash

    def as_json(self) -> dict[str, Any]:
        """`trace_hash` is the run's own for one seed; for several, the hash over theirs."""
        return {
            "seeds": self.seeds,
            "trace_hash": trace_hash_of(self.hashes),
            "violations": self.violations,
            "conflicts": dict(sorted(self.conflicts.items())),
        }


def trace_hash_of(hashes: dict[int, str]) -> str:
    if len(hashes) == 1:
        return next(iter(hashes.values()))
    text = "\n".join(f"{seed} {digest}" for seed, digest in sorted(hashes.items()))
    return sha256(text.encode()).hexdigest()


def play(order: Order, databases: Databases, country: Country) -> Iterator[Result]:
    """The seeds one after the other, in this process."""
    gc.disable()  # what a run leaves behind is looked for between the runs, not within them
    try:
        for seed in order.seeds:
            with databases.copy():
                result = run(
                    country,
                    seed,
                    operations=order.operations,
                    days=order.days,
                    faults=order.faults,
                    keep_lines=order.keep_lines,
                )
            gc.collect()
            yield result
    finally:
        gc.enable()


def furnished(databases: Databases, devices: int, *, migrated: str | None = None) -> Country:
    """Makes the template; the country in it."""
    made: list[Country] = []
    databases.make_template(
        lambda: made.append(make_country(officers=max(1, round(devices / 3)))), migrated=migrated
    )
    return made[0]


@contextmanager
def own_country(devices: int = 6) -> Iterator[tuple[Databases, Country]]:
    """A server and a template of one's own, gone afterwards."""
    databases = Databases.own()
    try:
        yield databases, furnished(databases, devices)
    finally:
        databases.drop_template()
        databases.server.release()


def campaign(order: Order, *, jobs: int, told: Callable[[Result, float], None]) -> Sum:
    """Plays an order with a server of its own; `told` hears of each result as it comes."""
    logging.disable(logging.CRITICAL)
    whole = Sum()
    began = time.monotonic()
    for result in _alone(order) if jobs == 1 else _beside_each_other(order, jobs):
        whole.add(result)
        told(result, time.monotonic() - began)
    return whole


def _alone(order: Order) -> Iterator[Result]:
    with own_country(order.devices) as (databases, country):
        gc.freeze()
        yield from play(order, databases, country)


def _beside_each_other(order: Order, jobs: int) -> Iterator[Result]:
    """Each process makes its own country: a fork of one that has read a list would wait for ever
    for threads of the reader that were not forked with it."""
    fork = multiprocessing.get_context("fork")
    results: Any = fork.Queue()
    shares = [replace(order, seeds=order.seeds[job::jobs]) for job in range(jobs)]
    workers = [fork.Process(target=_work, args=(share, results)) for share in shares]
    for worker in workers:
        worker.start()
    working = len(workers)
    while working:
        result = results.get()
        if result is None:
            working -= 1
        elif isinstance(result, str):
            raise RuntimeError(result)
        else:
            yield result
    for worker in workers:
        worker.join()


def _work(order: Order, results: Any) -> None:
    try:
        for result in _alone(order):
            results.put(result)
    except BaseException as error:
        results.put(f"{type(error).__name__}: {error}")
        raise
    finally:
        results.put(None)


def show_progress(of: int) -> Callable[[Result, float], None]:
    """One line on stderr for each seed that found something, and now and then for the others."""
    done = [0]

    def tell(result: Result, seconds: float) -> None:
        done[0] += 1
        for sentence in result.violations[:5]:
            typer.echo(f"seed {result.seed}: {sentence}", err=True)
        if of <= 20 or done[0] % 20 == 0 or done[0] == of:
            typer.echo(f"{done[0]}/{of} seeds, {seconds:.0f} s", err=True)

    return tell
