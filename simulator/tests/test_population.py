"""The synthetic families are plausible, valid and the same for the same seed."""

from datetime import date
from itertools import islice

import pytest

from simulator.benefits import PKH_LIMITS, PKH_PERSONS_LIMIT, pkh_components
from simulator.population import Household, generate_households
from simulator.villages import Village, choose_villages, share_out, shipped_villages

ON = date(2026, 11, 24)


@pytest.fixture(scope="module")
def all_villages() -> list[Village]:
    return shipped_villages()


@pytest.fixture(scope="module")
def households(all_villages: list[Village]) -> list[Household]:
    chosen = choose_villages(all_villages, 3000, seed=7, regencies=6)
    return list(generate_households(share_out(3000, chosen, seed=7), seed=7, on=ON))


def test_the_same_seed_makes_the_same_families(all_villages: list[Village]) -> None:
    shares = share_out(50, all_villages[:4], seed=3)
    first = list(generate_households(shares, seed=3, on=ON))
    again = list(generate_households(shares, seed=3, on=ON))
    other = list(generate_households(shares, seed=4, on=ON))
    assert first == again
    assert first != other


def test_exactly_the_asked_number_of_families_in_villages_that_exist(
    all_villages: list[Village], households: list[Household]
) -> None:
    codes = {village.code for village in all_villages}
    assert len(households) == 3000
    assert {household.village.code for household in households} <= codes
    assert len({household.village.province_code for household in households}) >= 5


def test_no_number_is_handed_out_twice(households: list[Household]) -> None:
    niks = [person.nik for household in households for person in household.members]
    assert len(niks) == len(set(niks))
    assert len({household.family_card for household in households}) == len(households)


def test_ids_carry_birth_date_and_sex(households: list[Household]) -> None:
    for household in households:
        for person in household.members:
            day = int(person.nik[6:8]) - (40 if person.sex == "P" else 0)
            assert len(person.nik) == 16
            assert person.nik[12:] != "0000"
            assert (day, int(person.nik[8:10])) == (person.birth_date.day, person.birth_date.month)


def test_nobody_is_born_tomorrow_and_every_family_is_owed_something(
    households: list[Household],
) -> None:
    for household in households:
        assert household.total_rupiah > 0
        assert household.recipient in household.members
        assert all(person.birth_date < ON for person in household.members)
        assert len(household.pkh) <= PKH_PERSONS_LIMIT


def test_families_of_every_kind_appear(households: list[Household]) -> None:
    sizes = {len(household.members) for household in households}
    assert 1 in sizes
    assert max(sizes) >= 6
    both = sum(1 for household in households if len(household.amounts) == 2)
    assert 0.2 < both / len(households) < 0.7


def test_some_lists_name_another_of_the_same_card(households: list[Household]) -> None:
    others = [household for household in households if household.sembako_recipient]
    assert others
    for household in others:
        assert household.recipient_of("SEMBAKO") is not household.recipient_of("PKH")
        assert household.recipient_of("SEMBAKO") in household.members


def test_components_beyond_the_limits_do_not_count() -> None:
    assert pkh_components(["BUMIL"] * 3) == ("BUMIL",) * PKH_LIMITS["BUMIL"]
    assert pkh_components(["SD", "SMP", "SMA", "LANSIA", "BALITA"]) == (
        "BALITA",
        "LANSIA",
        "SMA",
        "SMP",
    )


def test_families_stream_without_being_built_all_at_once(all_villages: list[Village]) -> None:
    shares = share_out(1_000_000, all_villages, seed=1)
    assert sum(size for _, size in shares) == 1_000_000
    first = list(islice(generate_households(shares, seed=1, on=ON), 10))
    assert [household.number for household in first] == list(range(1, 11))
