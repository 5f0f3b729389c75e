"""What is to be done for one family, and what became of it. Pure; `contract/sop.md` says how."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from salur.disbursement.rules.sop.reading import Ask, Condition, Step, read_steps

Facts = Mapping[str, Any]

VERIFIERS_PART: Final = frozenset({"letter", "documents", "face"})
_ALWAYS: Final = frozenset({"face", "hand_over", "receipt_mark", "receipt"})
_NOTHING_WITHOUT_ASKS: Final = frozenset({"documents", "recipient_photo", "house"})
_LEAST_NOTE: Final = 3


@dataclass(frozen=True, slots=True)
class PlannedAsk:
    """An ask that holds here. ``tick``: to look and tick is enough."""

    step: str
    any_of: tuple[str, ...]
    at_least: int
    tick: bool
    or_witness: bool
    reasons: tuple[str, ...]
    required: bool

    @property
    def name(self) -> str:
        return self.any_of[0] if len(self.any_of) == 1 else self.step


@dataclass(frozen=True, slots=True)
class PlannedStep:
    code: str
    asks: tuple[PlannedAsk, ...]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the events of a hand-over say was kept, seen, witnessed, and could not be had."""

    evidence: Sequence[str] = ()
    """Kinds, once per file."""
    seen: Collection[str] = ()
    witnessed: Collection[str] = ()
    missing: Sequence[Mapping[str, Any]] = field(default=())


def holds(condition: Condition, facts: Facts) -> bool:
    """Whether a condition holds; an absent one always does, an unknown fact never."""
    if condition is None:
        return True
    if isinstance(condition, Mapping):
        return all(_passes(test, facts.get(fact)) for fact, test in condition.items())
    return any(holds(one, facts) for one in condition)


def _passes(test: Any, value: Any) -> bool:
    if isinstance(test, bool):
        return isinstance(value, bool) and value is test
    if not isinstance(test, Mapping) or not test:
        return False
    if set(test) <= {"at_least", "below"}:
        if not isinstance(value, int) or isinstance(value, bool):
            return False
        low, high = test.get("at_least"), test.get("below")
        return (low is None or value >= low) and (high is None or value < high)
    if set(test) == {"one_of"}:
        return isinstance(value, str) and value in test["one_of"]
    return False


def draw(key_hex: str | None, visit_id: str, procedure_id: str, kind: str) -> int:
    """0 to 999, the same on the phone and here; 0, so photographed, without a key."""
    if not key_hex:
        return 0
    message = f"salur-draw|{visit_id}|{procedure_id}|{kind}".encode()
    digest = hmac.new(bytes.fromhex(key_hex), message, hashlib.sha256).hexdigest()
    return int(digest[:8], 16) % 1000


def plan_walk(
    steps: Sequence[Mapping[str, Any]],
    facts: Facts,
    *,
    key_hex: str | None,
    visit_id: str,
    procedure_id: str,
) -> list[PlannedStep]:
    """The steps to be done for this family, in order, each with what it asks for here."""
    walk = []
    for step in read_steps(steps):
        if step.code not in _ALWAYS and not holds(step.when, facts):
            continue
        asks = tuple(
            _planned(step, ask, facts, key_hex, visit_id, procedure_id)
            for ask in step.asks
            if holds(ask.when, facts)
        )
        if step.code in _NOTHING_WITHOUT_ASKS and not asks:
            continue
        walk.append(PlannedStep(step.code, asks))
    return walk


def _planned(
    step: Step, ask: Ask, facts: Facts, key_hex: str | None, visit_id: str, procedure_id: str
) -> PlannedAsk:
    tick = ask.tick_when is not None and holds(ask.tick_when, facts)
    if tick and ask.sample_permille:
        tick = draw(key_hex, visit_id, procedure_id, ask.any_of[0]) >= ask.sample_permille
    return PlannedAsk(
        step=step.code,
        any_of=ask.any_of,
        at_least=ask.at_least,
        tick=tick,
        or_witness=ask.or_witness,
        reasons=ask.reasons,
        required=step.required,
    )


def split_walk(walk: Sequence[PlannedStep]) -> tuple[list[PlannedStep], list[PlannedStep]]:
    """The verifier's part and the payer's, who may sit at two desks."""
    verifier = [step for step in walk if step.code in VERIFIERS_PART]
    return verifier, [step for step in walk if step.code not in VERIFIERS_PART]


def open_asks(walk: Sequence[PlannedStep], recorded: Recorded) -> list[PlannedAsk]:
    """What is neither here nor ticked, witnessed or missing with a reason."""
    asks = [ask for step in walk for ask in step.asks]
    return [ask for ask in asks if not is_settled(ask, recorded) and not excuse(ask, recorded)]


def is_settled(ask: PlannedAsk, recorded: Recorded) -> bool:
    files = sum(kind in ask.any_of for kind in recorded.evidence)
    return (
        files >= ask.at_least
        or (ask.tick and any(kind in recorded.seen for kind in ask.any_of))
        or (ask.or_witness and ask.step in recorded.witnessed)
    )


def excuse(ask: PlannedAsk, recorded: Recorded) -> str | None:
    """The reason with which it is missing, or None."""
    for entry in recorded.missing:
        reason, kind = entry.get("reason"), entry.get("evidence")
        if entry.get("step") != ask.step or reason not in ask.reasons:
            continue
        if kind is not None and kind not in ask.any_of:
            continue
        if reason == "other" and len(str(entry.get("note") or "").strip()) < _LEAST_NOTE:
            continue
        return str(reason)
    return None


def review_walk(walk: Sequence[PlannedStep], recorded: Recorded) -> list[str]:
    """What goes to review: ``missing_…`` where nobody said why, ``excused_…:reason`` else."""
    found = []
    for ask in (ask for step in walk for ask in step.asks if ask.required):
        if is_settled(ask, recorded):
            continue
        reason = excuse(ask, recorded)
        found.append(f"excused_{ask.name}:{reason}" if reason else f"missing_{ask.name}")
    return found
