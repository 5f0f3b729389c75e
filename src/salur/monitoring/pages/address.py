"""What the address of a page says: filters that are kept, and the place it is about."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from salur.kernel.actor import Actor
from salur.monitoring.queries import (
    Filters,
)
from salur.monitoring.queries.scope import BY_OFFICE, home_office, home_region
from salur.places.models import Office
from salur.places.queries import path_names_for_system
from salur.places.rules import ancestors_of

KEPT = ("tahap", "program", "kanal", "gelombang", "wilayah", "kantor", "menurut")


def kept_filters(request: HttpRequest) -> dict[str, str]:
    return {key: request.GET[key] for key in KEPT if request.GET.get(key)}


def place_words(actor: Actor, filters: Filters) -> tuple[str, list[tuple[str, str]]]:
    """What the page is about, and the way up: (address query value, name) from the top."""
    if filters.view == BY_OFFICE:
        path = filters.office or home_office(actor)
        if not path:
            return _("seluruh kantor"), []
        parts = path.split("/")
        paths = ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
        found = {office.path: office for office in Office.objects.filter(path__in=paths)}
        way = [
            (found[each].code, found[each].name)
            for each in paths
            if each in found and (not actor.offices or actor.sees_office(each))
        ]
        return (way[-1][1] if way else path), way
    code = filters.region or home_region(actor)
    if not code:
        return _("seluruh Indonesia"), []
    names = path_names_for_system([*ancestors_of(code), code])
    way = []
    for step in (*ancestors_of(code), code):
        name = names.get(step)
        if name is not None and actor.sees_region(step):
            way.append((step, str(name).split(", ")[0]))
    return (way[-1][1] if way else code), way
