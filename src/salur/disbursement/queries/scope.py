"""The one place where this room narrows rows to an actor's offices and regions."""

from __future__ import annotations

from django.db.models import Q

from salur.kernel.actor import Actor


def offices_q(actor: Actor, field: str = "office") -> Q:
    """Rows whose office is one of the actor's or below it; none for an actor without offices."""
    if "" in actor.offices:
        return Q()
    seen = Q(pk__in=())
    for path in actor.offices:
        seen |= Q(**{f"{field}__path": path}) | Q(**{f"{field}__path__startswith": path + "/"})
    return seen
