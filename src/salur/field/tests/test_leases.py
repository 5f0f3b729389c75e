"""Desks of a group pass visits to each other by what their devices signed."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.db.models import Sum

from salur.access.models import Assignment
from salur.access.operations import revoke_device
from salur.access.queries import actor_for
from salur.audit.models import Entry
from salur.casework.models import Case
from salur.casework.operations import follow_journal
from salur.disbursement.models import (
    CheckIn,
    JournalEntry,
    Judgement,
    Lease,
    Payment,
    PayoutLine,
    PaySession,
    Visit,
)
from salur.disbursement.operations import (
    GroupMember,
    break_lease,
    judge_handovers,
    lease_to_group,
    print_codes,
    release_leases,
)
from salur.disbursement.queries.worklists import describe_visits
from salur.disbursement.rules.tokens import claims_for, encode_claims, seal_token
from salur.disbursement.tests.country import PLANNER
from salur.field.operations import apply_events
from salur.field.tests.conftest import Branch, make_person
from salur.field.tests.test_push_and_apply import outcome_of
from salur.intake.models import StoredFile
from salur.kernel import clock
from salur.kernel.actor import SYSTEM
from salur.kernel.canonical import canonical_json
from salur.kernel.clock import iso, now
from salur.kernel.ids import new_id
from salur.kernel.keys import keys
from salur.ledger.queries import balances_for_system
from salur.ledger.rules import AccountKey
from simulator.devices import Device, b64url

pytestmark = pytest.mark.django_db


@dataclass
class Group:
    """Rudi's desk and Yusuf's desk hold the six families of the session together."""

    branch: Branch
    one: Device
    two: Device
    lease: str
    seals: dict[int, str]

    @property
    def visits(self) -> list[dict[str, Any]]:
        return list(self.one.get("/worklist")["visits"])

    def record(self, device: Device, kind: str, body: dict[str, Any]) -> str:
        return device.record(kind, body, lease=self.lease)

    def sync(self, *devices: Device) -> None:
        for device in devices:
            device.push()
        apply_events()


@pytest.fixture
def group(branch: Branch) -> Group:
    other = branch.enrol(make_person("yusuf", "officer", "30000"), "yusuf")
    lease = Lease.objects.get()
    release_leases([lease.id], device_id=UUID(branch.device.device_id), by=SYSTEM)
    made = lease_to_group(
        PaySession.objects.get().id,
        [
            GroupMember(UUID(branch.device.device_id), 1, "payer"),
            GroupMember(UUID(other.device_id), 2, "payer"),
        ],
        by=PLANNER,
    )
    ids = list(Visit.objects.order_by("number").values_list("id", flat=True))
    Visit.objects.filter(id__in=ids[:3]).update(desk=1)
    Visit.objects.filter(id__in=ids[3:]).update(desk=2)
    return Group(branch, branch.device, other, str(made.lease.id), made.seals)


def slip(
    device: Device, kind: str, body: dict[str, Any], *, to: str | None = None, signer: Any = None
) -> dict[str, str]:
    raw = canonical_json(
        {
            "v": 1,
            "slip": kind,
            "id": str(new_id()),
            "from": device.device_id,
            "to": to,
            "session": None,
            "time": iso(now()),
            "body": body,
        }
    )
    return {"bytes": b64url(raw), "signature": b64url((signer or device).sign(raw))}


def accept(visits: list[str], giver: Device, signed: dict[str, str]) -> dict[str, Any]:
    return {"how": "slip", "visits": visits, "from": giver.device_id, "slip": signed}


def desk_of(visit: str) -> int:
    row = Visit.objects.get(id=visit)
    return row.held_desk or row.desk


def test_two_signed_codes_pass_a_family_to_the_other_desk(group: Group) -> None:
    visit = next(v["id"] for v in group.visits if v["desk"] == 1)
    gave = group.record(group.one, "lease_release", {"visits": [visit], "to": group.two.device_id})
    signed = slip(group.one, "release", {"visits": [visit]}, to=group.two.device_id)
    with clock.at(now() + timedelta(seconds=20)):
        took = group.record(group.two, "lease_accept", accept([visit], group.one, signed))
        group.sync(group.two)
        assert desk_of(visit) == 2, "the slip counts before the release has arrived"
        group.sync(group.one)
    assert (outcome_of(gave), outcome_of(took)) == (("applied", ""), ("applied", ""))
    assert desk_of(visit) == 2
    assert not Visit.objects.get(id=visit).passing


def test_a_slip_that_was_not_signed_away_to_this_desk_moves_nothing(group: Group) -> None:
    visit, other = [v["id"] for v in group.visits if v["desk"] == 1][:2]
    stranger = group.branch.enrol(make_person("vera", "officer", "30000"), "vera")
    bad = [
        slip(group.one, "release", {"visits": [visit]}, signer=group.two),
        slip(group.one, "release", {"visits": [visit]}, to=stranger.device_id),
        slip(group.one, "release", {"visits": [other]}),
        slip(group.one, "accept", {"visits": [visit]}),
        slip(stranger, "release", {"visits": [visit]}),
        {"bytes": "e30", "signature": "e30"},
    ]
    events = [
        group.record(group.two, "lease_accept", accept([visit], group.one, signed))
        for signed in bad
    ]
    group.sync(group.two)
    assert {outcome_of(event) for event in events} == {("conflict", "bad_slip")}
    assert desk_of(visit) == 1


def test_a_sealed_code_takes_over_a_dead_phones_families(group: Group) -> None:
    wrong = group.record(
        group.two, "lease_accept", {"how": "seal", "desk": 1, "seal": group.seals[2]}
    )
    right = group.record(
        group.two, "lease_accept", {"how": "seal", "desk": 1, "seal": group.seals[1]}
    )
    group.sync(group.two)
    assert outcome_of(wrong) == ("conflict", "wrong_seal")
    assert outcome_of(right) == ("applied", "")
    assert {visit["desk"] for visit in group.visits} == {2}


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("lease_accept", {"how": "luck"}, "bad_how"),
        ("lease_accept", {"how": "seal", "desk": "1", "seal": "x"}, "bad_desk"),
        ("lease_accept", {"how": "slip", "visits": ["x"]}, "bad_visits"),
        ("lease_release", {"visits": "all"}, "bad_visits"),
    ],
)
def test_a_body_that_makes_no_sense_is_an_outcome(
    group: Group, kind: str, body: dict[str, Any], code: str
) -> None:
    event = group.record(group.one, kind, body)
    group.sync(group.one)
    assert outcome_of(event) == ("conflict", code)


def test_devices_of_the_group_know_each_others_keys(group: Group) -> None:
    [peer] = [p for p in group.one.get("/worklist")["peers"] if p["role"] == "desk"]
    assert (peer["device"], peer["desk"]) == (group.two.device_id, 2)
    assert len(bytes.fromhex(peer["key"])) == 65
    revoke_device(UUID(group.two.device_id), reason="lost", by=actor_for(group.branch.head))
    assert group.one.get("/worklist")["peers"] == []


def pay_at(
    group: Group,
    device: Device,
    visit: dict[str, Any],
    verifier: Device | None = None,
    **ending: Any,
) -> str:
    """A hand-over without photos, under the group's lease; verified at another desk if given."""
    payments = [{"id": p["id"], "amount": p["amount"]} for p in visit["payments"]]
    context = {"visit": visit["id"], "sop": f"{visit['channel']}/1", "lease": group.lease}
    person = visit["recipient"]["person_id"]
    verification = (verifier or device).record(
        "verification",
        {
            "person_id": person,
            "relation": "self",
            "method": "document",
            "score_milli": None,
            "verdict": "unchecked",
            "letter": "scanned",
            "documents": [],
            "evidence": [],
        },
        **context,
    )
    if callable(ending.get("slip")):
        ending["slip"] = ending["slip"](verification)
    return device.record(
        "handed_over",
        {
            "begun": str(new_id()),
            "verification": verification,
            "payments": payments,
            "total": sum(p["amount"] for p in payments),
            "collector": {"person_id": person, "relation": "self"},
            "receipt_mark": "signature",
            "evidence": [],
            **ending,
        },
        **context,
    )


