"""Accounts are made by administrators: the sign-up page stays closed. Failed tries are counted."""

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedDoor(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


def name_tried(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """The account that somebody tries to enter, in one spelling, wherever the lock asks for it.

    The backends call it ``username``, the form calls it ``login``: counting under one name and
    asking under the other would lock nobody out.
    """
    said = credentials or {}
    name = said.get("username") or said.get("login") or request.POST.get("login") or ""
    return str(name).strip().lower()
