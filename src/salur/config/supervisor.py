"""One parent for the processes of a running system: starts, restarts and ends them in order."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType

GRACE_SECONDS = 40
QUICK_DEATH_SECONDS = 5
QUICK_DEATHS_ALLOWED = 3


class ChildRefused(Exception):
    """A process ends again and again right after its start."""


def _die_with_parent() -> None:
    """Linux: a killed supervisor leaves no orphans that hold the port. Elsewhere: nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


@dataclass
class Child:
    """One process that should always run; `name` is for people."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    quick_deaths: int = 0

    def start(self) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, which ends all in order
            preexec_fn=_die_with_parent,  # while no thread runs yet
        )

    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def restart(self) -> None:
        """Start again after an unexpected end; raises ChildRefused when that does not help."""
        quick = time.monotonic() - self.started < QUICK_DEATH_SECONDS
        self.quick_deaths = self.quick_deaths + 1 if quick else 0
        if self.quick_deaths >= QUICK_DEATHS_ALLOWED:
            raise ChildRefused(self.name)
        self._clear_group()
        self.start()

    def stop(self) -> None:
        """Ask it to end, wait, and insist on the whole group when it does not."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                self._clear_group()
                self.process.wait()
        self._clear_group()
        self.process = None

    def _clear_group(self) -> None:
        """End what the process started itself: a killed web process leaves a worker on the port."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


class Supervisor:
    """Keeps its children alive until SIGINT or SIGTERM, then ends them, last started first."""

    def __init__(self, children: Sequence[Child], *, watch: Callable[[], None]) -> None:
        self.children = children
        self.watch = watch
        self.stopping = False

    def stop_soon(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        self.stopping = True

    def start(self) -> None:
        signal.signal(signal.SIGINT, self.stop_soon)
        signal.signal(signal.SIGTERM, self.stop_soon)
        signal.signal(signal.SIGHUP, self.stop_soon)
        for child in self.children:
            child.start()

    def run(self) -> None:
        """Until told to stop: look once a second that everything runs. Ends the children always."""
        try:
            while not self.stopping:
                for child in self.children:
                    if not self.stopping and child.ended():
                        child.restart()
                self.watch()
                time.sleep(0.5)
        finally:
            self.stop()

    def stop(self) -> None:
        for child in reversed(self.children):
            child.stop()