def letter_of(visit: Visit) -> str:
    body = encode_claims(
        claims_for(
            visit=visit.id,
            letter_version=1,
            name=visit.recipient_name,
            payments=tuple(Payment.objects.filter(visit=visit).values_list("id", "amount")),
            tranche=visit.tranche.number,
            key_id=keys.letters.current,
        )
    )
    return seal_token(body, keys.letters.signer.sign(body))


LEASE_DOUBTS = {
    "wrong_desk",
    "group_token",
    "no_money_rights",
    "no_ticket",
    "bad_ticket",
    "unleased",
    "unleased_beyond",
    "online_only",
}


def doubts_of(event_id: str) -> set[str]:
    """What the judgement says of leases, a day later, when evidence is overdue."""
    with clock.at(now() + timedelta(days=2)):
        judge_handovers(by=SYSTEM)
    judgement = Judgement.objects.get(hand_over=event_id)
    assert judgement.verdict == "review"
    return LEASE_DOUBTS & set(judgement.reasons)


def at_desk(group: Group, desk: int, place: int = 0) -> dict[str, Any]:
    return [visit for visit in group.visits if visit["desk"] == desk][place]


class TestWhoPaid:
    """Whatever the desk, the family is paid; what was odd about it goes to a person."""

    def test_the_home_desk_raises_no_doubt(self, group: Group) -> None:
        event = pay_at(group, group.one, at_desk(group, 1))
        group.sync(group.one)
        assert outcome_of(event) == ("applied", "paid")
        assert doubts_of(event) == set()

    @pytest.mark.parametrize(
        ("ending", "doubt"), [({}, "wrong_desk"), ({"stub": True}, "group_token")]
    )
    def test_a_desk_that_did_not_hold_the_family(
        self, group: Group, ending: dict[str, Any], doubt: str
    ) -> None:
        event = pay_at(group, group.two, at_desk(group, 1), **ending)
        group.sync(group.two)
        assert outcome_of(event) == ("applied", "paid")
        assert doubts_of(event) == {doubt}

    def test_a_desk_that_gave_the_family_away(self, group: Group) -> None:
        visit = at_desk(group, 1)
        group.record(group.one, "lease_release", {"visits": [visit["id"]]})
        event = pay_at(group, group.one, visit)
        group.sync(group.one)
        assert outcome_of(event) == ("applied", "paid")
        assert doubts_of(event) == {"wrong_desk"}

    @pytest.mark.parametrize("order", list(itertools.permutations(["giver", "taker", "home"]))[:4])
    def test_a_desk_that_accepted_it_raises_none_in_any_order(
        self, group: Group, order: tuple[str, ...]
    ) -> None:
        visit, mine = at_desk(group, 1), at_desk(group, 2)
        group.record(group.one, "lease_release", {"visits": [visit["id"]]})
        signed = slip(group.one, "release", {"visits": [visit["id"]]})
        with clock.at(now() + timedelta(seconds=30)):
            group.record(group.two, "lease_accept", accept([visit["id"]], group.one, signed))
            event, own = pay_at(group, group.two, visit), pay_at(group, group.two, mine)
        outboxes = {"giver": group.one, "taker": group.two, "home": group.one}
        for name in order:
            group.sync(outboxes[name])
        assert {outcome_of(event), outcome_of(own)} == {("applied", "paid")}
        assert (doubts_of(event), doubts_of(own)) == (set(), set())

    def test_any_order_of_arrival_gives_the_same_books_and_desks(self, group: Group) -> None:
        """Release, acceptance, two hand-overs of one family and a sealed code: 24 of 120 orders."""
        visit, other = at_desk(group, 1), at_desk(group, 1, 1)
        group.record(group.one, "lease_release", {"visits": [visit["id"]]})
        signed = slip(group.one, "release", {"visits": [visit["id"]]})
        pay_at(group, group.one, visit)
        with clock.at(now() + timedelta(minutes=1)):
            group.record(group.two, "lease_accept", accept([visit["id"]], group.one, signed))
            pay_at(group, group.two, visit)
            taken = {"how": "seal", "desk": 1, "seal": group.seals[1]}
            group.record(group.two, "lease_accept", taken)
        sent = [
            (device, event)
            for device in (group.one, group.two)
            for event in device.outbox
            if event.kind != "verification"
        ]
        assert len(sent) == 5
        ends = set()
        for order in itertools.islice(itertools.permutations(sent), 0, 120, 5):
            point = transaction.savepoint()
            for device, event in (*order, order[0]):
                device.outbox = [event]
                device.push()
                apply_events()
            paid = Payment.objects.filter(status="paid").values_list("id", flat=True)
            lines = PayoutLine.objects.values_list("outcome").annotate(sum=Sum("amount"))
            cash = balances_for_system(
                [AccountKey("cash", d.officer["id"]) for d in (group.one, group.two)]
            )
            ends.add(
                (
                    desk_of(visit["id"]),
                    desk_of(other["id"]),
                    tuple(sorted(map(str, paid))),
                    tuple(sorted(lines)),
                    tuple(sorted((str(k), v.posted) for k, v in cash.items())),
                )
            )
            transaction.savepoint_rollback(point)
        assert len(ends) == 1
        assert next(iter(ends))[:2] == (2, 2)

    def test_a_gap_that_may_hold_the_acceptance_is_waited_for(self, group: Group) -> None:
        visit = at_desk(group, 1)
        signed = slip(group.one, "release", {"visits": [visit["id"]]})
        group.record(group.two, "lease_accept", accept([visit["id"]], group.one, signed))
        lost = list(group.two.outbox)
        photo = {"sha256": "a" * 64, "length": 9, "kind": "face"}
        StoredFile.objects.create(
            sha256="a" * 64,
            kind="evidence",
            media_type="image/jpeg",
            length=9,
            path="x",
            received_at=now(),
            received_from="x",
        )
        group.two.outbox.clear()
        event = pay_at(group, group.two, visit, evidence=[photo])
        group.sync(group.two)
        judge_handovers(by=SYSTEM)
        assert Judgement.objects.get(hand_over=event).verdict == "evidence_pending"
        group.two.outbox = lost
        group.sync(group.two)
        assert doubts_of(event) == set()

    def test_a_sealed_code_makes_the_dead_desks_families_ones_own(self, group: Group) -> None:
        visit = at_desk(group, 1)
        late = pay_at(group, group.one, visit)
        group.record(group.two, "lease_accept", {"how": "seal", "desk": 1, "seal": group.seals[1]})
        event = pay_at(group, group.two, visit)
        group.sync(group.two)
        assert outcome_of(event) == ("applied", "paid")
        group.sync(group.one)
        assert outcome_of(late) == ("conflict", "second")
        assert doubts_of(event) == set()

    def test_a_companions_phone_has_no_money_rights_and_opens_a_case(self, group: Group) -> None:
        door = group.branch.enrol(make_person("kiki", "officer", "30000"), "kiki")
        Assignment.objects.filter(user__username="kiki").update(role="companion")
        members = [
            GroupMember(UUID(group.one.device_id), 1, "payer"),
            GroupMember(UUID(group.two.device_id), 2, "payer"),
            GroupMember(UUID(door.device_id), None, "check_in"),
        ]
        lease_to_group(PaySession.objects.get().id, members, by=PLANNER)
        event = pay_at(group, door, at_desk(group, 1))
        group.sync(door)
        assert outcome_of(event) == ("applied", "paid")
        assert doubts_of(event) == {"no_money_rights"}
        for position, entry in enumerate(JournalEntry.objects.order_by("id"), start=1):
            entry.position = position
            entry.save(update_fields=["position"])
        follow_journal()
        assert Case.objects.filter(kind="no_money_rights").count() == 2

    def test_a_broken_lease_is_paid_offline_only_with_a_doubt(self, group: Group) -> None:
        visit = at_desk(group, 1)
        break_lease(UUID(group.lease), reason="hilang", by=actor_for(group.branch.head))
        event = pay_at(group, group.one, visit)
        with clock.at(now() + timedelta(hours=3)):
            group.sync(group.one)
        assert outcome_of(event) == ("applied", "paid")
        assert doubts_of(event) == {"online_only"}


