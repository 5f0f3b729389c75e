"""The two processes of a running system for a measurement, and the CPU time that each part takes.

Seconds of CPU compare better than seconds of a clock when the machine has other work as well.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psutil
import scratch
from django.db import connection

from salur.config.work import followers

WEB, TASKS = "bench web", "bench tasks"
FOLLOWERS = len(followers())


@dataclass(slots=True)
class House:
    """One web process, one task process, and the port on which the first one listens."""

    port: int
    web: subprocess.Popen[bytes]
    tasks: subprocess.Popen[bytes]

    def check(self) -> None:
        """Ends the measurement when one of the processes has ended."""
        for name, process in (("web", self.web), ("task", self.tasks)):
            if process.poll() is not None:
                raise SystemExit(f"the {name} process ended early")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def house(port: int, *, blocking_threads: int = 8) -> Iterator[House]:
    """Both processes, ready, on the scratch server and this port; ended with the block."""
    environment = {**os.environ, "PYTHONPATH": f"{scratch.ROOT / 'src'}:{scratch.ROOT}"}
    web = _start(
        [
            *("-m", "granian", "--interface", "wsgi", "--no-ws"),
            *("--workers", "1", "--blocking-threads", str(blocking_threads)),
            *("--host", "127.0.0.1", "--port", str(port)),
            "salur.config.wsgi:application",
        ],
        {**environment, "PGAPPNAME": WEB, "SALUR_WEB_THREADS": str(blocking_threads)},
    )
    tasks = _start(["-m", "salur.config", "work"], {**environment, "PGAPPNAME": TASKS})
    running = House(port, web, tasks)
    try:
        _wait_until_ready(running)
        yield running
    finally:
        for process in (tasks, web):
            process.terminate()
        for process in (tasks, web):
            process.wait(30)


def _start(arguments: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, *arguments],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _wait_until_ready(at: House, seconds: float = 120) -> None:
    """Until the web process answers and all of the task process' followers have looked around."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        at.check()
        if _answers(at.port) and _connections(TASKS) >= FOLLOWERS:
            time.sleep(1)
            return
        time.sleep(0.1)
    raise SystemExit("the processes did not become ready")


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:  # nobody listens yet, or not yet with the application behind
        return False


def _connections(name: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = %s", [name])
        return int(cursor.fetchone()[0])


def cpu_seconds(at: House) -> dict[str, float]:
    """CPU seconds so far of the web and the task process, of the database's work for each, of its
    own processes, and of the measurement itself (its database connection included)."""
    postmaster = psutil.Process(scratch.SERVER.postmaster())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid, application_name, pg_backend_pid() FROM pg_stat_activity")
        rows = cursor.fetchall()
    names = {pid: name for pid, name, _ in rows}
    mine = rows[0][2]
    spent = {"web": _of_tree(at.web.pid), "tasks": _of_tree(at.tasks.pid)}
    spent |= {"database_for_web": 0.0, "database_for_tasks": 0.0}
    spent |= {"database_itself": _own(postmaster), "bench": _own(psutil.Process())}
    for child in postmaster.children():
        where = {WEB: "database_for_web", TASKS: "database_for_tasks"}.get(names.get(child.pid, ""))
        where = where or ("bench" if child.pid == mine else "database_itself")
        with suppress(psutil.NoSuchProcess):  # its time is then its parent's
            spent[where] += _own(child)
    return spent


def spent_since(before: dict[str, float], at: House) -> dict[str, float]:
    """CPU seconds by process since ``before``, and their sum."""
    spent = {name: round(value - before[name], 2) for name, value in cpu_seconds(at).items()}
    return {**spent, "all": round(sum(spent.values()), 2)}


def _own(process: psutil.Process) -> float:
    """Its own CPU time and that of children that have ended."""
    times = process.cpu_times()
    return float(times.user + times.system + times.children_user + times.children_system)


def _of_tree(pid: int) -> float:
    process = psutil.Process(pid)
    return _own(process) + sum(_own(child) for child in process.children(recursive=True))
