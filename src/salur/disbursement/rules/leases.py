"""Who holds which visit of a group of desks, and the codes that lie in envelopes. Pure.

Two desks agree without a network, and the server hears of it in any order, twice, or late. So who
holds a visit is never a state that events push forward: it is read off the set of them.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

RELEASE: Final = "release"
ACCEPT: Final = "accept"
SEAL: Final = "seal"

PAYER: Final = "payer"
VERIFIER: Final = "verifier"
CHECK_IN: Final = "check_in"
ALL: Final = "all"
ROLES: Final = (PAYER, VERIFIER, CHECK_IN, ALL)
PAYING_ROLES: Final = frozenset({PAYER, ALL})
MOST_DESKS: Final = 99

COLLECTOR_HASH_DIGITS: Final = 32

_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""None of these signs is taken for another when it is read off paper."""
_CODE_SIGNS: Final = 12


@dataclass(frozen=True, slots=True)
class Passing:
    """What one device said about one visit (or, with a seal, about one desk's visits)."""

    kind: str
    desk: int
    from_desk: int | None
    at: datetime
    event_id: UUID
    sequence: int
    device_id: UUID
    slip_id: UUID | None = None

    @property
    def order(self) -> tuple[datetime, UUID]:
        return self.at, self.event_id


@dataclass(frozen=True, slots=True)
class Holding:
    """``desk`` pays the visit; while it is ``passing``, that desk has released it to nobody yet."""

    desk: int
    passing: bool


def holding_desk(home: int, passings: Iterable[Passing]) -> Holding:
    """The desk that holds a visit after all that is known, whatever the order of arrival.

    From the home desk on, each acceptance from the desk that holds it moves the visit, the
    earliest first, each once; a slip that was used is spent. What does not join on to the chain
    waits until the link between has arrived. A release without an acceptance moves nothing: the
    visit is passing, and the desk takes it back by accepting its own slip.
    """
    ordered = sorted(passings, key=lambda item: item.order)
    waiting = [item for item in ordered if item.kind != RELEASE]
    desk, spent = home, set[UUID]()
    while True:
        link = next(
            (
                item
                for item in waiting
                if item.from_desk == desk and (item.slip_id is None or item.slip_id not in spent)
            ),
            None,
        )
        if link is None:
            break
        waiting.remove(link)
        if link.slip_id is not None:
            spent.add(link.slip_id)
        desk = link.desk
    said = [item for item in ordered if item.desk == desk]
    return Holding(desk, bool(said) and said[-1].kind == RELEASE)


def believed_to_hold(home: int, desk: int, said: Sequence[Passing]) -> bool:
    """Whether a device rightly thought that the visit was its own when it paid.

    ``said`` is what this very device signed about the visit before the hand-over. The last word
    counts; without a word the visit is the home desk's.
    """
    if not said:
        return desk == home
    return max(said, key=lambda item: item.sequence).kind != RELEASE


def code_of(bits: int) -> str:
    """The bits as a code for paper, ``K7QM-2XHD-9RTA``; it takes sixty of them."""
    signs = ""
    for _ in range(_CODE_SIGNS):
        bits, sign = divmod(bits, len(_ALPHABET))
        signs += _ALPHABET[sign]
    return normal_code(signs)


def normal_code(text: str) -> str:
    """As printed, whatever the blanks, dashes and small letters of who typed it."""
    signs = "".join(sign for sign in text.upper() if sign.isascii() and sign.isalnum())
    return "-".join(signs[start : start + 4] for start in range(0, len(signs), 4))


def seal_hash(lease: UUID, desk: int, code: str) -> str:
    """What a device knows of a sealed envelope: SHA-256, in hex."""
    return hashlib.sha256(f"salur-seal|{lease}|{desk}|{normal_code(code)}".encode()).hexdigest()


def unleased_hash(lease: UUID, code: str) -> str:
    """What a device knows of a supervisor's code for a walk-in: SHA-256, in hex."""
    return hashlib.sha256(f"salur-unleased|{lease}|{normal_code(code)}".encode()).hexdigest()


def collector_hash(key: bytes, nik: str) -> str:
    """By which a device tells that the card in the hand is the one on the family card."""
    return hmac.digest(key, nik.encode(), "sha256").hex()[:COLLECTOR_HASH_DIGITS]