class TestTickets:
    """The verifier's desk signs who stands there; the payer's desk hands over."""

    def ticket(self, group: Group, visit: str, **changes: Any) -> Any:
        def make(verification: str) -> dict[str, str]:
            body = {"visit": visit, "verification": verification, **changes}
            return slip(group.two, "verified", body)

        return make

    def test_a_good_ticket_raises_no_doubt_and_both_people_are_named(self, group: Group) -> None:
        visit = at_desk(group, 1)
        event = pay_at(
            group, group.one, visit, verifier=group.two, slip=self.ticket(group, visit["id"])
        )
        group.sync(group.one, group.two)
        assert doubts_of(event) == set()
        told = Entry.objects.get(kind="hand_over.judged", subject=f"hand_over:{event}").payload
        assert told["verified_by"] == group.two.officer["id"]
        assert told["paid_by"] == group.one.officer["id"]

    def test_no_ticket_and_bad_tickets_are_doubts(self, group: Group) -> None:
        first, second = at_desk(group, 1), at_desk(group, 1, 1)
        without = pay_at(group, group.one, first, verifier=group.two)
        other = self.ticket(group, first["id"])
        wrong = pay_at(group, group.one, second, verifier=group.two, slip=other)
        group.sync(group.two, group.one)
        assert outcome_of(wrong) == ("applied", "paid")
        assert (doubts_of(without), doubts_of(wrong)) == ({"no_ticket"}, {"bad_ticket"})

    def test_a_ticket_of_a_stranger_is_a_doubt(self, group: Group) -> None:
        visit = at_desk(group, 1)
        stranger = group.branch.enrol(make_person("vera", "officer", "30000"), "vera")

        def make(verification: str) -> dict[str, str]:
            return slip(stranger, "verified", {"visit": visit["id"], "verification": verification})

        event = pay_at(group, group.one, visit, verifier=stranger, slip=make)
        group.sync(group.one, stranger)
        assert doubts_of(event) == {"bad_ticket"}


