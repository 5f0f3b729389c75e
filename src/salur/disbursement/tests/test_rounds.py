"""Doorstep rounds: short where houses are located, by hamlet where they are not."""

from __future__ import annotations

from random import Random
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from salur.disbursement.rules.rounds import House, length_of, metres_between, order_of_round

PALEMBANG = (-2.99, 104.75)


def house(number: int, rt: str = "001", place: tuple[float, float] | None = None) -> House:
    return House(UUID(int=number), "16.71.01.1001", "002", rt, f"No. {number:03d}", place)


def scattered(count: int, seed: int) -> list[House]:
    rng = Random(seed)
    return [
        house(n, place=(-2.99 + rng.uniform(-0.02, 0.02), 104.75 + rng.uniform(-0.02, 0.02)))
        for n in range(1, count + 1)
    ]


def test_a_degree_of_latitude_is_111_kilometres() -> None:
    assert round(metres_between((0, 0), (1, 0)) / 1000) == 111


def test_houses_along_a_road_are_visited_along_the_road() -> None:
    along = [house(n, place=(-2.99, 104.75 + n / 1000)) for n in (5, 1, 4, 2, 3)]
    assert order_of_round(along, PALEMBANG) == [UUID(int=n) for n in (1, 2, 3, 4, 5)]


def test_a_planned_round_is_much_shorter_than_one_by_address() -> None:
    for seed in range(3):
        houses = scattered(40, seed)
        places = {h.id: h.place for h in houses}
        planned = [PALEMBANG] + [places[i] for i in order_of_round(houses, PALEMBANG)]
        by_address = [PALEMBANG] + [h.place for h in houses]
        assert length_of(planned) < 0.45 * length_of(by_address)


def test_a_house_without_coordinates_follows_its_neighbours() -> None:
    near = house(1, rt="001", place=(-2.99, 104.751))
    far = house(2, rt="002", place=(-2.99, 104.759))
    unknown = house(3, rt="001")
    alone = house(4, rt="009")
    order = order_of_round([alone, unknown, far, near], PALEMBANG)
    assert order == [near.id, unknown.id, far.id, alone.id]


def test_without_any_coordinates_hamlets_stay_together() -> None:
    houses = [house(n, rt=f"{n % 3:03d}") for n in range(12)]
    hamlets = [i.int % 3 for i in order_of_round(houses)]
    assert hamlets == sorted(hamlets)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.booleans(), max_size=14),
    st.integers(0, 99),
    st.one_of(st.none(), st.just(PALEMBANG)),
)
def test_every_house_is_visited_once_and_the_order_can_be_repeated(
    located: list[bool], seed: int, start: tuple[float, float] | None
) -> None:
    scatter = scattered(len(located), seed)
    houses = [h if has else house(h.id.int) for h, has in zip(scatter, located, strict=True)]
    order = order_of_round(houses, start)
    assert sorted(order) == sorted(h.id for h in houses)
    assert order == order_of_round(list(reversed(houses)), start)
