"""One line per request: method, route, status, time. Never the path, which may name people."""

import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from salur.kernel.ids import new_id

log = structlog.get_logger("salur.request")
QUIET = {"healthz", "readyz", "metrics"}


class RequestLogMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=str(new_id()))
        response = self.get_response(request)
        match = request.resolver_match
        if match is None or match.url_name not in QUIET:
            log.info(
                "request",
                method=request.method,
                route=match.route if match else None,
                status=response.status_code,
                duration_ms=round((time.perf_counter() - started) * 1000, 1),
            )
        return response
