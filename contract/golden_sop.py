"""Third writing of `sop.md`: what a procedure asks of a family, and what is reviewed.

Written over plain lists and loops, apart from the two that it judges. Cases are drawn from a
stream of SHA-256, so that `golden/sop.json` is the same on every machine.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from typing import Any

CASES = 320
KEY = hashlib.sha256(b"a lease's collector key").hexdigest()
VISIT = "019ac5a0-1111-7000-8000-{:012x}"

PAPER = ["camera_broken", "too_dark", "no_document", "document_damaged", "refused", "other"]
FACE = ["camera_broken", "too_dark", "person_cannot", "refused", "other"]
MARK = ["person_cannot", "refused", "camera_broken", "other"]
PLACE = ["camera_broken", "too_dark", "unsafe", "refused", "other"]
USUAL = {
    "ktp": PAPER,
    "kk": PAPER,
    "authority": PAPER,
    "letter": PAPER,
    "face": FACE,
    "recipient_photo": FACE,
    "signature": MARK,
    "thumbprint": MARK,
}
KNOWN = ["letter", "documents", "face", "hand_over"]
KNOWN += ["recipient_photo", "receipt_mark", "house", "receipt"]
NATURAL = {
    "documents": [["ktp"], ["kk"]],
    "face": [["face"]],
    "recipient_photo": [["recipient_photo"]],
    "receipt_mark": [["signature", "thumbprint"]],
    "house": [["house"]],
}

PROCEDURES: list[dict[str, Any]] = [
    {
        "id": "post_office/1",
        "steps": [
            {"code": "letter", "evidence": [], "required": True},
            {"code": "documents", "evidence": ["ktp", "kk"], "required": True},
            {"code": "face", "evidence": ["face"], "required": True},
            {"code": "hand_over", "evidence": [], "required": True},
            {"code": "recipient_photo", "evidence": ["recipient_photo"], "required": True},
            {"code": "receipt_mark", "evidence": [], "any_of": ["signature", "thumbprint"]},
            {"code": "receipt", "evidence": [], "required": True},
        ],
    },
    {
        "id": "doorstep/2",
        "steps": [
            {"code": "letter"},
            {
                "code": "documents",
                "asks": [
                    {
                        "any_of": ["ktp"],
                        "when": [{"proxy": False}, {"heir": True}],
                        "tick_when": {"card_photo": True, "risk": {"below": 50}},
                        "sample_permille": 100,
                    },
                    {"any_of": ["ktp"], "at_least": 2, "when": {"proxy": True, "heir": False}},
                    {"any_of": ["kk"], "when": [{"first_time": True}, {"proxy": True}]},
                    {"any_of": ["authority"], "when": {"proxy": True}, "reasons": []},
                ],
            },
            {"code": "face", "asks": [{"any_of": ["face"], "or_witness": True}]},
            {"code": "hand_over"},
            {
                "code": "recipient_photo",
                "when": [{"amount": {"at_least": 1_000_000}}, {"risk": {"at_least": 50}}],
            },
            {"code": "house", "required": False},
            {
                "code": "receipt_mark",
                "asks": [{"any_of": ["signature", "thumbprint"], "or_witness": True}],
            },
            {"code": "receipt"},
        ],
    },
    {
        "id": "community/7",
        "steps": [
            {"code": "receipt_mark", "any_of": ["thumbprint"]},
            {"code": "weigh_the_goat", "evidence": ["goat"]},
            {"code": "house", "when": {"letter": {"one_of": ["number", "search"]}}},
            {
                "code": "letter",
                "asks": [{"any_of": ["letter"], "when": {"letter": {"one_of": ["scanned"]}}}],
            },
            {
                "code": "documents",
                "when": {"age": {"below": 60}},
                "asks": [
                    {
                        "any_of": ["kk"],
                        "tick_when": {},
                        "sample_permille": 500,
                        "reasons": ["no_document", "other"],
                    }
                ],
            },
            {"code": "documents", "evidence": ["authority"]},
        ],
    },
    {
        "id": "post_office/9",
        "steps": [
            {"code": "hand_over"},
            {
                "code": "face",
                "when": {"first_time": True},
                "asks": [{"any_of": ["face"], "at_least": 2, "when": {"doorstep": False}}],
            },
            {"code": "documents", "asks": [{"any_of": ["ktp", "kk"], "at_least": 2}]},
            {"code": "recipient_photo", "asks": [], "required": False},
        ],
    },
    {
        "id": "community/3",
        "steps": [
            {"code": "letter", "when": {"proxy_streak": {"at_least": 1, "below": 4}}},
            {
                "code": "documents",
                "evidence": ["kk"],
                "any_of": ["ktp", "other"],
                "required": False,
            },
            {
                "code": "face",
                "when": {"unheard_of": True},
                "asks": [{"any_of": ["face"], "when": {"age": True}}],
            },
            {
                "code": "house",
                "asks": [{"any_of": ["house"], "tick_when": {"amount": {"near": 3}}}],
            },
        ],
    },
    {"id": "doorstep/5", "steps": []},
]


def stream(seed: str) -> Iterator[int]:
    """Whole numbers below 65,536, the same everywhere."""
    at = 0
    while True:
        block = hashlib.sha256(f"{seed}|{at}".encode()).digest()
        for i in range(0, 32, 2):
            yield block[i] << 8 | block[i + 1]
        at += 1


def condition_holds(condition: Any, facts: dict[str, Any]) -> bool:
    if condition is None:
        return True
    if type(condition) is list:
        return True in [condition_holds(one, facts) for one in condition]
    for name in condition:
        test, value = condition[name], facts.get(name)
        if test is True or test is False:
            good = value is test
        elif "one_of" in test and len(test) == 1:
            good = type(value) is str and value in test["one_of"]
        elif test and not set(test) - {"at_least", "below"}:
            good = type(value) is int
            if good and "at_least" in test:
                good = value >= test["at_least"]
            if good and "below" in test:
                good = value < test["below"]
        else:
            good = False
        if not good:
            return False
    return True


def drawn(visit: str, procedure: str, kind: str, key: str | None) -> int:
    if key is None:
        return 0
    text = "|".join(["salur-draw", visit, procedure, kind])
    mac = hmac.digest(bytes.fromhex(key), text.encode(), "sha256")
    return int.from_bytes(mac[:4], "big") % 1000


def asks_of(step: dict[str, Any]) -> list[dict[str, Any]]:
    code = step["code"]
    if "asks" in step:
        return list(step["asks"])
    groups = [[kind] for kind in step.get("evidence", [])]
    if step.get("any_of"):
        groups.append(step["any_of"])
    if not groups:
        groups = NATURAL.get(code, [])
    asks = [{"any_of": kinds, "or_witness": code in ("face", "receipt_mark")} for kinds in groups]
    if code == "documents":
        asks.append({"any_of": ["authority"], "when": {"proxy": True}})
    return asks


def order_of(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    by_code: dict[str, dict[str, Any]] = {}
    for step in steps:
        if step["code"] in KNOWN:
            by_code.setdefault(step["code"], step)
    codes = [code for code in by_code if code not in ("receipt_mark", "receipt")]
    if "hand_over" not in codes:
        codes.append("hand_over")
    if "face" not in codes or codes.index("face") > codes.index("hand_over"):
        codes = [code for code in codes if code != "face"]
        codes.insert(codes.index("hand_over"), "face")
    return [by_code.get(code, {"code": code}) for code in [*codes, "receipt_mark", "receipt"]]


def expect(case: dict[str, Any], procedure: dict[str, Any]) -> dict[str, Any]:
    facts, recorded = case["facts"], case["recorded"]
    walk: list[list[Any]] = []
    still_open: list[str] = []
    review: list[str] = []
    for step in order_of(procedure["steps"]):
        code = step["code"]
        stands = code in ("face", "hand_over", "receipt_mark", "receipt")
        if not stands and not condition_holds(step.get("when"), facts):
            continue
        asked = []
        for ask in asks_of(step):
            if not condition_holds(ask.get("when"), facts):
                continue
            tick = "tick_when" in ask and condition_holds(ask["tick_when"], facts)
            share = ask.get("sample_permille", 0)
            if tick and share > 0:
                number = drawn(case["visit"], procedure["id"], ask["any_of"][0], case["key"])
                tick = not number < share
            asked.append(
                {
                    "any_of": list(ask["any_of"]),
                    "at_least": ask.get("at_least", 1),
                    "tick": tick,
                    "or_witness": ask.get("or_witness", False),
                    "reasons": list(ask.get("reasons", USUAL.get(ask["any_of"][0], PLACE))),
                    "required": step.get("required", True),
                }
            )
        if code in ("documents", "recipient_photo", "house") and not asked:
            continue
        walk.append([code, [[ask["any_of"], ask["at_least"], ask["tick"]] for ask in asked]])
        for ask in asked:
            name = code if len(ask["any_of"]) > 1 else ask["any_of"][0]
            kept = len([kind for kind in recorded["evidence"] if kind in ask["any_of"]])
            if kept >= ask["at_least"]:
                continue
            if ask["tick"] and set(recorded["seen"]) & set(ask["any_of"]):
                continue
            if ask["or_witness"] and code in recorded["witnessed"]:
                continue
            reason = None
            for entry in recorded["missing"]:
                right = (
                    entry["step"] == code
                    and entry.get("evidence", ask["any_of"][0]) in ask["any_of"]
                )
                told = entry["reason"] != "other" or len(entry.get("note", "").strip()) >= 3
                if right and told and entry["reason"] in ask["reasons"]:
                    reason = entry["reason"]
                    break
            if reason is None:
                still_open.append(name)
            if ask["required"]:
                review.append(f"missing_{name}" if reason is None else f"excused_{name}:{reason}")
    return {
        "walk": walk,
        "verifier": [code for code, _ in walk if code in ("letter", "documents", "face")],
        "payer": [code for code, _ in walk if code not in ("letter", "documents", "face")],
        "open": still_open,
        "review": review,
    }


def make_case(number: int) -> dict[str, Any]:
    numbers = stream(f"salur sop {number}")

    def one_of(*choices: Any) -> Any:
        return choices[next(numbers) % len(choices)]

    which = number % len(PROCEDURES)
    proxy = one_of(False, False, True)
    facts = {
        "proxy": proxy,
        "heir": proxy and one_of(True, False),
        "doorstep": PROCEDURES[which]["id"].startswith("doorstep"),
        "amount": one_of(225_000, 825_000, 1_000_000, 2_400_000),
        "letter": one_of("scanned", "number", "search"),
        "first_time": one_of(True, False),
        "age": one_of(None, 34, 59, 60, 82),
        "card_photo": one_of(True, True, False),
        "risk": one_of(None, 0, 10, 49, 50, 90),
        "proxy_streak": one_of(0, 1, 3, 4),
    }
    evidence = [
        kind
        for kind in (
            "ktp",
            "ktp",
            "kk",
            "authority",
            "face",
            "face",
            "recipient_photo",
            "signature",
            "house",
            "letter",
        )
        if one_of(True, False)
    ]
    missing = []
    for step, kind in (
        ("documents", "ktp"),
        ("documents", "kk"),
        ("documents", "authority"),
        ("face", "face"),
        ("recipient_photo", None),
        ("receipt_mark", "signature"),
        ("house", "house"),
    ):
        if one_of(True, False):
            entry = {
                "step": step,
                "reason": one_of(
                    "camera_broken", "no_document", "refused", "refused", "other", "bored"
                ),
            }
            if kind:
                entry["evidence"] = kind
            if one_of(True, False):
                entry["note"] = one_of("tertinggal di rumah", "  x ", "")
            missing.append(entry)
    return {
        "procedure": which,
        "visit": VISIT.format(number),
        "key": one_of(KEY, KEY, KEY, None),
        "facts": facts,
        "recorded": {
            "evidence": evidence,
            "seen": [kind for kind in ("ktp", "kk") if one_of(True, False)],
            "witnessed": one_of([], [], ["face", "receipt_mark"], ["receipt_mark"]),
            "missing": missing,
        },
    }


def make_sop() -> dict[str, Any]:
    cases = [make_case(number) for number in range(CASES)]
    return {
        "procedures": PROCEDURES,
        "draws": [
            {
                "visit": VISIT.format(n),
                "procedure": "doorstep/2",
                "kind": "ktp",
                "draw": drawn(VISIT.format(n), "doorstep/2", "ktp", KEY),
            }
            for n in range(5)
        ],
        "key": KEY,
        "cases": [
            {**case, "expected": expect(case, PROCEDURES[case["procedure"]])} for case in cases
        ],
    }
