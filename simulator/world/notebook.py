"""What those who were there know: who signed what, what was acknowledged, who holds which family.

The notebook never looks into the database, so it can be compared with it.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from simulator.devices import SignedEvent


@dataclass(frozen=True, slots=True)
class Signed:
    """One event that a phone signed, with the person who held the phone."""

    event: SignedEvent
    officer: str
    body: dict[str, Any]


@dataclass
class Notebook:
    signed: dict[str, Signed] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)
    holds: dict[str, dict[str, datetime]] = field(default_factory=dict)
    """visit > device > until when its holder may pay it offline"""
    counts: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)

    def wrong(self, sentence: str) -> None:
        self.violations.append(sentence)

    def hold(self, device: str, visit: str, until: datetime, now: datetime) -> None:
        """A phone was told that this family is its own until then: nobody else's meanwhile."""
        holders = self.holds.setdefault(visit, {})
        for other in [one for one, end in holders.items() if end <= now]:
            del holders[other]
        if others := holders.keys() - {device}:
            self.wrong(f"I7 visit {visit}: leased to {device} and to {min(others)}")
        holders[device] = until

    def let_go(self, visits: Iterable[str]) -> None:
        """The lease was given back or taken away."""
        for visit in visits:
            self.holds.pop(visit, None)

    def cash_signed(self) -> dict[str, tuple[int, int]]:
        """Officer > (rupiah of floats accepted, rupiah handed over), each event once."""
        accepted: dict[str, dict[str, int]] = {}
        given: Counter[str] = Counter()
        for signed in self.signed.values():
            body, kind = signed.body, signed.event.kind
            if kind == "cash_transfer" and body.get("direction") == "accept":
                accepted.setdefault(signed.officer, {})[body["float_id"]] = body["total"]
            elif kind == "handed_over":
                given[signed.officer] += sum(claim["amount"] for claim in body["payments"])
        return {
            officer: (sum(accepted.get(officer, {}).values()), given[officer])
            for officer in accepted.keys() | given.keys()
        }
