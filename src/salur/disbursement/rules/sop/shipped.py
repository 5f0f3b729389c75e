"""The procedures that ship with the house. A version never changes once it has left the house."""

from __future__ import annotations

from typing import Any, Final

Steps = list[dict[str, Any]]

_FIRST_COUNTER: Final[Steps] = [
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
_FIRST_DOORSTEP: Final[Steps] = [
    *_FIRST_COUNTER[:-1],
    {"code": "house", "evidence": ["house"], "required": True},
    _FIRST_COUNTER[-1],
]

_OWN_CARD: Final = [{"proxy": False}, {"heir": True}]
_DOCUMENTS: Final[dict[str, Any]] = {
    "code": "documents",
    # For apps that read the short form only: they photograph both cards of everybody.
    "evidence": ["ktp", "kk"],
    "required": True,
    "asks": [
        {
            "any_of": ["ktp"],
            "when": _OWN_CARD,
            "tick_when": {"card_photo": True, "proxy": False, "risk": {"below": 50}},
            "sample_permille": 100,
        },
        {"any_of": ["ktp"], "at_least": 2, "when": {"proxy": True, "heir": False}},
        {
            "any_of": ["kk"],
            "tick_when": {"card_photo": True, "proxy": False, "risk": {"below": 50}},
            "sample_permille": 100,
        },
        {"any_of": ["authority"], "when": {"proxy": True}},
    ],
}
_SECOND_COUNTER: Final[Steps] = [
    _FIRST_COUNTER[0],
    _DOCUMENTS,
    *_FIRST_COUNTER[2:],
]
_SECOND_DOORSTEP: Final[Steps] = [
    _FIRST_DOORSTEP[0],
    _DOCUMENTS,
    *_FIRST_DOORSTEP[2:],
]

SHIPPED: Final[dict[str, list[Steps]]] = {
    "post_office": [_FIRST_COUNTER, _SECOND_COUNTER],
    "community": [_FIRST_COUNTER, _SECOND_COUNTER],
    "doorstep": [_FIRST_DOORSTEP, _SECOND_DOORSTEP],
}
"""Per channel, version 1 first. Houses of families paid at counters are located by a later visit.

The second looks at a card whose good photo is on file and ticks, photographs a random tenth again,
and asks a proxy for both cards. What a hand-over began under an unknown version is judged by the
first."""
