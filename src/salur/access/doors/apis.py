"""APIs for staff, and how refusals travel as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.parser import Parser
from ninja.renderers import BaseRenderer
from ninja.security import APIKeyCookie

from salur.access.doors.pages import Door, lacks_second_factor, status_of
from salur.access.errors import NotSignedIn, SecondFactorNeeded
from salur.access.queries import actor_for
from salur.kernel.actor import Actor
from salur.kernel.canonical import read_json
from salur.kernel.clock import iso, now
from salur.kernel.errors import Refusal


class StaffAuth(APIKeyCookie):
    """For ninja: a signed-in person with a permission. Writes need the CSRF token, as in forms.

    ``request.actor`` and ``request.auth`` are the actor. Without sign-in the answer is 401,
    without the permission 403.
    """

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self, *, permission: str | None) -> None:
        self.door = Door(permission, (), "staff_api")
        super().__init__(csrf=True)

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor:
        if not request.user.is_authenticated:
            raise NotSignedIn
        actor = actor_for(request.user)
        if lacks_second_factor(request.user):
            raise SecondFactorNeeded
        if self.door.permission is not None:
            actor.require(self.door.permission)
        request.actor = actor  # type: ignore[attr-defined]
        return actor


class QuickParser(Parser):
    """Bodies read by ``kernel.canonical.read_json``."""

    def parse_body(self, request: HttpRequest) -> Any:
        return read_json(request.body)


class QuickRenderer(BaseRenderer):
    """Answers written without spaces, by the quick writer."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return orjson.dumps(data)


def answer_refusals(api: NinjaAPI, statuses: Mapping[type[Refusal], int] | None = None) -> None:
    """Refusals leave the API as ``{code, message, details, server_time}`` with the status of
    their kind, or with the one in ``statuses`` where a protocol of others asks for it."""
    asked_for = statuses or {}

    def answer(request: HttpRequest, refusal: Any) -> HttpResponse:
        details: dict[str, Any] = {
            k: v for k, v in refusal.details.items() if isinstance(v, str | int | bool)
        }
        if problems := refusal.details.get("problems"):
            details["problems"] = [str(problem) for problem in problems][:200]
        body = {
            "code": refusal.code,
            "message": str(refusal),
            "details": details,
            "server_time": iso(now()),
        }
        response = api.create_response(
            request, body, status=asked_for.get(type(refusal)) or status_of(refusal)
        )
        if seconds := refusal.details.get("retry_after"):
            response["Retry-After"] = str(seconds)
        return response

    api.add_exception_handler(Refusal, answer)
