"""A small country for this room's tests: regions, offices, a tranche, families owed money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from salur.access.models import Assignment, User
from salur.intake.models import StoredFile
from salur.kernel.actor import Actor
from salur.kernel.ids import new_id, new_ids
from salur.places.models import Office, Region, Service
from salur.programs.models import Entitlement, NominativeList, PaymentOrder, Program, Tranche
from salur.registry.models import Household, Person

MORNING = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)
"""A Friday, three days before the tranche opens on Monday the 30th."""

PLANNER = Actor(
    id="planner-1",
    kind="user",
    permissions=frozenset(
        {
            "disbursement.view_plans",
            "disbursement.view_payments",
            "disbursement.plan_payments",
            "disbursement.print_letters",
            "disbursement.lease_visits",
            "disbursement.replan_payments",
        }
    ),
    regions=("",),
    offices=("",),
)
OUTSIDER = Actor(id="outsider", kind="user")


@dataclass
class Country:
    """What the tests stand on. The first office serves 16.71, the second 16.72."""

    tranche: Tranche
    programs: dict[str, Program]
    orders: dict[str, PaymentOrder]
    lists: dict[str, NominativeList]
    offices: tuple[Office, Office]
    villages: tuple[str, ...]
    people: int = 0

    def add_families(
        self,
        count: int,
        village: str,
        *,
        programs: Sequence[str] = ("PKH",),
        amount: int = 600_000,
        birth_date: date = date(1985, 4, 1),
        bank_code: str = "",
        **person: Any,
    ) -> list[UUID]:
        """Families with one recipient each; the ids of their households."""
        moment = MORNING - timedelta(days=3)
        households, people, entitlements = [], [], []
        for household_id, person_id in zip(new_ids(count), new_ids(count), strict=True):
            self.people += 1
            n = self.people
            households.append(
                Household(
                    id=household_id,
                    card_index=sha256(f"card {n}".encode()).digest(),
                    card_sealed=b"x",
                    card_last4=f"{n % 10000:04d}",
                    village_id=village,
                    address=f"Jl. Melati No. {n}",
                    rt=f"{n % 5 + 1:03d}",
                    rw="002",
                    remote=person.get("remote", False),
                    created_at=moment,
                    updated_at=moment,
                )
            )
            extra = {key: value for key, value in person.items() if key != "remote"}
            people.append(
                Person(
                    id=person_id,
                    household_id=household_id,
                    nik_index=sha256(f"nik {n}".encode()).digest(),
                    nik_sealed=b"x",
                    nik_last4=f"{n % 10000:04d}",
                    birth_date=birth_date,
                    sex="f",
                    relation="head",
                    created_at=moment,
                    updated_at=moment,
                    **{"name": f"SITI {n:05d}", **extra},
                )
            )
            for code in programs:
                entitlements.append(
                    self.entitlement(
                        code, household_id, person_id, village, n, amount, bank_code=bank_code
                    )
                )
        Household.objects.bulk_create(households, batch_size=2000)
        Person.objects.bulk_create(people, batch_size=2000)
        Entitlement.objects.bulk_create(entitlements, batch_size=2000)
        return [household.id for household in households]

    def entitlement(
        self,
        code: str,
        household: UUID,
        person: UUID,
        village: str,
        row: int,
        amount: int,
        *,
        bank_code: str = "",
    ) -> Entitlement:
        moment = MORNING - timedelta(days=3)
        return Entitlement(
            id=new_id(),
            tranche=self.tranche,
            program=self.programs[code],
            order=self.orders[code],
            household_id=household,
            recipient_id=person,
            village_id=village,
            amount=amount,
            months=3,
            components=[{"code": "SEMBAKO", "name": "Sembako", "amount": amount}],
            bank_code=bank_code,
            nominative_list=self.lists[code],
            row_number=row,
            content_hash=b"x",
            created_at=moment,
            updated_at=moment,
        )

    def add_program(self, code: str, households: Sequence[UUID], amount: int = 200_000) -> None:
        """A later wave: another program for families that exist already."""
        rows = Person.objects.filter(household__in=households).select_related("household")
        Entitlement.objects.bulk_create(
            self.entitlement(code, p.household_id, p.id, p.household.village_id, n, amount)
            for n, p in enumerate(rows.order_by("id"), 1)
        )


def make_region(code: str, name: str, level: str) -> Region:
    parent = code.rpartition(".")[0] or None
    return Region.objects.create(
        code=code,
        name=name,
        search_name=name.upper(),
        level=level,
        parent_id=parent,
        zone="Asia/Jakarta",
        valid_from=date(2020, 1, 1),
        source="test",
    )


def make_country() -> Country:
    for code, name, level in (
        ("16", "Sumatera Selatan", "province"),
        ("16.71", "Kota Palembang", "regency"),
        ("16.72", "Kota Prabumulih", "regency"),
        ("16.71.05", "Bukit Kecil", "district"),
        ("16.72.01", "Prabumulih Barat", "district"),
        ("17", "Bengkulu", "province"),
        ("17.71", "Kota Bengkulu", "regency"),
        ("17.71.01", "Selebar", "district"),
        ("17.71.01.1001", "Pagar Dewa", "village"),
    ):
        make_region(code, name, level)
    villages = ("16.71.05.1001", "16.71.05.1002", "16.71.05.1003", "16.72.01.1001")
    for code, name in zip(
        villages, ("Talang Semut", "26 Ilir", "19 Ilir", "Prabumulih"), strict=True
    ):
        make_region(code, name, "village")
    head = make_office("ID", "Kantor Pusat", "head", None, "16")
    offices = (
        make_office("30000", "Kantor Pos Palembang", "kc", head, "16.71"),
        make_office("31100", "Kantor Pos Prabumulih", "kc", head, "16.72"),
    )
    for office, region in zip(offices, ("16.71", "16.72"), strict=True):
        Service.objects.create(office=office, region_id=region)
    tranche = Tranche.objects.create(
        id=new_id(),
        year=2026,
        number=4,
        name="Tahap IV 2026",
        opens_on=date(2026, 11, 30),
        planned_end_on=date(2026, 12, 14),
        return_by=date(2026, 12, 31),
    )
    file = StoredFile.objects.create(
        sha256="0" * 64,
        kind="list",
        media_type="text/csv",
        length=1,
        path="x",
        received_at=MORNING,
        received_from="clerk",
    )
    programs, orders, lists = {}, {}, {}
    for code, name in (("PKH", "Program Keluarga Harapan"), ("SEMBAKO", "Sembako")):
        programs[code] = Program.objects.create(code=code, name_id=name, name_en=name)
        orders[code] = PaymentOrder.objects.create(
            id=new_id(),
            tranche=tranche,
            program=programs[code],
            number=f"SP2D-{code}",
            amount=10**12,
            dated_on=date(2026, 11, 20),
            recorded_by="clerk",
            recorded_at=MORNING,
        )
        lists[code] = NominativeList.objects.create(
            id=new_id(),
            tranche=tranche,
            program=programs[code],
            order=orders[code],
            wave=1,
            sender="kemensos",
            file=file,
            file_name=f"{code}.csv",
            control_rows=1,
            control_rupiah=1,
            status="approved",
            received_by="clerk",
            received_at=MORNING,
            decided_by="approver",
        )
    return Country(tranche, programs, orders, lists, offices, villages)


def make_office(code: str, name: str, kind: str, parent: Office | None, region: str) -> Office:
    return Office.objects.create(
        code=code,
        name=name,
        kind=kind,
        parent=parent,
        path=f"{parent.path}/{code}" if parent else code,
        region_id=region,
        zone="Asia/Jakarta",
        address="Jl. Merdeka No. 3",
        valid_from=date(2020, 1, 1),
    )


def make_officer(name: str, country: Country) -> User:
    user = User.objects.create(
        id=new_id(), username=name, name=name, home_office=country.offices[0]
    )
    Assignment.objects.create(
        user=user,
        role="officer",
        office=country.offices[0],
        granted_at=MORNING,
        granted_by="admin",
    )
    return user
