"""Events that are part of the story, and houses that were located."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from salur.disbursement.queries import households_of_visits_for_system
from salur.field.handlers.handovers import APPLIED, CONFLICT, NOTED, read_bodies
from salur.field.reading import (
    Answer,
    BadBody,
    FieldEvent,
    read_position,
)
from salur.registry.operations import locate_houses


def note_only(events: Sequence[FieldEvent]) -> list[Answer]:
    """Kept and shown; nothing else changes by it."""
    return [Answer(event.arrival, NOTED) for event in events]


def apply_geotags(events: Sequence[FieldEvent]) -> list[Answer]:
    """Where a family's house stands, as somebody in front of it measured."""
    good, answers = read_bodies(events, _place)
    households = households_of_visits_for_system([place[0] for _, place in good])
    located = []
    for event, (visit_id, latitude, longitude, accuracy, moment) in good:
        if visit_id in households:
            located.append((households[visit_id], latitude, longitude, accuracy, moment))
            answers.append(Answer(event.arrival, APPLIED))
        else:
            answers.append(Answer(event.arrival, CONFLICT, "unknown_visit"))
    locate_houses(located)
    return answers


def _place(event: FieldEvent) -> tuple[UUID, float, float, float, datetime]:
    latitude, longitude, accuracy = read_position({"position": event.body})
    if event.visit_id is None or latitude is None or longitude is None or accuracy is None:
        raise BadBody("place")
    return event.visit_id, latitude, longitude, accuracy, event.waiting.received_at
