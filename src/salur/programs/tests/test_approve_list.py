"""Approval by a second person writes people, families and entitlements; held rows wait."""

from __future__ import annotations

import pytest

from salur.access.errors import SamePerson
from salur.audit.models import Entry
from salur.kernel.errors import Forbidden
from salur.kernel.sealing import unseal
from salur.programs import operations, queries
from salur.programs.errors import (
    AbsentNotConfirmed,
    CountsDiffer,
    EntitlementsTaken,
    ListInWrongState,
    ListOutdated,
    ListReceivedAlready,
    NoteMissing,
    TooManyAbsent,
)
from salur.programs.models import Entitlement, NominativeList, PendingChange
from salur.programs.tests.ward import (
    APPROVER,
    BOTH_HATS,
    CLERK,
    HEADER,
    OUTSIDER,
    PKH_HEADER,
    Ward,
    families,
    family,
)
from salur.registry.models import Change, Household, Person
from salur.registry.operations import apply_change
from salur.registry.queries import CARD_FIELD, NIK_FIELD


def approve_as(ward: Ward, checked: NominativeList, by) -> NominativeList:
    payable = checked.counts["payable"]
    return operations.approve_nominative_list(
        checked.id, rows=payable["rows"], rupiah=payable["rupiah"], by=by
    )


def test_approval_writes_one_entitlement_per_row(ward: Ward) -> None:
    approved = ward.pass_wave(families(30))
    assert approved.status == "approved"
    assert Entitlement.objects.count() == Household.objects.count() == Person.objects.count() == 30
    assert set(Entitlement.objects.values_list("state", "version")) == {("open", 1)}


def test_numbers_open_under_the_ids_they_were_sealed_under(ward: Ward) -> None:
    ward.pass_wave(families(3))
    person = Person.objects.get(name="SITI B")
    assert unseal(person.nik_sealed, field=NIK_FIELD, subject=person.id) == family(1)["nik"]
    card = person.household.card_sealed
    opened = unseal(card, field=CARD_FIELD, subject=person.household_id)
    assert opened == family(1)["family_card"]


def test_the_one_who_received_a_list_cannot_approve_it(ward: Ward) -> None:
    checked = ward.check(families(3))
    with pytest.raises(SamePerson):
        approve_as(ward, checked, BOTH_HATS)
    checked.refresh_from_db()
    assert checked.status == "checked"


def test_without_the_right_nobody_approves(ward: Ward) -> None:
    checked = ward.check(families(3))
    for actor in (CLERK, OUTSIDER):
        with pytest.raises(Forbidden):
            approve_as(ward, checked, actor)


def test_approving_other_figures_than_the_lists_is_refused(ward: Ward) -> None:
    checked = ward.check(families(3))
    with pytest.raises(CountsDiffer):
        operations.approve_nominative_list(checked.id, rows=3, rupiah=1_800_001, by=APPROVER)


def test_a_second_approval_is_refused(ward: Ward) -> None:
    checked = ward.check(families(3))
    approve_as(ward, checked, APPROVER)
    with pytest.raises(ListInWrongState):
        approve_as(ward, checked, APPROVER)


def test_writing_an_approved_list_again_changes_nothing(ward: Ward) -> None:
    approved = ward.pass_wave(families(5))
    before = list(Entitlement.objects.order_by("id").values())
    NominativeList.objects.filter(id=approved.id).update(status="approving")  # as after a crash
    operations.apply_approved_list(approved.id)
    assert list(Entitlement.objects.order_by("id").values()) == before


def test_the_same_file_twice_is_refused_and_changes_nothing(ward: Ward) -> None:
    ward.pass_wave(families(5))
    with pytest.raises(ListReceivedAlready):
        ward.receive(families(5))
    assert NominativeList.objects.count() == 1


def test_the_same_rows_in_another_file_are_all_the_same(ward: Ward) -> None:
    ward.pass_wave(families(5))
    second = ward.check([*families(5), family(6)])
    assert (second.counts["same"], second.counts["new"]) == (5, 1)
    ward.approve(second)
    assert set(Entitlement.objects.values_list("version", flat=True)) == {1}
    assert Entitlement.objects.count() == 6


def test_held_money_stays_in_the_fund(ward: Ward) -> None:
    rows = families(10)
    rows[3]["village_code"] = "16.71.04.9099"
    ward.pass_wave(rows)
    assert Entitlement.objects.count() == 9
    money = queries.order_money_for_system(ward.orders["SEMBAKO"].id)
    assert (money.owed, money.held) == (5_400_000, 600_000)
    assert money.owed + money.held + money.unassigned == money.amount


