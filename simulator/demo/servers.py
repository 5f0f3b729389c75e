"""The house that a demo works with: real web and task processes, or this process alone."""

import asyncio
import http.client
import os
import socket
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Protocol

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from procrastinate.contrib.django import app as tasks

from salur.config.serving import web_command, work_command
from salur.config.supervisor import Child
from salur.config.work import catch_up
from simulator.transports import InProcess, Loopback, Transport

_READY_SECONDS = 60.0


class House(Protocol):
    """What a demo needs of the system: a way for devices, and somebody who works on the queues."""

    def __enter__(self) -> "House": ...

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None: ...

    @property
    def transport(self) -> Transport: ...

    def rest(self) -> None:
        """Let the others work for a moment."""


def run_waiting_jobs() -> None:
    """The queue, in this process, until it is empty; jobs see this process's clock."""

    async def work() -> None:
        connector = tasks.connector.get_worker_connector()  # type: ignore[attr-defined]
        with tasks.replace_connector(connector) as app:
            async with app.open_async():
                await app.run_worker_async(
                    wait=False, install_signal_handlers=False, listen_notify=False
                )

    asyncio.run(work())


class ThisProcess:
    """No processes of their own: devices call the application, queues are worked off here."""

    def __init__(self) -> None:
        self.transport: Transport = InProcess(get_wsgi_application())

    def __enter__(self) -> "ThisProcess":
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        pass

    def rest(self) -> None:
        run_waiting_jobs()
        catch_up()


class ServersRefused(Exception):
    """A process did not come up or ended by itself; the log says why."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Servers:
    """`with Servers() as servers:` both processes run, on loopback only; both end afterwards."""

    def __init__(self, port: int | None = None) -> None:
        self.port = port or free_port()
        self._transport = Loopback(f"http://127.0.0.1:{self.port}")
        environment = {
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "PUBLIC_URL": settings.PUBLIC_URL,
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        }
        self.log = Path(settings.SALUR_DATA_DIR) / "demo-servers.log"
        # Their words go to a file: the demo's own output is for the one who started it.
        quiet = ("/bin/sh", "-c", 'exec "$@" >>"$0" 2>&1', str(self.log))
        self._children = [
            Child("web", (*quiet, *web_command("127.0.0.1", self.port)), environment),
            Child("work", (*quiet, *work_command()), environment),
        ]

    @property
    def transport(self) -> Transport:
        return self._transport

    def __enter__(self) -> "Servers":
        for child in self._children:
            child.start()
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        for child in reversed(self._children):
            child.stop()

    def rest(self) -> None:
        """A tenth of a second for the others. Raises ServersRefused when one of them has ended."""
        for child in self._children:
            if child.ended():
                raise ServersRefused(f"{child.name}: {self.log}")
        time.sleep(0.1)

    def _wait(self) -> None:
        end = time.monotonic() + _READY_SECONDS
        while time.monotonic() < end:
            if self._answers():
                return
            self.rest()
        raise ServersRefused(f"port {self.port}: {self.log}")

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()
