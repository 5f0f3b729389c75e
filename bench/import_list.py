"""How fast a ministry's list becomes checked rows, and approved rows entitlements.

Through the doors that people use: HTTP upload, one web and one task process, fsync on. Half of the
list's families are known to the registry, which holds as many households as the list has rows; the
list carries planted flaws, and each of them must be found. The clock of a check runs from the
first byte sent to the status `checked`, that of an approval from the click to `approved`. A second
wave repeats the list with 5 % changed. Beside it a bare `COPY` of the same rows, as text and
without indexes, on the same server in the same run.

    python bench/import_list.py --rows 200000
"""

from __future__ import annotations

import argparse
import http.client
import io
import json
import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import scratch
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from salur.access.models import User
from salur.kernel import clock
from salur.kernel.actor import SYSTEM
from salur.kernel.batching import batches
from salur.kernel.ids import new_id, new_ids
from salur.kernel.sealing import indexer, sealer
from salur.places.importing import shipped_regions
from salur.places.operations import load_regions
from salur.programs.models import Entitlement, ListRow, NominativeList, Tranche
from salur.programs.operations import load_programs, open_tranche, record_order
from salur.programs.queries.lists import rows_for
from salur.registry.models import Household, Person
from salur.registry.queries import CARD_FIELD, CARD_PURPOSE, NIK_FIELD, NIK_PURPOSE
from simulator.benefits import SEMBAKO
from simulator.flaws import Truth, plant
from simulator.lists import MINISTRY_XLSX, PLAIN_CSV, Entry, Layout, entries_of, write_list
from simulator.population import generate_households
from simulator.villages import choose_villages, share_out, shipped_villages

TODAY = date(2026, 11, 24)
#: What the check says of each planted flaw; a row may carry other reasons beside it.
FOUND_AS = {
    "nik_length": {"nik_length", "nik_not_digits"},
    "nik_not_digits": {"nik_not_digits", "nik_length"},
    "nik_impossible_date": {"nik_date"},
    "nik_serial_zero": {"nik_serial"},
    "family_card_length": {"family_card_length"},
    "unknown_village": {"village_unknown"},
    "deceased": {"deceased"},
    "name_missing": {"name_missing"},
    "amount_missing": {"amount_not_positive", "amount_missing"},
    "duplicate_nik": {"duplicate_nik"},
    "duplicate_family_card": {"duplicate_family_card"},
}


class Client:
    """A signed-in browser without a screen."""

    def __init__(self, port: int, user: User) -> None:
        self.port = port
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        self.token = "b" * 32
        self.cookie = (
            f"{settings.SESSION_COOKIE_NAME}={session.session_key}; "
            f"{settings.CSRF_COOKIE_NAME}={self.token}"
        )

    def post(self, path: str, fields: dict[str, Any], file: Path | None = None) -> str:
        """The address that the server sends us to."""
        boundary = uuid.uuid4().hex
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in {**fields, "csrfmiddlewaretoken": self.token}.items()
        ]
        body = "".join(parts).encode()
        if file:
            head = (
                f'--{boundary}\r\nContent-Disposition: form-data; name="file"; '
                f'filename="{file.name}"\r\nContent-Type: application/octet-stream\r\n\r\n'
            )
            body += head.encode() + file.read_bytes() + b"\r\n"
        body += f"--{boundary}--\r\n".encode()
        connection_ = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        origin = f"http://127.0.0.1:{self.port}"
        headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Cookie": self.cookie,
            "Origin": origin,
            "Referer": f"{origin}/",
        }
        connection_.request("POST", path, body, headers)
        response = connection_.getresponse()
        text = response.read().decode("utf-8", "replace")
        if response.status != 302:
            raise SystemExit(f"{path} answered {response.status}: {text[:2000]}")
        return str(response.headers["Location"])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("the web process does not answer")


def user(username: str, role: str) -> User:
    person = User.objects.create(id=new_id(), username=username, name=username.title())
    person.set_unusable_password()
    person.save()
    person.assignments.create(role=role, granted_at=clock.now(), granted_by="bench")
    return person


def make_entries(rows: int, seed: int) -> list[Entry]:
    """Families of the staple food program, as many as the list has rows."""
    families = rows + rows // 3 + 1000  # not every family is in the program
    villages = choose_villages(shipped_villages(), families, seed=seed, regencies=12)
    households = generate_households(share_out(families, villages, seed=seed), seed=seed, on=TODAY)
    entries: list[Entry] = []
    for entry in entries_of(households, SEMBAKO):
        entries.append(entry)
        if len(entries) == rows:
            return entries
    raise SystemExit(f"only {len(entries)} families of the program")


