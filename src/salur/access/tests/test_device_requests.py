"""A device's signed request: by its key, in its time, once."""

import json
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from salur.access.doors import DeviceAuth, point_of_jwk, read_header, signed_text, verify_signature
from salur.access.errors import (
    ClockOff,
    DeviceRevoked,
    DeviceUnknown,
    KeyRefused,
    NotSignedIn,
    RequestReplayed,
    SignatureRefused,
)
from salur.access.models import SeenNonce, User
from salur.access.operations import (
    enrol_device,
    forget_old_nonces,
    issue_enrolment_code,
    quarantine_device,
    revoke_device,
)
from salur.access.tests.people import Phone, acting, make_offices, make_user
from salur.kernel import clock
from salur.kernel.actor import SYSTEM
from salur.kernel.errors import Forbidden

GOLDEN = json.loads((Path(__file__).parents[4] / "contract/golden/request.json").read_text())


def test_the_golden_request_is_verified():
    header = read_header(GOLDEN["authorization"])
    assert str(header.device) == GOLDEN["device"]
    text = signed_text(
        GOLDEN["method"],
        GOLDEN["path"],
        header.device,
        header.unix_ms,
        header.nonce,
        GOLDEN["body"].encode(),
    )
    assert text.decode() == GOLDEN["text"]
    public = {k: v for k, v in GOLDEN["device_key"].items() if k != "d"}
    assert verify_signature(point_of_jwk(public), header.signature, text)
    assert not verify_signature(point_of_jwk(public), header.signature, text + b" ")


@pytest.mark.parametrize(
    "change",
    [
        {"d": "AAAA"},
        {"crv": "P-384"},
        {"x": "AAAA"},
        {"x": "=" * 43},
        {"y": GOLDEN["device_key"]["x"]},
        {"kty": "RSA"},
    ],
)
def test_a_key_that_is_no_public_p256_key_is_refused(change):
    public = {k: v for k, v in GOLDEN["device_key"].items() if k != "d"}
    with pytest.raises(KeyRefused):
        point_of_jwk(public | change)


@pytest.mark.parametrize(
    "value",
    [
        "Bearer abc",
        "Salur-Device",
        "Salur-Device a.b.c.d",
        "Salur-Device 019ac5a0-0000-7000-8000-000000000007.-5.AAECAwQFBgcICQoLDA0ODw.AA",
        "Salur-Device 019AC5A0-0000-7000-8000-000000000007.5.AAECAwQFBgcICQoLDA0ODw.AA",
        "Salur-Device 019ac5a0-0000-7000-8000-000000000007.5.AA.AA",
        "Salur-Device 019ac5a0-0000-7000-8000-000000000007.5.AAECAwQFBgcICQoLDA0ODw=.AA",
    ],
)
def test_what_is_not_our_header_is_refused(value):
    with pytest.raises(SignatureRefused):
        read_header(value)


@pytest.fixture
def phone(db) -> Phone:
    """Rudi's phone, enrolled by his head."""
    make_offices()
    rudi, head = make_user("rudi", "officer"), acting("hendra", "branch_head")
    phone = Phone()
    code = issue_enrolment_code(rudi.id, by=head)
    phone.id = str(enrol_device(code.code, device_name="HP", public_key=phone.jwk).id)
    return phone


def test_a_signed_request_acts_as_the_device_with_its_holders_rights(phone):
    request = phone.request()
    actor = DeviceAuth()(request)
    rudi = User.objects.get(username="rudi")
    assert (actor.kind, actor.id, actor.extra["holder"]) == ("device", phone.id, str(rudi.id))
    assert actor.may("field.work")
    assert not actor.may("disbursement.issue_float")
    assert actor.offices == ("10000/20000/30000/30100",)
    assert actor.regions == ("16.71",)
    assert str(request.device.id) == phone.id


def test_the_same_request_again_is_refused(phone):
    header = phone.header("POST", "/api/x?a=1", b"{}")
    DeviceAuth()(phone.request(header=header))
    with pytest.raises(RequestReplayed):
        DeviceAuth()(phone.request(header=header))


def test_another_path_body_or_key_does_not_fit_the_signature(phone):
    header = phone.header("POST", "/api/x?a=1", b"{}")
    for path, body in (("/api/x?a=2", b"{}"), ("/api/x?a=1", b"{ }")):
        with pytest.raises(SignatureRefused):
            DeviceAuth()(phone.request(path, body, header=header))
    thief = Phone()
    thief.id = phone.id
    with pytest.raises(SignatureRefused):
        DeviceAuth()(thief.request())
    assert not SeenNonce.objects.exists()


def test_a_request_from_another_time_is_told_the_servers_time(phone):
    for minutes in (-6, 6):
        then = int((clock.now() + timedelta(minutes=minutes)).timestamp() * 1000)
        with pytest.raises(ClockOff) as refused:
            DeviceAuth()(phone.request(unix_ms=then))
        assert clock.parse_iso(refused.value.details["server_time"])


def test_without_a_header_or_from_a_stranger_nothing_opens(phone, rf):
    with pytest.raises(NotSignedIn):
        DeviceAuth()(rf.get("/"))
    stranger = Phone()
    stranger.id = str(uuid4())
    with pytest.raises(DeviceUnknown):
        DeviceAuth()(stranger.request())


def test_a_revoked_device_is_refused_at_once_but_may_hand_in_what_it_holds(phone):
    device = DeviceAuth()(phone.request())
    head = acting("kepala", "branch_head")
    revoke_device(device.id, "hilang", by=head)
    with pytest.raises(DeviceRevoked):
        DeviceAuth()(phone.request())
    assert DeviceAuth(revoked_may=True)(phone.request()).id == phone.id


def test_a_quarantined_device_is_refused_like_a_revoked_one(phone):
    quarantine_device(phone.id, "dua riwayat", by=SYSTEM)
    with pytest.raises(DeviceRevoked):
        DeviceAuth()(phone.request())


def test_the_phone_of_a_closed_account_may_nothing(phone):
    User.objects.filter(username="rudi").update(is_active=False)
    with pytest.raises(Forbidden):
        DeviceAuth()(phone.request())


def test_nonces_are_forgotten_only_when_their_time_is_over(phone):
    DeviceAuth()(phone.request())
    assert forget_old_nonces() == 0
    with clock.at(clock.now() + timedelta(minutes=13)):
        assert forget_old_nonces() == 1
