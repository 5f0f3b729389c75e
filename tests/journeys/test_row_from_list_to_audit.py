"""The walk of ``docs/tour.md``: one list row, from the ministry's file to paid to audited.

Same order, same doors. Whoever changes the walk changes the tour with it.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pypdfium2
import pytest
import zxingcpp
from django.conf import settings
from django.db import connection
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from salur.access.models import User
from salur.access.operations import create_user, grant_role, issue_enrolment_code
from salur.access.queries import actor_for
from salur.audit.models import Entry
from salur.casework.models import Case
from salur.config.work import catch_up
from salur.disbursement import operations as disbursement
from salur.disbursement.models import Attempt, HandOver, PaySession, PrintRun, Visit
from salur.disbursement.rules.tokens import verify_token
from salur.disbursement.tests.country import make_office, make_region
from salur.field.tests.conftest import DjangoClient, make_person
from salur.intake.models import Outcome, StoredFile
from salur.intake.queries import read_whole_file_for_system
from salur.kernel.actor import SYSTEM
from salur.kernel.clock import business_date, now
from salur.kernel.keys import keys
from salur.ledger.queries import balances_for_system
from salur.ledger.rules import AccountKey
from salur.messaging.models import Message
from salur.monitoring.models import Rollup
from salur.places.models import Service
from salur.programs import operations as programs
from salur.programs.models import Entitlement, ListRow, NominativeList
from salur.programs.operations.receiving import Covering
from salur.reconciliation import operations as reconciliation
from salur.reconciliation.queries import (
    audit_breaks_for_system,
    books_breaks_for_system,
    order_figures_for_system,
)
from salur.registry.models import Person
from simulator.devices import Device

OFFICE = "30000"
SITI, BUDI, WAYAN = "1671054107850001", "1671051203600002", "1671055708990003"


def regions_and_office() -> None:
    for code, name, level in (
        ("16", "Sumatera Selatan", "province"),
        ("16.71", "Kota Palembang", "regency"),
        ("16.71.05", "Bukit Kecil", "district"),
        ("16.71.05.1001", "Talang Semut", "village"),
    ):
        make_region(code, name, level)
    head = make_office("ID", "Kantor Pusat", "head", None, "16")
    office = make_office(OFFICE, "Kantor Pos Palembang", "kc", head, "16.71")
    Service.objects.create(office=office, region_id="16.71")


def ministry_file(program: str, amount: str) -> bytes:
    """As a ministry writes it: a title, synonyms, an apostrophe before the NIK, rupiah as text."""
    rows = [
        f"DAFTAR PENERIMA BANTUAN {program} TAHAP IV 2026;;;;;;",
        "NO;NOKK;NIK;NAMA PENERIMA;TANGGAL LAHIR;KODE DESA;ALAMAT;NOMINAL",
    ]
    people = [(SITI, "SITI AMINAH", "01/07/1985"), (BUDI, "BUDI HARTONO", "12/03/1960")]
    people += [(WAYAN, "WAYAN SARI", "17/08/1999")]
    for number, (nik, name, born) in enumerate(people, 1):
        card = f"16710501010{number:05d}"
        rows.append(
            f"{number};'{card};'{nik};{name};{born};16.71.05.1001;Jl. Melati {number};{amount}"
        )
    return "\r\n".join(rows).encode("cp1252")


class Walk:
    """What the steps hand on to each other."""

    def __init__(self) -> None:
        self.clerk = self.country("rina", "list_clerk")
        self.approver = self.country("bambang", "list_approver")
        self.planner = self.country("dewi", "planner")
        self.ministry = self.country("maya", "ministry_viewer")
        self.auditor = self.country("agus", "auditor")
        self.cashier = make_person("kartini", "cashier", OFFICE)
        self.head = make_person("hendra", "branch_head", OFFICE)
        self.officer = make_person("rudi", "officer", OFFICE)

    def country(self, username: str, role: str) -> User:
        user = create_user(username, name=username, password="kata-sandi-uji-9132", by=SYSTEM)
        grant_role(user.id, role, by=SYSTEM)
        return User.objects.get(id=user.id)

    def browser(self, user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client


def run_queued_jobs() -> None:
    """What the task process would take next, here and now."""
    tasks: dict[str, Callable[[UUID], Any]] = {
        "salur.programs.tasks.check_list": programs.check_nominative_list,
        "salur.programs.tasks.apply_list": programs.apply_approved_list,
    }
    done: set[int] = getattr(run_queued_jobs, "done", set())
    for job in ProcrastinateJob.objects.filter(task_name__in=tasks).order_by("id"):
        if job.id not in done:
            done.add(job.id)
            tasks[job.task_name](UUID(job.args["list_id"]))
    run_queued_jobs.done = done  # type: ignore[attr-defined]


@pytest.fixture
def walk(committed: None) -> Walk:
    regions_and_office()
    programs.load_programs(by=SYSTEM)
    run_queued_jobs.done = set()  # type: ignore[attr-defined]
    return Walk()


def test_one_row_walks_from_the_ministrys_list_to_the_audit_log(walk: Walk) -> None:
    # 1-2 · The clerk uploads the files with their control totals; each is kept, sealed, by hash.
    today = business_date(now(), "Asia/Jakarta")
    tranche = programs.open_tranche(
        year=2026,
        number=4,
        name="Tahap IV 2026",
        opens_on=today,
        planned_end_on=date(today.year + 1, 1, 31),
        return_by=date(today.year + 1, 3, 1),
        by=actor_for(walk.clerk),
    )
    orders, lists = {}, []
    for program, amount, rupiah in (
        ("PKH", "Rp225.000,00", 225_000),
        ("SEMBAKO", "600000", 600_000),
    ):
        order = programs.record_order(
            tranche_id=tranche.id,
            program=program,
            number=f"SP2D-{program}",
            amount=10_000_000,
            dated_on=today,
            by=actor_for(walk.clerk),
        )
        orders[program] = programs.confirm_funds(order.id, by=actor_for(walk.approver))
        content = ministry_file(program, amount)
        received = programs.receive_nominative_list(
            content,
            f"{program}.csv",
            Covering(order_id=order.id, sender="kemensos", rows=3, rupiah=3 * rupiah, wave=1),
            by=actor_for(walk.clerk),
        )
        assert StoredFile.objects.get(sha256=hashlib.sha256(content).hexdigest()).kind == "list"
        lists.append(received.id)

    # 3-5 · Rows are read, judged in sets and matched; nothing of it is in the registry yet.
    run_queued_jobs()
    for received in NominativeList.objects.filter(id__in=lists):
        assert received.status == "checked", received.refusal
        assert received.counts["payable"]["rows"] == 3
    assert not Person.objects.exists()
    assert SITI not in str(list(ListRow.objects.values()))

    # 6 · A different person approves exactly what the page showed.
    for received in NominativeList.objects.filter(id__in=lists):
        payable = received.counts["payable"]
        programs.approve_nominative_list(
            received.id,
            rows=payable["rows"],
            rupiah=payable["rupiah"],
            by=actor_for(walk.approver),
        )
    run_queued_jobs()
    assert Entitlement.objects.filter(state="open").count() == 6

    # 7 · Payments are planned: both programs of a family in one visit, everything frozen.
    plan = disbursement.plan_payments(tranche.id, by=actor_for(walk.planner))
    assert (plan.families, plan.payments) == (3, 6)
    visit = Visit.objects.get(recipient_name="SITI AMINAH")
    assert visit.total == 825_000

    # 8 · One letter per visit, with a signed QR that an offline phone can tell from a forged one.
    disbursement.print_letters(tranche.id, by=actor_for(walk.planner))
    tokens = [
        verify_token(barcode.text, signed_by_us)
        for run in PrintRun.objects.filter(kind="letters")
        for page in pypdfium2.PdfDocument(io.BytesIO(read_whole_file_for_system(run.file_id)))
        for barcode in zxingcpp.read_barcodes(page.render(scale=3).to_pil())
    ]
    assert visit.id in {token.visit for token in tokens}

    # 9 · The float: offered by the cashier, nobody's cash until the officer accepts.
    sessions = {v.session_id for v in Visit.objects.exclude(session=None)}
    cashier = actor_for(walk.cashier)
    for number, order in enumerate(orders.values()):
        disbursement.draw_cash(
            order.id, OFFICE, 2_000_000, idempotency_key=f"draw-{number}", by=cashier
        )
    session = PaySession.objects.get(id=visit.session_id)
    offered = disbursement.issue_float(
        walk.officer.id,
        amount=2_000_000,
        session_id=session.id,
        idempotency_key="float",
        by=cashier,
    )

    # 10 · The device is enrolled by a one-time code; the worklist is leased to it and pulled.
    code = issue_enrolment_code(walk.officer.id, by=actor_for(walk.head)).code
    device = Device.make(DjangoClient(), seed="journey")
    device.enrol(code, "Ponsel Rudi")
    for session_id in sessions:
        disbursement.lease_visits(session_id, UUID(device.device_id), by=actor_for(walk.planner))
    worklist = device.get("/worklist")
    listed = {v["recipient"]["name"]: v for v in worklist["visits"]}
    assert set(listed) == {"SITI AMINAH", "BUDI HARTONO", "WAYAN SARI"}

    # 11-12 · The officer accepts the cash, pays Siti twice by mistake, finds Budi absent and hears
    # that Wayan refuses; the device signs, pushes, and drops the answer once.
    device.record(
        "cash_transfer",
        {"float_id": str(offered.id), "direction": "accept", "notes": offered.notes},
    )
    paid = hand_over(device, listed["SITI AMINAH"])
    second = hand_over(device, listed["SITI AMINAH"])
    absent = fail(device, listed["BUDI HARTONO"], "absent")
    refused = fail(device, listed["WAYAN SARI"], "refused")
    device.push(forget=False)
    device.push()

    # 13-16 · Applied in batches: paid once, the second a fact of its own in suspense with a case.
    catch_up()
    results = {
        str(row.event.event_id): (row.result, row.code)
        for row in Outcome.objects.select_related("event")
    }
    assert results[paid] == ("applied", "paid")
    assert results[second] == ("conflict", "second")
    assert HandOver.objects.count() == 2
    assert posted("paid", OFFICE) == 825_000
    assert posted("suspense", "second") == 825_000
    assert Message.objects.filter(template="paid").count() == 1
    assert {case.kind for case in Case.objects.all()} == {"second_hand_over"}

    # 17 · Budi is asked to come again; Wayan's final code counts after a second person's word.
    assert Attempt.objects.get(id=absent).decision == "not_needed"
    head = actor_for(walk.head)
    disbursement.decide_attempts([UUID(refused)], approve=True, by=head)
    assert Visit.objects.get(recipient_name="WAYAN SARI").status == "failed"

    # 18 · The bag is counted by the officer and closed by the cashier; the day is closed over it.
    device.record("cash_count", {"notes": [[50_000, 7]], "total": 350_000})
    device.push()
    catch_up()
    close = reconciliation.close_session(offered.id, by=cashier)
    assert (close.expected, close.variance) == (350_000, 0)
    reconciliation.close_office_day(OFFICE, today, by=head)

    # 19 · Every order closes to the rupiah, each figure from its own source.
    figures = {item.program: item for item in order_figures_for_system(tranche.id)}
    assert figures["PKH"].paid == 225_000
    assert figures["PKH"].failed == 225_000
    assert figures["PKH"].outstanding == 225_000
    assert {item.difference for item in figures.values()} == {0}

    # 20 · The ministry watches it live; the log names every transfer and every hash recomputes.
    catch_up()
    rolled = Rollup.objects.filter(status="paid")
    assert sum(cell.families for cell in rolled) == 1
    assert sum(cell.rupiah for cell in rolled) == 825_000
    page = walk.browser(walk.ministry).get("/penyaluran/")
    assert page.status_code == 200
    story = walk.browser(walk.auditor).get(f"/pembayaran/{visit.number}")
    assert "SITI AMINAH" in story.content.decode()
    assert Entry.objects.filter(position=None).count() == 0
    assert_books_balance()

    # And at rest no identity number lies readable anywhere; names may, and show that we can look.
    for number in (SITI, BUDI, WAYAN, "1671050101000001"):
        assert places_that_hold(number) == []
    assert places_that_hold("SITI AMINAH")


def places_that_hold(text: str) -> list[str]:
    """Tables and stored files in which the text can be read, as characters or as bytes."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(
                f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s OR t::text LIKE %s',
                [f"%{text}%", f"%{text.encode().hex()}%"],
            )
            if cursor.fetchone()[0]:
                found.append(table)
    for file in settings.SALUR_EVIDENCE_DIR.rglob("*"):
        if file.is_file() and text.encode() in file.read_bytes():
            found.append(file.name)
    return found


