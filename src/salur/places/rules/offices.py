"""The line of offices: who may stand below whom, and how a path is built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: Kind > kinds that it may stand directly below. None: it may be the top.
LINE: dict[str, frozenset[str | None]] = {
    "head": frozenset({None}),
    "regional": frozenset({"head", None}),
    "kcu": frozenset({"regional"}),
    "kc": frozenset({"kcu"}),
    "kcp": frozenset({"kc", "kcu"}),
}

#: How lists write the kinds.
KIND_WORDS = {
    "PUSAT": "head",
    "KANTOR PUSAT": "head",
    "HEAD": "head",
    "REGIONAL": "regional",
    "KANTOR REGIONAL": "regional",
    "REG": "regional",
    "KCU": "kcu",
    "KANTOR CABANG UTAMA": "kcu",
    "KC": "kc",
    "KANTOR CABANG": "kc",
    "KCP": "kcp",
    "KANTOR CABANG PEMBANTU": "kcp",
}


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an office stands: its kind and the code of the office above."""

    kind: str
    parent: str | None


def path_of(code: str, offices: Mapping[str, Placed]) -> str | None:
    """The codes from the top joined by ``/``; None for a broken line or a circle."""
    steps: list[str] = []
    at: str | None = code
    while at is not None:
        if at in steps or at not in offices:
            return None
        steps.append(at)
        at = offices[at].parent
    return "/".join(reversed(steps))


def may_stand_below(kind: str, parent_kind: str | None) -> bool:
    return parent_kind in LINE[kind]
