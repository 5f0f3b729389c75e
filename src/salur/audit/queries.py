"""Reading the audit log, and recomputing it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from salur.audit.models import Entry
from salur.audit.rules import leaf_hash
from salur.kernel.actor import Actor
from salur.kernel.canonical import sha256


@dataclass(frozen=True)
class BrokenEntry:
    """An entry whose stored hash does not follow from its content any more."""

    id: str
    kind: str
    subject: str


def entries_about(actor: Actor, *subjects: str) -> QuerySet[Entry]:
    """The entries of these subjects, oldest first. Callers have checked the subjects' scope."""
    actor.require("audit.read")
    return entries_about_for_system(*subjects)


def entries_about_for_system(*subjects: str) -> QuerySet[Entry]:
    return Entry.objects.filter(subject__in=subjects).order_by("at", "id")


def latest_entries(actor: Actor) -> QuerySet[Entry]:
    """All entries, newest first; for auditors."""
    actor.require("audit.read_all")
    return Entry.objects.order_by("-at", "-id")


def broken_entries_for_system(chunk: int = 5_000) -> Iterator[BrokenEntry]:
    """Recomputes every entry's hash and yields those that differ; streams, bounded memory."""
    for entry in Entry.objects.order_by("id").iterator(chunk_size=chunk):
        sealed_hash = bytes(entry.sealed_hash) if entry.sealed_hash is not None else None
        expected = leaf_hash(
            entry_id=entry.id,
            version=entry.version,
            kind=entry.kind,
            actor=entry.actor,
            subject=entry.subject,
            at=entry.at,
            payload=entry.payload,
            sealed_hash=sealed_hash,
        )
        altered = entry.sealed is not None and sha256(bytes(entry.sealed)) != sealed_hash
        if bytes(entry.hash) != expected or altered:
            yield BrokenEntry(str(entry.id), entry.kind, entry.subject)


def count_unpositioned_for_system() -> int:
    """How far the sequencer is behind."""
    return Entry.objects.filter(position__isnull=True).count()
