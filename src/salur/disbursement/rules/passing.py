"""Cash from one officer to another: two signed words, and what they come to. Pure.

Hearing is commutative and idempotent: whichever word comes first, and however often, the end is
the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, NamedTuple
from uuid import UUID

GIVE: Final = "give"
TAKE: Final = "take"

DIFFERS: Final = "differs"
REVOKED: Final = "revoked_device"

Notes = tuple[tuple[int, int], ...]


class PassingKey(NamedTuple):
    """One transfer between two devices. The devices belong to it: an id that a giver used for two
    takers is two passings, for both of them took notes."""

    transfer_id: UUID
    giver_device: UUID
    taker_device: UUID


@dataclass(frozen=True, slots=True)
class Party:
    """Who stands behind a device."""

    device_id: UUID
    officer_id: UUID
    office_code: str
    zone: str


@dataclass(frozen=True, slots=True)
class Word:
    """What one of the two signed: in an event of the own, or in the slip that the other carried.

    ``revoked``: its device was revoked when the word was heard.
    """

    transfer_id: UUID
    giver: Party
    taker: Party
    side: str
    total: int
    notes: Notes
    revoked: bool = False
    flags: tuple[str, ...] = ()
    session_id: UUID | None = None
    """The pay session in which it was signed: whether it belongs before a bag was closed."""

    @property
    def key(self) -> PassingKey:
        return PassingKey(self.transfer_id, self.giver.device_id, self.taker.device_id)


@dataclass(frozen=True, slots=True)
class Heard:
    """What has been said of one passing so far: (rupiah, notes) of each side, None if silent."""

    given: tuple[int, Notes] | None = None
    taken: tuple[int, Notes] | None = None
    flags: frozenset[str] = frozenset()
    giver_session: UUID | None = None
    taker_session: UUID | None = None

    @property
    def due(self) -> int:
        """What the books move in all: the taker's count, once both have signed.

        Nobody answers for cash without having signed for it. Where the giver signed for more, the
        difference stays with the giver; where for less, the taker still answers for what was
        taken. Either is looked at by a person.
        """
        return self.taken[0] if self.given is not None and self.taken is not None else 0

    @property
    def differs(self) -> bool:
        return self.given is not None and self.taken is not None and self.given != self.taken


def hear(heard: Heard, words: Iterable[Word]) -> Heard:
    """Adds words. Of several of one side the largest counts: it was signed.

    A taker's word from a revoked device moves nothing: whoever holds a stolen phone could make its
    owner answer for cash that never came. It is kept as a flag, and a person is asked.
    """
    for word in words:
        said = (word.total, word.notes)
        flags = heard.flags | set(word.flags)
        if word.revoked:
            flags |= {REVOKED}
        if word.side == GIVE:
            given = said if heard.given is None else max(heard.given, said)
            session = _either(heard.giver_session, word.session_id)
            heard = replace(heard, given=given, flags=flags, giver_session=session)
        elif word.revoked:
            heard = replace(heard, flags=flags)
        else:
            taken = said if heard.taken is None else max(heard.taken, said)
            session = _either(heard.taker_session, word.session_id)
            heard = replace(heard, taken=taken, flags=flags, taker_session=session)
    flags = heard.flags | {DIFFERS} if heard.differs else heard.flags - {DIFFERS}
    return replace(heard, flags=flags)


def _either(one: UUID | None, other: UUID | None) -> UUID | None:
    return max(one, other) if one and other else one or other
