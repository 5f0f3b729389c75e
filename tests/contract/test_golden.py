"""The server writes, hashes and verifies what `contract/golden` says; the app's tests too."""

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import numpy as np
import pytest

from salur.access.signatures import point_of_jwk, verify_signature
from salur.access.slips import read_slip
from salur.identity.images import Picture, resize, warp
from salur.kernel.canonical import canonical_json, sha256_hex
from salur.kernel.money import format_rupiah, notes_for, spell_rupiah

CONTRACT = Path(__file__).parents[2] / "contract"


def golden(name: str) -> Any:
    return json.loads((CONTRACT / "golden" / f"{name}.json").read_text())


def schema(name: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(json.loads((CONTRACT / "schemas" / name).read_text()))


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


EVENTS = golden("events")
PUBLIC = {key: EVENTS["device_key"][key] for key in ("kty", "crv", "x", "y")}


def test_the_golden_files_are_what_their_maker_writes() -> None:
    maker = CONTRACT / "make_golden.py"
    done = subprocess.run([sys.executable, maker, "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("case", golden("canonical")["cases"], ids=lambda c: c["sha256"][:8])
def test_canonical_json_is_the_same_bytes(case: dict[str, Any]) -> None:
    assert canonical_json(case["value"]) == case["canonical"].encode()
    assert sha256_hex(canonical_json(case["value"])) == case["sha256"]


@pytest.mark.parametrize("row", EVENTS["events"], ids=lambda r: r["event"]["kind"])
def test_an_event_is_hashed_and_verified_over_its_exact_bytes(row: dict[str, Any]) -> None:
    raw = unpadded(row["bytes"])
    assert canonical_json(row["event"]) == raw == row["canonical"].encode()
    assert sha256_hex(raw) == row["sha256"]
    point = point_of_jwk(PUBLIC)
    assert verify_signature(point, unpadded(row["signature"]), raw)
    assert not verify_signature(point, unpadded(row["signature"]), raw.replace(b"1", b"2", 1))


def test_events_of_a_device_are_chained_by_hash() -> None:
    previous = None
    for row in EVENTS["events"]:
        assert row["event"]["previous"] == previous
        previous = row["sha256"]


def test_every_kind_of_event_keeps_its_schema_and_a_wrong_one_is_found() -> None:
    validator = schema("event.json")
    for row in EVENTS["events"]:
        validator.validate(row["event"])
    paid = next(r["event"] for r in EVENTS["events"] if r["event"]["kind"] == "handed_over")
    for broken in (
        {**paid, "body": {**paid["body"], "total": 825000.5}},
        {**paid, "body": {k: v for k, v in paid["body"].items() if k != "begun"}},
        {**paid, "sequence": 0},
        {**paid, "extra": 1},
    ):
        assert not validator.is_valid(broken)


def test_rupiah_are_written_said_and_counted_alike() -> None:
    money = golden("money")
    for row in money["written"]:
        assert format_rupiah(row["amount"]) == row["figures"]
        assert spell_rupiah(row["amount"]) == row["words"]
    for row in money["negative"]:
        assert format_rupiah(row["amount"]) == row["figures"]
    for row in money["notes"]:
        assert [list(pile) for pile in notes_for(row["amount"])] == row["notes"]


SLIPS = golden("slips")


@pytest.mark.parametrize("row", SLIPS["good"], ids=lambda r: r["content"]["slip"])
def test_a_slip_of_another_device_is_read_and_proven(row: dict[str, Any]) -> None:
    slip = read_slip(row)
    assert slip is not None
    assert slip.kind == row["content"]["slip"]
    assert str(slip.device_id) == row["content"]["from"]
    assert canonical_json(row["content"]) == slip.raw
    assert slip.is_signed_by(point_of_jwk(PUBLIC))


@pytest.mark.parametrize("row", SLIPS["bad"], ids=lambda r: r["why"])
def test_a_slip_that_was_altered_proves_nothing(row: dict[str, Any]) -> None:
    raw, _, signature = row["text"].removeprefix("SALUR:SLIP:").partition(".")
    slip = read_slip({"bytes": raw, "signature": signature})
    assert slip is None or not slip.is_signed_by(point_of_jwk(PUBLIC))


PICTURES = golden("pictures")


def made_picture(width: int, height: int) -> Picture:
    y, x = np.mgrid[:height, :width]
    planes = ((7 * x + 3 * y) % 256, (x * x + 11 * y) % 256, 255 * ((x // 2 + y // 3) % 2))
    return np.stack(planes, axis=2).astype(np.uint8)


@pytest.mark.parametrize("row", PICTURES["resized"], ids=lambda r: str(r["to"]))
def test_a_picture_is_resized_to_the_same_bytes(row: dict[str, Any]) -> None:
    small = resize(made_picture(*row["from"]), *row["to"])
    assert sha256_hex(small.tobytes()) == row["sha256"]


@pytest.mark.parametrize("row", PICTURES["warped"], ids=lambda r: str(r["side"]))
def test_a_face_is_cut_out_to_the_same_bytes(row: dict[str, Any]) -> None:
    crop = warp(made_picture(*row["from"]), complex(*row["a"]), complex(*row["b"]), row["side"])
    assert sha256_hex(crop.tobytes()) == row["sha256"]
