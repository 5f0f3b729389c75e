"""What the base template needs on every page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from salur.theme.rail import lines_for, split


def page(request: HttpRequest) -> dict[str, Any]:
    """The rail of the signed-in person; nothing for a stranger."""
    actor = getattr(request, "actor", None)
    if actor is None:
        return {"rail": [], "rail_more": []}
    match = request.resolver_match
    shown, more = split(lines_for(actor, match.view_name if match else ""))
    return {"rail": shown, "rail_more": more, "actor": actor}
