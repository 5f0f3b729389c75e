"""A companion helps the own families and nobody else's; other people decide."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.test import Client

from salur.access.errors import SamePerson
from salur.access.models import User
from salur.access.operations import create_user, grant_role
from salur.access.queries import actor_for
from salur.audit.models import Entry
from salur.casework.errors import (
    AlreadyExplained,
    CaseSettled,
    CompanionUnknown,
    FamilyNotYours,
    ProposalDecided,
    WrongProposal,
)
from salur.casework.models import Case, Invitation
from salur.casework.operations import (
    decide_proposal,
    explain_failure,
    follow_journal,
    form_groups,
    hand_out_invitations,
    open_grievance,
    propose_change,
    settle_case,
)
from salur.casework.queries import (
    cases_visible_to,
    companions_visible_to,
    failures_to_explain,
    families_of,
    villages_without_companion,
)
from salur.casework.rules import deal_groups
from salur.disbursement.models import Attempt, JournalEntry, Visit
from salur.field.operations import apply_events
from salur.field.tests.conftest import Branch, make_person
from salur.field.tests.conftest import branch as branch
from salur.field.tests.test_push_and_apply import pay
from salur.kernel.actor import SYSTEM, Actor
from salur.kernel.errors import Forbidden
from salur.registry.models import Person

VILLAGE = "16.71.05.1001"


@dataclass
class Help:
    branch: Branch
    companion: User
    other: User

    @property
    def sari(self) -> Actor:
        return actor_for(self.companion)

    @property
    def head(self) -> Actor:
        return actor_for(self.branch.head)


def make_companion(username: str) -> User:
    user = create_user(username, name=username.title(), password="kata-sandi-uji-9132", by=SYSTEM)
    grant_role(user.id, "companion", region="16.71", by=SYSTEM)
    return User.objects.get(id=user.id)


@pytest.fixture
def help_(branch: Branch) -> Help:
    """Sari has the branch's six families in one group; Tono has none."""
    story = Help(branch, make_companion("sari"), make_companion("tono"))
    form_groups(story.companion.id, VILLAGE, by=story.head)
    return story


def fail(branch: Branch, code: str = "absent") -> Attempt:
    visit = branch.device.get("/worklist")["visits"][0]
    event_id = branch.device.record(
        "attempt_failed", {"code": code, "note": "", "evidence": []}, visit=visit["id"]
    )
    branch.device.push()
    apply_events()
    return Attempt.objects.get(id=event_id)


@pytest.mark.parametrize(
    ("families", "sizes"), [(0, []), (6, [6]), (60, [30, 30]), (76, [26, 25, 25])]
)
def test_groups_are_about_twenty_five_and_even(families: int, sizes: list[int]) -> None:
    assert [len(group) for group in deal_groups(range(families))] == sizes


def test_a_companion_sees_the_own_families_and_another_one_nothing(help_: Help) -> None:
    assert len(families_of(help_.sari)) == 6
    assert families_of(actor_for(help_.other)) == []
    with pytest.raises(Forbidden):
        families_of(help_.head)


def test_forming_groups_again_moves_nobody(help_: Help) -> None:
    assert form_groups(help_.other.id, VILLAGE, by=help_.head) == []
    assert len(families_of(help_.sari)) == 6


def test_only_own_letters_are_marked_and_only_once(help_: Help) -> None:
    visits = list(Visit.objects.values_list("id", flat=True))
    assert hand_out_invitations(visits, by=actor_for(help_.other)) == 0
    assert hand_out_invitations(visits[:2], by=help_.sari) == 2
    assert hand_out_invitations(visits[:2], by=help_.sari) == 0
    assert Invitation.objects.count() == 2


def test_a_failed_payment_is_explained_once_by_the_familys_own_companion(help_: Help) -> None:
    attempt = fail(help_.branch)
    assert [row.id for row in failures_to_explain(help_.sari)] == [attempt.id]
    with pytest.raises(FamilyNotYours):
        explain_failure(attempt.id, "working_away", "", by=actor_for(help_.other))
    explain_failure(attempt.id, "working_away", "pulang Sabtu", by=help_.sari)
    assert not failures_to_explain(help_.sari).exists()
    with pytest.raises(AlreadyExplained):
        explain_failure(attempt.id, "working_away", "", by=help_.sari)


