"""What must stand before a tranche: regions, programs, offices, people with accounts."""

import io
import json
import os
import secrets
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import transaction

from salur.access import operations as access
from salur.access.models import User
from salur.access.queries import actor_for
from salur.access.rules import BRANCH_HEAD, CASHIER, OFFICER
from salur.disbursement import operations as disbursement
from salur.kernel.actor import SYSTEM, Actor
from salur.places import operations as places
from salur.places.importing import shipped_regions
from salur.places.importing.regions import SHIPPED_SOURCE
from salur.places.models import Office, Region
from salur.places.queries import office_of_villages_for_system
from salur.programs import operations as programs
from simulator.cast import CAST, OUTSIDER, Role
from simulator.offices import OfficePlan, paying_offices, plan_offices, write_offices
from simulator.villages import (
    FAMILIES_PER_VILLAGE,
    Village,
    choose_villages,
    shipped_villages,
)

PASSWORDS_FILE = "demo-accounts.json"
_PASSWORD_BYTES = 12


@dataclass(frozen=True, slots=True)
class GroundSize:
    """How a demo is spread: over how many regencies, in villages and offices of which size."""

    regencies: int = 8
    families_per_village: int = FAMILIES_PER_VILLAGE
    officers_per_office: int = 1


@dataclass(slots=True)
class Branch:
    """A paying office with the people who work there, as actors."""

    office: Office
    cashier: Actor
    head: Actor
    officers: list[User] = field(default_factory=list)


@dataclass(slots=True)
class Ground:
    """Where a demo stands: its villages, offices and people."""

    villages: list[Village]
    people: dict[str, Actor]
    branches: dict[str, Branch]

    @property
    def officers(self) -> int:
        return sum(len(branch.officers) for branch in self.branches.values())


def load_regions_once() -> None:
    """All regions, unless they are there; with better coordinates where a folder names them."""
    if not Region.objects.exists():
        places.load_regions(shipped_regions(), source=SHIPPED_SOURCE, by=SYSTEM)
        if settings.SALUR_REGIONS_DIR:
            places.import_regions(settings.SALUR_REGIONS_DIR, by=SYSTEM)


def choose_ground(
    households: int, officers: int, *, seed: int, size: GroundSize
) -> tuple[list[Village], list[OfficePlan]]:
    """Villages of several provinces, and no more paying offices than there are officers.

    Regencies that have offices keep them: the plan is for the others.
    """
    known = set(Region.objects.filter(valid_to=None).values_list("code", flat=True))
    villages = [village for village in shipped_villages() if village.code in known]
    chosen = choose_villages(
        villages,
        households,
        seed=seed,
        regencies=max(1, min(size.regencies, officers // 2)),
        families_per_village=size.families_per_village,
    )
    served = office_of_villages_for_system(village.regency_code for village in chosen)
    unserved = [village for village in chosen if village.regency_code not in served]
    plan: list[OfficePlan] = []
    for districts in range(1, 60):
        plan = plan_offices(unserved, districts_per_sub_branch=districts) if unserved else []
        if len(paying_offices(plan)) * size.officers_per_office <= officers:
            break
    return chosen, plan


def import_offices(plan: Sequence[OfficePlan]) -> None:
    """Through the spreadsheet, as the pay agency would."""
    content = io.BytesIO()
    write_offices(content, plan)
    places.import_offices(content.getvalue(), by=SYSTEM)


def prepare_ground(
    households: int, officers: int, *, seed: int, size: GroundSize | None = None
) -> Ground:
    """Regions, programs, offices and people; what is there already stays as it is."""
    load_regions_once()
    programs.load_programs(by=SYSTEM)
    disbursement.load_procedures(by=SYSTEM)
    villages, plan = choose_ground(households, officers, seed=seed, size=size or GroundSize())
    if plan:
        import_offices(plan)
    codes = set(office_of_villages_for_system(village.code for village in villages).values())
    offices = list(Office.objects.filter(code__in=codes).order_by("path"))
    book = PasswordBook(settings.SALUR_KEYS_DIR / PASSWORDS_FILE)
    people = _cast(offices, book)
    branches = {office.code: _branch(office) for office in offices}
    _hire_officers(branches, officers)
    book.save()
    return Ground(villages, people, branches)


class PasswordBook:
    """Random passwords of the demo accounts, kept for the one who runs the demo (mode 0600)."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}

    def make(self, username: str) -> str:
        return self._known.setdefault(username, secrets.token_urlsafe(_PASSWORD_BYTES))

    def save(self) -> None:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(self._known, file, indent=1, sort_keys=True)


def demo_passwords() -> dict[str, str]:
    """Username > password of the demo accounts; empty when no demo was made here."""
    path = settings.SALUR_KEYS_DIR / PASSWORDS_FILE
    return json.loads(path.read_text()) if path.exists() else {}


def _cast(offices: Sequence[Office], book: PasswordBook) -> dict[str, Actor]:
    """The cast's accounts: "here" is the first paying office, "there" the last one."""
    here, there = offices[0], offices[-1]
    people: dict[str, Actor] = {}
    for role in (*CAST, OUTSIDER):
        office = {"here": here, "there": there}.get(role.place)
        people[role.username] = _person(role, office, book)
    return people


def _person(role: Role, office: Office | None, book: PasswordBook) -> Actor:
    user = User.objects.filter(username=role.username).first()
    if user is None:
        user = _hire(role.username, role.name, role.role, office, book.make(role.username))
    return actor_for(user)


@transaction.atomic
def _hire(username: str, name: str, role: str, office: Office | None, password: str | None) -> User:
    user = access.create_user(
        username,
        name=name,
        password=password,
        staff_number=f"9{zlib.crc32(username.encode()):010d}",
        office=office.code if office else None,
        by=SYSTEM,
    )
    if role:
        # A companion works in villages, whoever works for the pay agency in offices.
        by_region = role == "companion"
        access.grant_role(
            user.id,
            role,
            region=office.region_id if office and by_region else None,
            office=office.code if office and not by_region else None,
            by=SYSTEM,
        )
    return user


def _branch(office: Office) -> Branch:
    return Branch(
        office=office,
        cashier=_staff(office, "kasir", "Kasir", CASHIER),
        head=_staff(office, "kepala", "Kepala", BRANCH_HEAD),
        officers=[user for user in _holders(office, OFFICER) if not _has_cash(user)],
    )


def _has_cash(user: User) -> bool:
    """Whether a float of an earlier demo is still out: such a bag would mix two tranches."""
    return user.float_sessions.filter(status__in=["issued", "accepted", "counted"]).exists()


def _holders(office: Office, role: str) -> list[User]:
    return list(
        User.objects.filter(home_office=office, assignments__role=role).order_by("username")
    )


def _staff(office: Office, prefix: str, title: str, role: str) -> Actor:
    holders = _holders(office, role)
    if holders:
        return actor_for(holders[0])
    username, name = f"{prefix}-{office.code}", f"{title} {office.name}"
    return actor_for(_hire(username, name, role, office, None))


def _hire_officers(branches: dict[str, Branch], officers: int) -> None:
    """Deal the officers over the branches, those of the cast included."""
    order = list(branches.values())
    missing = officers - sum(len(branch.officers) for branch in order)
    while missing > 0 or not all(branch.officers for branch in order):
        branch = min(order, key=lambda branch: (len(branch.officers), branch.office.path))
        number = len(_holders(branch.office, OFFICER)) + 1
        username = f"petugas-{branch.office.code}-{number}"
        name = f"Petugas {branch.office.name} {number}"
        branch.officers.append(_hire(username, name, OFFICER, branch.office, None))
        missing -= 1
