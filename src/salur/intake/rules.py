"""What an event must look like before it can be stored as one. Pure.

The envelope is fixed by ``contract/schemas/event.json``; what stands in ``body`` is judged later by
the room whose business it is, so that one odd body never costs an event.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from salur.kernel.canonical import read_json

ENVELOPE = frozenset(
    {
        "app",
        "body",
        "device",
        "event_id",
        "kind",
        "lease",
        "position",
        "previous",
        "sequence",
        "session",
        "sop",
        "time",
        "v",
        "visit",
    }
)
KINDS = frozenset(
    {
        "verification",
        "hand_over_begun",
        "handed_over",
        "hand_over_cancelled",
        "attempt_failed",
        "geotag",
        "cash_transfer",
        "cash_count",
        "lease_release",
        "lease_accept",
        "check_in",
        "data_proposal",
        "instruction_seen",
        "meeting",
    }
)
MOST_EVENT_BYTES = 64_000
MOST_EVENTS = 500
MOST_EVIDENCE = 20
LARGEST_SEQUENCE = 2**53
MOST_PHOTO_BYTES = 5 * 1024 * 1024
_PHOTO_TYPES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
_HEX64 = re.compile(r"[0-9a-f]{64}")


class Unreadable(ValueError):
    """The bytes are no event; the code says why and is kept with them in quarantine."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """A file that an event names."""

    sha256: str
    kind: str
    length: int


@dataclass(frozen=True, slots=True)
class Envelope:
    """What intake must know of an event to store it; ``content`` is the whole parsed value."""

    event_id: UUID
    kind: str
    device_id: UUID
    sequence: int
    previous: bytes | None
    visit_id: UUID | None
    evidence: tuple[EvidenceItem, ...]
    content: dict[str, Any]


def _uuid(value: Any, code: str) -> UUID:
    try:
        parsed = UUID(value)
    except (TypeError, ValueError, AttributeError) as error:
        raise Unreadable(code) from error
    if str(parsed) != value:
        raise Unreadable(code)
    return parsed


def _evidence(body: dict[str, Any]) -> tuple[EvidenceItem, ...]:
    items = body.get("evidence") or []
    if not isinstance(items, list) or len(items) > MOST_EVIDENCE:
        raise Unreadable("evidence")
    found = []
    for item in items:
        if (
            not isinstance(item, dict)
            or not isinstance(item.get("sha256"), str)
            or not _HEX64.fullmatch(item["sha256"])
            or not isinstance(item.get("kind"), str)
            or not 0 < len(item["kind"]) <= 30
            or not isinstance(item.get("length"), int)
            or not 0 < item["length"] < 2**40
        ):
            raise Unreadable("evidence")
        found.append(EvidenceItem(item["sha256"], item["kind"], item["length"]))
    return tuple(dict.fromkeys(found))


def read_event(raw: bytes) -> Envelope:
    """The envelope of these bytes. Raises Unreadable; never anything else."""
    if len(raw) > MOST_EVENT_BYTES:
        raise Unreadable("too_long")
    try:
        content = read_json(raw)
    except (ValueError, RecursionError) as error:
        raise Unreadable("not_json") from error
    if not isinstance(content, dict) or set(content) != ENVELOPE:
        raise Unreadable("envelope")
    if content["v"] != 1:
        raise Unreadable("version")
    if content["kind"] not in KINDS:
        raise Unreadable("kind")
    if not isinstance(content["body"], dict) or not isinstance(content["time"], dict):
        raise Unreadable("envelope")
    if not isinstance(content["sop"], str) or len(content["sop"]) > 40:
        raise Unreadable("sop")
    sequence = content["sequence"]
    if type(sequence) is not int or not 1 <= sequence <= LARGEST_SEQUENCE:
        raise Unreadable("sequence")
    previous = content["previous"]
    if previous is not None and not (isinstance(previous, str) and _HEX64.fullmatch(previous)):
        raise Unreadable("previous")
    visit = content["visit"]
    return Envelope(
        event_id=_uuid(content["event_id"], "event_id"),
        kind=content["kind"],
        device_id=_uuid(content["device"], "device"),
        sequence=sequence,
        previous=bytes.fromhex(previous) if previous else None,
        visit_id=None if visit is None else _uuid(visit, "visit"),
        evidence=_evidence(content["body"]),
        content=content,
    )


def photo_type(data: bytes) -> str | None:
    """The media type that a picture's first bytes claim; None for anything else."""
    return next((t for magic, t in _PHOTO_TYPES.items() if data.startswith(magic)), None)