def test_a_held_row_mended_in_a_later_wave_is_held_no_more(ward: Ward) -> None:
    rows = families(3)
    rows[1]["village_code"] = "16.71.04.9099"
    ward.pass_wave(rows)
    ward.pass_wave([family(2)])
    money = queries.order_money_for_system(ward.orders["SEMBAKO"].id)
    assert (money.owed, money.held) == (1_800_000, 0)


def test_a_correction_raises_the_version_of_an_open_entitlement(ward: Ward) -> None:
    ward.pass_wave(families(3))
    second = ward.check([family(2, amount=400_000, months=2)])
    assert second.counts["changed"] == 1
    ward.approve(second)
    corrected = Entitlement.objects.get(sender_key="KPM00002")
    assert (corrected.amount, corrected.version, corrected.row_number) == (400_000, 2, 2)
    assert Entitlement.objects.filter(version=1).count() == 2


def test_a_new_recipient_of_the_same_family_is_a_correction(ward: Ward) -> None:
    ward.pass_wave(families(3))
    other = family(77)
    ward.pass_wave([family(2, nik=other["nik"], name=other["name"], birth_date="")])
    corrected = Entitlement.objects.get(sender_key="KPM00002")
    assert corrected.recipient.name == other["name"]
    assert corrected.household.people.count() == 2
    assert corrected.version == 2


def test_a_new_card_of_the_same_sender_key_is_a_correction(ward: Ward) -> None:
    ward.pass_wave(families(3))
    ward.pass_wave([family(2, family_card="1671040101019999")])
    corrected = Entitlement.objects.get(sender_key="KPM00002")
    assert corrected.household.card_last4 == "9999"
    assert corrected.recipient.household == corrected.household
    assert Entitlement.objects.count() == 3


def test_a_withdrawal_takes_an_open_entitlement_back(ward: Ward) -> None:
    ward.pass_wave(families(3))
    second = ward.check([family(2, remark="TARIK")])
    assert second.counts["withdrawn"] == 1
    ward.approve(second)
    assert Entitlement.objects.get(sender_key="KPM00002").state == "withdrawn"
    money = queries.order_money_for_system(ward.orders["SEMBAKO"].id)
    assert money.owed == 1_200_000


def test_a_withdrawn_family_may_come_back(ward: Ward) -> None:
    ward.pass_wave(families(3))
    ward.pass_wave([family(2, remark="TARIK")])
    ward.pass_wave([family(2)])
    back = Entitlement.objects.get(sender_key="KPM00002")
    assert (back.state, back.version) == ("open", 3)


def test_a_correction_of_a_claimed_entitlement_waits_for_disbursement(ward: Ward) -> None:
    ward.pass_wave(families(3))
    claimed = Entitlement.objects.get(sender_key="KPM00002")
    operations.claim_entitlements([claimed.id], by=APPROVER)
    second = ward.pass_wave([family(2, amount=400_000, months=2), family(3, remark="TARIK")])
    claimed.refresh_from_db()
    assert (claimed.amount, claimed.version) == (600_000, 1)
    change = PendingChange.objects.get()
    assert (change.kind, change.nominative_list_id) == ("correction", second.id)
    assert list(queries.pending_changes_for_system(ward.tranche.id)) == [change]

    operations.close_pending_changes([change.id], "applied", by=APPROVER)
    claimed.refresh_from_db()
    assert (claimed.amount, claimed.version, claimed.state) == (400_000, 2, "claimed")
    assert operations.close_pending_changes([change.id], "applied", by=APPROVER) == set()


def test_a_withdrawal_of_a_settled_entitlement_waits_and_changes_nothing(ward: Ward) -> None:
    ward.pass_wave(families(2))
    paid = Entitlement.objects.get(sender_key="KPM00001")
    operations.settle_entitlements([paid.id], by=APPROVER)
    ward.pass_wave([family(1, remark="TARIK")])
    paid.refresh_from_db()
    assert paid.state == "settled"
    assert PendingChange.objects.get().kind == "withdrawal"


def test_one_nik_is_not_paid_through_two_families(ward: Ward) -> None:
    ward.pass_wave(families(3))
    second = ward.check([family(8, nik=family(1)["nik"])])
    assert second.counts["held_by_reason"].keys() == {"nik_in_other_wave"}


def test_one_card_is_not_paid_under_two_sender_keys(ward: Ward) -> None:
    ward.pass_wave(families(3))
    second = ward.check([family(8, family_card=family(1)["family_card"])])
    assert second.counts["held_by_reason"].keys() == {"family_card_in_other_wave"}


def test_one_family_may_be_owed_two_programs(ward: Ward) -> None:
    sembako = ward.check(families(3))
    rows = [family(n, SD=1, SMP=1) for n in (1, 2, 3)]
    pkh = ward.check(rows, program="PKH", header={**HEADER, **PKH_HEADER})
    ward.approve(sembako)
    ward.approve(pkh)  # both were checked before either was written
    assert Household.objects.count() == Person.objects.count() == 3
    assert Entitlement.objects.count() == 6


