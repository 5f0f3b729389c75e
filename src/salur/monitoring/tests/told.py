"""One family's whole story in the tables: what the rooms below would have written."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction

from salur.access.models import Device, User
from salur.audit.operations import record
from salur.disbursement.models import (
    Attempt,
    HandOver,
    Judgement,
    Lease,
    Payment,
    PayoutLine,
    PayPoint,
    PaySession,
    Visit,
)
from salur.identity.models import FaceCheck
from salur.intake.models import ExpectedEvidence, SignedEvent, StoredFile
from salur.kernel.actor import Actor
from salur.ledger.operations import open_accounts, post
from salur.ledger.rules import AccountKey, NewTransfer
from salur.places.models import Office, Region
from salur.programs.models import Entitlement, NominativeList, PaymentOrder, Tranche
from salur.registry.models import Household, Person

NUMBER = "1671041288375"
CLERK = Actor("00000000-0000-7000-8000-00000000000a", "user", "Dewi")
FILES = (("recipient_photo", True), ("ktp", True), ("kk", True), ("signature", False))


@dataclass(frozen=True)
class Hand:
    """Ids that a test may want to touch."""

    visit: UUID
    hand_over: UUID
    payments: tuple[UUID, ...]


def _people(opened: datetime) -> tuple[User, User]:
    clerk, _ = User.objects.get_or_create(
        id=UUID(CLERK.id), defaults={"username": "dewi", "name": "Dewi Lestari"}
    )
    officer = User.objects.create(
        id=uuid4(), username=f"officer-{uuid4().hex[:6]}", name="Andi Saputra"
    )
    return clerk, officer


@transaction.atomic
def tell_whole_story(tranche: Tranche, *, at: datetime, paid: bool = True) -> Hand:
    """A family of two programs: listed, approved, planned, invited, leased, once absent, paid."""
    clerk, officer = _people(at)
    office = Office.objects.get(pk="KC1671")
    village = Region.objects.get(pk="16.71.01.1001")
    device = Device.objects.create(
        id=uuid4(),
        holder=officer,
        office=office,
        name="Ponsel 7",
        public_key=b"\4" + bytes(64),
        enrolled_at=at - timedelta(days=9),
        enrolled_by="user:x",
    )
    household = Household.objects.create(
        id=uuid4(),
        card_index=uuid4().bytes,
        card_sealed=b"-",
        card_last4="4417",
        village=village,
        rt="003",
        rw="002",
        created_at=at,
        updated_at=at,
    )
    person = Person.objects.create(
        id=uuid4(),
        household=household,
        nik_index=uuid4().bytes,
        nik_sealed=b"-",
        nik_last4="0007",
        name="SITI AMINAH",
        created_at=at,
        updated_at=at,
    )
    point = PayPoint.objects.create(
        id=uuid4(), office=office, village=village, channel="community", name="Balai Talang Semut"
    )
    session = PaySession.objects.create(
        id=uuid4(),
        tranche=tranche,
        point=point,
        office=office,
        channel="community",
        business_date=at.date(),
        starts_at=at - timedelta(hours=1),
        ends_at=at + timedelta(hours=6),
        officer=officer,
    )
    lease = Lease.objects.create(
        id=uuid4(),
        device=device,
        session=session,
        until=at + timedelta(days=1),
        issued_by=f"user:{clerk.id}",
        issued_at=at - timedelta(hours=12),
    )
    visit = Visit.objects.create(
        id=uuid4(),
        tranche=tranche,
        household=household,
        recipient=person,
        number=NUMBER,
        channel="community",
        channel_reason="many_in_village",
        office=office,
        village=village,
        session=session,
        slot_at=at - timedelta(minutes=12),
        status="paid" if paid else "planned",
        total=825_000,
        recipient_name=person.name,
        nik_last4="0007",
        card_last4="4417",
        address="Jl. Kartini RT 03/RW 02",
        lease=lease,
        letter_version=1,
        collectors=[
            {
                "person_id": str(uuid4()),
                "name": "AHMAD FAUZI",
                "birth_year": 1981,
                "relation": "spouse",
                "nik_last4": "0011",
            }
        ],
        letter_printed_at=at - timedelta(days=5),
        planned_at=at - timedelta(days=6),
        updated_at=at,
    )
    payments = tuple(
        _payment(visit, program, amount, months, lead=months > 0, at=at, paid=paid)
        for program, amount, months in (("SEMBAKO", 600_000, 3), ("PKH", 225_000, 0))
    )
    Attempt.objects.create(
        id=uuid4(),
        visit=visit,
        code="absent",
        final=False,
        recorded_by=f"device:{device.id}",
        officer_id=officer.id,
        office=office,
        attempted_at=at - timedelta(days=2),
        business_date=at.date(),
        decision="not_needed",
    )
    hand_over = uuid4()
    if paid:
        _hand_over(visit, payments, hand_over, device=device, officer=officer, at=at)
    return Hand(visit.id, hand_over, tuple(payment.id for payment in payments))


def _payment(
    visit: Visit, program: str, amount: int, months: int, *, lead: bool, at: datetime, paid: bool
) -> Payment:
    order = PaymentOrder.objects.create(
        id=uuid4(),
        tranche=visit.tranche,
        program_id=program,
        number=f"SP2D-{program}-{uuid4()}"[:40],
        amount=amount,
        dated_on=date(2026, 11, 20),
        recorded_by="user:x",
        recorded_at=at,
    )
    name = f"BNBA_{program}_gel1.xlsx"
    digest = hashlib.sha256(f"{name}{order.id}".encode()).hexdigest()
    file = StoredFile.objects.create(
        sha256=digest,
        kind="list",
        media_type="x",
        length=1,
        name=name,
        path=digest,
        received_at=at,
        received_from="user:x",
    )
    source = NominativeList.objects.create(
        id=uuid4(),
        tranche=visit.tranche,
        program_id=program,
        order=order,
        wave=1,
        sender="Kemensos",
        file=file,
        file_name=name,
        control_rows=1,
        control_rupiah=amount,
        status="approved",
        received_by=f"user:{CLERK.id}",
        received_at=at - timedelta(days=9),
        decided_by="user:someone-else",
        decided_at=at - timedelta(days=8),
    )
    record("nominative_list.approved", f"list:{source.id}", {"rows": 1}, by=CLERK)
    entitlement = Entitlement.objects.create(
        id=uuid4(),
        tranche=visit.tranche,
        program_id=program,
        order=order,
        household=visit.household,
        recipient=visit.recipient,
        village=visit.village,
        amount=amount,
        months=months,
        nominative_list=source,
        row_number=10_233,
        content_hash=b"-",
        created_at=at,
        updated_at=at,
    )
    return Payment.objects.create(
        id=uuid4(),
        visit=visit,
        entitlement=entitlement,
        entitlement_version=1,
        program_id=program,
        order=order,
        amount=amount,
        months=months,
        lead=lead,
        status="paid" if paid else "planned",
        updated_at=at,
    )


def _hand_over(
    visit: Visit,
    payments: tuple[Payment, ...],
    event_id: UUID,
    *,
    device: Device,
    officer: User,
    at: datetime,
) -> None:
    for sequence, (kind, each) in enumerate(
        (("verification", uuid4()), ("handed_over", event_id)), 17
    ):
        SignedEvent.objects.create(
            event_id=each,
            kind=kind,
            device_id=device.id,
            sequence=sequence,
            hash=each.bytes * 2,
            raw=b"{}",
            signature=b"-",
            visit_id=visit.id,
            received_at=at + timedelta(minutes=3),
        )
    verification = SignedEvent.objects.get(visit_id=visit.id, kind="verification").event_id
    HandOver.objects.create(
        id=event_id,
        visit=visit,
        device_id=device.id,
        officer_id=officer.id,
        office=visit.office,
        channel="community",
        collector_id=visit.recipient_id,
        relation="self",
        method="face",
        verification_id=verification,
        receipt_mark="signature",
        sop="community/1",
        total=825_000,
        latitude=-2.99123,
        longitude=104.75456,
        accuracy_m=8.0,
        handed_over_at=at,
        business_date=at.date(),
        received_at=at + timedelta(minutes=3),
        booked_at=at + timedelta(minutes=3),
    )
    Judgement.objects.create(
        hand_over_id=event_id,
        verdict="review",
        method="face",
        reasons=["signature_missing"],
        due_at=at,
        judged_at=at + timedelta(hours=1),
    )
    FaceCheck.objects.create(
        id=uuid4(),
        person_id=visit.recipient_id,
        visit_id=visit.id,
        event_id=verification,
        photo_sha256="0" * 64,
        score=0.61,
        verdict="match",
        origin="evidence",
        model_version="sface",
        checked_by="system",
        checked_at=at + timedelta(minutes=4),
    )
    for kind, here in FILES:
        digest = hashlib.sha256(f"{event_id}{kind}".encode()).hexdigest()
        ExpectedEvidence.objects.create(
            event_id=event_id, visit_id=visit.id, sha256=digest, kind=kind, length=1
        )
        if here:
            StoredFile.objects.create(
                sha256=digest,
                kind="evidence",
                media_type="image/jpeg",
                length=1,
                path=digest,
                received_at=at,
                received_from="x",
            )
    cash, given = AccountKey("cash", str(officer.id)), AccountKey("paid", visit.office_id)
    open_accounts([cash, given])
    by = Actor(str(device.id), "device", device.name)
    for payment in payments:
        transfer = uuid4()
        post(
            [
                NewTransfer(
                    id=transfer,
                    source=cash,
                    destination=given,
                    amount=payment.amount,
                    order_id=payment.order_id,
                    reason="paid",
                    reference=f"line:{transfer}",
                    business_date=at.date(),
                )
            ],
            by=by,
        )
        PayoutLine.objects.create(
            id=uuid4(),
            hand_over_id=event_id,
            payment=payment,
            order_id=payment.order_id,
            program_id=payment.program_id,
            officer_id=officer.id,
            amount=payment.amount,
            outcome="paid",
            business_date=at.date(),
            transfer_id=transfer,
        )
    record("hand_over.recorded", f"hand_over:{event_id}", {"total": 825_000}, by=by)
