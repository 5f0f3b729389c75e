"""A list is judged row by row, and nobody is written before a second person says so."""

from __future__ import annotations

import pytest

from salur.programs import operations
from salur.programs.models import Entitlement, ListRow, NominativeList
from salur.programs.tests.ward import APPROVER, CLERK, HEADER, PKH_HEADER, Ward, families, family
from salur.registry.models import Household, Person
from salur.registry.operations import apply_change


def held(nominative_list: NominativeList) -> dict[int, list[str]]:
    return dict(
        ListRow.objects.filter(nominative_list=nominative_list, verdict="held").values_list(
            "row_number", "reasons"
        )
    )


def test_a_faultless_list_is_checked_whole(ward: Ward) -> None:
    checked = ward.check(families(20))
    assert checked.status == "checked"
    assert checked.counts["rows"] == 20
    assert checked.counts["new"] == 20
    assert checked.counts["payable"] == {"rows": 20, "rupiah": 12_000_000}
    assert held(checked) == {}


def test_checking_writes_no_people(ward: Ward) -> None:
    ward.check(families(5))
    assert not Household.objects.exists()
    assert not Person.objects.exists()
    assert not Entitlement.objects.exists()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"nik": "167104"}, "nik_length"),
        ({"nik": ""}, "nik_missing"),
        ({"family_card": "16710401010000"}, "family_card_length"),
        ({"name": ""}, "name_missing"),
        ({"name": "=cmd|calc"}, "name_unreadable"),
        ({"birth_date": "12/31/1980"}, "birth_date_swapped"),
        ({"village_code": "16.71.04.9099"}, "village_unknown"),
        ({"village_code": "desa sebelah"}, "village_unknown"),
        ({"village_code": "16.71.04"}, "village_unknown"),
        ({"village_code": ""}, "village_missing"),
        ({"amount": 500_000}, "amount_differs"),
        ({"months": 2}, "amount_differs"),
        ({"months": 40, "amount": 8_000_000}, "months_unbelievable"),
    ],
)
def test_a_bad_row_is_held_with_its_reason_and_the_others_stay_good(
    ward: Ward, change: dict, reason: str
) -> None:
    rows = families(4)
    rows[2] = {**rows[2], **change}
    checked = ward.check(rows)
    assert held(checked) == {4: [reason]}
    assert checked.counts["payable"]["rows"] == 3
    assert checked.counts["held_by_reason"][reason]["rows"] == 1


def test_held_money_is_counted_apart(ward: Ward) -> None:
    rows = families(3)
    rows[0]["name"] = ""
    counts = ward.check(rows).counts
    assert counts["held"] == {"rows": 1, "rupiah": 600_000, "all_rows": 1}
    assert counts["payable"]["rupiah"] + counts["held"]["rupiah"] == counts["rupiah"]


def test_two_families_with_one_nik_are_both_held(ward: Ward) -> None:
    rows = families(3)
    rows[2]["nik"] = rows[0]["nik"]
    assert held(ward.check(rows)) == {2: ["duplicate_nik"], 4: ["duplicate_nik"]}


def test_two_recipients_on_one_family_card_are_both_held(ward: Ward) -> None:
    rows = families(3)
    rows[1]["family_card"] = rows[0]["family_card"]
    reasons = ["duplicate_family_card"]
    assert held(ward.check(rows)) == {2: reasons, 3: reasons}


def test_a_row_written_twice_is_counted_once(ward: Ward) -> None:
    rows = [*families(3), family(1)]
    assert held(ward.check(rows)) == {5: ["duplicate_row"]}


def test_one_sender_key_for_two_families_holds_both(ward: Ward) -> None:
    rows = families(3)
    rows[1]["sender_key"] = rows[0]["sender_key"]
    reasons = ["duplicate_sender_key"]
    assert held(ward.check(rows)) == {2: reasons, 3: reasons}


def test_no_number_stands_in_plain_text_in_the_staging_table(ward: Ward) -> None:
    rows = families(3)
    rows[1]["nik"] = "16710452"  # held, but sealed all the same
    checked = ward.check(rows)
    for row in ListRow.objects.filter(nominative_list=checked).values():
        for value in row.values():
            text = bytes(value).decode("latin1") if isinstance(value, memoryview) else str(value)
            for source in rows:
                assert source["nik"] not in text
                assert source["family_card"] not in text


