"""What is not clear yet, as the people see it who are to clear it up."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from salur.access.models import User
from salur.access.queries import actor_for
from salur.disbursement.models import DoubtSettlement, FloatSession, Passing
from salur.disbursement.operations import expire_passings
from salur.field.operations import apply_events
from salur.field.tests.conftest import Branch, make_person
from salur.field.tests.conftest import branch as branch
from salur.field.tests.test_doubts import begun as begun
from salur.field.tests.test_passings import Pair
from salur.field.tests.test_passings import pair as pair
from salur.kernel import clock
from salur.kernel.clock import now
from salur.reconciliation.models import SessionClose
from salur.reconciliation.queries.matters import matters_of
from salur.reconciliation.tests.test_closing import cashier as cashier
from salur.reconciliation.tests.test_closing import count
from salur.reconciliation.tests.test_closing import floated as floated
from salur.reconciliation.tests.test_pages import signed_in
from simulator.devices import SignedEvent as Signed

PAGE = "/kas/belum-jelas/"


def test_a_doubt_is_shown_with_both_possibilities_proposed_by_one_and_decided_by_another(
    branch: Branch, begun: tuple[UUID, Signed], floated: FloatSession, cashier: User
) -> None:
    count(branch, 600_000)
    teller, head = signed_in(cashier), signed_in(branch.head)
    address = f"{PAGE}penyerahan/{begun[0]}/"
    [item] = matters_of(actor_for(cashier)).doubts
    assert (item.expected, item.counted, item.if_paid, item.if_not) == (
        1_800_000,
        600_000,
        0,
        -1_200_000,
    )
    assert "Rp1.200.000" in teller.get(PAGE).content.decode()
    teller.post(address, {"dibayar": "ya", "dihitung": "600000", "note": "tidak ada di tas"})
    assert teller.post(f"{address}putusan/", {"setuju": "ya"}).status_code == 403
    assert "tidak ada di tas" in head.get(PAGE).content.decode()
    head.post(f"{address}putusan/", {"setuju": "ya"})
    row = DoubtSettlement.objects.get()
    assert (row.decided_by, row.counted) == (f"user:{branch.head.id}", 600_000)
    assert matters_of(actor_for(cashier)).count == 0


def test_cash_in_transit_is_seen_asked_about_and_settled_with_a_reason(
    branch: Branch, floated: FloatSession, cashier: User, pair: Pair
) -> None:
    pair.give(pair.body())
    pair.push()
    assert "dalam perjalanan" in signed_in(cashier).get(PAGE).content.decode()
    for officer in (branch.officer, pair.sari_user):
        assert "Rp1.000.000" in signed_in(officer).get("/panjar/saya/").content.decode()
    with clock.at(now() + timedelta(hours=25)):
        expire_passings()
    row = Passing.objects.get()
    head = signed_in(branch.head)
    head.post(f"{PAGE}antarpetugas/{row.id}/", {"terjadi": "ya", "note": "ponsel Sari rusak"})
    row.refresh_from_db()
    assert (row.status, row.booked, row.note) == ("booked", 1_000_000, "ponsel Sari rusak")
    stranger = signed_in(make_person("kasimir", "cashier", "31100"))
    assert "Sari" not in stranger.get(PAGE).content.decode()


def test_a_head_closes_over_a_phone_that_is_gone_and_later_gives_up_waiting(
    branch: Branch, floated: FloatSession, cashier: User
) -> None:
    count(branch, 2_500_000)
    apply_events()
    head = signed_in(branch.head)
    assert signed_in(cashier).post(f"/kas/tutup/{floated.id}/kepala/").status_code == 403
    head.post(f"/kas/tutup/{floated.id}/kepala/", {"note": "ponsel hilang"})
    assert SessionClose.objects.get().variance == -500_000
    assert "Rp500.000" in head.get(PAGE).content.decode()
    head.post(f"{PAGE}selisih/{floated.id}/", {"note": "dicari tiga hari"})
    assert matters_of(actor_for(branch.head)).count == 0
