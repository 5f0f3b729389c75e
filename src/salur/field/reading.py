"""A waiting event as handlers see it: parsed, with what the server knows of its device. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from salur.access.queries import DeviceKey
from salur.intake.operations import Waiting
from salur.kernel.canonical import read_json
from salur.kernel.clock import parse_iso

MOST_LINES = 20


class BadBody(ValueError):
    """The body is not what its kind promises; the code is kept as the event's outcome."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class FieldEvent:
    """One event to be applied."""

    waiting: Waiting
    content: dict[str, Any]
    device: DeviceKey

    @property
    def arrival(self) -> int:
        return self.waiting.arrival

    @property
    def body(self) -> dict[str, Any]:
        return self.content["body"]  # type: ignore[no-any-return]

    @property
    def visit_id(self) -> UUID | None:
        return UUID(self.content["visit"]) if self.content["visit"] else None

    @property
    def session_id(self) -> UUID | None:
        return optional_uuid(self.content["session"])

    @property
    def sequence(self) -> int:
        return int(self.content["sequence"])

    def moment(self, which: str) -> datetime | None:
        """The event's ``device`` or ``server`` time; None when it is absent or unreadable."""
        try:
            value = self.content["time"].get(which)
            return parse_iso(value) if value else None
        except (ValueError, TypeError, AttributeError, OverflowError):
            return None


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one event. ``parked`` leaves it on the queue, for the reason in ``code``."""

    arrival: int
    result: str
    code: str = ""
    parked: bool = False


def read_waiting(waiting: Waiting, device: DeviceKey) -> FieldEvent:
    return FieldEvent(waiting, read_json(waiting.raw), device)


def required_uuid(value: Any, code: str) -> UUID:
    """Raises BadBody."""
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError) as error:
        raise BadBody(code) from error


def optional_uuid(value: Any) -> UUID | None:
    """None for anything that is no UUID."""
    try:
        return UUID(value) if value else None
    except (ValueError, TypeError, AttributeError):
        return None


def whole_rupiah(value: Any, code: str) -> int:
    """A whole amount within what a ledger column holds. Raises BadBody."""
    if type(value) is not int or not 0 <= value < 10**15:
        raise BadBody(code)
    return value


def read_notes(value: Any) -> list[tuple[int, int]]:
    """[[denomination, count], ...]. Raises BadBody."""
    try:
        notes = [(int(worth), int(count)) for worth, count in value]
    except (TypeError, ValueError) as error:
        raise BadBody("notes") from error
    if len(notes) > 20 or any(worth <= 0 or not 0 <= count < 10**6 for worth, count in notes):
        raise BadBody("notes")
    return notes


def read_position(content: dict[str, Any]) -> tuple[float | None, float | None, float | None]:
    """(latitude, longitude, accuracy in metres), all None when there is none that makes sense."""
    position: Any = content.get("position")
    try:
        latitude, longitude = float(position["lat"]), float(position["lon"])
        accuracy = float(position["accuracy_m"])
    except (TypeError, KeyError, ValueError):
        return None, None, None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180 and 0 <= accuracy < 10**7):
        return None, None, None
    return latitude, longitude, accuracy
