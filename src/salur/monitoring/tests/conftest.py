"""A small country with offices, and a way to say what happened to payments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest

from salur.disbursement.models import JournalEntry
from salur.kernel.actor import Actor
from salur.places.models import Office, Region
from salur.programs.models import Program, Tranche

REGIONS = (
    ("16", "Sumatera Selatan", "province"),
    ("16.71", "Kota Palembang", "regency"),
    ("16.71.01", "Ilir Barat Dua", "district"),
    ("16.71.01.1001", "Talang Semut", "village"),
    ("16.71.01.1002", "Kemang Manis", "village"),
    ("95", "Papua Pegunungan", "province"),
    ("95.01", "Kabupaten Jayawijaya", "regency"),
    ("95.01.01", "Wamena", "district"),
    ("95.01.01.1001", "Wamena Kota", "village"),
)
OFFICES = (
    ("PST", None, "head", "16"),
    ("KCU16", "PST", "kcu", "16.71"),
    ("KC1671", "KCU16", "kc", "16.71"),
    ("KC1672", "KCU16", "kc", "16.71"),
    ("KC9501", "PST", "kc", "95.01"),
)
DAY = date(2026, 11, 30)


@dataclass(frozen=True)
class Cell:
    """Where a payment stands."""

    status: str = "planned"
    office: str = "KC1671"
    channel: str = "community"
    day: date | None = DAY
    reason: str = ""


@dataclass
class Told:
    """One payment, as far as the journal has told of it."""

    tranche: UUID
    village: str = "16.71.01.1001"
    program: str = "SEMBAKO"
    amount: int = 600_000
    families: int = 1
    id: UUID = field(default_factory=uuid4)
    cell: Cell | None = None


def tell(payment: Told, cell: Cell, *, position: int | None = None) -> JournalEntry:
    """A new journal entry that moves the payment to ``cell``; not saved."""
    before = payment.cell
    entry = JournalEntry(
        kind="planned" if before is None else cell.status,
        payment_id=payment.id,
        visit_id=payment.id,
        tranche_id=payment.tranche,
        program_id=payment.program,
        order_id=UUID(int=1),
        village_id=payment.village,
        amount=payment.amount,
        families=payment.families,
        from_status=before and before.status,
        from_office_id=before and before.office,
        from_channel=before and before.channel,
        from_date=before and before.day,
        from_reason=before.reason if before else "",
        to_status=cell.status,
        to_office_id=cell.office,
        to_channel=cell.channel,
        to_date=cell.day,
        to_reason=cell.reason,
        at=datetime(2026, 11, 30, tzinfo=UTC),
        position=position,
    )
    payment.cell = cell
    return entry


@dataclass
class Journal:
    """Writes settled entries: numbered at once, as the sequencer would after the commit."""

    position: int = 0

    def write(self, moves: Sequence[tuple[Told, Cell]]) -> None:
        entries = []
        for payment, cell in moves:
            self.position += 1
            entries.append(tell(payment, cell, position=self.position))
        JournalEntry.objects.bulk_create(entries)


@pytest.fixture
def country(db: None) -> Tranche:
    """Regions, offices, two programs; the tranche that pays them."""
    for code, name, level in REGIONS:
        Region.objects.create(
            code=code,
            name=name,
            search_name=name.lower(),
            level=level,
            parent_id=code.rpartition(".")[0] or None,
            zone="Asia/Jakarta" if code.startswith("16") else "Asia/Jayapura",
            valid_from=date(2020, 1, 1),
            source="test",
        )
    paths: dict[str, str] = {}
    for code, parent, kind, region in OFFICES:
        paths[code] = f"{paths[parent]}/{code}" if parent else code
        Office.objects.create(
            code=code,
            name=f"Kantor {code}",
            kind=kind,
            parent_id=parent,
            path=paths[code],
            region_id=region,
            zone="Asia/Jakarta",
            valid_from=date(2020, 1, 1),
        )
    for code in ("PKH", "SEMBAKO"):
        Program.objects.get_or_create(code=code, defaults={"name_id": code, "name_en": code})
    return Tranche.objects.create(
        id=uuid4(),
        year=2026,
        number=4,
        name="Tahap IV 2026",
        opens_on=DAY,
        planned_end_on=date(2026, 12, 14),
        return_by=date(2027, 1, 14),
    )


@pytest.fixture
def journal(db: None) -> Journal:
    return Journal()


WATCHING = frozenset({"monitoring.view_dashboard", "monitoring.view_story"})
MINISTRY = Actor("m", "user", "Kementerian", permissions=WATCHING, regions=("",), offices=("",))
BRANCH_HEAD = replace(MINISTRY, id="b", regions=("16.71",), offices=("PST/KCU16/KC1671",))
PROVINCE_VIEWER = replace(MINISTRY, id="p", regions=("95",), offices=())
OUTSIDER = replace(MINISTRY, id="o", regions=(), offices=())
