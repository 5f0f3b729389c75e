"""A letter's token is exact, small, and believed only when it is signed."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from hypothesis import given
from hypothesis import strategies as some

from salur.disbursement.rules.tokens import (
    LetterClaims,
    WrongToken,
    check_of_name,
    claims_for,
    encode_claims,
    letter_address,
    open_token,
    seal_token,
    verify_token,
)

KEY = Ed25519PrivateKey.from_private_bytes(b"7" * 32)


def trusted(key_id: int, signature: bytes, body: bytes) -> bool:
    try:
        KEY.public_key().verify(signature, body)
    except InvalidSignature:
        return False
    return key_id == 1


def claims(*amounts: int, name: str = "Siti Aminah") -> LetterClaims:
    return claims_for(
        visit=UUID(int=7),
        letter_version=1,
        name=name,
        payments=tuple((uuid4(), amount) for amount in amounts),
        tranche=4,
        key_id=1,
    )


def token_of(given_claims: LetterClaims) -> str:
    body = encode_claims(given_claims)
    return seal_token(body, KEY.sign(body))


@given(some.lists(some.integers(1, 16_000), min_size=1, max_size=5), some.integers(1, 65535))
def test_a_letter_says_what_was_put_into_it(thousands: list[int], tranche: int) -> None:
    said = claims_for(
        visit=uuid4(),
        letter_version=3,
        name="BUDI",
        payments=tuple((uuid4(), amount * 1000) for amount in thousands),
        tranche=tranche,
        key_id=1,
    )
    assert verify_token(token_of(said), trusted) == said


def test_an_amount_that_is_no_round_thousand_stays_exact() -> None:
    said = claims(202_500, 600_000)
    assert encode_claims(said)[0] == 2
    assert verify_token(token_of(said), trusted).total_rupiah == 802_500


def test_a_token_is_read_from_the_whole_address_too() -> None:
    said = claims(225_000)
    address = letter_address("https://bansos.example/", token_of(said))
    assert address.startswith("HTTPS://BANSOS.EXAMPLE/L#")
    assert verify_token(address, trusted) == said


@given(some.integers(0, 90), some.integers(1, 255))
def test_any_changed_byte_is_refused(place: int, change: int) -> None:
    body = bytearray(encode_claims(claims(225_000, 600_000)))
    signature = KEY.sign(bytes(body))
    body[place % len(body)] ^= change
    with pytest.raises(WrongToken):
        verify_token(seal_token(bytes(body), signature), trusted)


def test_a_letter_signed_by_somebody_else_is_refused() -> None:
    body = encode_claims(claims(225_000))
    forged = seal_token(body, Ed25519PrivateKey.generate().sign(body))
    with pytest.raises(WrongToken):
        verify_token(forged, trusted)


@pytest.mark.parametrize("text", ["", "A", "!!!", "HTTPS://X/L#", "AEAQ" * 20])
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(WrongToken):
        open_token(text)


def test_names_are_compared_without_case_and_spacing() -> None:
    assert check_of_name(" siti  aminah ") == check_of_name("SITI AMINAH")
    assert check_of_name("SITI AMINAH") != check_of_name("SITI AMINA")


@pytest.mark.parametrize("amounts", [(), (0,), (-1000,), (2**24 * 1000,)])
def test_an_amount_that_does_not_fit_is_never_rounded(amounts: tuple[int, ...]) -> None:
    with pytest.raises(WrongToken):
        encode_claims(claims(*amounts))


GOLDEN = json.loads(
    (Path(__file__).parents[4] / "contract" / "golden" / "letters.json").read_text()
)


def trusted_by_the_phone(key_id: int, signature: bytes, body: bytes) -> bool:
    known = GOLDEN["public_keys"].get(str(key_id))
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(known)).verify(signature, body)
    except InvalidSignature:
        return False
    return True


@pytest.mark.parametrize("case", GOLDEN["good"], ids=lambda case: case["name"])
def test_the_phone_and_the_server_read_the_same_letter(case: dict) -> None:
    said = verify_token(case["address"], trusted_by_the_phone)
    expected = case["claims"]
    assert str(said.visit) == expected["visit"]
    assert said.total_rupiah == expected["total"]
    assert [amount for _, amount in said.payments] == [p["amount"] for p in expected["payments"]]
    assert (said.letter_version, said.tranche) == (expected["letter_version"], expected["tranche"])
    assert encode_claims(said).hex() == case["signed_hex"]
    assert check_of_name(case["name"]).hex() == expected["name_check"]


@pytest.mark.parametrize("case", GOLDEN["bad"], ids=lambda case: case["why"])
def test_the_phone_and_the_server_refuse_the_same_letters(case: dict) -> None:
    with pytest.raises(WrongToken):
        verify_token(case["token"], trusted_by_the_phone)


@pytest.mark.parametrize("case", GOLDEN["name_checks"], ids=lambda case: case["name"])
def test_the_phone_and_the_server_compare_names_alike(case: dict) -> None:
    assert check_of_name(case["name"]).hex() == case["hex"]


@given(some.binary(max_size=200))
def test_our_base32_is_everybody_elses(data: bytes) -> None:
    assert seal_token(data, b"") == base64.b32encode(data).decode().rstrip("=")
