"""Reading what arrived."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from salur.intake.errors import NoSuchFile, PictureUndrawable
from salur.intake.models import (
    ExpectedEvidence,
    Picture,
    SignedEvent,
    StoredFile,
    Upload,
    WaitingEvent,
)
from salur.intake.parts import reach_of_parts
from salur.intake.pictures import Undrawable, draw_anew
from salur.intake.store import read_sealed
from salur.kernel.batching import set_cursor
from salur.kernel.canonical import read_json
from salur.kernel.clock import now


def events_like_for_system(
    event_ids: Sequence[UUID], places: Sequence[tuple[UUID, int]]
) -> list[tuple[UUID, bytes, UUID, int]]:
    """Stored events with one of these ids or one of these (device, sequence), each as (event id,
    hash, device, sequence); some twice."""
    with set_cursor() as cursor:
        # One look into an index for each, whatever the table holds, so that the plan may be kept.
        cursor.execute(
            """
            SELECT e.* FROM unnest(%s::uuid[]) AS s(id) CROSS JOIN LATERAL (
                SELECT event_id, hash, device_id, sequence FROM intake_signed_event
                WHERE event_id = s.id OFFSET 0) e
            UNION ALL
            SELECT e.* FROM unnest(%s::uuid[], %s::bigint[]) AS s(device_id, sequence)
            CROSS JOIN LATERAL (
                SELECT event_id, hash, device_id, sequence FROM intake_signed_event
                WHERE device_id = s.device_id AND sequence = s.sequence OFFSET 0) e
            """,
            [
                list(event_ids),
                [device_id for device_id, _ in places],
                [sequence for _, sequence in places],
            ],
            prepare=True,
        )
        return [(row[0], bytes(row[1]), row[2], row[3]) for row in cursor.fetchall()]


def evidence_present_for_system(hashes: Iterable[str]) -> set[str]:
    """Those of the files that are here, whole."""
    wanted = list(hashes)
    if not wanted:
        return set()
    return set(StoredFile.objects.filter(sha256__in=wanted).values_list("sha256", flat=True))


def is_expected_for_system(sha256: str, device_id: UUID) -> bool:
    """Whether a stored event of this device names this file."""
    with set_cursor() as cursor:
        cursor.execute(
            """
            SELECT EXISTS (SELECT 1 FROM intake_expected_evidence x
                JOIN intake_signed_event e ON e.event_id = x.event_id
                WHERE x.sha256 = %s AND e.device_id = %s)
            """,
            [sha256, device_id],
        )
        return cursor.fetchone() == (True,)


def lengths_named_for_system(sha256: str, device_id: UUID) -> set[int]:
    """How long stored events of this device say that the file is; empty when none names it."""
    with set_cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT x.length FROM intake_expected_evidence x
            JOIN intake_signed_event e ON e.event_id = x.event_id
            WHERE x.sha256 = %s AND e.device_id = %s
            """,
            [sha256, device_id],
        )
        return {int(length) for (length,) in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of a file is here for certain. ``expires_at`` is None once it is whole."""

    offset: int
    length: int
    expires_at: datetime | None


def upload_progress_for_system(sha256: str, device_id: UUID) -> Progress | None:
    """How far this device has come with a file that its events name; None when it has not begun."""
    whole = StoredFile.objects.filter(sha256=sha256).first()
    if whole is not None and is_expected_for_system(sha256, device_id):
        return Progress(whole.length, whole.length, None)
    begun = Upload.objects.filter(sha256=sha256, device_id=device_id, expires_at__gt=now()).first()
    if begun is None:
        return None
    return Progress(reach_of_parts(begun.id, begun.offset), begun.length, begun.expires_at)


def evidence_of_events_for_system(
    event_ids: Sequence[UUID],
) -> dict[UUID, list[tuple[str, str, bool]]]:
    """For each event its files as (kind, sha256, is here)."""
    found: dict[UUID, list[tuple[str, str, bool]]] = {event_id: [] for event_id in event_ids}
    with set_cursor() as cursor:
        cursor.execute(
            """
            SELECT x.event_id, x.kind, x.sha256, f.sha256 IS NOT NULL
            FROM intake_expected_evidence x LEFT JOIN intake_stored_file f ON f.sha256 = x.sha256
            WHERE x.event_id = ANY(%s) ORDER BY x.id
            """,
            [list(event_ids)],
        )
        for event_id, kind, digest, here in cursor.fetchall():
            found[event_id].append((kind, digest, here))
    return found


def contents_of_events_for_system(event_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """The parsed content of those of the events that have arrived."""
    with set_cursor() as cursor:
        cursor.execute(
            "SELECT event_id, raw FROM intake_signed_event WHERE event_id = ANY(%s)",
            [list(event_ids)],
        )
        return {event_id: read_json(bytes(raw)) for event_id, raw in cursor.fetchall()}


def evidence_of_visit_for_system(visit_id: UUID) -> QuerySet[ExpectedEvidence]:
    return ExpectedEvidence.objects.filter(visit_id=visit_id).order_by("id")


def events_of_visit_for_system(visit_id: UUID) -> QuerySet[SignedEvent]:
    """A visit's events in the order of their arrival, with their outcomes."""
    return SignedEvent.objects.filter(visit_id=visit_id).select_related("outcome").order_by("id")


def read_file_for_system(sha256: str) -> Iterator[bytes]:
    """The bytes of a kept file, in chunks. Raises NoSuchFile. Callers have checked the scope."""
    row = StoredFile.objects.filter(sha256=sha256).first()
    if row is None:
        raise NoSuchFile(sha256=sha256)
    return read_sealed(row.sha256, row.path)


def read_whole_file_for_system(sha256: str) -> bytes:
    return b"".join(read_file_for_system(sha256))


def picture_to_show_for_system(sha256: str) -> bytes:
    """A photo as people may see it: a JPEG drawn anew, never the bytes that arrived.

    One that was not drawn yet is drawn for this look alone. Raises NoSuchFile, PictureUndrawable.
    Callers have checked the scope.
    """
    picture = Picture.objects.filter(sha256=sha256).first()
    if picture is not None and picture.state == Picture.State.DRAWN:
        return read_whole_file_for_system(picture.shown_sha256)
    if picture is not None and picture.state == Picture.State.UNDRAWABLE:
        raise PictureUndrawable(reason=picture.reason)
    try:
        return draw_anew(read_whole_file_for_system(sha256)).data
    except Undrawable as undrawable:
        raise PictureUndrawable(reason=undrawable.reason) from undrawable


@dataclass(frozen=True, slots=True)
class Held:
    """An event in quarantine, without what stands in it."""

    received_at: datetime
    reason: str
    event_id: UUID | None
    device_id: UUID | None
    length: int


def quarantined_for_system(device_ids: Sequence[UUID] | None, *, limit: int) -> list[Held]:
    """The newest events in quarantine; of these devices, or of all and of unknown ones (None)."""
    with set_cursor() as cursor:
        cursor.execute(
            """
            SELECT received_at, reason, claimed_event_id, claimed_device_id, length(raw)
            FROM intake_quarantined
            WHERE %s::uuid[] IS NULL OR claimed_device_id = ANY(%s::uuid[])
            ORDER BY id DESC LIMIT %s
            """,
            [device_ids, device_ids, limit],
        )
        return [Held(*row) for row in cursor.fetchall()]


def count_clones_for_system(device_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many events of each device took a number of its chain that was in use already."""
    with set_cursor() as cursor:
        cursor.execute(
            "SELECT device_id, count(*) FROM intake_signed_event"
            " WHERE device_id = ANY(%s) AND cloned GROUP BY 1",
            [list(device_ids)],
        )
        return dict(cursor.fetchall())


def count_waiting_for_system() -> int:
    """Events stored and not yet judged, parked ones included."""
    return WaitingEvent.objects.count()


def parked_of_devices_for_system(device_ids: Sequence[UUID]) -> int:
    """Unjudged events of these devices: a session does not close over them unseen."""
    return WaitingEvent.objects.filter(event__device_id__in=device_ids).count()


def missing_sequences_for_system(device_id: UUID) -> list[tuple[int, int]]:
    """Gaps in what a device has sent, as (first, last) missing sequence."""
    with set_cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce(before, 0) + 1, sequence - 1 FROM (
                SELECT sequence, lag(sequence) OVER (ORDER BY sequence) AS before
                FROM (SELECT DISTINCT sequence FROM intake_signed_event WHERE device_id = %s) s
            ) pairs WHERE sequence > coalesce(before, 0) + 1
            """,
            [device_id],
        )
        return [(int(first), int(last)) for first, last in cursor.fetchall()]


def highest_sequences_for_system(device_ids: Sequence[UUID]) -> dict[UUID, int]:
    """The highest sequence that each device has sent; those that sent nothing are left out."""
    with set_cursor() as cursor:
        cursor.execute(
            """
            SELECT device_id, max(sequence) FROM intake_signed_event
            WHERE device_id = ANY(%s::uuid[]) GROUP BY 1
            """,
            [list(device_ids)],
        )
        return {device: int(highest) for device, highest in cursor.fetchall()}
