"""Items that a phone sealed to us, whoever brings them: opened, then kept like any other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from salur.audit.operations import record
from salur.intake.errors import NotAnOutboxFile
from salur.intake.operations.events import Kept, Receipt, keep_events
from salur.intake.operations.files import keep_file
from salur.intake.queries import evidence_present_for_system, is_expected_for_system
from salur.intake.rules import photo_type
from salur.intake.sealed import Item, Unopenable, event_of, open_item
from salur.kernel.actor import Actor
from salur.kernel.canonical import canonical_json, sha256_hex
from salur.kernel.clock import iso, now
from salur.kernel.keys import keys

_AT_ONCE = 100


@dataclass(slots=True)
class Opened:
    """What became of sealed items. ``held``: names that are here now and need not come again."""

    stored: int = 0
    known: int = 0
    quarantined: int = 0
    photos_stored: int = 0
    photos_known: int = 0
    photos_unexpected: int = 0
    unopenable: int = 0
    cut_off: bool = False
    devices: set[str] = field(default_factory=set)
    held: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        return {
            name: getattr(self, name)
            for name in (
                "stored",
                "known",
                "quarantined",
                "photos_stored",
                "photos_known",
                "photos_unexpected",
                "unopenable",
            )
        }


def keep_sealed(items: Iterable[tuple[Mapping[str, Any], bytes]], *, by: Actor) -> Opened:
    """Opens each item and keeps it. The same items again: known, no effect.

    Who brings them proves nothing: events count by their devices' signatures, photos by the events
    that name them. Each hundred events is committed by itself, so a file that ends in the middle
    has still brought what stood before (``cut_off``).
    """
    opened = Opened()
    events: list[Item] = []
    photos: list[Item] = []
    try:
        for envelope, data in items:
            try:
                item = open_item(envelope, data)
            except Unopenable:
                opened.unopenable += 1
                continue
            opened.devices.add(str(item.device_id))
            (events if item.kind == "event" else photos).append(item)
            if len(events) >= _AT_ONCE or len(photos) >= _AT_ONCE:
                _keep(events, photos, opened, by)
                events, photos = [], []
    except NotAnOutboxFile:
        if not (opened.devices or opened.unopenable):
            raise
        opened.cut_off = True
    _keep(events, photos, opened, by)
    return opened


def _keep(events: list[Item], photos: list[Item], opened: Opened, by: Actor) -> None:
    _keep_events(events, opened, by)
    for photo in photos:
        _keep_photo(photo, opened, by)


def _keep_events(events: list[Item], opened: Opened, by: Actor) -> None:
    sent: list[tuple[bytes, bytes]] = []
    names: list[str] = []
    for item in events:
        try:
            sent.append(event_of(item))
            names.append(item.name)
        except Unopenable:
            opened.unopenable += 1
    kept: list[Kept] = keep_events(sent, by=by) if sent else []
    for name, answer in zip(names, kept, strict=True):
        setattr(opened, answer.status, getattr(opened, answer.status) + 1)
        opened.held.append(name)


def _keep_photo(item: Item, opened: Opened, by: Actor) -> None:
    sha256 = item.name.rpartition("|")[2]
    media_type = photo_type(item.data)
    if not is_expected_for_system(sha256, item.device_id) or media_type is None:
        opened.photos_unexpected += 1
        return
    if evidence_present_for_system([sha256]):
        opened.photos_known += 1
    elif sha256_hex(item.data) != sha256:
        opened.photos_unexpected += 1
        return
    else:
        with transaction.atomic():
            keep_file(item.data, kind="evidence", media_type=media_type, by=by)
        opened.photos_stored += 1
    opened.held.append(item.name)


def import_outbox(items: Iterable[tuple[Mapping[str, Any], bytes]], *, by: Actor) -> Opened:
    """An exported outbox, brought in by a person of the office."""
    by.require("intake.import_outbox")
    opened = keep_sealed(items, by=by)
    with transaction.atomic():
        for device in sorted(opened.devices) or ["unknown"]:
            record("intake.outbox_imported", f"device:{device}", opened.counts, by=by)
    return opened


def sign_held(opened: Opened, *, device_id: str) -> Receipt:
    """Our signed word about which sealed items are here."""
    raw = canonical_json(
        {"device": device_id, "names": sorted(opened.held), "time": iso(now()), "v": 1}
    )
    ring = keys.receipts
    return Receipt(raw, ring.current, ring.signer.sign(raw))