def signed_by_us(key_id: int, signature: bytes, body: bytes) -> bool:
    keys.letters.verifier(key_id).verify(signature, body)
    return True


def hand_over(device: Device, visit: dict[str, Any]) -> str:
    payments = [{"id": p["id"], "amount": p["amount"]} for p in visit["payments"]]
    total = sum(p["amount"] for p in payments)
    context = {"visit": visit["id"], "sop": f"{visit['channel']}/1"}
    person = visit["recipient"]["person_id"]
    verification = device.record(
        "verification",
        {
            "person_id": person,
            "relation": "self",
            "method": "witness",
            "score_milli": None,
            "verdict": "unchecked",
            "letter": "scanned",
            "documents": ["ktp", "kk"],
            "evidence": [],
            "witness": {"name": "Ketua RT", "role": "rt"},
        },
        **context,
    )
    begun = device.record("hand_over_begun", {"payments": payments, "total": total}, **context)
    return device.record(
        "handed_over",
        {
            "begun": begun,
            "verification": verification,
            "payments": payments,
            "total": total,
            "collector": {"person_id": person, "relation": "self"},
            "receipt_mark": "signature",
            "evidence": [],
        },
        **context,
    )


def fail(device: Device, visit: dict[str, Any], code: str) -> str:
    return device.record(
        "attempt_failed", {"code": code, "note": "", "evidence": []}, visit=visit["id"]
    )


def posted(kind: str, custodian: str) -> int:
    key = AccountKey(kind, custodian)
    return balances_for_system([key])[key].posted


def assert_books_balance() -> None:
    assert books_breaks_for_system() == []
    assert audit_breaks_for_system() == []
