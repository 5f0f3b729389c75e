"""What an officer says is different, or asks for: a case for those who can settle it."""

from __future__ import annotations

from collections.abc import Sequence

from salur.casework.operations import Observation, open_observations
from salur.casework.rules import SUBJECTS
from salur.field.handlers.handovers import APPLIED, CONFLICT, read_bodies
from salur.field.reading import Answer, BadBody, FieldEvent
from salur.kernel.actor import SYSTEM


def apply_proposals(events: Sequence[FieldEvent]) -> list[Answer]:
    """Data differ, or the supervisor is asked: nothing changes by it, somebody has to look."""
    good, answers = read_bodies(events, _observation)
    known = open_observations([item for _, item in good], by=SYSTEM)
    for event, item in good:
        if item.event_id in known:
            answers.append(Answer(event.arrival, APPLIED))
        else:
            answers.append(Answer(event.arrival, CONFLICT, "unknown_visit"))
    return answers


def _observation(event: FieldEvent) -> Observation:
    about = event.body.get("about")
    if event.visit_id is None:
        raise BadBody("visit")
    if about not in SUBJECTS:
        raise BadBody("about")
    note = event.body.get("note")
    return Observation(
        event_id=event.waiting.event_id,
        visit_id=event.visit_id,
        about=about,
        note=note if isinstance(note, str) else "",
    )
