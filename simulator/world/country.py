"""The small country of every run: three offices in three time zones, made once by real operations.

Regions, offices, people, a tranche, two orders with their money, two approved lists, planned
visits. A run starts from a copy of it.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from salur.access import operations as access
from salur.access.models import User
from salur.access.queries import actor_for
from salur.access.rules import (
    BRANCH_HEAD,
    CASHIER,
    LIST_APPROVER,
    LIST_CLERK,
    OFFICER,
    PLANNER,
)
from salur.disbursement import operations as disbursement
from salur.disbursement.models import Visit
from salur.kernel import clock, ids
from salur.kernel.actor import SYSTEM, Actor
from salur.places import operations as places
from salur.places.importing import shipped_regions
from salur.places.importing.regions import SHIPPED_SOURCE
from salur.places.models import Office
from salur.places.queries import office_of_villages_for_system
from salur.programs import operations as programs
from salur.programs.models import NominativeList
from salur.programs.operations.receiving import Covering
from simulator.benefits import PKH, SEMBAKO
from simulator.demo.ground import import_offices
from simulator.devices import Device
from simulator.lists import PLAIN_CSV, Entry, entries_of, write_list
from simulator.offices import plan_offices
from simulator.population import generate_households
from simulator.transports import Answer
from simulator.villages import Village, villages_from_names

MADE_ON = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)
"""A Friday; sessions begin on Monday, when a run begins."""
OPENS_ON = date(2026, 11, 30)
BEGINS = datetime(2026, 11, 29, 22, 0, tzinfo=UTC)
"""Monday morning in Papua, an hour before its offices open."""

VILLAGES = ("16.71.04.1002", "73.71.04.1001", "91.71.01.1001")
"""One in each time zone."""
FAMILIES_PER_VILLAGE = 24
OFFICERS_PER_OFFICE = 2
_SEED = 3
_DRAWN_TIMES = 3
"""In each vault lies so many times what all families are owed: money for every fault."""


@dataclass(slots=True)
class Branch:
    """One paying office and its people."""

    code: str
    zone: str
    cashier: Actor
    head: Actor
    officers: list[UUID]
    devices: list[tuple[UUID, str]] = field(default_factory=list)
    """(device, seed of its key), one of each officer"""
    vault: int = 0
    """Rupiah in the vault when a run begins."""


@dataclass(slots=True)
class Country:
    """What stands in the template, for those who act on a copy of it."""

    tranche: UUID
    orders: dict[str, UUID]
    clerk: Actor
    approver: Actor
    planner: Actor
    branches: list[Branch]
    entries: dict[str, list[Entry]]
    """program > rows of the first wave, as the ministry sent them; later waves correct them."""


def make_country(
    families: int = FAMILIES_PER_VILLAGE, officers: int = OFFICERS_PER_OFFICE
) -> Country:
    """Furnishes an empty, migrated database."""
    with clock.at(MADE_ON), ids.seeded(_SEED), tempfile.TemporaryDirectory() as folder:
        villages = _load_regions()
        programs.load_programs(by=SYSTEM)
        disbursement.load_procedures(by=SYSTEM)
        import_offices(plan_offices(villages, districts_per_sub_branch=1))
        clerk = actor_for(_hire("rina", LIST_CLERK, None))
        approver = actor_for(_hire("bambang", LIST_APPROVER, None))
        planner = actor_for(_hire("dewi", PLANNER, None))
        served = office_of_villages_for_system(VILLAGES)
        codes = [served[village] for village in VILLAGES]
        branches = [_branch(code, officers) for code in codes]
        tranche = programs.open_tranche(
            year=2026,
            number=4,
            name="Tahap IV 2026",
            opens_on=OPENS_ON,
            planned_end_on=OPENS_ON + timedelta(days=20),
            return_by=OPENS_ON + timedelta(days=50),
            by=clerk,
        )
        people = list(
            generate_households([(v, families) for v in villages], seed=_SEED, on=MADE_ON.date())
        )
        country = Country(tranche.id, {}, clerk, approver, planner, branches, {})
        for program in (PKH, SEMBAKO):
            entries = list(entries_of(people, program))
            country.entries[program] = entries
            asked = sum(entry.amount_rupiah for entry in entries)
            order = programs.record_order(
                tranche_id=tranche.id,
                program=program,
                number=f"SP2D-{program}",
                amount=10 * asked,
                dated_on=MADE_ON.date(),
                by=clerk,
            )
            programs.confirm_funds(order.id, by=approver)
            country.orders[program] = order.id
            send_wave(country, program, entries, Path(folder))
            for branch in branches:
                disbursement.draw_cash(
                    order.id,
                    branch.code,
                    _DRAWN_TIMES * asked,
                    idempotency_key=f"{branch.code}-{program}",
                    by=branch.cashier,
                )
                branch.vault += _DRAWN_TIMES * asked
        disbursement.plan_payments(tranche.id, by=planner)
        for branch in branches:
            branch.devices = [_enrol(branch, officer) for officer in branch.officers]
    if not Visit.objects.exists():
        raise RuntimeError("nobody was planned")
    return country


def send_wave(country: Country, program: str, entries: list[Entry], folder: Path) -> None:
    """A list of the ministry, from its file to entitlements or pending changes."""
    written = write_list(
        folder / f"{program}-{ids.new_id()}.csv", entries, PLAIN_CSV, program=program
    )
    received = programs.receive_nominative_list(
        written.path,
        written.path.name,
        Covering(country.orders[program], "Kemensos", written.rows, written.rupiah),
        by=country.clerk,
    )
    checked = programs.check_nominative_list(received.id)
    if checked.status != NominativeList.Status.CHECKED:
        raise RuntimeError(f"the wave was refused: {checked.refusal}")
    payable = checked.counts["payable"]
    programs.approve_nominative_list(
        received.id, rows=payable["rows"], rupiah=payable["rupiah"], by=country.approver
    )
    programs.apply_approved_list(received.id)


def _load_regions() -> list[Village]:
    """Only the regions above the villages used: the others would only make copies slow."""
    wanted = {code[:length] for code in VILLAGES for length in (2, 5, 8, 13)}
    rows = [row for row in shipped_regions() if row.code in wanted]
    places.load_regions(rows, source=SHIPPED_SOURCE, by=SYSTEM)
    return villages_from_names((row.code, row.name) for row in rows)


def _branch(code: str, officers: int) -> Branch:
    office = Office.objects.get(code=code)
    return Branch(
        code=code,
        zone=office.zone,
        cashier=actor_for(_hire(f"kasir-{code}", CASHIER, code)),
        head=actor_for(_hire(f"kepala-{code}", BRANCH_HEAD, code)),
        officers=[_hire(f"petugas-{code}-{n}", OFFICER, code).id for n in range(officers)],
    )


def _enrol(branch: Branch, officer: UUID) -> tuple[UUID, str]:
    issued = access.issue_enrolment_code(officer, by=branch.head)
    phone = Device.make(NO_TRANSPORT, seed=str(officer))
    device = access.enrol_device(
        issued.code, device_name="Ponsel", public_key=phone.public_jwk, app_version="0.1.0"
    )
    return device.id, str(officer)


class _NoTransport:
    def send(self, method: str, target: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        raise RuntimeError("this phone has no link")


NO_TRANSPORT = _NoTransport()


def _hire(username: str, role: str, office: str | None) -> User:
    user = access.create_user(username, name=username, password=None, office=office, by=SYSTEM)
    access.grant_role(user.id, role, office=office, by=SYSTEM)
    return user
