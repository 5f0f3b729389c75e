"""Pages for people who signed in."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import wraps
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from psycopg.errors import DeadlockDetected, SerializationFailure

from salur.access.errors import AccountEnded
from salur.access.queries import actor_for
from salur.kernel.errors import Refusal

View = Callable[..., HttpResponse]

_STATUS = {
    "conflict": 409,
    "forbidden": 403,
    "missing": 404,
    "invalid": 422,
    "unauthenticated": 401,
    "busy": 429,
}


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a kind of refusal."""
    return _STATUS.get(refusal.kind, 400)


@dataclass(frozen=True)
class Door:
    """What opens a view: read by the test that holds every door against its matrix."""

    permission: str | None
    methods: tuple[str, ...]
    kind: str = "page"


def page(
    *, permission: str | None, methods: Collection[str] = ("GET", "POST")
) -> Callable[[View], View]:
    """A page behind a permission; ``permission=None`` asks for any signed-in person.

    Inside, ``request.actor`` is who asks. A Refusal that leaves the view becomes a page that says
    what, where and how to mend, with the status of its kind. A deadlock is tried once more. GET
    never changes anything: views write on POST only.
    """
    allowed = tuple(dict.fromkeys((*methods, *(("HEAD",) if "GET" in methods else ()))))

    def decorate(view: View) -> View:
        @wraps(view)
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in allowed:
                return HttpResponseNotAllowed(allowed)
            try:
                if (turned_away := _turn_away(request)) is not None:
                    return turned_away
                if permission is not None:
                    request.actor.require(permission)  # type: ignore[attr-defined]
                response = _once_more(view, request, args, kwargs)
            except AccountEnded as refusal:
                logout(request)
                return refuse(request, refusal)
            except Refusal as refusal:
                return refuse(request, refusal)
            response.headers.setdefault("Cache-Control", "private, no-store")
            return response

        opened.door = Door(permission, allowed)  # type: ignore[attr-defined]
        return opened

    return decorate


def _turn_away(request: HttpRequest) -> HttpResponse | None:
    """Sets ``request.actor``, or answers with where to sign in."""
    user: Any = request.user
    if not user.is_authenticated:
        if request.headers.get("HX-Request"):
            response = HttpResponse(status=204)
            response["HX-Redirect"] = reverse("account_login")
            return response
        return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
    request.actor = actor_for(user)  # type: ignore[attr-defined]
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        translation.activate(user.language)
        request.LANGUAGE_CODE = translation.get_language()
    if lacks_second_factor(user):
        return redirect("mfa_index")
    return None


def lacks_second_factor(user: Any) -> bool:
    """Whether this place demands a second key that the person has not set up yet."""
    return settings.SALUR_REQUIRE_SECOND_FACTOR and not is_mfa_enabled(user)


def _once_more(
    view: View, request: HttpRequest, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> HttpResponse:
    try:
        return view(request, *args, **kwargs)
    except OperationalError as error:
        if not isinstance(error.__cause__, DeadlockDetected | SerializationFailure):
            raise
        for name in request.FILES:
            for uploaded in request.FILES.getlist(name):
                uploaded.seek(0)
        return view(request, *args, **kwargs)


def refuse(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The page of a refusal. Problems with places (rows, columns) are listed."""
    context = {"refusal": refusal, "problems": list(refusal.details.get("problems", ()))[:200]}
    response = render(request, "access/refused.html", context, status=status_of(refusal))
    response.headers["Cache-Control"] = "private, no-store"
    return response
