"""The line between phone and server, which a test can really cut and slow down."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from urllib.parse import urlsplit

_SLICE_SECONDS = 0.05
_SMALL_BUFFER_BYTES = 8 * 1024


class Line:
    """Forwards a port of its own to the server; cut, it drops what is open and refuses the rest.

    With ``up_bytes_per_second`` all connections together bring up so much and no more. ``bytes_up``
    counts what came through towards the server, every header included.
    """

    def __init__(self, server_url: str, *, up_bytes_per_second: int | None = None) -> None:
        parts = urlsplit(server_url)
        self._server = (parts.hostname or "localhost", parts.port or 80)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._up = True
        self._rate = up_bytes_per_second
        self._turn = threading.Lock()
        self._closed = threading.Event()
        self.bytes_up = 0
        self.cuts = 0
        self.url = f"http://localhost:{self._listener.getsockname()[1]}"
        if self._rate:  # the phone must feel the line, and not fill our buffers
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_BUFFER_BYTES)
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self._up = False
        self.cuts += 1
        for end in list(self._open):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self._up = True

    def cut_every(self, seconds: float, *, for_seconds: float) -> None:
        """From now on until closed: up for some seconds, then gone for some."""

        def keep_cutting() -> None:
            while not self._closed.wait(seconds):
                self.cut()
                self._closed.wait(for_seconds)
                self.mend()

        threading.Thread(target=keep_cutting, daemon=True).start()

    def close(self) -> None:
        self._closed.set()
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                phone, _ = self._listener.accept()
            except OSError:
                return
            if not self._up:
                phone.close()
                continue
            server = socket.create_connection(self._server)
            self._open |= {phone, server}
            for carry, source, sink in (
                (self._carry_up, phone, server),
                (self._carry, server, phone),
            ):
                threading.Thread(target=carry, args=(source, sink), daemon=True).start()

    def _carry_up(self, source: socket.socket, sink: socket.socket) -> None:
        if self._rate is None:
            self._carry(source, sink, counted=True)
            return
        most = max(1, int(self._rate * _SLICE_SECONDS))
        with contextlib.suppress(OSError):
            while data := source.recv(most):
                with self._turn:
                    time.sleep(len(data) / self._rate)
                    self.bytes_up += len(data)
                sink.sendall(data)
        self._end(source, sink)

    def _carry(self, source: socket.socket, sink: socket.socket, *, counted: bool = False) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if counted:
                    with self._turn:
                        self.bytes_up += len(data)
                sink.sendall(data)
        self._end(source, sink)

    def _end(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)
        self._open.discard(source)
