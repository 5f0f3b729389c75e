"""Events: stored raw before they are acknowledged, queued for those whose business they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from salur.access.models import Device
from salur.access.operations import quarantine_device
from salur.access.queries import DeviceKey, device_keys_for_system
from salur.access.signatures import verify_signature
from salur.audit.operations import record_many
from salur.audit.rules import NewEntry
from salur.intake.errors import TooManyEvents
from salur.intake.queries import events_like_for_system, evidence_present_for_system
from salur.intake.rules import MOST_EVENTS, Envelope, Unreadable, read_event
from salur.kernel.actor import Actor
from salur.kernel.batching import copy_rows, set_cursor
from salur.kernel.canonical import canonical_json, sha256
from salur.kernel.clock import iso, now
from salur.kernel.keys import keys


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of one sent event: ``stored`` now, ``known`` before, or ``quarantined``."""

    event_id: str
    status: str
    code: str = ""
    hash: str = ""
    files: tuple[str, ...] = ()
    """The hashes of the files that a kept event names."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The one outcome of a stored event, by its place of arrival."""

    arrival: int
    result: str
    code: str = ""


@dataclass(slots=True)
class _Sent:
    raw: bytes
    signature: bytes
    envelope: Envelope
    hash: bytes
    cloned: bool = False
    revoked: bool = False

    def kept(self, status: str) -> Kept:
        files = tuple(dict.fromkeys(item.sha256 for item in self.envelope.evidence))
        return Kept(str(self.envelope.event_id), status, hash=self.hash.hex(), files=files)


def keep_events(
    sent: Sequence[tuple[bytes, bytes]], *, by: Actor, sender: DeviceKey | None = None
) -> list[Kept]:
    """Stores (raw bytes, signature) pairs and says of each what became of it, in order.

    ``sender`` is the device that sent them, when it is known already: most often its own.

    When this returns, everything reported ``stored`` or ``known`` is committed. Same id and same
    hash: known, no effect. Same id and another hash, unknown device, bad signature, unreadable:
    quarantined, kept, audited. Same device and sequence but another event: both kept, the device
    quarantined as a clone. Raises TooManyEvents for more than 500.
    """
    if len(sent) > MOST_EVENTS:
        raise TooManyEvents(most=MOST_EVENTS)
    kept: list[Kept | None] = [None] * len(sent)
    rejected: list[tuple[int, UUID | None, UUID | None, str]] = []
    readable: list[tuple[int, _Sent]] = []
    for index, (raw, signature) in enumerate(sent):
        try:
            readable.append((index, _Sent(raw, signature, read_event(raw), sha256(raw))))
        except Unreadable as unreadable:
            rejected.append((index, None, None, unreadable.code))
    devices = {sender.id: sender} if sender else {}
    if others := {item.envelope.device_id for _, item in readable} - set(devices):
        devices |= device_keys_for_system(others)
    trusted: list[tuple[int, _Sent]] = []
    for index, item in readable:
        envelope = item.envelope
        device = devices.get(envelope.device_id)
        if device is None:
            rejected.append((index, envelope.event_id, envelope.device_id, "unknown_device"))
        elif not verify_signature(device.public_key, item.signature, item.raw):
            rejected.append((index, envelope.event_id, envelope.device_id, "bad_signature"))
        else:
            item.revoked = device.status == Device.Status.REVOKED
            trusted.append((index, item))
    with transaction.atomic():
        _lock_devices({item.envelope.device_id for _, item in trusted})
        known, used = _seen_before([item.envelope for _, item in trusted])
        fresh: dict[UUID, _Sent] = {}
        for index, item in trusted:
            event_id = item.envelope.event_id
            earlier = known.get(event_id) or (fresh[event_id].hash if event_id in fresh else None)
            if earlier is None:
                fresh[event_id] = item
                kept[index] = item.kept("stored")
            elif earlier == item.hash:
                kept[index] = item.kept("known")
            else:
                rejected.append((index, event_id, item.envelope.device_id, "id_reused"))
        clones = _mark_clones(list(fresh.values()), used)
        moment = now()
        _insert(list(fresh.values()), moment)
        _quarantine(rejected, sent, moment)
        _report(rejected, clones, by)
        for device_id in clones:
            quarantine_device(device_id, reason="sequence_used_twice", by=by)
    for index, claimed, _device_id, code in rejected:
        kept[index] = Kept(str(claimed or ""), "quarantined", code)
    return [item for item in kept if item is not None]


