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
    return [_assemble(milliseconds, bits) for bits in sorted(_bits() for _ in range(count))]


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Within the block ids follow from the seed and the clock alone."""
    token = _seeded.set(random.Random(seed))
    try:
        yield
    finally:
        _seeded.reset(token)
