"""The planner's settings: hours, desks, limits per day. Data of a tranche, checked before use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

from salur.disbursement.rules.channels import (
    COMMUNITY,
    DEFAULT_RULES,
    DOORSTEP,
    POST_OFFICE,
    Rule,
    WrongRules,
    check_channel_rules,
)
from salur.disbursement.rules.collectors import (
    USUAL_COLLECTORS,
    Collectors,
    check_collectors,
)
from salur.disbursement.rules.slots import SECONDS_PER_DOORSTEP, SECONDS_PER_FAMILY, SLOT_MINUTES

CASH_CHANNELS: Final = (POST_OFFICE, COMMUNITY, DOORSTEP)


class WrongPolicy(ValueError):
    """The settings cannot be planned with; the message names the one that is wrong."""


@dataclass(frozen=True, slots=True)
class PlanPolicy:
    """Everything that the planner decides by, apart from the families themselves.

    Hours are local to the office. Working days are ISO numbers, Monday 1. ``per_day`` is how many
    sessions of a channel one office can hold on one day; the officers it has decide.
    """

    channel_rules: tuple[Rule, ...] = DEFAULT_RULES
    opens_at: str = "08:00"
    closes_at: str = "14:00"
    working_days: tuple[int, ...] = (1, 2, 3, 4, 5, 6)
    notice_days: int = 1
    """Days between planning and the first session: letters must be printed and handed out."""
    post_office_desks: int = 2
    community_desks_most: int = 4
    community_families_per_desk: int = 150
    community_per_day: int = 3
    doorstep_per_day: int = 6
    seconds_per_family: int = SECONDS_PER_FAMILY
    seconds_per_doorstep: int = SECONDS_PER_DOORSTEP
    slot_minutes: int = SLOT_MINUTES
    collector_age_from: int = 18
    collectors: Collectors = field(default_factory=lambda: USUAL_COLLECTORS)
    """Who may collect for the recipient, by why that one does not come (``rules.collectors``)."""
    elderly_from: int = 60
    """Who is served first within a village."""
    officer_cash_limit: int = 500_000_000
    """Rupiah that one officer may have in hand or on offer at a time."""
    float_hours: int = 12
    """After which an offered float that nobody accepted falls back to the vault."""
    lease_grace_hours: int = 24
    """How long after its session a device may still pay what it was leased."""
    faces_on_devices: bool = True
    """Whether face templates travel with the lease, sealed on the phone and gone with it."""
    unleased_most: int = 0
    """How many walk-ins without a lease a device may pay while its network is down; 0 for none."""
    unleased_most_rupiah: int = 0
    """How much it may hand to them together."""
    letter_sender: str = "Kementerian Sosial Republik Indonesia"
    letter_agency: str = "Disalurkan oleh PT Pos Indonesia (Persero)"
    complaint_number: str = "171"
    complaint_note: str = "gratis, boleh tanpa menyebut nama"
    others_components: tuple[str, ...] = ("BALITA", "SD", "SMP", "SMA")
    """Components that show that the family has more people than the list names."""

    def __post_init__(self) -> None:
        try:
            check_channel_rules(self.channel_rules)
        except WrongRules as error:
            raise WrongPolicy(str(error)) from error
        try:
            check_collectors(self.collectors)
        except ValueError as error:
            raise WrongPolicy(str(error)) from error
        if not self.minutes(self.opens_at) < self.minutes(self.closes_at):
            raise WrongPolicy("closes_at must be after opens_at")
        if self.open_minutes * 60 < max(self.seconds_per_family, self.seconds_per_doorstep):
            raise WrongPolicy("nobody can be served within the opening hours")
        if not self.working_days or not set(self.working_days) <= set(range(1, 8)):
            raise WrongPolicy("working_days are numbers from 1 to 7")
        if not 0 <= self.unleased_most <= 100 or self.unleased_most_rupiah < 0:
            raise WrongPolicy("unleased_most is 0 to 100, unleased_most_rupiah 0 or more")
        if not isinstance(self.faces_on_devices, bool):
            raise WrongPolicy("faces_on_devices is true or false")
        for name in _AT_LEAST_ONE:
            if getattr(self, name) < 1:
                raise WrongPolicy(f"{name} must be at least 1")

    @property
    def open_minutes(self) -> int:
        return self.minutes(self.closes_at) - self.minutes(self.opens_at)

    @staticmethod
    def minutes(clock: str) -> int:
        """Minutes after midnight of `08:30`."""
        hours, colon, minutes = clock.partition(":")
        if not (colon and hours.isdigit() and minutes.isdigit()):
            raise WrongPolicy(f"not a time of day: {clock!r}")
        if int(hours) > 23 or int(minutes) > 59:
            raise WrongPolicy(f"not a time of day: {clock!r}")
        return int(hours) * 60 + int(minutes)

    def desks_for(self, channel: str, families: int) -> int:
        if channel == COMMUNITY:
            wanted = -(-families // self.community_families_per_desk)
            return max(1, min(wanted, self.community_desks_most))
        return self.post_office_desks if channel == POST_OFFICE else 1

    def seconds_for(self, channel: str) -> int:
        return self.seconds_per_doorstep if channel == DOORSTEP else self.seconds_per_family

    def sessions_per_day(self, channel: str) -> int:
        limits = {COMMUNITY: self.community_per_day, DOORSTEP: self.doorstep_per_day}
        return limits.get(channel, 1)


_AT_LEAST_ONE: Final = (
    "post_office_desks",
    "community_desks_most",
    "community_families_per_desk",
    "community_per_day",
    "doorstep_per_day",
    "seconds_per_family",
    "seconds_per_doorstep",
    "slot_minutes",
    "officer_cash_limit",
    "float_hours",
)


def read_policy(document: Mapping[str, Any]) -> PlanPolicy:
    """A policy from stored data; what is not named keeps its default. Raises WrongPolicy."""
    known = {item.name: item for item in fields(PlanPolicy)}
    values: dict[str, Any] = {}
    for name, value in document.items():
        if name not in known:
            raise WrongPolicy(f"unknown setting {name!r}")
        values[name] = tuple(value) if isinstance(value, list) else value
    try:
        return PlanPolicy(**values)
    except TypeError as error:
        raise WrongPolicy(str(error)) from error
