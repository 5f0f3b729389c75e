"""A procedure as data, read into steps and asks. Pure; `contract/sop.md` says how."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Condition = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None

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
KINDS: Final = (
    "ktp",
    "kk",
    "authority",
    "letter",
    "face",
    "recipient_photo",
    "signature",
    "thumbprint",
    "house",
    "other",
)
REASONS: Final = (
    "camera_broken",
    "too_dark",
    "no_document",
    "document_damaged",
    "person_cannot",
    "unsafe",
    "refused",
    "other",
)
_OF_A_PAPER: Final = (
    "camera_broken",
    "too_dark",
    "no_document",
    "document_damaged",
    "refused",
    "other",
)
_OF_A_FACE: Final = ("camera_broken", "too_dark", "person_cannot", "refused", "other")
_OF_A_MARK: Final = ("person_cannot", "refused", "camera_broken", "other")
_OF_A_PLACE: Final = ("camera_broken", "too_dark", "unsafe", "refused", "other")
_USUAL: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("ktp", "kk", "authority", "letter"), _OF_A_PAPER),
    **dict.fromkeys(("face", "recipient_photo"), _OF_A_FACE),
    **dict.fromkeys(("signature", "thumbprint"), _OF_A_MARK),
}

_WITNESSED: Final = ("face", "receipt_mark")
_NATURAL: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "documents": (("ktp",), ("kk",)),
    "face": (("face",),),
    "recipient_photo": (("recipient_photo",),),
    "receipt_mark": (("signature", "thumbprint"),),
    "house": (("house",),),
}
_LAST: Final = ("receipt_mark", "receipt")


def usual_reasons(kind: str) -> tuple[str, ...]:
    """The reasons with which evidence of a kind may be missing where a procedure names none."""
    return _USUAL.get(kind, _OF_A_PLACE)


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing to be shown or kept. ``tick_when`` None: a file is always needed."""

    any_of: tuple[str, ...]
    at_least: int
    when: Condition
    tick_when: Condition
    sample_permille: int
    or_witness: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    code: str
    when: Condition
    required: bool
    asks: tuple[Ask, ...]


def read_steps(steps: Iterable[Mapping[str, Any]]) -> tuple[Step, ...]:
    """The steps in the order of the walk; unknown and repeated codes are left out.

    ``face``, ``hand_over``, ``receipt_mark`` and ``receipt`` stand whatever the data leave out.
    """
    found: dict[str, Step] = {}
    for raw in steps:
        code = raw.get("code")
        if code in STEP_CODES and code not in found:
            found[code] = _step(code, raw)
    walk = [step for code, step in found.items() if code not in _LAST]
    if "hand_over" not in found:
        walk.append(_step("hand_over", {}))
    pays = next(at for at, step in enumerate(walk) if step.code == "hand_over")
    checks = next((at for at, step in enumerate(walk) if step.code == "face"), None)
    if checks is None:
        walk.insert(pays, _step("face", {}))
    elif checks > pays:
        walk.insert(pays, walk.pop(checks))
    return (*walk, *(found.get(code) or _step(code, {}) for code in _LAST))


def unknown_codes(steps: Iterable[Mapping[str, Any]]) -> list[str]:
    return [str(raw.get("code")) for raw in steps if raw.get("code") not in STEP_CODES]


def _step(code: str, raw: Mapping[str, Any]) -> Step:
    asks = raw.get("asks")
    return Step(
        code=code,
        when=raw.get("when"),
        required=raw.get("required", True) is not False,
        asks=tuple(_ask(ask) for ask in asks) if asks is not None else _short_form(code, raw),
    )


def _ask(raw: Mapping[str, Any]) -> Ask:
    kinds = tuple(raw["any_of"])
    reasons = raw.get("reasons")
    return Ask(
        any_of=kinds,
        at_least=raw.get("at_least", 1),
        when=raw.get("when"),
        tick_when=raw.get("tick_when"),
        sample_permille=raw.get("sample_permille", 0),
        or_witness=raw.get("or_witness", False) is True,
        reasons=usual_reasons(kinds[0]) if reasons is None else tuple(reasons),
    )


def _short_form(code: str, raw: Mapping[str, Any]) -> tuple[Ask, ...]:
    groups = [(kind,) for kind in raw.get("evidence") or ()]
    if raw.get("any_of"):
        groups.append(tuple(raw["any_of"]))
    witness = code in _WITNESSED
    asks = [
        _ask({"any_of": kinds, "or_witness": witness}) for kinds in groups or _NATURAL.get(code, ())
    ]
    if code == "documents":
        asks.append(_ask({"any_of": ("authority",), "when": {"proxy": True}}))
    return tuple(asks)
