"""The only writer of the audit log. Called inside the transaction whose change it reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg.types.json import Jsonb

from salur.audit.rules import LEAF_VERSION, NewEntry, leaf_hash
from salur.kernel.actor import Actor
from salur.kernel.batching import copy_rows
from salur.kernel.canonical import canonical_json, sha256
from salur.kernel.clock import now
from salur.kernel.ids import new_ids
from salur.kernel.sealing import seal
from salur.kernel.sequencing import assign_positions

_COLUMNS = (
    "id",
    "version",
    "kind",
    "actor",
    "subject",
    "at",
    "payload",
    "sealed",
    "sealed_hash",
    "hash",
)


def record(
    kind: str,
    subject: str,
    payload: dict[str, Any] | None = None,
    *,
    by: Actor,
    personal: dict[str, Any] | None = None,
) -> UUID:
    """Leaves one entry; see ``record_many``."""
    return record_many([NewEntry(kind, subject, payload or {}, personal)], by=by)[0]


def record_many(entries: Sequence[NewEntry], *, by: Actor) -> list[UUID]:
    """Leaves the entries in the caller's transaction and answers their ids, in order.

    Raises RuntimeError outside a transaction: an entry without the change it reports, or a change
    without its entry, must be impossible.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("audit entries are written inside the transaction that they report")
    if not entries:
        return []
    # Milliseconds are all that the leaf keeps, so that the stored time recomputes the same hash.
    moment = now()
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    ids = new_ids(len(entries))
    default_actor = f"{by.kind}:{by.id}"
    rows = []
    for entry_id, entry in zip(ids, entries, strict=True):
        actor = entry.actor or default_actor
        sealed = sealed_hash = None
        if entry.personal is not None:
            sealed = seal(canonical_json(entry.personal), field="audit.entry", subject=entry_id)
            sealed_hash = sha256(sealed)
        digest = leaf_hash(
            entry_id=entry_id,
            version=LEAF_VERSION,
            kind=entry.kind,
            actor=actor,
            subject=entry.subject,
            at=moment,
            payload=entry.payload,
            sealed_hash=sealed_hash,
        )
        rows.append(
            (
                entry_id,
                LEAF_VERSION,
                entry.kind,
                actor,
                entry.subject,
                moment,
                Jsonb(entry.payload),
                sealed,
                sealed_hash,
                digest,
            )
        )
    copy_rows("audit_entry", _COLUMNS, rows)
    return ids


def sequence_entries() -> int:
    """Gives settled entries their positions; how many. Run again and again by the worker."""
    return assign_positions("audit_entry")