def fill_registry(entries: list[Entry], count: int) -> int:
    """``count`` households: every second family of the list, and strangers. How many are known."""
    known = entries[::2][:count]

    def people() -> Iterator[Entry]:
        yield from known
        for number in range(count - len(known)):
            nik = f"997104010170{number % 9999 + 1:04}{number}"
            yield known[0].copy(family_card=f"9971{number:012}", nik=nik, name="ORANG LAIN")

    nik_index, card_index = indexer(NIK_PURPOSE), indexer(CARD_PURPOSE)
    nik_seal, card_seal = sealer(NIK_FIELD), sealer(CARD_FIELD)
    moment = clock.now()
    for batch in batches(people(), 20_000):
        ids = new_ids(2 * len(batch))
        households, members = [], []
        for entry, household, person in zip(batch, ids[::2], ids[1::2], strict=True):
            households.append(
                Household(
                    id=household,
                    card_index=card_index(entry.family_card),
                    card_sealed=card_seal(entry.family_card, household),
                    card_last4=entry.family_card[-4:],
                    village_id=entry.village_code,
                    address=entry.address,
                    rt=f"{entry.rt:03}",
                    rw=f"{entry.rw:03}",
                    created_at=moment,
                    updated_at=moment,
                )
            )
            members.append(
                Person(
                    id=person,
                    household_id=household,
                    nik_index=nik_index(entry.nik),
                    nik_sealed=nik_seal(entry.nik, person),
                    nik_last4=entry.nik[-4:],
                    name=entry.name,
                    birth_date=entry.birth_date,
                    sex="f" if entry.sex.upper().startswith("P") else "m",
                    created_at=moment,
                    updated_at=moment,
                )
            )
        Household.objects.bulk_create(households)
        Person.objects.bulk_create(members)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE registry_household, registry_person")
    return len(known)


def bare_copy(file: Path) -> float:
    """Seconds to COPY the file's rows as text into a table without indexes."""
    frame = pl.read_csv(file, infer_schema=False)
    out = io.BytesIO()
    frame.write_csv(out, include_header=False)
    columns = ", ".join(f'"{name}" text' for name in frame.columns)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE bare_list ({columns})")
        started = time.monotonic()
        with cursor.cursor.copy("COPY bare_list FROM STDIN (FORMAT csv)") as copy:
            copy.write(out.getvalue())
        seconds = time.monotonic() - started
        cursor.execute("DROP TABLE bare_list")
    return seconds


PROCESSES: list[subprocess.Popen[bytes]] = []


def wait_until(list_id: str, *statuses: str) -> NominativeList:
    for _ in range(60_000):
        if any(process.poll() is not None for process in PROCESSES):
            raise SystemExit("the web or the task process has ended")
        found = NominativeList.objects.get(id=list_id)
        if found.status in statuses:
            return found
        if found.status == "refused" or found.progress.get("step") == "failed":
            raise SystemExit(f"{found.status}: {found.refusal} {found.progress}")
        time.sleep(0.02)
    raise SystemExit("no end")


def upload(clerk: Client, order: str, file: Any, name: str) -> tuple[NominativeList, float]:
    fields = {
        "order": order,
        "sender": f"Kemensos {name}",
        "rows": file.rows,
        "rupiah": file.rupiah,
        "kind": "delta",
        "source": "ministry",
    }
    started = time.monotonic()
    address = clerk.post("/daftar/unggah", fields, file.path)
    checked = wait_until(address.rstrip("/").split("/")[-1], "checked")
    return checked, time.monotonic() - started


def approve(approver: Client, checked: NominativeList) -> float:
    payable = checked.counts["payable"]
    started = time.monotonic()
    approver.post(f"/daftar/{checked.id}/setujui", dict(payable))
    wait_until(str(checked.id), "approved")
    return time.monotonic() - started


def missed(truth: Truth, layout: Layout, checked: NominativeList) -> list[str]:
    held = {row.row_number: set(row.reasons) for row in rows_for(SYSTEM, checked, verdict="held")}
    return [
        f"{flaw.kind} in row {layout.row_of(flaw.index)}"
        for flaw in truth.flaws
        if not held.get(layout.row_of(flaw.index), set()) & FOUND_AS[flaw.kind]
    ]


