"""The doorkeeper of the devices' door: money before lists, lists before photos.

Whoever is not let in gets 429 and when to come back, before the body is read, a signature checked
or the database asked: that is what keeps memory and waiting bounded when thousands of phones find
the network again within a minute.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from salur.field.errors import TooBusy
from salur.field.rules import class_of, may_enter, seconds_to_wait
from salur.kernel.clock import iso, now

LATELY_SECONDS = 10.0
_MOST_REMEMBERED = 2_000


class Doorkeeper:
    """Counts the slots that are held in this process. Safe to share between threads."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self.held = 0
        self._lock = threading.Lock()
        self._refused: deque[float] = deque(maxlen=_MOST_REMEMBERED)

    @contextmanager
    def slot(self, kind: str) -> Iterator[None]:
        """Holds a slot for the block. Raises TooBusy when none is free for this class."""
        with self._lock:
            if not may_enter(kind, self.held, self.threads):
                raise TooBusy(retry_after=self._wait())
            self.held += 1
        try:
            yield
        finally:
            with self._lock:
                self.held -= 1

    def _wait(self) -> int:
        moment = monotonic()
        while self._refused and moment - self._refused[0] > LATELY_SECONDS:
            self._refused.popleft()
        self._refused.append(moment)
        return seconds_to_wait(len(self._refused))


doorkeeper = Doorkeeper(settings.SALUR_WEB_THREADS)


class AdmissionMiddleware:
    """Lets requests of devices in by class; all others pass."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        kind = class_of(request.path_info)
        if kind is None:
            return self.get_response(request)
        try:
            with doorkeeper.slot(kind):
                return self.get_response(request)
        except TooBusy as refusal:
            return _come_back(refusal)


def _come_back(refusal: TooBusy) -> HttpResponse:
    body = {
        "code": refusal.code,
        "message": str(refusal),
        "details": refusal.details,
        "server_time": iso(now()),
    }
    response = JsonResponse(body, status=429)
    response["Retry-After"] = str(refusal.details["retry_after"])
    response["Cache-Control"] = "no-store"
    return response