def _lock_devices(device_ids: set[UUID]) -> None:
    """One writer per device at a time, so that a sequence used twice cannot slip past the check."""
    with set_cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(k) FROM ("
            "SELECT hashtextextended(d, 7) AS k FROM unnest(%s::text[]) AS d ORDER BY 1) AS locks",
            [sorted(map(str, device_ids))],
            prepare=True,
        )


def _seen_before(
    envelopes: Sequence[Envelope],
) -> tuple[dict[UUID, bytes], set[tuple[UUID, int]]]:
    """The hashes of those that are stored already, and the sequences that are in use."""
    if not envelopes:
        return {}, set()
    rows = events_like_for_system(
        [envelope.event_id for envelope in envelopes],
        [(envelope.device_id, envelope.sequence) for envelope in envelopes],
    )
    hashes = {event_id: digest for event_id, digest, _, _ in rows}
    return hashes, {(device_id, sequence) for _, _, device_id, sequence in rows}


def _mark_clones(fresh: Sequence[_Sent], used: set[tuple[UUID, int]]) -> set[UUID]:
    """Marks events whose sequence another event of the same device already used."""
    pairs = [(item.envelope.device_id, item.envelope.sequence) for item in fresh]
    twice = {pair for pair, count in Counter(pairs).items() if count > 1}
    for item, pair in zip(fresh, pairs, strict=True):
        item.cloned = pair in used or pair in twice
    return {item.envelope.device_id for item in fresh if item.cloned}


def _insert(fresh: Sequence[_Sent], moment: datetime) -> None:
    if not fresh:
        return
    with set_cursor() as cursor:
        cursor.execute(
            """
            WITH arrived AS (
                INSERT INTO intake_signed_event (event_id, kind, device_id, sequence,
                    previous_hash, hash, raw, signature, visit_id, revoked, cloned, received_at)
                SELECT *, %s::timestamptz FROM unnest(%s::uuid[], %s::text[], %s::uuid[],
                    %s::bigint[], %s::bytea[], %s::bytea[], %s::bytea[], %s::bytea[],
                    %s::uuid[], %s::boolean[], %s::boolean[])
                RETURNING id, device_id
            )
            INSERT INTO intake_waiting_event (event_id, lane, parked)
            SELECT id, hashtextextended(device_id::text, 0) & 63, '' FROM arrived
            """,
            [
                moment,
                [item.envelope.event_id for item in fresh],
                [item.envelope.kind for item in fresh],
                [item.envelope.device_id for item in fresh],
                [item.envelope.sequence for item in fresh],
                [item.envelope.previous for item in fresh],
                [item.hash for item in fresh],
                [item.raw for item in fresh],
                [item.signature for item in fresh],
                [item.envelope.visit_id for item in fresh],
                [item.revoked for item in fresh],
                [item.cloned for item in fresh],
            ],
            prepare=True,
        )
    evidence = [
        (item.envelope.event_id, item.envelope.visit_id, e.sha256, e.kind, e.length)
        for item in fresh
        for e in {(e.sha256, e.kind): e for e in item.envelope.evidence}.values()
    ]
    if evidence:
        copy_rows(
            "intake_expected_evidence",
            ("event_id", "visit_id", "sha256", "kind", "length"),
            evidence,
        )


