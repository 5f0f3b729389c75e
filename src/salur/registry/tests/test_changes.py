"""Approved changes and facts from the field; who is seen by whom."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from salur.audit.models import Entry
from salur.kernel.actor import Actor
from salur.kernel.ids import new_id
from salur.kernel.sealing import blind_index, seal
from salur.places.models import Region
from salur.registry import operations, queries
from salur.registry.errors import ChangeUnknown, DeathRecorded, UnknownHousehold, UnknownPerson
from salur.registry.models import Change, Household, Person

NIK, CARD = "1671045208880005", "1671041203090011"
NOON = datetime(2026, 11, 30, 5, 0, tzinfo=UTC)
HEAD = Actor(id="7", kind="user", regions=("16.71",))
FAR_AWAY = Actor(id="8", kind="user", regions=("91",))
NOWHERE = Actor(id="9", kind="user")


@pytest.fixture
def siti(db: None) -> Person:
    for code, level, parent in (
        ("16", "province", None),
        ("16.71", "regency", "16"),
        ("16.71.04", "district", "16.71"),
        ("16.71.04.1001", "village", "16.71.04"),
        ("16.71.04.1002", "village", "16.71.04"),
    ):
        Region.objects.create(
            code=code, name=code, search_name=code, level=level, parent_id=parent,
            zone="Asia/Jakarta", valid_from=date(2000, 1, 1), source="test",
        )  # fmt: skip
    household, person = new_id(), new_id()
    Household.objects.create(
        id=household,
        card_index=blind_index(CARD, purpose=queries.CARD_PURPOSE),
        card_sealed=seal(CARD, field=queries.CARD_FIELD, subject=household),
        card_last4=CARD[-4:],
        village_id="16.71.04.1001",
        created_at=NOON,
        updated_at=NOON,
    )
    return Person.objects.create(
        id=person,
        household_id=household,
        nik_index=blind_index(NIK, purpose=queries.NIK_PURPOSE),
        nik_sealed=seal(NIK, field=queries.NIK_FIELD, subject=person),
        nik_last4=NIK[-4:],
        name="SITI AMINAH",
        created_at=NOON,
        updated_at=NOON,
    )


def change(person: Person, kind: str, **values):
    return operations.apply_change(
        kind,
        household_id=person.household_id,
        person_id=person.id,
        values=values,
        source="case:1",
        proposed_by="5",
        by=HEAD,
    )


def test_a_death_names_who_proposed_and_who_approved_it(siti: Person) -> None:
    made = change(siti, "deceased")
    siti.refresh_from_db()
    assert siti.vital_status == "deceased"
    assert (made.proposed_by, made.approved_by, made.source) == ("5", "7", "case:1")
    entry = Entry.objects.get(kind="registry.changed")
    assert entry.payload["kind"] == "deceased"
    assert entry.sealed is not None
    assert queries.deceased_or_ineligible_for_system([siti.id]) == {siti.id: "deceased"}
    assert queries.members_for_system([siti.household_id]) == {}


def test_a_second_death_is_refused(siti: Person) -> None:
    change(siti, "deceased")
    with pytest.raises(DeathRecorded):
        change(siti, "deceased")
    change(siti, "alive")
    assert Change.objects.count() == 2


def test_a_move_changes_the_village_and_what_is_given(siti: Person) -> None:
    change(siti, "moved", village_id="16.71.04.1002", rt="007")
    household = Household.objects.get()
    assert (household.village_id, household.rt, household.address) == ("16.71.04.1002", "007", "")


def test_ineligibility_has_a_reason_and_can_end(siti: Person) -> None:
    change(siti, "ineligible", ineligible_reason="civil_servant")
    assert queries.deceased_or_ineligible_for_system([siti.id]) == {siti.id: "civil_servant"}
    change(siti, "eligible")
    assert queries.deceased_or_ineligible_for_system([siti.id]) == {}


def test_unknown_kinds_people_and_values_are_refused(siti: Person) -> None:
    with pytest.raises(ChangeUnknown):
        change(siti, "richer")
    with pytest.raises(ChangeUnknown):
        change(siti, "moved", nik_last4="0000")
    with pytest.raises(UnknownPerson):
        operations.apply_change(
            "deceased", household_id=siti.household_id, person_id=new_id(),
            source="x", proposed_by="5", by=HEAD,
        )  # fmt: skip
    assert not Change.objects.exists()


def test_the_newest_sighting_wins(siti: Person) -> None:
    later = NOON + timedelta(hours=2)
    operations.record_seen_alive([(siti.id, NOON, "officer:1"), (siti.id, later, "officer:2")])
    assert operations.record_seen_alive([(siti.id, NOON, "officer:3")]) == 0
    siti.refresh_from_db()
    assert (siti.last_seen_alive_at, siti.last_seen_by) == (later, "officer:2")


def test_a_vague_position_does_not_replace_a_sharp_one(siti: Person) -> None:
    house = siti.household_id
    assert operations.locate_houses([(house, -2.99, 104.75, 8.0, NOON)]) == 1
    assert operations.locate_houses([(house, -2.5, 104.0, 900.0, NOON + timedelta(days=1))]) == 0
    assert operations.locate_houses([(house, -2.98, 104.74, 9.0, NOON + timedelta(days=1))]) == 1
    assert Household.objects.get().house_latitude == -2.98


def test_a_person_is_found_by_the_whole_number_within_the_region_only(siti: Person) -> None:
    assert queries.find_people(HEAD, NIK) == [siti]
    assert queries.find_people(HEAD, "siti am") == [siti]
    assert queries.find_people(HEAD, NIK[:15]) == []
    for actor in (FAR_AWAY, NOWHERE):
        assert queries.find_people(actor, NIK) == []
        with pytest.raises(UnknownHousehold):
            queries.household_for(actor, siti.household_id)


def test_numbers_open_for_the_system(siti: Person) -> None:
    assert queries.niks_for_system([siti.id]) == {siti.id: NIK}
    assert queries.person_by_nik_for_system(NIK) == siti
    assert queries.household_by_card_for_system(CARD).id == siti.household_id
