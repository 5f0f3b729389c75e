"""What an entry's hash covers. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from salur.kernel.canonical import canonical_json, sha256
from salur.kernel.clock import iso

LEAF_VERSION = 1


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What an operation reports: a kind like ``nominative_list.approved``, the subject as
    ``noun:id``, and a payload of counts, totals, hashes and ids without personal data.

    ``personal`` holds old and new personal values; they are sealed beside the entry. ``actor``
    (``kind:id``) is given only where one batch reports the deeds of many, as devices' events do.
    """

    kind: str
    subject: str
    payload: dict[str, Any] = field(default_factory=dict)
    personal: dict[str, Any] | None = None
    actor: str | None = None


def leaf(
    *,
    entry_id: UUID,
    version: int,
    kind: str,
    actor: str,
    subject: str,
    at: datetime,
    payload: dict[str, Any],
    sealed_hash: bytes | None,
) -> bytes:
    """The canonical bytes that are hashed; ``version`` names this very layout."""
    return canonical_json(
        {
            "actor": actor,
            "at": iso(at),
            "id": str(entry_id),
            "kind": kind,
            "payload": payload,
            "sealed": sealed_hash.hex() if sealed_hash else None,
            "subject": subject,
            "v": version,
        }
    )


def leaf_hash(**parts: Any) -> bytes:
    return sha256(leaf(**parts))
