"""In which order houses are visited. Pure: places in, an order out, the same for the same places.

Houses with coordinates are ordered by OR-Tools as one tour from the starting point; a house without
them follows its neighbours of the same hamlet (RT), or comes at the end with its hamlet together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt
from typing import Final
from uuid import UUID

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

EARTH_METRES: Final = 6_371_000
IMPROVEMENTS: Final = 200
"""How many better tours are looked for, so that the work is bounded and the answer repeatable."""

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class House:
    """Where a family lives: by address always, by coordinates where somebody measured them."""

    id: UUID
    village: str
    rw: str
    rt: str
    address: str
    place: Place | None = None

    @property
    def hamlet(self) -> tuple[str, str, str]:
        return self.village, self.rw, self.rt


def metres_between(here: Place, there: Place) -> float:
    """Along the earth's surface (haversine), in metres."""
    lat1, lon1, lat2, lon2 = map(radians, (*here, *there))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_METRES * asin(sqrt(half))


def order_of_round(houses: Sequence[House], start: Place | None = None) -> list[UUID]:
    """The houses in the order in which to visit them; ``start`` is where the round begins."""
    by_address = sorted(houses, key=lambda h: (*h.hamlet, h.address, str(h.id)))
    located = [house for house in by_address if house.place is not None]
    without = [house for house in by_address if house.place is None]
    tour = _tour(located, start)
    last_of = {house.hamlet: index for index, house in enumerate(tour)}
    neighbours: Mapping[int, list[House]] = {index: [] for index in last_of.values()}
    rest: list[House] = []
    for house in without:
        at = last_of.get(house.hamlet)
        (neighbours[at] if at is not None else rest).append(house)
    ordered: list[UUID] = []
    for index, house in enumerate(tour):
        ordered.append(house.id)
        ordered += [neighbour.id for neighbour in neighbours.get(index, ())]
    return ordered + [house.id for house in rest]


def _tour(houses: Sequence[House], start: Place | None) -> list[House]:
    """A short open tour over houses that all have a place."""
    places = [house.place for house in houses if house.place is not None]
    if len(places) < 2:
        return list(houses)
    # Node 0 is the start; where there is none it is as near to each house as to any other. The way
    # back costs nothing: the officer goes on to the office, not to the first house.
    nodes: list[Place | None] = [start, *places]
    table = [[_cost(here, there) for there in nodes] for here in nodes]
    for row in table:
        row[0] = 0
    manager = pywrapcp.RoutingIndexManager(len(nodes), 1, 0)
    routing = pywrapcp.RoutingModel(manager)
    transit = routing.RegisterTransitMatrix(table)
    routing.SetArcCostEvaluatorOfAllVehicles(transit)
    how = pywrapcp.DefaultRoutingSearchParameters()
    how.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PATH_CHEAPEST_ARC
    how.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    how.solution_limit = IMPROVEMENTS
    how.time_limit.seconds = 2
    found = routing.SolveWithParameters(how)
    if found is None:
        return list(houses)
    tour, index = [], found.Value(routing.NextVar(routing.Start(0)))
    while not routing.IsEnd(index):
        tour.append(houses[manager.IndexToNode(index) - 1])
        index = found.Value(routing.NextVar(index))
    return tour


def _cost(here: Place | None, there: Place | None) -> int:
    return round(metres_between(here, there)) if here and there else 0


def length_of(tour: Sequence[Place]) -> float:
    """Metres along a tour of places."""
    return sum(metres_between(here, there) for here, there in pairwise(tour))
