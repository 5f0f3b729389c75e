"""Who is let in when many knock at once. Pure.

Each request of a device holds a slot of the web process while it is worked on. The fuller it is,
the fewer classes come in: photos stop first, then lists, and money never waits for either.
"""

from __future__ import annotations

from typing import Final

DOOR: Final = "/api/field/v1/"
MONEY: Final = "money"
LISTS: Final = "lists"
PHOTOS: Final = "photos"

_CLASSES: Final = {
    "events": MONEY,
    "sealed": MONEY,
    "device": MONEY,
    "evidence": PHOTOS,
    "uploads": PHOTOS,
    "faces": PHOTOS,
}
"""By the first part of the path; everything else is a list or a question."""

LONGEST_WAIT_SECONDS: Final = 30


def class_of(path: str) -> str | None:
    """What a path of the devices' door is about; None for any other path."""
    if not path.startswith(DOOR):
        return None
    return _CLASSES.get(path.removeprefix(DOOR).partition("/")[0], LISTS)


def may_enter(kind: str, held: int, threads: int) -> bool:
    """Whether one more of this class comes in while so many slots are held, by whichever class.

    Photos while half of the threads are free, lists while more than one is, money always: its
    number is bounded by the threads themselves, and by what waits in front of them.
    """
    if kind == MONEY:
        return True
    return held < max(1, threads // 2 if kind == PHOTOS else threads - 1)


def seconds_to_wait(refused_lately: int) -> int:
    """What ``Retry-After`` says: the longer, the more were sent away within the last ten seconds,
    so that they do not all come back at once."""
    return min(LONGEST_WAIT_SECONDS, 1 + refused_lately // 20)