class TestWalkIns:
    """Policy lets a counter pay a few families that are on no device, against letter and code."""

    @pytest.fixture
    def counter(self, branch: Branch) -> tuple[Device, str, list[str], list[Visit]]:
        lease = Lease.objects.get()
        Lease.objects.filter(id=lease.id).update(unleased_most=2, unleased_most_rupiah=5_000_000)
        codes = print_codes(lease.id, by=PLANNER).unleased
        visits = list(Visit.objects.order_by("number"))
        Visit.objects.update(lease=None)
        return branch.device, str(lease.id), list(codes), visits

    def walk_in(
        self, branch: Branch, device: Device, lease: str, visit: Visit, code: str, letter: Visit
    ) -> str:
        shown = describe_visits(Visit.objects.filter(id=visit.id))[0]
        group = Group(branch, device, device, lease, {})
        given = {"letter": letter_of(letter), "code": code}
        return pay_at(group, device, shown, unleased=given)

    def test_within_the_limit_with_letter_and_code(self, branch: Branch, counter: Any) -> None:
        device, lease, codes, visits = counter
        first = self.walk_in(branch, device, lease, visits[0], codes[0], visits[0])
        second = self.walk_in(branch, device, lease, visits[1], codes[1].lower(), visits[1])
        device.push()
        apply_events()
        for event in (first, second):
            assert outcome_of(event) == ("applied", "paid")
            assert doubts_of(event) == {"unleased"}

    def test_beyond_it_or_with_a_wrong_word_it_is_paid_and_looked_at(
        self, branch: Branch, counter: Any
    ) -> None:
        device, lease, codes, visits = counter
        good = self.walk_in(branch, device, lease, visits[0], codes[0], visits[0])
        with clock.at(now() + timedelta(minutes=1)):
            bad = [
                self.walk_in(branch, device, lease, visits[1], codes[0], visits[1]),
                self.walk_in(branch, device, lease, visits[2], "AAAA-BBBB-CCCC", visits[2]),
                self.walk_in(branch, device, lease, visits[3], codes[1], visits[2]),
                self.walk_in(branch, device, str(new_id()), visits[4], codes[1], visits[4]),
            ]
        device.push()
        apply_events()
        assert {outcome_of(event) for event in [good, *bad]} == {("applied", "paid")}
        assert doubts_of(good) == {"unleased"}
        assert [doubts_of(event) for event in bad] == [{"unleased_beyond"}] * 4

    def test_a_phone_that_knows_the_letter_alone_names_payments_by_their_marks(
        self, branch: Branch, counter: Any
    ) -> None:
        device, lease, codes, visits = counter
        shown = describe_visits(Visit.objects.filter(id=visits[0].id))[0]
        nobody = str(UUID(int=0))
        by_letter = {
            **shown,
            "recipient": {**shown["recipient"], "person_id": nobody},
            "payments": [
                {**p, "id": f"00000000-0000-0000-0000-0000{p['id'][-8:]}"}
                for p in shown["payments"]
            ],
        }
        group = Group(branch, device, device, lease, {})
        given = {"letter": letter_of(visits[0]), "code": codes[0]}
        event = pay_at(group, device, by_letter, unleased=given)
        stranger = pay_at(group, device, {**by_letter, "id": str(visits[1].id)}, unleased=given)
        device.push()
        apply_events()
        assert outcome_of(event) == ("applied", "paid")
        assert Visit.objects.get(id=visits[0].id).status == "paid"
        assert outcome_of(stranger) == ("conflict", "unidentified")

    def test_the_sum_is_limited_too(self, branch: Branch, counter: Any) -> None:
        device, lease, codes, visits = counter
        Lease.objects.update(unleased_most_rupiah=2_000_000)
        first = self.walk_in(branch, device, lease, visits[0], codes[0], visits[0])
        with clock.at(now() + timedelta(minutes=1)):
            second = self.walk_in(branch, device, lease, visits[1], codes[1], visits[1])
            device.push()
            apply_events()
        assert (doubts_of(first), doubts_of(second)) == ({"unleased"}, {"unleased_beyond"})