def test_wrong_control_totals_refuse_the_file_and_keep_no_row(ward: Ward) -> None:
    refused = ward.check(families(5), declared=(6, 3_000_000))
    assert refused.status == "refused"
    assert refused.refusal["code"] == "totals_differ"
    assert "tertulis 6" in refused.refusal["messages"]["id"]
    assert not ListRow.objects.filter(nominative_list=refused).exists()


def test_a_list_beyond_its_order_is_refused(ward: Ward) -> None:
    order = ward.orders["SEMBAKO"]
    type(order).objects.filter(id=order.id).update(amount=2_999_999)
    refused = ward.check(families(5))
    assert refused.refusal["code"] == "order_exceeded"
    assert not ListRow.objects.filter(nominative_list=refused).exists()


def test_checking_again_changes_nothing(ward: Ward) -> None:
    checked = ward.check(families(5))
    rows = ListRow.objects.order_by("row_number")
    before = list(rows.values_list("row_number", "content_hash", "verdict"))
    operations.recheck_nominative_list(checked.id, by=CLERK)
    again = operations.check_nominative_list(checked.id)
    assert again.counts == checked.counts
    assert list(rows.all().values_list("row_number", "content_hash", "verdict")) == before


def test_region_names_lead_to_the_village(ward: Ward) -> None:
    header = {**HEADER, "village": "DESA/KELURAHAN", "district": "KECAMATAN", "regency": "KAB/KOTA"}
    del header["village_code"]
    rows = [
        family(1, village="Kel. 26 Ilir", district="Kec. Bukit Kecil", regency="KOTA PALEMBANG"),
        family(2, village="Negeri Entah", district="Bukit Kecil", regency="Palembang"),
    ]
    checked = ward.check(rows, header=header)
    assert held(checked) == {3: ["village_unknown"]}
    assert checked.rows.get(row_number=2).village_code == "16.71.04.1003"


def test_components_must_add_up_to_the_amount(ward: Ward) -> None:
    header = {**HEADER, **PKH_HEADER}
    rows = [
        family(1, SD=1, SMP=1, amount=600_000),
        family(2, SD=1, SMP=1, amount=700_000),
        family(3, amount=600_000),
        family(4, LANSIA=2, amount=1_200_000),
        family(5, SD=5, amount=1_125_000),
    ]
    checked = ward.check(rows, program="PKH", header=header)
    assert held(checked) == {
        3: ["amount_differs"],
        4: ["no_component"],
        5: ["component_too_many"],
        6: ["component_too_many"],
    }
    assert checked.rows.get(row_number=2).components == [
        {"code": "SD", "name": "Anak SD", "count": 1, "amount": 225_000},
        {"code": "SMP", "name": "Anak SMP", "count": 1, "amount": 375_000},
    ]


def test_the_dead_and_the_ineligible_are_held(ward: Ward) -> None:
    ward.pass_wave(families(3))
    first, second, _ = Person.objects.order_by("nik_last4")
    for person, kind, values in (
        (first, "deceased", {}),
        (second, "ineligible", {"ineligible_reason": "civil_servant"}),
    ):
        apply_change(
            kind,
            household_id=person.household_id,
            person_id=person.id,
            values=values,
            source="test",
            proposed_by="5",
            by=APPROVER,
        )
    header = {**HEADER, **PKH_HEADER}
    rows = [family(n, SD=1, SMP=1) for n in (1, 2, 3)]
    assert held(ward.check(rows, program="PKH", header=header)) == {
        2: ["deceased"],
        3: ["not_eligible"],
    }


def test_a_blocked_person_and_a_blocked_card_are_held(ward: Ward) -> None:
    operations.block(reason="duplicate", nik=family(1)["nik"], by=CLERK)
    operations.block(reason="duplicate", family_card=family(2)["family_card"], by=CLERK)
    lifted = operations.block(reason="duplicate", nik=family(3)["nik"], by=CLERK)
    operations.lift_block(lifted.id, by=APPROVER)
    assert held(ward.check(families(3))) == {2: ["blocked"], 3: ["blocked"]}


def test_the_ministrys_status_takes_a_row_out(ward: Ward) -> None:
    rows = families(3)
    rows[0]["remark"] = "EXCLUDE MENINGGAL"
    rows[1]["remark"] = "TARIK"
    checked = ward.check(rows)
    assert held(checked) == {2: ["deceased"], 3: ["withdrawal_unknown"]}
    assert checked.counts["held"]["rupiah"] == 0