def test_a_list_checked_before_another_was_approved_must_be_checked_again(ward: Ward) -> None:
    first, second = ward.check(families(3)), ward.check([family(2, months=2, amount=400_000)])
    ward.approve(first)
    with pytest.raises(ListOutdated):
        ward.approve(second)
    operations.recheck_nominative_list(second.id, by=CLERK)
    again = operations.check_nominative_list(second.id)
    assert again.counts["changed"] == 1
    ward.approve(again)


def test_a_death_between_check_and_approval_is_noticed(ward: Ward) -> None:
    ward.pass_wave(families(1))
    second = ward.check([family(1, SD=1, SMP=1)], program="PKH", header={**HEADER, **PKH_HEADER})
    person = Person.objects.get()
    apply_change(
        "deceased",
        household_id=person.household_id,
        person_id=person.id,
        source="test",
        proposed_by="5",
        by=APPROVER,
    )
    with pytest.raises(ListOutdated):
        ward.approve(second)


def test_a_full_list_withdraws_whom_it_does_not_name_only_when_told_so(ward: Ward) -> None:
    ward.pass_wave(families(40))
    second = ward.check(families(39), kind="full")
    assert second.counts["absent"] == {"rows": 1, "rupiah": 600_000, "of": 40}
    with pytest.raises(AbsentNotConfirmed):
        ward.approve(second)
    ward.approve(second, absent_confirmed=True)
    assert Entitlement.objects.get(sender_key="KPM00040").state == "withdrawn"


def test_a_full_list_that_leaves_out_many_needs_a_heads_note(ward: Ward) -> None:
    ward.pass_wave(families(10))
    second = ward.check(families(9), kind="full")
    with pytest.raises(TooManyAbsent):
        ward.approve(second, absent_confirmed=True)
    ward.approve(second, absent_confirmed=True, note="Verifikasi kelayakan daerah.")
    assert Entitlement.objects.exclude(state="withdrawn").count() == 9


def test_a_held_row_of_a_full_list_is_not_absent(ward: Ward) -> None:
    ward.pass_wave(families(3))
    rows = families(3)
    rows[1]["village_code"] = "16.71.04.9099"
    second = ward.check(rows, kind="full")
    assert second.counts["absent"]["rows"] == 0
    ward.approve(second)
    assert Entitlement.objects.exclude(state="withdrawn").count() == 3


def test_a_list_is_given_back_with_a_note(ward: Ward) -> None:
    checked = ward.check(families(3))
    with pytest.raises(NoteMissing):
        operations.return_nominative_list(checked.id, note=" ", by=APPROVER)
    returned = operations.return_nominative_list(checked.id, note="Desa keliru.", by=APPROVER)
    assert (returned.status, returned.note) == ("returned", "Desa keliru.")
    ward.receive(families(3))  # and may come again


def test_a_family_that_moved_is_written_with_its_change(ward: Ward) -> None:
    ward.pass_wave(families(2))
    ward.pass_wave([family(1, address="JL MELATI 9", village_code="16.71.04.1004")])
    household = Household.objects.get(address="JL MELATI 9")
    assert household.village_id == "16.71.04.1004"
    change = Change.objects.get(household_id=household.id)
    assert (change.kind, change.proposed_by, change.approved_by) == ("household_by_list", "1", "2")


def test_claiming_what_is_not_open_claims_nothing(ward: Ward) -> None:
    ward.pass_wave(families(3))
    ids = list(Entitlement.objects.values_list("id", flat=True))
    operations.claim_entitlements(ids[:1], by=APPROVER)
    with pytest.raises(EntitlementsTaken):
        operations.claim_entitlements(ids, by=APPROVER)
    assert Entitlement.objects.filter(state="claimed").count() == 1
    assert operations.release_entitlements(ids, by=APPROVER) == {ids[0]}
    assert operations.settle_entitlements(ids, by=APPROVER) == set(ids)
    assert operations.reopen_entitlements(ids[1:], by=APPROVER) == set(ids[1:])


def test_every_step_leaves_one_entry_with_counts_and_root(ward: Ward) -> None:
    approved = ward.pass_wave(families(4))
    entries = {
        entry.kind: entry.payload for entry in Entry.objects.filter(subject=f"list:{approved.id}")
    }
    assert set(entries) == {
        f"nominative_list.{step}" for step in ("received", "checked", "approved", "applied")
    }
    assert entries["nominative_list.applied"]["entitlements"] == 4
    assert entries["nominative_list.applied"]["rupiah"] == 2_400_000
    assert entries["nominative_list.applied"]["rows_root_as_checked"] is True
    assert entries["nominative_list.approved"]["rows_root"] == approved.counts["rows_root"]
