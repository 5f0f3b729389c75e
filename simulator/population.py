"""Families with names, ages, numbers and entitlements, all from one seed.

`generate_households` walks village by village and yields one family after the other, so that a
million need no more memory than a thousand. Same seed, villages and day: same families.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from simulator.benefits import (
    PKH,
    SEMBAKO,
    SEMBAKO_MONTH_RUPIAH,
    pkh_amount,
    pkh_components,
)
from simulator.names import Tradition, draw_clan, draw_name, traditions_of
from simulator.numbering import NumberBook
from simulator.villages import Village

_STREETS = {
    "urban": ("Jl. Melati", "Jl. Mawar", "Jl. Merdeka", "Jl. Pahlawan", "Jl. Kenanga", "Gg. Damai",
              "Gg. Buntu", "Jl. Masjid", "Jl. Pasar", "Lr. Setia", "Jl. Pelabuhan", "Gg. Mangga"),
    "rural": ("Dusun I", "Dusun II", "Dusun III", "Dusun Krajan", "Kp. Baru", "Kp. Tengah",
              "Jl. Desa", "Jl. Poros", "Blok Sawah", "Dusun Ujung", "Kp. Pasir", "Dusun Sumber"),
}  # fmt: skip


@dataclass(slots=True)
class Person:
    """A member of a family. `component` is the PKH component that the person earns, if any."""

    name: str
    sex: str  # "L" laki-laki, "P" perempuan: as the lists say it
    birth_date: date
    nik: str
    relation: str  # "head", "spouse", "child", "parent", "grandchild"
    component: str = ""
    disabled: bool = False


@dataclass(slots=True)
class Household:
    """A family on the ministry's list.

    `recipient` collects (the *pengurus*); `sembako_recipient` is set where the other program's
    list names somebody else of the card, as lists of different years do.
    """

    number: int
    sender_id: str
    family_card: str
    village: Village
    street: str
    rt: int
    rw: int
    members: list[Person]
    recipient: Person
    pkh: tuple[str, ...] = ()
    sembako_months: int = 0
    amounts: dict[str, int] = field(default_factory=dict)
    sembako_recipient: Person | None = None

    def recipient_of(self, program: str) -> Person:
        if program == SEMBAKO and self.sembako_recipient is not None:
            return self.sembako_recipient
        return self.recipient

    @property
    def total_rupiah(self) -> int:
        return sum(self.amounts.values())

    @property
    def address(self) -> str:
        return f"{self.street} RT {self.rt:03d}/RW {self.rw:03d}"


@dataclass(slots=True)
class _Draft:
    """What the builders of a family share while they make it."""

    rng: Random
    tradition: Tradition
    book: NumberBook
    village: Village
    on: date
    clan: str

    def person(self, *, woman: bool, years: float, relation: str) -> Person:
        rng = self.rng
        born = self.on - timedelta(days=int(years * 365.25 + rng.random() * 360))
        return Person(
            name=draw_name(rng, self.tradition, woman=woman, old=years > 52, clan=self.clan),
            sex="P" if woman else "L",
            birth_date=born,
            nik=self.book.nik(self.village.district_code, born, woman=woman),
            relation=relation,
            disabled=rng.random() < 0.015,
        )


def _children(draft: _Draft, mother_years: float, relation: str = "child") -> list[Person]:
    rng = draft.rng
    eldest = min(mother_years - 18 - rng.random() * 6, 23)
    children: list[Person] = []
    age = eldest
    while age > 0 and len(children) < 5:
        children.append(draft.person(woman=rng.random() < 0.49, years=age, relation=relation))
        age -= 2.0 + rng.random() * 5
        if rng.random() < 0.22:
            break
    return children


def _couple(draft: _Draft) -> list[Person]:
    rng = draft.rng
    mother_years = 21 + rng.random() * 27
    father = draft.person(woman=False, years=mother_years + rng.random() * 8 - 1, relation="head")
    mother = draft.person(woman=True, years=mother_years, relation="spouse")
    return [father, mother, *_children(draft, mother_years)]


def _mother_alone(draft: _Draft) -> list[Person]:
    years = 26 + draft.rng.random() * 26
    return [draft.person(woman=True, years=years, relation="head"), *_children(draft, years)]


def _old_couple(draft: _Draft) -> list[Person]:
    years = 60 + draft.rng.random() * 22
    head = draft.person(woman=False, years=years + draft.rng.random() * 5, relation="head")
    return [head, draft.person(woman=True, years=years, relation="spouse")]


def _old_alone(draft: _Draft) -> list[Person]:
    rng = draft.rng
    return [draft.person(woman=rng.random() < 0.72, years=61 + rng.random() * 27, relation="head")]


def _three_generations(draft: _Draft) -> list[Person]:
    rng = draft.rng
    members = _couple(draft)
    grandmother_years = 61 + rng.random() * 22
    return [
        *members,
        draft.person(woman=rng.random() < 0.8, years=grandmother_years, relation="parent"),
    ]


_KINDS = (
    (0.54, _couple),
    (0.70, _mother_alone),
    (0.80, _old_couple),
    (0.90, _old_alone),
    (1.01, _three_generations),
)


def _components(members: Sequence[Person], rng: Random, on: date) -> list[str]:
    """Mark on each member the component that a companion would record; return them."""
    found = []
    for person in members:
        years = (on - person.birth_date).days / 365.25
        code = ""
        if person.disabled:
            code = "DISABILITAS"
        elif years >= 60:
            code = "LANSIA"
        elif person.relation in ("child", "grandchild"):
            if years < 6:
                code = "BALITA"
            elif years < 12.5:
                code = "SD"
            elif years < 15.5:
                code = "SMP"
            elif years < 19 and rng.random() < 0.8:
                code = "SMA"
        elif person.sex == "P" and years < 42 and rng.random() < 0.06:
            code = "BUMIL"
        person.component = code
        if code:
            found.append(code)
    return found


def _entitle(household: Household, rng: Random, on: date) -> None:
    candidates = _components(household.members, rng, on)
    draw = rng.random()
    with_pkh = draw < 0.58 and bool(candidates)
    if with_pkh:
        household.pkh = pkh_components(candidates)
        household.amounts[PKH] = pkh_amount(household.pkh)
    if not with_pkh or draw > 0.10:
        household.sembako_months = 3 if rng.random() < 0.9 else 2
        household.amounts[SEMBAKO] = household.sembako_months * SEMBAKO_MONTH_RUPIAH
        head = household.members[0]
        if with_pkh and head is not household.recipient and draw < 0.35:
            household.sembako_recipient = head


def _collector(members: Sequence[Person]) -> Person:
    """The mother where there is one: programs pay to women first."""
    for person in members[:2]:
        if person.sex == "P":
            return person
    return members[0]


def generate_households(
    shares: Sequence[tuple[Village, int]], *, seed: int, on: date, first_number: int = 1
) -> Iterator[Household]:
    """Families of each village in turn; `shares` (village, families) must be in code order."""
    rng = Random(f"population/{seed}")
    draw = rng.random
    book = NumberBook(Random(f"numbers/{seed}"))
    number = first_number
    for village, families in shares:
        traditions = traditions_of(village.province_code)
        streets = _STREETS["urban" if village.is_urban else "rural"]
        neighbourhoods = max(1, families // 12)
        book.enter(village.district_code)
        for _ in range(families):
            tradition = traditions[int(draw() * len(traditions))]
            draft = _Draft(rng, tradition, book, village, on, draw_clan(rng, tradition))
            kind = draw()
            build = next(builder for limit, builder in _KINDS if kind < limit)
            members = build(draft)
            street = streets[int(draw() * len(streets))]
            household = Household(
                number=number,
                sender_id=f"KPM{number:010d}",
                family_card=book.family_card(village.district_code, on),
                village=village,
                street=f"{street} No. {1 + int(draw() * 180)}" if village.is_urban else street,
                rt=1 + int(draw() * min(12, neighbourhoods + 1)),
                rw=1 + int(draw() * min(8, neighbourhoods // 3 + 1)),
                members=members,
                recipient=_collector(members),
            )
            _entitle(household, rng, on)
            yield household
            number += 1