class TestProposals:
    def died(self, help_: Help):
        person = Person.objects.order_by("id").first()
        return person, propose_change(
            person.household_id, "died", person_id=person.id, note="surat RT", by=help_.sari
        )

    def test_a_death_stands_in_the_registry_only_after_another_person_approved(
        self, help_: Help
    ) -> None:
        person, proposal = self.died(help_)
        person.refresh_from_db()
        assert person.vital_status == "alive"
        decide_proposal(proposal.id, approve=True, by=help_.head)
        person.refresh_from_db()
        assert person.vital_status == "deceased"
        with pytest.raises(ProposalDecided):
            decide_proposal(proposal.id, approve=False, by=help_.head)

    def test_nobody_approves_the_own_proposal(self, help_: Help) -> None:
        _, proposal = self.died(help_)
        both = Actor(
            id=str(help_.companion.id),
            kind="user",
            permissions=frozenset({"casework.approve_change"}),
            regions=("",),
        )
        with pytest.raises(SamePerson):
            decide_proposal(proposal.id, approve=True, by=both)

    def test_what_is_missing_is_named(self, help_: Help) -> None:
        household = Person.objects.first().household_id
        with pytest.raises(WrongProposal, match="address"):
            propose_change(household, "moved", by=help_.sari)

    def test_another_companions_family_cannot_be_changed(self, help_: Help) -> None:
        with pytest.raises(FamilyNotYours):
            propose_change(
                Person.objects.first().household_id,
                "moved",
                payload={"address": "Jl. Baru"},
                by=actor_for(help_.other),
            )


class TestCases:
    def test_a_second_hand_over_opens_one_case_with_a_ticket_and_a_deadline(
        self, help_: Help
    ) -> None:
        visit = help_.branch.device.get("/worklist")["visits"][0]
        pay(help_.branch.device, visit)
        pay(help_.branch.device, visit)
        help_.branch.device.push()
        apply_events()
        # The sequencer numbers rows of ended transactions; this test's has not ended.
        for number, entry in enumerate(JournalEntry.objects.order_by("id"), 1):
            JournalEntry.objects.filter(id=entry.id).update(position=number)
        assert follow_journal() > 0
        assert follow_journal() == 0
        cases = list(Case.objects.order_by("ticket"))
        assert [case.kind for case in cases] == ["second_hand_over"] * 2
        assert [case.ticket for case in cases] == ["K26-000001", "K26-000002"]
        assert cases_visible_to(help_.head).count() == 2

    def test_an_anonymous_complaint_keeps_no_trace_of_who_brought_it(self, help_: Help) -> None:
        case = open_grievance("Dipotong Rp50.000", VILLAGE, anonymous=True, by=help_.sari)

        entry = Entry.objects.get(subject=f"case:{case.id}")
        assert entry.actor == "system:system"
        settle_case(case.id, "Uang dikembalikan", by=help_.head)
        with pytest.raises(CaseSettled):
            settle_case(case.id, "lagi", by=help_.head)


def test_the_pages_open_for_those_they_are_for(help_: Help) -> None:
    fail(help_.branch)
    household = Person.objects.first().household_id
    companion, head = Client(), Client()
    companion.force_login(help_.companion)
    head.force_login(help_.branch.head)
    for client, path, status in [
        (companion, "/keluarga/", 200),
        (companion, f"/keluarga/{household}/", 200),
        (companion, "/keluarga/gagal/", 200),
        (companion, "/kasus/keluhan/", 200),
        (companion, "/usulan/", 403),
        (head, "/usulan/", 200),
        (head, "/kasus/", 200),
        (head, "/keluarga/", 403),
    ]:
        assert client.get(path).status_code == status, path


def test_an_outsider_sees_nothing(help_: Help) -> None:
    outsider = Client()
    outsider.force_login(make_person("lain", "officer", "31100"))
    for path in ("/keluarga/", "/usulan/", "/kasus/", "/keluarga/gagal/"):
        assert outsider.get(path).status_code == 403


def test_a_head_sees_companions_and_forms_groups_on_the_page(help_: Help) -> None:
    country = help_.branch.country
    country.add_families(3, "16.71.05.1002")
    client = Client()
    client.force_login(help_.branch.head)
    shown = client.get("/pendamping/").content.decode()
    assert "Sari" in shown
    assert "26 Ilir · 3" in shown
    form = {"companion": str(help_.other.id), "village": "16.71.05.1002"}
    client.post("/pendamping/", form)
    [sari, tono] = companions_visible_to(help_.head)
    assert (sari.name, sari.families, sari.groups, sari.unpaid) == ("Sari", 6, 1, 6)
    assert (tono.name, tono.families) == ("Tono", 3)
    assert villages_without_companion(help_.head) == []


def test_a_companion_is_given_families_of_the_own_region_only(help_: Help) -> None:
    country = help_.branch.country
    country.add_families(1, "16.72.01.1001")
    everywhere = Actor(
        id="x",
        kind="user",
        permissions=frozenset({"casework.manage_companions"}),
        regions=("",),
    )
    with pytest.raises(CompanionUnknown):
        form_groups(help_.companion.id, "16.72.01.1001", by=everywhere)


def test_a_form_that_names_no_id_is_no_error_of_the_server(help_: Help) -> None:
    client = Client()
    client.force_login(help_.companion)
    form = {"attempt": "bukan-id", "code": "working_away"}
    assert client.post("/keluarga/gagal/", form).status_code == 422
    client.force_login(help_.branch.head)
    assert client.post("/usulan/", {"proposal": "bukan-id"}).status_code == 302
