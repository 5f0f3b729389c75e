"""Writes golden/*.json: fixed examples that the server's and the app's tests read alike.

Deliberately a third writing of the contract, in plain Python and `cryptography`, so that neither
side is checked against itself. Keys here are test keys, published on purpose, never used.
Run `python contract/make_golden.py`; `--check` only says whether the files would change.
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import sys
import unicodedata
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from golden_pictures import make_pictures
from golden_sop import make_sop

GOLDEN = Path(__file__).parent / "golden"

DEVICE = "019ac5a0-0000-7000-8000-000000000007"
VISIT = "019ac5a0-1111-7000-8000-000000000042"
OTHER_DEVICE = "019ac5a0-0000-7000-8000-000000000008"
LEASE = "019ac5a0-2222-7000-8000-000000000001"
SESSION = "019ac5a0-3333-7000-8000-000000000001"
PERSON = "019ac5a0-4444-7000-8000-000000000099"
PKH = "019ac5a0-5555-7000-8000-0000000000a1"
SEMBAKO = "019ac5a1-6666-7000-8000-0000000000a2"
SHA_PHOTO = hashlib.sha256(b"a photograph").hexdigest()
SHA_SIGNATURE = hashlib.sha256(b"a signature").hexdigest()


def canonical(value: Any) -> bytes:
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sha256_hex(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# --- device key -----------------------------------------------------------------------------
DEVICE_KEY = ec.derive_private_key(0x5A1 << 200 | 0xC0FFEE, ec.SECP256R1())


def device_jwk() -> dict[str, str]:
    numbers = DEVICE_KEY.private_numbers()
    point = numbers.public_numbers
    return {
        "kty": "EC",
        "crv": "P-256",
        "x": b64url(point.x.to_bytes(32, "big")),
        "y": b64url(point.y.to_bytes(32, "big")),
        "d": b64url(numbers.private_value.to_bytes(32, "big")),
    }


def signature_of(message: bytes, kept: str | None) -> str:
    """A raw r||s signature; the kept one where it still verifies, as ECDSA is random."""
    if kept:
        raw = base64.urlsafe_b64decode(kept + "=" * (-len(kept) % 4))
        r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
        try:
            der = encode_dss_signature(r, s)
            DEVICE_KEY.public_key().verify(der, message, ec.ECDSA(hashes.SHA256()))
            return kept
        except InvalidSignature:
            pass
    r, s = decode_dss_signature(DEVICE_KEY.sign(message, ec.ECDSA(hashes.SHA256())))
    return b64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))


# --- events ---------------------------------------------------------------------------------
BODIES: list[tuple[str, dict[str, Any]]] = [
    (
        "cash_transfer",
        {
            "direction": "accept",
            "float_id": "019ac5a0-7777-7000-8000-000000000001",
            "notes": [[100000, 80], [20000, 10], [5000, 10]],
            "total": 8_250_000,
        },
    ),
    (
        "verification",
        {
            "documents": ["ktp", "kk"],
            "evidence": [{"kind": "face", "length": 148_213, "sha256": SHA_PHOTO}],
            "letter": "scanned",
            "method": "face",
            "person_id": PERSON,
            "reason": None,
            "relation": "self",
            "score_milli": 612,
            "verdict": "match",
            "witness": None,
        },
    ),
    (
        "hand_over_begun",
        {
            "payments": [{"amount": 225_000, "id": PKH}, {"amount": 600_000, "id": SEMBAKO}],
            "total": 825_000,
        },
    ),
    (
        "handed_over",
        {
            "begun": "019ac5a0-8888-7000-8000-000000000003",
            "collector": {"person_id": PERSON, "relation": "self"},
            "evidence": [
                {"kind": "recipient_photo", "length": 151_004, "sha256": SHA_PHOTO},
                {"kind": "signature", "length": 9_120, "sha256": SHA_SIGNATURE},
            ],
            "payments": [{"amount": 225_000, "id": PKH}, {"amount": 600_000, "id": SEMBAKO}],
            "receipt_mark": "signature",
            "total": 825_000,
            "verification": "019ac5a0-8888-7000-8000-000000000002",
        },
    ),
    (
        "hand_over_cancelled",
        {"begun": "019ac5a0-8888-7000-8000-000000000003", "reason": "recipient_left"},
    ),
    (
        "attempt_failed",
        {"code": "absent", "evidence": [], "note": "Rumah “tertutup” — kata tetangga\nke Jambi"},
    ),
    (
        "geotag",
        {
            "accuracy_m": 8,
            "evidence": [{"kind": "house", "length": 151_004, "sha256": SHA_PHOTO}],
            "house": True,
            "lat": -2.990934,
            "lon": 104.756554,
        },
    ),
    ("cash_count", {"notes": [[100000, 3], [50000, 1]], "total": 350_000}),
    ("check_in", {"letter": "scanned", "number": 17, "priority": ["old"], "problems": ["no_card"]}),
    ("lease_release", {"to": OTHER_DEVICE, "visits": [VISIT]}),
    ("lease_accept", {"desk": 2, "how": "seal", "seal": "K7QM-2XHD-9RTA"}),
    ("data_proposal", {"about": "address", "evidence": [], "note": "Pindah ke RT 04"}),
    ("instruction_seen", {"instruction": "019ac5a0-9999-7000-8000-000000000001"}),
]


def make_events(kept: dict[str, str]) -> dict[str, Any]:
    events = []
    previous = None
    for sequence, (kind, body) in enumerate(BODIES, start=1):
        about_cash = kind in ("cash_transfer", "cash_count")
        event = {
            "app": "0.1.0",
            "body": body,
            "device": DEVICE,
            "event_id": f"019ac5a0-8888-7000-8000-{sequence:012d}",
            "kind": kind,
            "lease": LEASE,
            "position": None
            if about_cash
            else {
                "accuracy_m": 8,
                "fix_at": "2026-11-30T01:40:59.001Z",
                "fixes": 3,
                "lat": -2.99,
                "lon": 104.75,
            },
            "previous": previous,
            "sequence": sequence,
            "session": SESSION,
            "sop": "post_office/1",
            "time": {
                "device": f"2026-11-30T01:41:{sequence:02d}.123Z",
                "monotonic_ms": 120_000 + sequence,
                "server": None if sequence == 1 else f"2026-11-30T01:41:{sequence:02d}.456Z",
            },
            "v": 1,
            "visit": None if about_cash else VISIT,
        }
        raw = canonical(event)
        events.append(
            {
                "event": event,
                "canonical": raw.decode(),
                "sha256": sha256_hex(raw),
                "bytes": b64url(raw),
                "signature": signature_of(raw, kept.get(kind)),
            }
        )
        previous = sha256_hex(raw)
    return {"device_key": device_jwk(), "events": events}


def make_request(kept: dict[str, str]) -> dict[str, Any]:
    body = canonical({"events": []})
    nonce = b64url(bytes(range(16)))
    text = (
        f"salur1\nPOST\n/api/field/v1/events?x=1\n{DEVICE}\n1795916467123\n{nonce}\n"
        f"{sha256_hex(body)}"
    )
    signature = signature_of(text.encode(), kept.get("request"))
    return {
        "device_key": device_jwk(),
        "device": DEVICE,
        "method": "POST",
        "path": "/api/field/v1/events?x=1",
        "unix_ms": 1_795_916_467_123,
        "nonce": nonce,
        "body": body.decode(),
        "text": text,
        "authorization": f"Salur-Device {DEVICE}.1795916467123.{nonce}.{signature}",
    }


# --- slips ----------------------------------------------------------------------------------
SLIPS: list[tuple[str, str | None, dict[str, Any]]] = [
    (
        "verified",
        None,
        {
            "method": "face",
            "number": 17,
            "person": PERSON,
            "relation": "self",
            "verification": "019ac5a0-8888-7000-8000-000000000002",
            "visit": VISIT,
        },
    ),
    ("release", OTHER_DEVICE, {"visits": [VISIT]}),
    ("accept", OTHER_DEVICE, {"visits": [VISIT]}),
    (
        "cash_give",
        OTHER_DEVICE,
        {
            "notes": [[100000, 20], [50000, 4]],
            "total": 2_200_000,
            "transfer": "019ac5a0-7777-7000-8000-000000000002",
        },
    ),
]


def make_slips(kept: dict[str, str]) -> dict[str, Any]:
    rows = []
    for number, (slip, to, body) in enumerate(SLIPS, start=1):
        content = {
            "body": body,
            "from": DEVICE,
            "id": f"019ac5a0-aaaa-7000-8000-{number:012d}",
            "session": SESSION,
            "slip": slip,
            "time": f"2026-11-30T01:50:{number:02d}.000Z",
            "to": to,
            "v": 1,
        }
        raw = canonical(content)
        signature = signature_of(raw, kept.get(slip))
        rows.append(
            {
                "content": content,
                "bytes": b64url(raw),
                "signature": signature,
                "text": f"SALUR:SLIP:{b64url(raw)}.{signature}",
            }
        )
    good = str(rows[0]["text"])
    return {
        "device_key": device_jwk(),
        "good": rows,
        "bad": [
            {"why": "one letter changed", "text": good[:40] + ("A" if good[40] != "A" else "B")
             + good[41:]},
            {"why": "cut short", "text": good[:-6]},
            {"why": "no signature", "text": good.partition(".")[0]},
            {"why": "a letter", "text": "HTTPS://SALUR.EXAMPLE/L#AEAQ"},
        ],
    }  # fmt: skip


# --- receipts -------------------------------------------------------------------------------
RECEIPT_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64)))


def make_receipt(events: list[dict[str, Any]]) -> dict[str, Any]:
    payload = {
        "device": DEVICE,
        "events": [e["sha256"] for e in events[:4]],
        "evidence": [SHA_PHOTO],
        "time": "2026-11-30T01:44:02.001Z",
        "v": 1,
    }
    raw = canonical(payload)
    return {
        "public_key": RECEIPT_KEY.public_key().public_bytes_raw().hex(),
        "payload": payload,
        "receipt": {"bytes": b64url(raw), "kid": 1, "signature": b64url(RECEIPT_KEY.sign(raw))},
    }


# --- letters --------------------------------------------------------------------------------
LETTERS_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def name_check(name: str) -> bytes:
    normal = " ".join(unicodedata.normalize("NFKC", name).upper().split())
    return hashlib.sha256(normal.encode()).digest()[:4]


def make_letter(version: int, name: str, payments: list[tuple[str, int]]) -> dict[str, Any]:
    unit = {1: 1000, 2: 1}[version]
    total = sum(amount for _, amount in payments)
    body = struct.pack(
        ">BB16sHI4sB", version, 1, UUID(VISIT).bytes, 3, total // unit, name_check(name),
        len(payments),
    )  # fmt: skip
    for payment, amount in payments:
        body += UUID(payment).bytes[-4:] + (amount // unit).to_bytes(3, "big")
    body += struct.pack(">H", 4)
    token = base64.b32encode(body + LETTERS_KEY.sign(body)).decode().rstrip("=")
    return {
        "name": name,
        "token": token,
        "address": f"HTTPS://SALUR.EXAMPLE/L#{token}",
        "signed_hex": body.hex(),
        "claims": {
            "version": version,
            "key_id": 1,
            "visit": VISIT,
            "letter_version": 3,
            "total": total,
            "name_check": name_check(name).hex(),
            "payments": [{"mark": UUID(p).bytes[-4:].hex(), "amount": a} for p, a in payments],
            "tranche": 4,
        },
    }


def make_letters() -> dict[str, Any]:
    whole = make_letter(1, "Siti  Aminah", [(PKH, 225_000), (SEMBAKO, 600_000)])
    cut = make_letter(2, "I Gusti Ayu “Ñoman”", [(PKH, 202_500)])
    token = whole["token"]
    return {
        "public_keys": {"1": LETTERS_KEY.public_key().public_bytes_raw().hex()},
        "good": [whole, cut],
        "bad": [
            {"why": "one letter changed", "token": token[:40] + ("B" if token[40] == "A" else "A")
             + token[41:]},
            {"why": "cut short", "token": token[:-8]},
            {"why": "not base32", "token": "0189" + token[4:]},
            {"why": "a web address of somebody else", "token": "HTTPS://EXAMPLE.COM/"},
        ],
        "name_checks": [
            {"name": name, "hex": name_check(name).hex()}
            for name in ("SITI AMINAH", " siti\taminah ", "Nur ‘Aini", "R. Soekarno", "Ｆｕｌｌ")
        ],
    }  # fmt: skip


# --- numbers and money ----------------------------------------------------------------------
DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


def damm(digits: str) -> str:
    interim = 0
    for digit in digits:
        interim = int(DAMM[interim][int(digit)])
    return str(interim)


def make_numbers() -> dict[str, Any]:
    bodies = ["167104128837", "167100000001", "317400412883", "920112345678", "110199999999"]
    printed = [f"{b[:4]}-{b[4:8]}-{b[8:]}-{damm(b)}" for b in bodies]
    first = printed[0]
    return {
        "damm": [{"digits": b, "check": damm(b)} for b in ["572", *bodies]],
        "printed": printed,
        "typed": [
            {"text": first.replace("-", ""), "printed": first},
            {"text": f" {first.replace('-', ' ')} ", "printed": first},
            {"text": first.replace("-", "."), "printed": first},
        ],
        "refused": [
            {"why": "wrong digit", "text": first[:-1] + str((int(first[-1]) + 1) % 10)},
            {"why": "neighbours exchanged", "text": "6171" + first[4:]},
            {"why": "too short", "text": first[:-2]},
            {"why": "letters", "text": first.replace("0", "O")},
            {"why": "empty", "text": ""},
        ],
    }  # fmt: skip


MONEY = [
    (0, "Rp0", "nol rupiah"),
    (1_000, "Rp1.000", "seribu rupiah"),
    (11_000, "Rp11.000", "sebelas ribu rupiah"),
    (19_000, "Rp19.000", "sembilan belas ribu rupiah"),
    (100_000, "Rp100.000", "seratus ribu rupiah"),
    (202_500, "Rp202.500", "dua ratus dua ribu lima ratus rupiah"),
    (225_000, "Rp225.000", "dua ratus dua puluh lima ribu rupiah"),
    (600_000, "Rp600.000", "enam ratus ribu rupiah"),
    (825_000, "Rp825.000", "delapan ratus dua puluh lima ribu rupiah"),
    (1_000_000, "Rp1.000.000", "satu juta rupiah"),
    (1_425_000, "Rp1.425.000", "satu juta empat ratus dua puluh lima ribu rupiah"),
    (2_111_111, "Rp2.111.111", "dua juta seratus sebelas ribu seratus sebelas rupiah"),
    (21_001_000_000, "Rp21.001.000.000", "dua puluh satu miliar satu juta rupiah"),
]
NOTES: list[tuple[int, list[list[int]], int]] = [
    (825_000, [[100_000, 8], [20_000, 1], [5_000, 1]], 0),
    (225_000, [[100_000, 2], [20_000, 1], [5_000, 1]], 0),
    (600_000, [[100_000, 6]], 0),
    (1_498_000, [[100_000, 14], [50_000, 1], [20_000, 2], [5_000, 1], [2_000, 1], [1_000, 1]], 0),
    (202_500, [[100_000, 2], [2_000, 1]], 500),
    (0, [], 0),
]


def make_money() -> dict[str, Any]:
    return {
        "written": [{"amount": a, "figures": f, "words": w} for a, f, w in MONEY],
        "negative": [{"amount": -825_000, "figures": "-Rp825.000"}],
        "notes": [{"amount": a, "notes": n, "rest": r} for a, n, r in NOTES],
    }


def make_canonical() -> dict[str, Any]:
    values: list[Any] = [
        {"b": 1, "a": [True, False, None], "aa": {"z": 0, "A": -1}},
        {"text": 'kutip " miring \\ baris\nbaru\ttab \u0001 é — “ ” 😀 \u2028'},
        [0, -1, 9_007_199_254_740_991, -2.99, 104.75, 0.000123],
        {},
        [],
    ]
    return {
        "cases": [
            {"value": v, "canonical": canonical(v).decode(), "sha256": sha256_hex(canonical(v))}
            for v in values
        ]
    }


def kept_signatures() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    events, request, slips = {}, {}, {}
    if (path := GOLDEN / "events.json").exists():
        rows = json.loads(path.read_text())["events"]
        events = {row["event"]["kind"]: row["signature"] for row in rows}
    if (path := GOLDEN / "request.json").exists():
        request = {"request": json.loads(path.read_text())["authorization"].rpartition(".")[2]}
    if (path := GOLDEN / "slips.json").exists():
        good = json.loads(path.read_text())["good"]
        slips = {row["content"]["slip"]: row["signature"] for row in good}
    return events, request, slips


def one_line_a_case(value: dict[str, Any]) -> str:
    """Hundreds of cases: a line each, so that a difference names its case."""
    lines = ",\n".join(canonical(case).decode() for case in value["cases"])
    rest = {name: part for name, part in value.items() if name != "cases"}
    return canonical(rest).decode()[:-1] + f',"cases":[\n{lines}\n]}}\n'


def main() -> int:
    kept_events, kept_request, kept_slips = kept_signatures()
    events = make_events(kept_events)
    files = {
        "canonical": make_canonical(),
        "events": events,
        "request": make_request(kept_request),
        "slips": make_slips(kept_slips),
        "pictures": make_pictures(),
        "receipt": make_receipt(events["events"]),
        "letters": make_letters(),
        "numbers": make_numbers(),
        "money": make_money(),
        "sop": make_sop(),
    }
    changed = []
    for name, value in files.items():
        text = json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        if name == "sop":
            text = one_line_a_case(value)
        path = GOLDEN / f"{name}.json"
        if not path.exists() or path.read_text() != text:
            changed.append(path.name)
            if "--check" not in sys.argv:
                path.write_text(text)
    print("changed:", ", ".join(changed) or "nothing")  # noqa: T201
    return 1 if changed and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
