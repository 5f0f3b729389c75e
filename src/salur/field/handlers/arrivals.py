"""Events of the entrance: who came, in which order, and what was seen before the desk."""

from __future__ import annotations

from collections.abc import Sequence

from salur.disbursement.operations import CheckedIn, record_check_ins
from salur.field.handlers.handovers import APPLIED, read_bodies
from salur.field.handlers.leases import moment_of
from salur.field.reading import Answer, BadBody, FieldEvent
from salur.kernel.actor import SYSTEM

MOST_CODES = 8
LETTERS = frozenset({"scanned", "number", "search", "none"})


def apply_check_ins(events: Sequence[FieldEvent]) -> list[Answer]:
    good, answers = read_bodies(events, _check_in)
    record_check_ins([item for _, item in good], by=SYSTEM)
    return answers + [Answer(event.arrival, APPLIED) for event, _ in good]


def _check_in(event: FieldEvent) -> CheckedIn:
    number, letter = event.body.get("number"), event.body.get("letter")
    if type(number) is not int or not 1 <= number <= 9_999:
        raise BadBody("number")
    if letter not in LETTERS:
        raise BadBody("letter")
    if event.session_id is None:
        raise BadBody("session")
    return CheckedIn(
        event_id=event.waiting.event_id,
        session_id=event.session_id,
        visit_id=event.visit_id,
        number=number,
        letter=str(letter),
        priority=_codes(event, "priority"),
        problems=_codes(event, "problems"),
        device_id=event.device.id,
        at=moment_of(event),
    )


def _codes(event: FieldEvent, name: str) -> tuple[str, ...]:
    named = event.body.get(name)
    if not isinstance(named, list) or len(named) > MOST_CODES:
        raise BadBody(name)
    if not all(isinstance(code, str) and 0 < len(code) <= 20 for code in named):
        raise BadBody(name)
    return tuple(dict.fromkeys(named))
