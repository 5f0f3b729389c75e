"""Shapes for the map: the regions right below one, as polygons where we have them."""

from __future__ import annotations

from typing import Any

from salur.kernel.actor import Actor
from salur.places.models import Boundary
from salur.places.queries import children_for_system


def shapes(actor: Actor, code: str) -> dict[str, Any] | None:
    """A GeoJSON FeatureCollection of the regions below ``code`` ("" is the country).

    Regions without a boundary are points where their place is known, else left out. None for the
    country while no boundary was imported: the page then draws the shapes it ships.
    Shapes and names are public; figures are not in them.
    """
    actor.require("monitoring.view_dashboard")
    regions = list(children_for_system(code).values_list("code", "name", "latitude", "longitude"))
    outlines = dict(
        Boundary.objects.filter(region__in=[row[0] for row in regions]).values_list(
            "region_id", "geometry"
        )
    )
    if not code and not outlines:
        return None
    features = []
    for child, name, latitude, longitude in regions:
        geometry = outlines.get(child)
        if geometry is None and latitude is not None and longitude is not None:
            geometry = {"type": "Point", "coordinates": [longitude, latitude]}
        if geometry is not None:
            features.append(
                {
                    "type": "Feature",
                    "properties": {"code": child, "name": name},
                    "geometry": geometry,
                }
            )
    return {"type": "FeatureCollection", "features": features}
