"""How a simulated device reaches the server: over a socket, or straight into the WSGI callable.

The second way lets a test or a demo move the clock of both sides together.
"""

import http.client
import io
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes


class Transport(Protocol):
    """Sends one request and brings back its answer. Safe to share between threads."""

    def send(self, method: str, target: str, body: bytes, headers: Mapping[str, str]) -> Answer: ...


class Loopback:
    """A server on this machine; each thread keeps one connection open."""

    def __init__(self, base_url: str, *, timeout_seconds: float = 60.0) -> None:
        parts = urlsplit(base_url)
        self._address = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._timeout_seconds = timeout_seconds
        self._local = threading.local()

    def send(self, method: str, target: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        try:
            return self._once(method, target, body, headers)
        except (http.client.HTTPException, ConnectionError):
            # The server closes idle connections; requests carry their own idempotency.
            self._local.connection = None
            return self._once(method, target, body, headers)

    def _once(self, method: str, target: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = http.client.HTTPConnection(*self._address, timeout=self._timeout_seconds)
            self._local.connection = connection
        connection.request(method, target, body=body, headers=dict(headers))
        response = connection.getresponse()
        return Answer(response.status, response.read())


class InProcess:
    """Calls the WSGI application in this thread."""

    def __init__(self, application: Callable[..., Any], *, host: str = "127.0.0.1") -> None:
        self._application = application
        self._host = host

    def send(self, method: str, target: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        path, _, query = target.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SCRIPT_NAME": "",
            "SERVER_NAME": self._host,
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "HTTP_HOST": self._host,
        }
        for name, value in headers.items():
            key = name.upper().replace("-", "_")
            environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
        status: list[int] = []

        def start_response(line: str, _headers: list[tuple[str, str]], _error: Any = None) -> None:
            status.append(int(line.split(" ", 1)[0]))

        chunks = self._application(environ, start_response)
        try:
            content = b"".join(chunks)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
        return Answer(status[0], content)