class TestTheEntrance:
    def arrive(self, group: Group, visit: str | None, **changes: Any) -> str:
        body = {"number": 1, "letter": "scanned", "priority": [], "problems": [], **changes}
        session = str(PaySession.objects.get().id)
        return group.one.record("check_in", body, lease=group.lease, visit=visit, session=session)

    def test_arrivals_are_kept_once_each(self, group: Group) -> None:
        visit = group.visits[0]["id"]
        event = self.arrive(group, visit, priority=["old"], problems=["no_card"])
        group.one.push(forget=False)
        apply_events()
        group.sync(group.one)
        assert outcome_of(event) == ("applied", "")
        row = CheckIn.objects.get()
        assert (str(row.visit_id), row.number, row.problems) == (visit, 1, ["no_card"])

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"number": 0}, "bad_number"),
            ({"letter": "eaten"}, "bad_letter"),
            ({"priority": "old"}, "bad_priority"),
            ({"problems": [7]}, "bad_problems"),
        ],
    )
    def test_an_arrival_that_makes_no_sense_is_an_outcome(
        self, group: Group, changes: dict[str, Any], code: str
    ) -> None:
        event = self.arrive(group, visit=None, **changes)
        group.sync(group.one)
        assert outcome_of(event) == ("conflict", code)
