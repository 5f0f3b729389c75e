"""Enrolment: a second person's code, ten minutes, once."""

from datetime import timedelta
from uuid import uuid4

import pytest

from salur.access.errors import (
    BeyondOwnScope,
    CodeExpired,
    CodeUnknown,
    CodeUsed,
    DeviceMissing,
    KeyTaken,
    NoHomeOffice,
    SamePerson,
    UserMissing,
)
from salur.access.models import Device, EnrolmentCode
from salur.access.operations import (
    create_user,
    enrol_device,
    grant_role,
    issue_enrolment_code,
    revoke_device,
)
from salur.access.queries import (
    actor_for,
    device_keys_for_system,
    devices_visible_to,
    holders_visible_to,
    open_codes_visible_to,
)
from salur.access.rules import typed_code
from salur.access.tests.people import PASSWORD, THERE, Phone, acting, make_offices, make_user
from salur.audit.models import Entry
from salur.kernel import clock
from salur.kernel.actor import SYSTEM
from salur.kernel.canonical import sha256
from salur.kernel.errors import Forbidden

pytestmark = pytest.mark.django_db


@pytest.fixture
def rudi(db):
    make_offices()
    return make_user("rudi", "officer")


@pytest.fixture
def head(rudi):
    return acting("hendra", "branch_head")


def enrol(code: str, phone: Phone | None = None) -> Device:
    return enrol_device(code, device_name="HP", public_key=(phone or Phone()).jwk)


def test_the_code_enrols_one_device_for_its_holder_at_the_holders_office(rudi, head):
    issued = issue_enrolment_code(rudi.id, by=head)
    device = enrol(issued.printed.lower().replace("-", " "))
    assert (device.holder, device.office_id, device.enrolled_by) == (rudi, "30100", head.id)
    assert [entry.kind for entry in Entry.objects.order_by("at", "id")][-2:] == [
        "access.enrolment_code_issued",
        "access.device_enrolled",
    ]


def test_look_alike_letters_are_mended():
    assert typed_code("o1-il 7k") == "01117K"


def test_the_code_is_not_stored(rudi, head):
    issued = issue_enrolment_code(rudi.id, by=head)
    row = EnrolmentCode.objects.get()
    assert bytes(row.code_hash) == sha256(issued.code.encode())
    assert issued.code not in str(list(Entry.objects.values_list("payload", flat=True)))


def test_a_code_works_once_and_for_ten_minutes(rudi, head):
    issued = issue_enrolment_code(rudi.id, by=head)
    enrol(issued.code)
    with pytest.raises(CodeUsed):
        enrol(issued.code)
    late = issue_enrolment_code(rudi.id, by=head)
    with clock.at(late.expires_at), pytest.raises(CodeExpired):
        enrol(late.code)
    with pytest.raises(CodeUnknown):
        enrol("ABCDEFGHJK")
    assert Device.objects.count() == 1


def test_a_new_code_ends_the_one_before(rudi, head):
    first = issue_enrolment_code(rudi.id, by=head)
    second = issue_enrolment_code(rudi.id, by=head)
    with pytest.raises(CodeExpired):
        enrol(first.code)
    assert enrol(second.code)


def test_one_key_is_one_device(rudi, head):
    phone = Phone()
    enrol(issue_enrolment_code(rudi.id, by=head).code, phone)
    with pytest.raises(KeyTaken):
        enrol(issue_enrolment_code(rudi.id, by=head).code, phone)


def test_nobody_hands_the_own_device_out(rudi, head):
    planner = make_user("dewi", "branch_head", "officer")
    with pytest.raises(SamePerson):
        issue_enrolment_code(planner.id, by=actor_for(planner))


def test_a_head_of_another_branch_can_neither_enrol_nor_revoke_nor_see(rudi, head):
    other = acting("yohana", "branch_head", office=THERE)
    with pytest.raises(UserMissing):
        issue_enrolment_code(rudi.id, by=other)
    device = enrol(issue_enrolment_code(rudi.id, by=head).code)
    with pytest.raises(DeviceMissing):
        revoke_device(device.id, "x", by=other)
    assert not devices_visible_to(other).exists()
    assert not holders_visible_to(other).exists()
    assert list(devices_visible_to(head)) == [device]
    assert list(holders_visible_to(head)) == [rudi]


def test_open_codes_are_shown_to_the_own_line_only(rudi, head):
    issue_enrolment_code(rudi.id, by=head)
    assert open_codes_visible_to(head).count() == 1
    assert not open_codes_visible_to(acting("lain", "branch_head", office=THERE)).exists()
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert not open_codes_visible_to(head).exists()


def test_only_people_with_field_work_and_an_office_get_a_device(rudi, head):
    cashier = make_user("kartini", "cashier")
    with pytest.raises(BeyondOwnScope):
        issue_enrolment_code(cashier.id, by=head)
    homeless = create_user("sari", name="Sari", password=PASSWORD, by=SYSTEM)
    grant_role(homeless.id, "companion", region="16.71", by=SYSTEM)
    with pytest.raises(NoHomeOffice):
        issue_enrolment_code(homeless.id, by=head)


def test_an_officer_issues_no_codes(rudi, head):
    with pytest.raises(Forbidden):
        issue_enrolment_code(rudi.id, by=acting("lain", "officer"))


def test_revoking_again_changes_nothing(rudi, head):
    device = enrol(issue_enrolment_code(rudi.id, by=head).code)
    revoke_device(device.id, "hilang", by=head)
    first = Device.objects.get().revoked_at
    with clock.at(clock.now() + timedelta(hours=1)):
        revoke_device(device.id, "lagi", by=head)
    assert Device.objects.get().revoked_at == first
    assert Entry.objects.filter(kind="access.device_revoked").count() == 1
    with pytest.raises(DeviceMissing):
        revoke_device(uuid4(), "x", by=head)


def test_keys_of_revoked_devices_stay_known(rudi, head):
    phone = Phone()
    device = enrol(issue_enrolment_code(rudi.id, by=head).code, phone)
    revoke_device(device.id, "hilang", by=head)
    known = device_keys_for_system([device.id, uuid4()])
    assert list(known) == [device.id]
    assert (known[device.id].status, known[device.id].office_code) == ("revoked", "30100")
    assert known[device.id].zone == "Asia/Jakarta"


def test_a_person_without_office_scope_sees_only_the_own_phone(rudi, head):
    device = enrol(issue_enrolment_code(rudi.id, by=head).code)
    other = actor_for(make_user("lain", "officer"))
    assert list(devices_visible_to(actor_for(rudi))) == [device]
    assert not devices_visible_to(other).exists()
