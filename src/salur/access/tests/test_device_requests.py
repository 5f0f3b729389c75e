"""A device's signed request: by its key, in its time, once."""

import json
from pathlib import Path

import pytest

from salur.access.doors import point_of_jwk, read_header, signed_text, verify_signature
from salur.access.errors import KeyRefused

GOLDEN = json.loads(
    (Path(__file__).parents[4] / "contract" / "golden" / "request.json").read_text()
)


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


def test_a_private_key_is_refused_as_public_key():
    with pytest.raises(KeyRefused):
        point_of_jwk(GOLDEN["device_key"])
