"""The editor of a procedure: steps and asks as fields with names, both ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from salur.disbursement.rules.sop.checking import BOOLEAN_FACTS, KINDS_OF_STEP, NUMBER_FACTS
from salur.disbursement.rules.sop.reading import (
    STEP_CODES,
    Ask,
    Condition,
    read_steps,
    usual_reasons,
)

ASKS: Final = 6
"""Most asks of a step; the editor shows one empty one after those that are used."""
TESTS: Final = 4
"""Most conditions of one step or ask; those of one group hold together, one group is enough."""


@dataclass(slots=True)
class TestRow:
    name: str
    group: str = "1"
    fact: str = ""
    test: str = ""
    value: str = ""

    @property
    def shown(self) -> str:
        """The fact and how it is tested, as one choice."""
        return f"{self.fact}:{self.test}" if self.fact else ""


@dataclass(slots=True)
class AskRow:
    name: str
    used: bool = False
    kinds: list[str] = field(default_factory=list)
    at_least: str = "1"
    when: list[TestRow] = field(default_factory=list)
    ticks: bool = False
    tick_when: list[TestRow] = field(default_factory=list)
    sample_percent: str = "0"
    witness: bool = False
    reasons: list[str] = field(default_factory=list)


@dataclass(slots=True)
class StepRow:
    code: str
    used: bool
    order: int
    required: bool
    when: list[TestRow]
    asks: list[AskRow]
    kinds: Sequence[str]


def rows_of(steps: Sequence[Mapping[str, Any]]) -> list[StepRow]:
    """The fields of the editor for a procedure, unused steps last and unticked."""
    read = {step.code: (at, step) for at, step in enumerate(read_steps(steps), start=1)}
    rows = []
    for code in STEP_CODES:
        at, step = read.get(code, (len(STEP_CODES), None))
        kinds = KINDS_OF_STEP.get(code, ())
        asks = [_ask_row(f"{code}-{n}", ask) for n, ask in enumerate(step.asks if step else ())]
        asks += (
            [_blank(f"{code}-{n}", kinds) for n in range(len(asks), min(len(asks) + 1, ASKS))]
            if kinds
            else []
        )
        rows.append(
            StepRow(
                code=code,
                used=step is not None,
                order=at,
                required=step.required if step else True,
                when=_test_rows(f"{code}-when", step.when if step else None),
                asks=asks,
                kinds=kinds,
            )
        )
    return sorted(rows, key=lambda row: (not row.used, row.order))


def _ask_row(name: str, ask: Ask) -> AskRow:
    return AskRow(
        name=name,
        used=True,
        kinds=list(ask.any_of),
        at_least=str(ask.at_least),
        when=_test_rows(f"{name}-when", ask.when),
        ticks=ask.tick_when is not None,
        tick_when=_test_rows(f"{name}-tick", ask.tick_when),
        sample_percent=f"{ask.sample_permille / 10:g}",
        witness=ask.or_witness,
        reasons=list(ask.reasons),
    )


def _blank(name: str, kinds: Sequence[str]) -> AskRow:
    return AskRow(
        name=name,
        when=_test_rows(f"{name}-when", None),
        tick_when=_test_rows(f"{name}-tick", None),
        reasons=list(usual_reasons(kinds[0])),
    )


def _test_rows(name: str, condition: Condition) -> list[TestRow]:
    found = [
        TestRow(f"{name}-{n}", str(group), fact, test, value)
        for n, (group, fact, test, value) in enumerate(_tests_of(condition))
    ][:TESTS]
    return found + [TestRow(f"{name}-{n}") for n in range(len(found), TESTS)]


def _tests_of(condition: Condition) -> Iterator[tuple[int, str, str, str]]:
    maps = [condition] if isinstance(condition, Mapping) else list(condition or ())
    for group, one in enumerate(maps, start=1):
        for fact, test in one.items():
            if isinstance(test, bool):
                yield group, fact, "yes" if test else "no", ""
            elif isinstance(test, Mapping):
                for word in ("at_least", "below"):
                    if word in test:
                        yield group, fact, word, str(test[word])
                for letter in test.get("one_of", ()):
                    yield group, fact, letter, ""


def read_procedure(post: Mapping[str, Any], lists: Any) -> list[dict[str, Any]]:
    """The procedure that a form describes; nothing is judged here but what no field can mean.

    ``lists(name)`` gives all values of a field, as ``QueryDict.getlist`` does.
    """
    steps = []
    for code in STEP_CODES:
        if not post.get(f"{code}-used"):
            continue
        step: dict[str, Any] = {"code": code, "required": post.get(f"{code}-required") != "no"}
        condition = _read_condition(post, f"{code}-when")
        if condition is not None:
            step["when"] = condition
        if code in KINDS_OF_STEP:
            step["asks"] = [
                _read_ask(post, lists, f"{code}-{n}")
                for n in range(ASKS)
                if post.get(f"{code}-{n}-used")
            ]
        steps.append((_whole(post.get(f"{code}-order")) or 0, step))
    return [step for _, step in sorted(steps, key=lambda pair: pair[0])]


def _read_ask(post: Mapping[str, Any], lists: Any, name: str) -> dict[str, Any]:
    kinds = lists(f"{name}-kinds")
    ask: dict[str, Any] = {"any_of": kinds}
    at_least = _whole(post.get(f"{name}-at_least"))
    if at_least != 1:
        ask["at_least"] = at_least if at_least is not None else 0
    condition = _read_condition(post, f"{name}-when")
    if condition is not None:
        ask["when"] = condition
    if post.get(f"{name}-ticks"):
        ask["tick_when"] = _read_condition(post, f"{name}-tick") or {}
        ask["sample_permille"] = _permille(post.get(f"{name}-sample"))
    if post.get(f"{name}-witness"):
        ask["or_witness"] = True
    reasons = lists(f"{name}-reasons")
    if kinds and set(reasons) != set(usual_reasons(kinds[0])):
        ask["reasons"] = reasons
    return ask


def _read_condition(post: Mapping[str, Any], name: str) -> Condition:
    groups: dict[str, dict[str, Any]] = {}
    for n in range(TESTS):
        fact, _colon, test = str(post.get(f"{name}-{n}-fact", "")).partition(":")
        if not fact:
            continue
        tests = groups.setdefault(str(post.get(f"{name}-{n}-group", "1")), {})
        if fact in BOOLEAN_FACTS:
            tests[fact] = test == "yes"
        elif fact in NUMBER_FACTS:
            number = _whole(post.get(f"{name}-{n}-value"))
            tests[fact] = {**tests.get(fact, {}), test: number}
        else:
            tests[fact] = {"one_of": [*tests.get(fact, {}).get("one_of", []), test]}
    found = [groups[key] for key in sorted(groups)]
    if not found:
        return None
    return found[0] if len(found) == 1 else found


def _whole(text: Any) -> int | None:
    digits = str(text or "").strip().removeprefix("Rp").replace(".", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 13 else None


def _permille(text: Any) -> int:
    """``10`` or ``2,5`` percent; what is no number is refused later as -1."""
    try:
        return round(float(str(text or "0").strip().replace(",", ".")) * 10)
    except (ValueError, OverflowError):
        return -1