def _quarantine(
    rejected: Sequence[tuple[int, UUID | None, UUID | None, str]],
    sent: Sequence[tuple[bytes, bytes]],
    moment: datetime,
) -> None:
    """Keeps what cannot be trusted; a resend of bytes that are there already adds nothing."""
    if not rejected:
        return
    with set_cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO intake_quarantined
                (claimed_event_id, claimed_device_id, reason, raw, signature, received_at)
            SELECT q.*, %s::timestamptz
            FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::bytea[], %s::bytea[])
                AS q(event_id, device_id, reason, raw, signature)
            WHERE NOT EXISTS (
                SELECT 1 FROM intake_quarantined k
                WHERE k.claimed_event_id = q.event_id AND k.raw = q.raw AND k.reason = q.reason)
            """,
            [
                moment,
                [event_id for _, event_id, _, _ in rejected],
                [device_id for _, _, device_id, _ in rejected],
                [code for *_, code in rejected],
                [sent[index][0] for index, *_ in rejected],
                [sent[index][1] for index, *_ in rejected],
            ],
        )


def _report(
    rejected: Sequence[tuple[int, UUID | None, UUID | None, str]], clones: set[UUID], by: Actor
) -> None:
    entries = [
        NewEntry("event.quarantined", f"device:{device_id or by.id}", {"reason": code})
        for _, _, device_id, code in rejected
    ]
    entries += [NewEntry("device.clone_suspected", f"device:{device_id}") for device_id in clones]
    record_many(entries, by=by)


@dataclass(frozen=True, slots=True)
class Receipt:
    """Canonical bytes and their Ed25519 signature by the key of receipts."""

    raw: bytes
    key_id: int
    signature: bytes


def sign_receipt(kept: Sequence[Kept], *, device_id: UUID) -> Receipt:
    """The signed word of the server: which events are stored, which of their files are here.

    A device deletes nothing that no receipt has listed.
    """
    stored = [item for item in kept if item.status in ("stored", "known")]
    named = sorted({digest for item in stored for digest in item.files})
    present = evidence_present_for_system(named)
    raw = canonical_json(
        {
            "device": str(device_id),
            "events": [item.hash for item in stored],
            "evidence": [digest for digest in named if digest in present],
            "time": iso(now()),
            "v": 1,
        }
    )
    ring = keys.receipts
    return Receipt(raw, ring.current, ring.signer.sign(raw))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A stored event that nobody has judged yet."""

    arrival: int
    event_id: UUID
    kind: str
    device_id: UUID
    raw: bytes
    revoked: bool
    cloned: bool
    received_at: datetime


def claim_waiting(limit: int, *, lane: int = 0, lanes: int = 1) -> list[Waiting]:
    """The oldest unjudged events, locked until the caller's transaction ends; others skip them.

    Of several claimants at once each takes one of ``lanes``, and with it whole devices.
    """
    with set_cursor() as cursor:
        cursor.execute(
            """
            SELECT e.id, e.event_id, e.kind, e.device_id, e.raw, e.revoked, e.cloned, e.received_at
            FROM (SELECT event_id FROM intake_waiting_event
                  WHERE (parked = '' OR retry_after <= %s) AND lane %% %s = %s
                  ORDER BY event_id LIMIT %s FOR UPDATE SKIP LOCKED) w
            JOIN intake_signed_event e ON e.id = w.event_id
            ORDER BY e.id
            """,
            [now(), lanes, lane, limit],
        )
        return [
            Waiting(row[0], row[1], row[2], row[3], bytes(row[4]), *row[5:])
            for row in cursor.fetchall()
        ]


def record_outcomes(verdicts: Sequence[Verdict]) -> None:
    """Writes each event's one outcome and takes it off the queue, in the caller's transaction."""
    if not verdicts:
        return
    moment = now()
    copy_rows(
        "intake_outcome",
        ("event_id", "result", "code", "decided_at"),
        [(item.arrival, item.result, item.code, moment) for item in verdicts],
    )
    with set_cursor() as cursor:
        cursor.execute(
            "DELETE FROM intake_waiting_event WHERE event_id = ANY(%s)",
            [[item.arrival for item in verdicts]],
        )


def park_events(arrivals: Sequence[int], *, reason: str, retry_after: datetime) -> None:
    """Leaves events on the queue for later; they show as parked and block a session's close."""
    with set_cursor() as cursor:
        cursor.execute(
            "UPDATE intake_waiting_event SET parked = %s, retry_after = %s"
            " WHERE event_id = ANY(%s)",
            [reason, retry_after, list(arrivals)],
        )