def second_wave(entries: list[Entry]) -> list[Entry]:
    """The same rows, every twentieth with another address."""
    return [
        entry.copy(address=f"{entry.address} LAMA") if number % 20 == 0 else entry
        for number, entry in enumerate(entries)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--known", type=int, default=0, help="households in the registry")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    rows, known = arguments.rows, arguments.known or arguments.rows

    with connection.cursor() as cursor:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            cursor.execute(f"SHOW {setting}")
            if cursor.fetchone()[0] != "on":
                raise SystemExit(f"{setting} is off: this would measure nothing")

    print("preparing regions, families and files …", flush=True)
    load_regions(shipped_regions(), source="shipped", by=SYSTEM)
    load_programs(by=SYSTEM)
    entries = make_entries(rows, arguments.seed)
    flawed, truth = plant(entries, seed=arguments.seed)
    folder = scratch.FOLDER
    csv_file = write_list(folder / "wave1.csv", flawed, PLAIN_CSV, program=SEMBAKO)
    xlsx_file = write_list(folder / "wave1.xlsx", flawed, MINISTRY_XLSX, program=SEMBAKO)
    again = write_list(folder / "wave2.csv", second_wave(flawed), PLAIN_CSV, program=SEMBAKO)
    overlapping = fill_registry(entries, known)
    tranches = [
        open_tranche(
            year=2026,
            number=number,
            name=f"Tahap {number}",
            opens_on=TODAY,
            planned_end_on=TODAY,
            return_by=TODAY,
            by=SYSTEM,
        )
        for number in (3, 4)
    ]
    orders = [_order(tranche, number) for number, tranche in enumerate(tranches)]

    port = free_port()
    environment = {**os.environ, "PYTHONPATH": f"{scratch.ROOT / 'src'}:{scratch.ROOT}"}
    web = subprocess.Popen(
        [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1"),
            *("--blocking-threads", "8", "--host", "127.0.0.1", "--port", str(port)),
            *("--no-ws", "salur.config.wsgi:application"),
        ],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    tasks = subprocess.Popen(
        [sys.executable, "-c", "from salur.config.command import main; main()", "work"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    PROCESSES.extend((web, tasks))
    try:
        wait_for(port)
        time.sleep(5)
        clerk = Client(port, user("clerk", "list_clerk"))
        approver = Client(port, user("approver", "list_approver"))
        # The same rows as a workbook, for a tranche of their own.
        from_xlsx, xlsx_seconds = upload(clerk, orders[0], xlsx_file, "xlsx")
        first, csv_seconds = upload(clerk, orders[1], csv_file, "csv")
        not_found = missed(truth, PLAIN_CSV, first) + missed(truth, MINISTRY_XLSX, from_xlsx)
        approval_seconds = approve(approver, first)
        second, second_seconds = upload(clerk, orders[1], again, "csv")
        second_approval_seconds = approve(approver, second)
    finally:
        for process in (tasks, web):
            process.terminate()
        for process in (tasks, web):
            process.wait(60)

    if not_found:
        raise SystemExit(f"planted flaws were not found: {not_found[:10]} ({len(not_found)})")
    payable = first.counts["payable"]
    owed = Entitlement.objects.filter(order_id=orders[1]).count()
    if owed != payable["rows"] or ListRow.objects.filter(nominative_list=first).count() != rows:
        raise SystemExit(f"{owed} entitlements, {payable['rows']} approved")
    if second.counts["new"] + second.counts["withdrawn"] > len(truth.flaws) * 2:
        raise SystemExit(f"the second wave is not a repetition: {second.counts}")
    copy_seconds = min(bare_copy(csv_file.path) for _ in range(3))
    rate = rows / csv_seconds
    print(
        json.dumps(
            {
                "rows": rows,
                "households_before": known,
                "of_them_in_the_list": overlapping,
                "planted_flaws": len(truth.flaws),
                "flaws_found": len(truth.flaws) - len(not_found),
                "csv_seconds": round(csv_seconds, 2),
                "xlsx_seconds": round(xlsx_seconds, 2),
                "xlsx_rows_per_second": round(rows / xlsx_seconds),
                "second_wave_changed": second.counts["changed"],
                "second_wave_rows_per_second": round(rows / second_seconds),
                "approval_rows_per_second": round(payable["rows"] / approval_seconds),
                "second_approval_seconds": round(second_approval_seconds, 2),
                "copy_rows_per_second": round(rows / copy_seconds),
                "rows_per_second": round(rate),
                "ratio_to_copy": round(rate / (rows / copy_seconds), 4),
            }
        )
    )


def _order(tranche: Tranche, number: int) -> str:
    order = record_order(
        tranche_id=tranche.id,
        program=SEMBAKO,
        number=f"SP2D-{number}",
        amount=10**15,
        dated_on=TODAY,
        by=SYSTEM,
    )
    return str(order.id)


if __name__ == "__main__":
    main()
