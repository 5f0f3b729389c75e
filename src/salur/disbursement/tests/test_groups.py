"""A group of desks holds a session's visits together and passes them from desk to desk."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction

from salur.access.models import Assignment, Device
from salur.audit.models import Entry
from salur.disbursement.errors import GroupWrong, LeaseOver, VisitLeased
from salur.disbursement.models import Lease, LeasePassing, PaySession, Visit
from salur.disbursement.operations import (
    GroupLease,
    GroupMember,
    PassedVisits,
    break_lease,
    lease_to_group,
    lease_visits,
    plan_payments,
    print_codes,
    record_visit_passings,
    release_leases,
)
from salur.disbursement.queries import worklist_for_device
from salur.disbursement.rules.leases import seal_hash
from salur.disbursement.tests.country import MORNING, PLANNER, Country
from salur.disbursement.tests.test_leases import make_device
from salur.kernel import clock
from salur.kernel.actor import SYSTEM, Actor
from salur.kernel.clock import now
from salur.kernel.ids import new_id

pytestmark = pytest.mark.django_db
HEAD = Actor(
    id="head", kind="user", permissions=frozenset({"disbursement.break_lease"}), offices=("",)
)


class Desks:
    """Two paying desks and a companion at the entrance, with 20 families, ten at each desk."""

    def __init__(self, country: Country) -> None:
        country.add_families(20, country.villages[0])
        plan_payments(country.tranche.id, by=PLANNER)
        self.session = PaySession.objects.get()
        ids = list(Visit.objects.order_by("number").values_list("id", flat=True))
        Visit.objects.filter(id__in=ids[:10]).update(desk=1)
        Visit.objects.filter(id__in=ids[10:]).update(desk=2)
        self.one = make_device(country, "one", public_key=b"\x04" + b"1" * 64)
        self.two = make_device(country, "two", public_key=b"\x04" + b"2" * 64)
        self.door = make_device(country, "door", public_key=b"\x04" + b"3" * 64)
        Assignment.objects.filter(user=self.door.holder).update(role="companion")
        self.members = [
            GroupMember(self.one.id, 1, "payer"),
            GroupMember(self.two.id, 2, "all"),
            GroupMember(self.door.id, None, "check_in"),
        ]
        self.home_one, self.home_two = ids[:10], ids[10:]

    def lease(self) -> GroupLease:
        return lease_to_group(self.session.id, self.members, by=PLANNER)

    def desk_of(self, visit_id: UUID) -> int:
        visit = Visit.objects.get(id=visit_id)
        return visit.held_desk or visit.desk


@pytest.fixture
def desks(country: Country) -> Desks:
    return Desks(country)


def accept(
    lease: Lease, device: Device, giver: Device, *visits: UUID, **changes: object
) -> PassedVisits:
    fact = PassedVisits(
        event_id=new_id(),
        kind="accept",
        lease_id=lease.id,
        device_id=device.id,
        sequence=1,
        at=now(),
        visits=visits,
        from_device=giver.id,
        slip_id=new_id(),
    )
    return replace(fact, **changes)  # type: ignore[arg-type]


def release(lease: Lease, device: Device, *visits: UUID, **changes: object) -> PassedVisits:
    fact = PassedVisits(
        event_id=new_id(),
        kind="release",
        lease_id=lease.id,
        device_id=device.id,
        sequence=1,
        at=now(),
        visits=visits,
    )
    return replace(fact, **changes)  # type: ignore[arg-type]


def seal(lease: Lease, device: Device, desk: int, code: str) -> PassedVisits:
    return PassedVisits(
        event_id=new_id(),
        kind="seal",
        lease_id=lease.id,
        device_id=device.id,
        sequence=1,
        at=now(),
        desk=desk,
        seal=code,
    )


def record(*facts: PassedVisits) -> list[str]:
    codes = record_visit_passings(facts, by=SYSTEM)
    return [codes[fact.event_id] for fact in facts]


class TestTheGroup:
    def test_holds_every_visit_until_a_day_after_the_session(self, desks: Desks) -> None:
        group = desks.lease()
        assert group.taken == 20
        assert group.lease.until == desks.session.ends_at + timedelta(hours=24)
        assert Visit.objects.filter(lease=group.lease).count() == 20

    def test_the_same_group_again_changes_nothing_and_tells_no_code_twice(
        self, desks: Desks
    ) -> None:
        first, second = desks.lease(), desks.lease()
        assert (second.lease.id, second.taken, second.seals) == (first.lease.id, 0, {})
        assert set(first.seals) == {1, 2}

    def test_a_device_may_join_but_nobody_changes_places(
        self, country: Country, desks: Desks
    ) -> None:
        lease = desks.lease().lease
        desks.members.append(GroupMember(make_device(country, "new").id, 2, "payer"))
        assert desks.lease().lease.id == lease.id
        assert lease.members.count() == 4
        desks.members[0] = replace(desks.members[0], desk=2)
        with pytest.raises(GroupWrong):
            desks.lease()

    def test_nobody_else_gets_what_it_holds_nor_it_what_others_hold(
        self, country: Country, desks: Desks
    ) -> None:
        other = make_device(country, "other")
        alone, _ = lease_visits(desks.session.id, other.id, by=PLANNER)
        with pytest.raises(VisitLeased):
            desks.lease()
        release_leases([alone.id], device_id=other.id, by=SYSTEM)
        desks.lease()
        with pytest.raises(VisitLeased):
            lease_visits(desks.session.id, other.id, by=PLANNER)

    @pytest.mark.parametrize(
        "wrong",
        [
            lambda m: [replace(m[0], role="verifier"), m[2]],
            lambda m: [replace(m[0], desk=None)],
            lambda m: [m[0], m[0]],
            lambda m: [m[0], replace(m[2], role="payer", desk=3)],
            lambda m: [replace(m[0], role="king")],
            lambda m: [replace(m[0], desk=100)],
        ],
        ids=["nobody pays", "no desk", "twice", "companion pays", "no role", "desk 100"],
    )
    def test_a_group_that_cannot_work_is_refused(self, desks: Desks, wrong: object) -> None:
        desks.members = wrong(desks.members)  # type: ignore[operator]
        with pytest.raises(GroupWrong):
            desks.lease()
        assert not Lease.objects.exists()

    def test_families_of_a_desk_without_a_device_go_to_those_that_have_one(
        self, desks: Desks
    ) -> None:
        Visit.objects.filter(id__in=desks.home_two[:6]).update(desk=3)
        desks.lease()
        assert set(Visit.objects.values_list("desk", flat=True)) == {1, 2}
        assert Visit.objects.filter(desk=1).count() == 13

    def test_where_the_letter_names_no_desk_none_stands_idle(self, desks: Desks) -> None:
        Visit.objects.update(desk=1)
        PaySession.objects.update(desks=2)
        desks.lease()
        assert Visit.objects.filter(desk=1).count() == 20
        Lease.objects.update(status="released")
        PaySession.objects.update(desks=1)
        desks.lease()
        assert Visit.objects.filter(desk=2).count() == 10

    def test_its_visits_are_free_when_the_last_paying_device_gave_its_part_back(
        self, desks: Desks
    ) -> None:
        lease = desks.lease().lease
        assert release_leases([lease.id], device_id=desks.door.id, by=SYSTEM) == 0
        assert release_leases([lease.id], device_id=desks.one.id, by=SYSTEM) == 0
        assert worklist_for_device(desks.one, changed_since=None)["visits"] == []
        assert release_leases([lease.id], device_id=desks.two.id, by=SYSTEM) == 20

    def test_a_broken_one_leaves_its_families_payable_online_only(
        self, country: Country, desks: Desks
    ) -> None:
        lease = desks.lease().lease
        break_lease(lease.id, reason="hilang", by=HEAD)
        other = make_device(country, "other")
        lease_visits(desks.session.id, other.id, by=PLANNER)
        visits = worklist_for_device(other, changed_since=None)["visits"]
        assert {visit["online_only"] for visit in visits} == {True}
        with clock.at(lease.until):
            lease_visits_again = worklist_for_device(other, changed_since=None)
        assert lease_visits_again["visits"] == []


class TestPassing:
    def test_a_visit_goes_to_the_desk_that_accepted_it(self, desks: Desks) -> None:
        lease = desks.lease().lease
        visit = desks.home_one[0]
        assert record(release(lease, desks.one, visit)) == ["passed"]
        assert (desks.desk_of(visit), Visit.objects.get(id=visit).passing) == (1, True)
        assert record(accept(lease, desks.two, desks.one, visit)) == ["passed"]
        assert (desks.desk_of(visit), Visit.objects.get(id=visit).passing) == (2, False)

    def test_an_acceptance_counts_before_the_release_has_arrived(self, desks: Desks) -> None:
        lease = desks.lease().lease
        visit = desks.home_one[0]
        record(accept(lease, desks.two, desks.one, visit, at=now()))
        assert desks.desk_of(visit) == 2
        record(release(lease, desks.one, visit, at=now() - timedelta(minutes=1)))
        assert (desks.desk_of(visit), Visit.objects.get(id=visit).passing) == (2, False)

    def test_a_desk_takes_its_own_release_back(self, desks: Desks) -> None:
        lease = desks.lease().lease
        visit, moment = desks.home_one[0], now()
        record(release(lease, desks.one, visit, at=moment))
        record(accept(lease, desks.one, desks.one, visit, at=moment + timedelta(minutes=1)))
        assert (desks.desk_of(visit), Visit.objects.get(id=visit).passing) == (1, False)

    def test_any_order_and_repetition_ends_at_the_same_desks(self, desks: Desks) -> None:
        group = desks.lease()
        lease, start = group.lease, now()

        def at(minutes: int) -> object:
            return start + timedelta(minutes=minutes)

        first, second = desks.home_one[:2]
        slip = new_id()
        facts = [
            release(lease, desks.one, first, at=at(1)),
            accept(lease, desks.two, desks.one, first, at=at(2), slip_id=slip),
            release(lease, desks.two, first, at=at(3)),
            accept(lease, desks.one, desks.two, first, at=at(4)),
            accept(lease, desks.two, desks.one, first, at=at(5), slip_id=slip),
            replace(seal(lease, desks.two, 1, group.seals[1]), at=at(6)),  # type: ignore[arg-type]
        ]
        ends = set()
        for order in itertools.islice(itertools.permutations(facts), 0, 720, 37):
            point = transaction.savepoint()
            for fact in (*order, order[0]):
                record(fact)
            ends.add(
                (desks.desk_of(first), desks.desk_of(second), desks.desk_of(desks.home_two[0]))
            )
            transaction.savepoint_rollback(point)
        assert ends == {(2, 2, 2)}

    def test_a_slip_moves_a_visit_once(self, desks: Desks) -> None:
        lease = desks.lease().lease
        visit, slip, start = desks.home_one[0], new_id(), now()
        there = accept(lease, desks.two, desks.one, visit, slip_id=slip, at=start)
        back = accept(lease, desks.one, desks.two, visit, at=start + timedelta(minutes=1))
        again = replace(there, event_id=new_id(), at=start + timedelta(minutes=2))
        record(there, back, again)
        assert desks.desk_of(visit) == 1

    def test_what_is_worth_nothing_moves_nothing_and_is_told(
        self, country: Country, desks: Desks
    ) -> None:
        lease = desks.lease().lease
        visit = desks.home_one[0]
        stranger = make_device(country, "stranger")
        codes = record(
            accept(lease, desks.two, desks.one, visit, problem="bad_slip"),
            accept(lease, desks.two, stranger, visit),
            accept(lease, stranger, desks.one, visit),
            accept(lease, desks.door, desks.one, visit),
            accept(lease, desks.two, desks.door, visit),
            accept(lease, desks.two, desks.one, visit, lease_id=new_id()),
            seal(lease, desks.two, 1, "AAAA-AAAA-AAAA"),
        )
        assert codes == [
            "bad_slip",
            "bad_slip",
            "not_in_group",
            "no_money_rights",
            "bad_slip",
            "no_such_group",
            "wrong_seal",
        ]
        assert desks.desk_of(visit) == 1
        assert not LeasePassing.objects.exists()


class TestSealedCodes:
    def test_a_code_moves_what_the_dead_desk_still_held(self, desks: Desks) -> None:
        group = desks.lease()
        code = group.seals[1].lower().replace("-", " ")
        assert record(seal(group.lease, desks.two, 1, code)) == ["passed"]
        assert {desks.desk_of(visit) for visit in desks.home_one + desks.home_two} == {2}

    def test_only_hashes_are_kept_and_the_envelope_printed_before_stays_good(
        self, desks: Desks
    ) -> None:
        group = desks.lease()
        newer = print_codes(group.lease.id, by=PLANNER).seals
        lease = Lease.objects.get(id=group.lease.id)
        assert lease.seals["1"] == [
            seal_hash(lease.id, 1, group.seals[1]),
            seal_hash(lease.id, 1, newer[1]),
        ]
        assert record(seal(lease, desks.two, 1, group.seals[1])) == ["passed"]
        told = " ".join(str(entry.payload) for entry in Entry.objects.all())
        assert group.seals[1] not in told
        worklist = worklist_for_device(desks.two, changed_since=None)
        assert worklist["lease"]["seals"]["1"] == lease.seals["1"][-1]

    def test_no_envelopes_for_a_lease_that_is_over(self, desks: Desks) -> None:
        lease = desks.lease().lease
        with clock.at(lease.until), pytest.raises(LeaseOver):
            print_codes(lease.id, by=PLANNER)


class TestTheWorklist:
    def test_every_desk_has_the_whole_group_and_knows_who_holds_what(self, desks: Desks) -> None:
        lease = desks.lease().lease
        record(accept(lease, desks.two, desks.one, desks.home_one[0]))
        for device, desk, role in ((desks.one, 1, "payer"), (desks.two, 2, "all")):
            worklist = worklist_for_device(device, changed_since=None)
            assert worklist["lease"]["kind"] == "group"
            assert (worklist["lease"]["desk"], worklist["lease"]["role"]) == (desk, role)
            desks_told = [visit["desk"] for visit in worklist["visits"]]
            assert sorted(desks_told) == [1] * 9 + [2] * 11

    def test_the_entrance_gets_no_codes_and_no_key_to_numbers(self, desks: Desks) -> None:
        desks.lease()
        worklist = worklist_for_device(desks.door, changed_since=None)
        assert (worklist["lease"]["role"], worklist["lease"]["desk"]) == ("check_in", None)
        assert worklist["lease"]["seals"] == {}
        assert "collector_key" not in worklist["lease"]
        assert len(worklist["visits"]) == 20

    def test_peers_are_the_group_and_the_cash_of_the_office(
        self, country: Country, desks: Desks
    ) -> None:
        make_device(country, "third", public_key=b"\x04" + b"4" * 64)
        gone = make_device(country, "gone", status="revoked")
        desks.lease()
        peers = worklist_for_device(desks.one, changed_since=None)["peers"]
        found = {(peer["name"], peer["role"], peer["desk"]) for peer in peers}
        assert found == {
            ("two", "desk", 2),
            ("door", "companion", None),
            ("third", "officer", None),
        }
        assert str(gone.id) not in {peer["device"] for peer in peers}
        assert peers[0]["key"].startswith("04")

    def test_a_cursor_brings_what_is_gone(self, country: Country, desks: Desks) -> None:
        lease = desks.lease().lease
        later = MORNING + timedelta(hours=1)
        with clock.at(later):
            assert worklist_for_device(desks.one, changed_since=MORNING)["gone"] == []
            break_lease(lease.id, reason="hilang", by=HEAD)
            answer = worklist_for_device(desks.one, changed_since=MORNING)
            assert answer["lease"] is None
            assert len(answer["gone"]) == 20
            lease_visits(desks.session.id, desks.one.id, by=PLANNER, desk=1)
            answer = worklist_for_device(desks.one, changed_since=MORNING)
            assert sorted(answer["gone"]) == sorted(map(str, desks.home_two))
        with clock.at(later + timedelta(minutes=5)):
            answer = worklist_for_device(desks.one, changed_since=now())
            assert (answer["gone"], answer["visits"]) == ([], [])

    def test_a_passed_visit_comes_again_with_its_new_desk(self, desks: Desks) -> None:
        lease = desks.lease().lease
        with clock.at(MORNING + timedelta(hours=1)):
            record(accept(lease, desks.two, desks.one, desks.home_one[0]))
            answer = worklist_for_device(desks.one, changed_since=now())
        assert [(v["id"], v["desk"]) for v in answer["visits"]] == [(str(desks.home_one[0]), 2)]
