"""What the officers signed, counted by themselves: the other side of every comparison.

The tally knows events only. It never looks into the database, or it would agree with anything.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

PaidKey = tuple[str, str]
"""(officer, program)"""
FailedKey = tuple[str, str]
"""(officer, code)"""


@dataclass
class Tally:
    """Counts and rupiah per officer. `second`: handed over though paid before."""

    paid_count: Counter[PaidKey] = field(default_factory=Counter)
    paid_rupiah: Counter[PaidKey] = field(default_factory=Counter)
    second_count: Counter[PaidKey] = field(default_factory=Counter)
    second_rupiah: Counter[PaidKey] = field(default_factory=Counter)
    attempts: Counter[FailedKey] = field(default_factory=Counter)
    accepted_rupiah: Counter[str] = field(default_factory=Counter)
    counted_rupiah: Counter[str] = field(default_factory=Counter)
    last_code: dict[str, str] = field(default_factory=dict)
    """Visit > code of its last failed attempt, gone again when it is paid."""
    paid_visits: set[str] = field(default_factory=set)
    proxies: int = 0
    evidence_sent: int = 0
    faces_checked: int = 0

    def handed_over(self, officer: str, visit: Mapping[str, Any]) -> None:
        """The officer gave the family everything that its visit says."""
        second = visit["id"] in self.paid_visits
        counts = self.second_count if second else self.paid_count
        rupiah = self.second_rupiah if second else self.paid_rupiah
        for payment in visit["payments"]:
            key = (officer, payment["program"])
            counts[key] += 1
            rupiah[key] += payment["amount"]
        self.paid_visits.add(visit["id"])
        self.last_code.pop(visit["id"], None)

    def failed(self, officer: str, visit: Mapping[str, Any], code: str) -> None:
        self.attempts[officer, code] += 1
        self.last_code[visit["id"]] = code

    def accepted(self, officer: str, rupiah: int) -> None:
        self.accepted_rupiah[officer] += rupiah

    def counted(self, officer: str, rupiah: int) -> None:
        self.counted_rupiah[officer] += rupiah

    def cash_of(self, officer: str) -> int:
        """What must be in the bag: accepted, less everything handed over, less handed back."""
        given = sum(
            amount
            for totals in (self.paid_rupiah, self.second_rupiah)
            for (who, _), amount in totals.items()
            if who == officer
        )
        return self.accepted_rupiah[officer] - given - self.counted_rupiah[officer]

    @property
    def paid_total(self) -> int:
        return sum(self.paid_rupiah.values())

    @property
    def second_total(self) -> int:
        return sum(self.second_rupiah.values())

    @property
    def failed_by_reason(self) -> dict[str, int]:
        """Families whose last word was a failed attempt, by its code."""
        return dict(sorted(Counter(self.last_code.values()).items()))

    def merged(self, others: Sequence["Tally"]) -> "Tally":
        """The sum of several tallies, later ones last; no visit is handed over in two of them."""
        whole = Tally()
        for tally in (self, *others):
            for name in (
                "paid_count",
                "paid_rupiah",
                "second_count",
                "second_rupiah",
                "attempts",
                "accepted_rupiah",
                "counted_rupiah",
            ):
                getattr(whole, name).update(getattr(tally, name))
            whole.last_code.update(tally.last_code)
            whole.paid_visits |= tally.paid_visits
            whole.proxies += tally.proxies
            whole.evidence_sent += tally.evidence_sent
            whole.faces_checked += tally.faces_checked
        for visit in whole.paid_visits & whole.last_code.keys():
            del whole.last_code[visit]
        return whole
