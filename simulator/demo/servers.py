"""A real web process and a real task process on this machine, for as long as a demo runs."""

import http.client
import os
import socket
import sys
import time
from pathlib import Path
from types import TracebackType

from django.conf import settings

from salur.config.serving import web_command, work_command
from salur.config.supervisor import Child

_READY_SECONDS = 60.0


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
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

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
        raise ServersRefused(f"{self.address}: {self.log}")

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()
