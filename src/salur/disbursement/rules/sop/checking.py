"""Whether a procedure can be walked, before anybody works by it. Pure.

A problem is named by step and code, so that a page can say where it is and how to mend it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from salur.disbursement.rules.sop.reading import KINDS, REASONS, STEP_CODES

BOOLEAN_FACTS: Final = ("proxy", "heir", "doorstep", "first_time", "card_photo")
NUMBER_FACTS: Final = ("amount", "age", "risk", "proxy_streak")
LETTERS: Final = ("scanned", "number", "search")
_BEFORE_CASH: Final = ("letter", "documents", "face")
_NEEDED: Final = ("documents", "face", "hand_over", "receipt_mark")
MOST_FILES: Final = 4
KINDS_OF_STEP: Final[dict[str, tuple[str, ...]]] = {
    "letter": ("letter",),
    "documents": ("ktp", "kk", "authority", "other"),
    "face": ("face",),
    "recipient_photo": ("recipient_photo",),
    "receipt_mark": ("signature", "thumbprint"),
    "house": ("house",),
}
"""What the screens of a step can keep; a step that is not named keeps nothing."""


@dataclass(frozen=True, slots=True)
class Problem:
    """``step`` counts from 1; 0 is the procedure as a whole. ``detail`` is what was written."""

    step: int
    code: str
    detail: str = ""


class WrongProcedure(ValueError):
    """No app of ours could walk it, or cash would leave the bag too early."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"step {p.step}: {p.code} {p.detail!r}" for p in problems))
        self.problems = tuple(problems)


def check_steps(steps: Sequence[Mapping[str, Any]]) -> None:
    """Raises WrongProcedure with everything that is wrong, in the order of the steps."""
    problems: list[Problem] = []
    seen: list[str] = []
    for number, step in enumerate(steps, start=1):
        code = str(step.get("code"))
        if code not in STEP_CODES:
            problems.append(Problem(number, "unknown_step", code))
            continue
        if code in seen:
            problems.append(Problem(number, "step_twice", code))
        if code in _BEFORE_CASH and "hand_over" in seen:
            problems.append(Problem(number, "after_cash", code))
        seen.append(code)
        problems += [Problem(number, *found) for found in _of_step(step)]
    problems += [Problem(0, "step_needed", code) for code in _NEEDED if code not in seen]
    if problems:
        raise WrongProcedure(problems)


def _of_step(step: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    yield from _of_condition(step.get("when"))
    if not isinstance(step.get("required", True), bool):
        yield "required", str(step["required"])
    for kind in (*(step.get("evidence") or ()), *(step.get("any_of") or ())):
        if kind not in KINDS:
            yield "unknown_evidence", str(kind)
    for ask in step.get("asks") or ():
        yield from _of_ask(str(step.get("code")), ask)


def _of_ask(code: str, ask: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    kinds = ask.get("any_of")
    if not isinstance(kinds, list | tuple) or not kinds:
        yield "no_evidence", ""
        return
    yield from (("unknown_evidence", str(kind)) for kind in kinds if kind not in KINDS)
    known = [str(kind) for kind in kinds if kind in KINDS]
    yield from (("wrong_kind", kind) for kind in known if kind not in KINDS_OF_STEP.get(code, ()))
    at_least = ask.get("at_least", 1)
    most = MOST_FILES if code == "documents" else 1
    if not _whole(at_least) or not 1 <= at_least <= most:
        yield "at_least", str(at_least)
    share = ask.get("sample_permille", 0)
    if not _whole(share) or not 0 <= share <= 1000:
        yield "sample", str(share)
    elif share and ask.get("tick_when") is None:
        yield "sample_without_tick", str(share)
    yield from _of_condition(ask.get("when"))
    yield from _of_condition(ask.get("tick_when"))
    yield from (
        ("unknown_reason", str(reason))
        for reason in ask.get("reasons") or ()
        if reason not in REASONS
    )


def _of_condition(condition: Any) -> Iterable[tuple[str, str]]:
    if condition is None:
        return
    if isinstance(condition, list | tuple):
        if not condition:
            yield "never_holds", ""
        for one in condition:
            yield from _of_condition(one)
        return
    if not isinstance(condition, Mapping):
        yield "condition", str(condition)
        return
    for fact, test in condition.items():
        yield from _of_test(fact, test)


def _of_test(fact: str, test: Any) -> Iterable[tuple[str, str]]:
    if fact in BOOLEAN_FACTS:
        if not isinstance(test, bool):
            yield "test", fact
    elif fact in NUMBER_FACTS:
        good = isinstance(test, Mapping) and test and set(test) <= {"at_least", "below"}
        if not good or not all(_whole(value) for value in test.values()):
            yield "test", fact
        elif "at_least" in test and "below" in test and test["at_least"] >= test["below"]:
            yield "never_holds", fact
    elif fact == "letter":
        good = isinstance(test, Mapping) and set(test) == {"one_of"} and test["one_of"]
        if not good or not set(test["one_of"]) <= set(LETTERS):
            yield "test", fact
    else:
        yield "unknown_fact", fact


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
