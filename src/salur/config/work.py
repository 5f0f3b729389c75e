"""The task process: queued jobs, and the followers that carry news upward.

A follower is a function without arguments in a room's `followers.py`, named in its tuple
`FOLLOWERS`. It does one bounded batch and answers how many rows it did: gives positions to settled
rows, reads a journal by position, refreshes rollups, sends what waits in the outbox. It is
idempotent and takes its own lock where two at once would hurt.
"""

import asyncio
import gc
import importlib
import signal
import threading
from collections.abc import Callable, Sequence
from importlib.util import find_spec

import structlog
from django.conf import settings
from django.db import close_old_connections, connections
from procrastinate.contrib.django import app as tasks

from .boot import GARBAGE_THRESHOLD

log = structlog.get_logger("salur.work")
Follower = Callable[[], int]

MANY_ROWS = 1_000
"""A follower that did so many has more before it and goes on at once."""
BREATH_SECONDS = 0.4
"""Otherwise it lets news gather: thirty statements cost a batch of two hundred as much as one of a
thousand, and nobody in the field waits for them: what counts there is that events are stored."""
IDLE_SECONDS = 0.25
IDLE_SECONDS_MAX = 1.0
FAILED_SECONDS = 5.0


def followers() -> list[Follower]:
    """All rooms' followers, lower rooms first: news is numbered before it is read."""
    found: list[Follower] = []
    for room in settings.ROOMS:
        if find_spec(f"salur.{room}.followers") is not None:
            found += importlib.import_module(f"salur.{room}.followers").FOLLOWERS
    return found


def follow_once(every: Sequence[Follower]) -> tuple[int, list[str]]:
    """One batch of each: how many rows in all, and which failed (the others were run even so)."""
    done, failed = 0, []
    for follower in every:
        try:
            done += follower() or 0
        except Exception:
            name = f"{follower.__module__}.{follower.__qualname__}"
            log.exception("follower_failed", follower=name)
            failed.append(name)
            connections["default"].close()
    return done, failed


def follow(stop: threading.Event, follower: Follower) -> None:
    """Run one follower again and again until told to stop, resting while there is no news."""
    idle = IDLE_SECONDS
    while not stop.is_set():
        close_old_connections()
        done, failed = follow_once([follower])
        if failed:
            stop.wait(FAILED_SECONDS)
        elif done:
            idle = IDLE_SECONDS
            if done < MANY_ROWS:
                stop.wait(BREATH_SECONDS)
        else:
            stop.wait(idle)
            idle = min(idle * 1.5, IDLE_SECONDS_MAX)
    connections.close_all()


def catch_up(every: Sequence[Follower] | None = None) -> int:
    """Run the followers in this process until none has news; for tests and one-shot commands.

    Raises RuntimeError when one fails.
    """
    every = followers() if every is None else every
    total = 0
    while True:
        done, failed = follow_once(every)
        total += done
        if failed:
            raise RuntimeError(f"{', '.join(failed)}: see the log")
        if not done:
            return total


async def _take_jobs() -> None:
    # An app of its own for the worker, so that tasks and followers that queue further jobs keep
    # doing so on Django's connection, inside the transaction that they belong to.
    worker = tasks.with_connector(tasks.connector.get_worker_connector())  # type: ignore[attr-defined]
    async with worker.open_async():
        await worker.run_worker_async(concurrency=1, shutdown_graceful_timeout=30)


def work() -> None:
    """Until SIGTERM or SIGINT: take jobs, run followers. Jobs under way are finished first.

    Each follower has a thread of its own, so that money does not wait while faces are compared.
    """
    stop = threading.Event()
    threads = [
        threading.Thread(target=follow, args=(stop, each), name=each.__qualname__)
        for each in followers()
    ]
    gc.collect()
    gc.freeze()  # what is loaded stays; collections look at what came since
    gc.set_threshold(GARBAGE_THRESHOLD, 20, 20)
    for thread in threads:
        thread.start()
    try:
        asyncio.run(_take_jobs())
    finally:
        stop.set()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for thread in threads:
            thread.join()
        connections.close_all()
