"""A ward with four villages, a tranche, two programs' orders, and lists of made-up families."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from salur.kernel.actor import SYSTEM, Actor
from salur.places.models import Region
from salur.programs import operations
from salur.programs.models import NominativeList, PaymentOrder, Tranche
from salur.programs.operations.receiving import Covering

TODAY = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
EVERYWHERE: dict[str, Any] = {"regions": ("",), "offices": ("",)}
CLERK = Actor(
    id="1",
    kind="user",
    label="Rina",
    permissions=frozenset(
        {
            "programs.view_lists",
            "programs.view_orders",
            "programs.upload_list",
            "programs.check_list",
            "programs.map_columns",
            "programs.record_order",
        }
    ),
    **EVERYWHERE,
)
APPROVER = Actor(
    id="2",
    kind="user",
    label="Bambang",
    permissions=frozenset(
        {
            "programs.view_lists",
            "programs.view_orders",
            "programs.approve_list",
            "programs.confirm_funds",
        }
    ),
    **EVERYWHERE,
)
#: Someone who may do everything, so that only four eyes can stop them.
BOTH_HATS = Actor(
    id="1", kind="user", permissions=CLERK.permissions | APPROVER.permissions, **EVERYWHERE
)
OUTSIDER = Actor(id="9", kind="user")

VILLAGES = {
    "16.71.04.1001": "Talang Semut",
    "16.71.04.1002": "Bukit Kecil",
    "16.71.04.1003": "26 Ilir",
    "16.71.04.1004": "Karang Anyar",
}
_REGIONS = (
    ("16", "Sumatera Selatan", "province", None),
    ("16.71", "Kota Palembang", "regency", "16"),
    ("16.71.04", "Bukit Kecil", "district", "16.71"),
    *((code, name, "village", "16.71.04") for code, name in VILLAGES.items()),
)

HEADER = {
    "sender_key": "ID KPM",
    "family_card": "NO KK",
    "nik": "NIK",
    "name": "NAMA PENGURUS",
    "birth_date": "TGL LAHIR",
    "address": "ALAMAT",
    "rt": "RT",
    "village_code": "KODE DESA",
    "months": "BULAN",
    "amount": "NOMINAL",
    "remark": "KETERANGAN",
}
PKH_HEADER = {"SD": "SD", "SMP": "SMP", "SMA": "SMA", "BUMIL": "BUMIL", "LANSIA": "LANSIA"}


def family(n: int, **changes: Any) -> dict[str, Any]:
    """The n-th family of the ward: every number of it is its own, all rules kept."""
    born = date(1950 + n % 50, n % 12 + 1, n % 28 + 1)
    row = {
        "sender_key": f"KPM{n:05}",
        "family_card": f"16710401010{n // 9000 + 1:01}{n % 9000 + 1:04}",
        "nik": f"167104{born.day + 40:02}{born.month:02}{born.year % 100:02}{n % 9000 + 1:04}",
        "name": f"SITI {_letters(n)}",
        "birth_date": born.strftime("%d/%m/%Y"),
        "address": f"JL MAWAR {n}",
        "rt": f"{n % 9 + 1:03}",
        "village_code": list(VILLAGES)[n % 4],
        "months": 3,
        "amount": 600_000,
        "remark": "",
    }
    return {**row, **changes}


def families(count: int, start: int = 1) -> list[dict[str, Any]]:
    return [family(n) for n in range(start, start + count)]


def _letters(n: int) -> str:
    return "".join(chr(65 + int(digit)) for digit in str(n))


def write_csv(
    rows: Iterable[Mapping[str, Any]], header: Mapping[str, str] = HEADER, delimiter: str = ";"
) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(header.values())
    writer.writerows([row.get(key, "") for key in header] for row in rows)
    return out.getvalue().encode()


@dataclass
class Ward:
    """What the tests stand on."""

    tranche: Tranche
    orders: dict[str, PaymentOrder]
    uploads: int = field(default=0)

    def receive(
        self,
        rows: list[dict[str, Any]] | bytes,
        *,
        program: str = "SEMBAKO",
        name: str = "",
        by: Actor = CLERK,
        declared: tuple[int, int] | None = None,
        header: Mapping[str, str] = HEADER,
        **covering: Any,
    ) -> NominativeList:
        """An upload; the declared totals are the true ones unless said otherwise."""
        self.uploads += 1
        if declared is None:
            assert not isinstance(rows, bytes), "bytes need declared totals"
            paid = [row for row in rows if not row["remark"]]
            declared = len(rows), sum(int(row["amount"]) for row in paid)
        data = rows if isinstance(rows, bytes) else write_csv(rows, header)
        return operations.receive_nominative_list(
            data,
            name or f"daftar {self.uploads}.csv",
            Covering(
                order_id=self.orders[program].id,
                sender=covering.pop("sender", "Kemensos"),
                rows=declared[0],
                rupiah=declared[1],
                **covering,
            ),
            by=by,
        )

    def check(self, rows: Any, **options: Any) -> NominativeList:
        return operations.check_nominative_list(self.receive(rows, **options).id)

    def approve(self, nominative_list: NominativeList, **options: Any) -> NominativeList:
        payable = nominative_list.counts["payable"]
        operations.approve_nominative_list(
            nominative_list.id,
            rows=payable["rows"],
            rupiah=payable["rupiah"],
            by=options.pop("by", APPROVER),
            **options,
        )
        return operations.apply_approved_list(nominative_list.id)

    def pass_wave(self, rows: Any, **options: Any) -> NominativeList:
        """Received, checked, approved and written."""
        return self.approve(self.check(rows, **options))


def make_ward() -> Ward:
    for code, name, level, parent in _REGIONS:
        Region.objects.create(
            code=code,
            name=name,
            search_name=name.upper(),
            level=level,
            parent_id=parent,
            zone="Asia/Jakarta",
            valid_from=date(2000, 1, 1),
            source="test",
        )
    operations.load_programs(by=SYSTEM)
    tranche = operations.open_tranche(
        year=2026,
        number=4,
        name="Tahap IV 2026",
        opens_on=date(2026, 11, 30),
        planned_end_on=date(2026, 12, 14),
        return_by=date(2027, 1, 13),
        by=CLERK,
    )
    orders = {
        program: operations.record_order(
            tranche_id=tranche.id,
            program=program,
            number=f"SP2D-{program}",
            amount=10_000_000_000,
            dated_on=date(2026, 11, 20),
            by=CLERK,
        )
        for program in ("SEMBAKO", "PKH")
    }
    return Ward(tranche, orders)
