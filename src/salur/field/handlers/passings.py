"""What an event about cash between two officers says: the own word, and the other's by slip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from salur.access.models import Device
from salur.access.queries import DeviceKey, device_keys_for_system
from salur.access.slips import Slip, read_slip
from salur.disbursement.rules.passing import GIVE, TAKE, Notes, Party, Word
from salur.field.handlers.handovers import CONFLICT, read_bodies
from salur.field.reading import (
    Answer,
    BadBody,
    FieldEvent,
    read_notes,
    required_uuid,
    whole_rupiah,
)
from salur.kernel.money import DENOMINATIONS

_SLIP_OF = {GIVE: "cash_give", TAKE: "cash_take"}


@dataclass(frozen=True, slots=True)
class _Said:
    transfer_id: UUID
    peer: UUID
    side: str
    total: int
    notes: Notes
    slip: Slip | None
    flags: tuple[str, ...]


def read_passings(
    events: Sequence[FieldEvent],
) -> tuple[dict[int, list[Word]], list[Answer]]:
    """The words of each event, by its arrival, and the answers for those that speak of nobody.

    A slip counts as its signer's word when the named device signed it for this one, about this
    transfer; any other slip is a flag on the own word, which stands all the same.
    """
    good, answers = read_bodies(events, _said)
    keys = device_keys_for_system({said.peer for _, said in good})
    heard: dict[int, list[Word]] = {}
    for event, said in good:
        peer = keys.get(said.peer)
        if peer is None:
            answers.append(Answer(event.arrival, CONFLICT, "unknown_peer"))
        elif peer.holder_id == event.device.holder_id:
            answers.append(Answer(event.arrival, CONFLICT, "same_person"))
        else:
            heard[event.arrival] = _words(event, said, peer)
    return heard, answers


def _said(event: FieldEvent) -> _Said:
    body = event.body
    total = whole_rupiah(body.get("total"), "total")
    if total == 0:
        raise BadBody("nothing_moved")
    carried = body.get("slip")
    slip = read_slip(carried) if carried else None
    flags = ("bad_slip",) if carried and slip is None else ()
    notes = tuple(sorted(read_notes(body.get("notes")), reverse=True))
    return _Said(
        transfer_id=required_uuid(body.get("transfer"), "transfer"),
        peer=required_uuid(body.get("peer"), "peer"),
        side=str(body["direction"]),
        total=total,
        notes=notes,
        slip=slip,
        flags=(*flags, *_odd_notes(notes, total)),
    )


def _odd_notes(notes: Notes, total: int) -> tuple[str, ...]:
    """Coins are not tallied, so the notes may lack what is below the smallest of them."""
    rest = total - sum(worth * count for worth, count in notes)
    return () if 0 <= rest < DENOMINATIONS[-1] else ("notes_do_not_add_up",)


def _words(event: FieldEvent, said: _Said, peer: DeviceKey) -> list[Word]:
    own, other = _party(event.device), _party(peer)
    giver, taker = (own, other) if said.side == GIVE else (other, own)
    other_side = TAKE if said.side == GIVE else GIVE
    theirs = _slip_word(event, said, peer, other_side)
    flags = said.flags
    if said.slip is not None and theirs is None:
        flags = (*flags, "bad_slip")
    if event.waiting.cloned:
        flags = (*flags, "cloned_device")
    words = [
        Word(
            said.transfer_id,
            giver,
            taker,
            said.side,
            said.total,
            said.notes,
            revoked=event.waiting.revoked,
            flags=flags,
            session_id=event.session_id,
        )
    ]
    if theirs is not None and said.slip is not None:
        words.append(
            Word(
                said.transfer_id,
                giver,
                taker,
                other_side,
                *theirs,
                revoked=peer.status == Device.Status.REVOKED,
                session_id=said.slip.session_id,
            )
        )
    return words


def _party(device: DeviceKey) -> Party:
    return Party(device.id, device.holder_id, device.office_code, device.zone)


def _slip_word(
    event: FieldEvent, said: _Said, peer: DeviceKey, side: str
) -> tuple[int, Notes] | None:
    """(rupiah, notes) that the other device signed for, or None when the slip does not say so."""
    slip = said.slip
    if slip is None or slip.kind != _SLIP_OF[side]:
        return None
    if slip.device_id != peer.id or slip.to != event.device.id:
        return None
    read = _read_slip_body(slip.body, said.transfer_id)
    return read if read is not None and slip.is_signed_by(peer.public_key) else None


def _read_slip_body(body: Mapping[str, Any], transfer_id: UUID) -> tuple[int, Notes] | None:
    try:
        total = whole_rupiah(body.get("total"), "total")
        notes = tuple(sorted(read_notes(body.get("notes")), reverse=True))
        same = required_uuid(body.get("transfer"), "transfer") == transfer_id
    except BadBody:
        return None
    return (total, notes) if same and total else None
