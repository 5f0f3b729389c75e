"""A session with many families: who came, how fast it goes, and moving it by a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.test import Client

from salur.access.operations import create_user, grant_role
from salur.disbursement.errors import NothingToMove, SessionTaken, UnknownSession
from salur.disbursement.models import (
    FloatSession,
    JournalEntry,
    Lease,
    LeaseDevice,
    PaySession,
    Visit,
)
from salur.disbursement.operations import (
    CheckedIn,
    lease_visits,
    move_session,
    plan_payments,
    record_check_ins,
    record_handovers,
)
from salur.disbursement.queries.events import event_standing, troubles_of
from salur.disbursement.queries.leases import holders_of_session
from salur.disbursement.tests.country import MORNING, OUTSIDER, PLANNER, Country, make_officer
from salur.disbursement.tests.test_leases import make_device
from salur.disbursement.tests.test_record_handovers import hand_over
from salur.kernel import clock
from salur.kernel.actor import SYSTEM
from salur.kernel.clock import now
from salur.kernel.errors import Forbidden
from salur.kernel.ids import new_id
from salur.messaging.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(country: Country) -> Iterator[PaySession]:
    """Twenty families on Monday, half past nine local time."""
    country.add_families(20, country.villages[0])
    plan_payments(country.tranche.id, by=PLANNER)
    session = PaySession.objects.get()
    with clock.at(session.starts_at + timedelta(minutes=90)):
        yield session


def arrive(session: PaySession, visit: Visit | None, number: int, **changes: object) -> CheckedIn:
    values = {
        "event_id": new_id(),
        "session_id": session.id,
        "visit_id": visit.id if visit else None,
        "number": number,
        "letter": "scanned",
        "priority": (),
        "problems": (),
        "device_id": UUID(int=5),
        "at": now(),
        **changes,
    }
    return CheckedIn(**values)  # type: ignore[arg-type]


def pay(session: PaySession, visits: list[Visit], minutes_apart: int) -> None:
    first = now() - timedelta(minutes=minutes_apart * len(visits))
    facts = []
    for place, visit in enumerate(visits):
        at = first + timedelta(minutes=minutes_apart * place)
        facts.append(
            hand_over(visit, session_id=session.id, device_time=at, server_time=at, received_at=at)
        )
    record_handovers(facts, by=SYSTEM)


def give_float(country: Country, session: PaySession, amount: int) -> None:
    FloatSession.objects.create(
        id=new_id(),
        officer=make_officer("bendahara", country),
        office=country.offices[0],
        session=session,
        business_date=session.business_date,
        amount=amount,
        status="accepted",
        issued_by="cashier",
        issued_at=now(),
        expires_at=now(),
        idempotency_key=str(new_id()),
    )


class TestTheQueue:
    def test_heads_are_counted_against_cash(self, country: Country, session: PaySession) -> None:
        visits = list(Visit.objects.order_by("number"))
        arrivals = [arrive(session, visit, n) for n, visit in enumerate(visits[:12], start=1)]
        arrivals += [
            arrive(session, visits[0], 13),
            arrive(session, None, 14, problems=("not_on_list",)),
            arrive(session, visits[11], 15, priority=("old",)),
        ]
        record_check_ins([*arrivals, arrivals[0]], by=SYSTEM)
        give_float(country, session, 6_000_000)
        pay(session, visits[:4], minutes_apart=10)
        standing = event_standing(PLANNER, session)
        assert (standing.families, standing.arrived, standing.unlisted) == (20, 13, 1)
        assert (standing.served, standing.waiting, standing.priority_waiting) == (4, 8, 1)
        assert (standing.waiting_rupiah, standing.cash_left) == (8 * 600_000, 3_600_000)
        assert standing.short_rupiah == 1_200_000
        assert standing.per_hour == 6
        assert standing.clear_at == now() + timedelta(minutes=80)
        assert standing.cash_out_at == now() + timedelta(minutes=60)

    def test_without_a_pace_nothing_is_foretold(self, session: PaySession) -> None:
        record_check_ins([arrive(session, Visit.objects.first(), 1)], by=SYSTEM)
        standing = event_standing(PLANNER, session)
        assert (standing.per_hour, standing.clear_at, standing.cash_out_at) == (None, None, None)

    def test_it_is_one_query_whatever_the_number(
        self, session: PaySession, django_assert_num_queries: object
    ) -> None:
        with django_assert_num_queries(1):  # type: ignore[operator]
            event_standing(PLANNER, session)

    def test_troubles_are_told_once_a_family(self, session: PaySession) -> None:
        visit = Visit.objects.order_by("number").first()
        record_check_ins(
            [
                arrive(session, visit, 1, problems=("no_card",)),
                arrive(session, visit, 2, problems=("no_card", "name_differs")),
                arrive(session, None, 3, problems=("not_on_list",)),
            ],
            by=SYSTEM,
        )
        told = {row.name: set(row.problems) for row in troubles_of(PLANNER, session)}
        assert visit is not None
        assert told == {visit.recipient_name: {"no_card", "name_differs"}, "": {"not_on_list"}}

    def test_strangers_are_told_nothing(self, session: PaySession) -> None:
        with pytest.raises(Forbidden):
            event_standing(OUTSIDER, session)


class TestMovingASession:
    def test_families_leases_and_letters_go_along(
        self, country: Country, session: PaySession
    ) -> None:
        device = make_device(country, "one")
        lease, _ = lease_visits(session.id, device.id, by=PLANNER)
        slots = dict(Visit.objects.values_list("id", "slot_at"))
        day = session.business_date + timedelta(days=1)
        assert move_session(session.id, day, by=PLANNER) == 20
        assert move_session(session.id, day, by=PLANNER) == 0
        moved = PaySession.objects.get()
        assert (moved.business_date, moved.ends_at) == (day, session.ends_at + timedelta(days=1))
        for visit in Visit.objects.all():
            assert visit.slot_at == slots[visit.id] + timedelta(days=1)
        assert Lease.objects.get(id=lease.id).until == lease.until + timedelta(days=1)
        assert Message.objects.filter(template="moved").count() == 20
        last = JournalEntry.objects.order_by("-id").first()
        assert last is not None
        assert (last.kind, last.to_date) == ("replanned", day)

    def test_an_earlier_day_never_shortens_a_lease(
        self, country: Country, session: PaySession
    ) -> None:
        later = session.business_date + timedelta(days=2)
        move_session(session.id, later, by=PLANNER)
        lease, _ = lease_visits(session.id, make_device(country, "one").id, by=PLANNER)
        move_session(session.id, later - timedelta(days=1), by=PLANNER)
        assert Lease.objects.get(id=lease.id).until == lease.until

    def test_what_cannot_be_is_refused(self, country: Country, session: PaySession) -> None:
        day = session.business_date
        PaySession.objects.create(
            id=new_id(),
            tranche=session.tranche,
            point=session.point,
            office=session.office,
            channel=session.channel,
            business_date=day + timedelta(days=1),
            starts_at=session.starts_at + timedelta(days=1),
            ends_at=session.ends_at + timedelta(days=1),
        )
        with pytest.raises(SessionTaken):
            move_session(session.id, day + timedelta(days=1), by=PLANNER)
        for wrong in (MORNING.date(), date(2027, 1, 1)):
            with pytest.raises(NothingToMove):
                move_session(session.id, wrong, by=PLANNER)
        with pytest.raises(UnknownSession):
            move_session(new_id(), day, by=PLANNER)
        with pytest.raises(Forbidden):
            move_session(session.id, day, by=OUTSIDER)


class TestPages:
    def sign_in(self, role: str, name: str) -> Client:
        user = create_user(
            name, name=name, password="kata-sandi-uji-9132", office="30000", by=SYSTEM
        )
        grant_role(user.id, role, office="30000", by=SYSTEM)
        client = Client()
        client.force_login(user)
        return client

    def test_a_group_is_leased_its_codes_told_once_and_its_lease_broken_by_another(
        self, country: Country, session: PaySession
    ) -> None:
        cashier, head = self.sign_in("cashier", "kasir"), self.sign_in("branch_head", "kepala")
        one, two = make_device(country, "one"), make_device(country, "two")
        form = {f"peran_{one.id}": "payer", f"meja_{one.id}": "1"}
        form |= {f"peran_{two.id}": "verifier", f"meja_{two.id}": "1"}
        answer = cashier.post(f"/sesi/{session.id}/kelompok/", form)
        assert b"envelope-code" in answer.content
        assert "no-store" in answer.headers["Cache-Control"]
        again = cashier.post(f"/sesi/{session.id}/kelompok/", form)
        assert again.status_code == 302
        lease = Lease.objects.get()
        assert LeaseDevice.objects.filter(lease=lease).count() == 2
        shown = cashier.get(f"/sesi/{session.id}/").content.decode()
        assert "Perangkat dan titipan" in shown
        assert b"envelope-code" in cashier.post(f"/titipan/{lease.id}/kode/").content
        assert cashier.post(f"/titipan/{lease.id}/putus/", {"alasan": "x"}).status_code == 403
        head.post(f"/titipan/{lease.id}/putus/", {"alasan": ""})
        assert Lease.objects.get().status == "active"
        head.post(f"/titipan/{lease.id}/putus/", {"alasan": "ponsel hilang"})
        assert Lease.objects.get().status == "broken"

    def test_the_queue_is_asked_for_again_and_again(self, session: PaySession) -> None:
        cashier = self.sign_in("cashier", "kasir")
        assert b"hx-get" not in cashier.get(f"/sesi/{session.id}/").content
        record_check_ins(
            [arrive(session, Visit.objects.first(), 1, problems=("no_card",))], by=SYSTEM
        )
        assert b"/antrean/" in cashier.get(f"/sesi/{session.id}/").content
        address = f"/sesi/{session.id}/antrean/"
        assert cashier.get(address)["Location"] == f"/sesi/{session.id}/"
        panel = cashier.get(address, headers={"HX-Request": "true"}).content.decode()
        assert "kartu keluarga tidak dibawa" in panel
        assert "<html" not in panel

    def test_a_planner_moves_a_session(self, session: PaySession) -> None:
        planner = self.sign_in("planner", "perencana")
        day = session.business_date + timedelta(days=1)
        planner.post(f"/sesi/{session.id}/pindah/", {"hari": "kapan-kapan"})
        assert PaySession.objects.get().business_date == session.business_date
        planner.post(f"/sesi/{session.id}/pindah/", {"hari": day.isoformat()})
        assert PaySession.objects.get().business_date == day


def test_the_page_tells_who_holds_what(country: Country, session: PaySession) -> None:
    device = make_device(country, "one")
    lease_visits(session.id, device.id, by=PLANNER)
    [row] = holders_of_session(PLANNER, session)
    assert (row.device.id, row.holds, row.unsent) == (device.id, 20, 0)
