"""New identifiers: UUID version 7 (RFC 9562), made here because older PostgreSQL cannot."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from salur.kernel.clock import now

_seeded: ContextVar[random.Random | None] = ContextVar("salur_ids", default=None)
_RANDOM_BITS = 74


def _bits() -> int:
    source = _seeded.get()
    return source.getrandbits(_RANDOM_BITS) if source else secrets.randbits(_RANDOM_BITS)


def _assemble(milliseconds: int, bits: int) -> UUID:
    value = (milliseconds & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76
    value |= (bits >> 62) << 64
    value |= 0b10 << 62
    value |= bits & ((1 << 62) - 1)
    return UUID(int=value)


def new_id() -> UUID:
    """One new id; ids made later sort later, to the millisecond."""
    return _assemble(int(now().timestamp() * 1000), _bits())


def new_ids(count: int) -> list[UUID]:
    """``count`` ids in ascending order, for a batch that is written in id order."""
    milliseconds = int(now().timestamp() * 1000)
    return [_assemble(milliseconds, bits) for bits in sorted(_many_bits(count))]


def _many_bits(count: int) -> Iterator[int]:
    if _seeded.get():
        return (_bits() for _ in range(count))
    drawn = secrets.token_bytes(10 * count)  # one call to the system instead of one for each id
    spare = 80 - _RANDOM_BITS
    return (int.from_bytes(drawn[at : at + 10]) >> spare for at in range(0, len(drawn), 10))


def new_id_texts(count: int) -> list[str]:
    """``new_ids`` as text, for lists of hundreds of thousands: no object per id."""
    milliseconds = f"{int(now().timestamp() * 1000) & ((1 << 48) - 1):012x}"
    head = f"{milliseconds[:8]}-{milliseconds[8:]}-7"
    source = _seeded.get()
    size = 10 * count
    # Ten bytes an id: 12 and 62 random bits, the variant's two bits in between.
    drawn = (source.randbytes(size) if source else secrets.token_bytes(size)).hex()
    return sorted(
        f"{head}{drawn[at : at + 3]}-{_VARIANT[drawn[at + 3]]}{drawn[at + 4 : at + 7]}"
        f"-{drawn[at + 7 : at + 19]}"
        for at in range(0, 2 * size, 20)
    )


_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Within the block ids follow from the seed and the clock alone."""
    token = _seeded.set(random.Random(seed))
    try:
        yield
    finally:
        _seeded.reset(token)
