"""The standard procedure as data, and whether a hand-over followed it. Pure.

A step is ``{"code", "evidence": [kinds, all needed], "any_of": [kinds, one needed],
"required": bool}``. What is missing sends a hand-over to review; it never undoes a payment.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

STEP_CODES: Final = (
    "letter",
    "documents",
    "face",
    "hand_over",
    "recipient_photo",
    "receipt_mark",
    "house",
    "receipt",
)

_COUNTER: Final[list[dict[str, Any]]] = [
    {"code": "letter", "evidence": [], "required": True},
    {"code": "documents", "evidence": ["ktp", "kk"], "required": True},
    {"code": "face", "evidence": ["face"], "required": True},
    {"code": "hand_over", "evidence": [], "required": True},
    {"code": "recipient_photo", "evidence": ["recipient_photo"], "required": True},
    {
        "code": "receipt_mark",
        "evidence": [],
        "any_of": ["signature", "thumbprint"],
        "required": True,
    },
    {"code": "receipt", "evidence": [], "required": True},
]
_DOORSTEP: Final = [
    *_COUNTER[:-1],
    {"code": "house", "evidence": ["house"], "required": True},
    _COUNTER[-1],
]

DEFAULT_PROCEDURES: Final[dict[str, list[dict[str, Any]]]] = {
    "post_office": _COUNTER,
    "community": _COUNTER,
    "doorstep": _DOORSTEP,
}
"""Version 1 of each channel. Houses of families paid at counters are located later, by a visit."""


def check_procedure(
    steps: Sequence[Mapping[str, Any]], evidence: Collection[str], *, proxy: bool, witnessed: bool
) -> list[str]:
    """What is missing, as ``missing_<kind>`` codes; an empty list is a complete hand-over.

    A proxy needs the written authority too. A witness named in the verification stands in for the
    face and for the receipt mark.
    """
    missing: list[str] = []
    for step in steps:
        if not step.get("required", False):
            continue
        if witnessed and step["code"] in ("face", "receipt_mark"):
            continue
        missing += [f"missing_{kind}" for kind in step.get("evidence", ()) if kind not in evidence]
        choices = step.get("any_of") or ()
        if choices and not any(kind in evidence for kind in choices):
            missing.append(f"missing_{step['code']}")
    if proxy and "authority" not in evidence:
        missing.append("missing_authority")
    return missing


def check_steps(steps: Sequence[Mapping[str, Any]]) -> None:
    """Raises ValueError naming the step that no app of ours could do."""
    for number, step in enumerate(steps, start=1):
        if step.get("code") not in STEP_CODES:
            raise ValueError(f"step {number}: {step.get('code')!r}")
