"""What a hand-over means for each payment that it names. Pure.

Cash has left the bag: nothing here refuses. A line is paid, or it is booked to suspense under the
name of what is odd about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from salur.kernel.clock import business_date

PAID: Final = "paid"
SHORT: Final = "short"
EXCESS: Final = "excess"
SECOND: Final = "second"
NOT_PAYABLE: Final = "not_payable"
UNIDENTIFIED: Final = "unidentified"

SUSPENSE_OF: Final = {
    EXCESS: "excess",
    SECOND: "second",
    NOT_PAYABLE: "late",
    UNIDENTIFIED: "unidentified",
}
"""Which suspense account takes a line that is not a payment, by outcome."""

METHODS: Final = frozenset({"face", "registry", "enrolment", "witness", "document", "proxy"})
CLOCK_TOLERANCE: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class ClaimedLine:
    """What the officer's device says was handed over for one payment, in rupiah."""

    payment_id: UUID
    amount: int


@dataclass(frozen=True, slots=True)
class PaymentState:
    """What the books know of a payment when the hand-over is judged.

    ``open_part``: what an earlier, short hand-over of the same entitlement left to be paid.
    """

    amount: int
    status: str
    open_part: UUID | None = None


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """One payout line to be booked. ``rest`` is what a short payment still owes."""

    payment_id: UUID | None
    amount: int
    outcome: str
    rest: int = 0


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A hand-over as its event tells it, with what the server knows of the device."""

    event_id: UUID
    device_id: UUID
    officer_id: UUID
    office_code: str
    zone: str
    visit_id: UUID | None
    session_id: UUID | None
    claims: tuple[ClaimedLine, ...]
    total: int
    begun_id: UUID | None
    verification_id: UUID | None
    method: str
    collector_id: UUID | None
    relation: str
    receipt_mark: str
    sop: str
    device_time: datetime | None
    server_time: datetime | None
    received_at: datetime
    latitude: float | None = None
    longitude: float | None = None
    accuracy_m: float | None = None
    revoked: bool = False
    cloned: bool = False
    flags: tuple[str, ...] = field(default=())
    sequence: int | None = None
    """Its place in the device's chain: whether it happened before a bag was closed."""


def judge_lines(
    claims: Iterable[ClaimedLine], states: Mapping[UUID, PaymentState], taken: set[UUID]
) -> list[JudgedLine]:
    """The lines to book for one hand-over.

    ``taken`` holds the payments that were paid before in the same batch and is added to, so that
    the second of two hand-overs is called second whichever batch brings it. Claims of one
    hand-over for one payment are one claim; a claim of nothing moves no cash and makes no line.

    Whatever the order in which the hand-overs of one payment are judged, the family has been paid
    the frozen amount or the sum that it was given, whichever is less; what a single hand-over gave
    beyond the amount is excess, and the rest of the sum is second.
    """
    lines: list[JudgedLine] = []
    for payment_id, amount in _by_payment(claims).items():
        state = states.get(payment_id)
        if state is None:
            lines.append(JudgedLine(None, amount, UNIDENTIFIED))
        elif payment_id in taken or state.status == "paid":
            lines += _judge_again(payment_id, amount, states, taken)
        elif state.status != "planned":
            lines.append(JudgedLine(payment_id, amount, NOT_PAYABLE))
        else:
            lines += _pay(payment_id, min(amount, state.amount), states, taken)
            if amount > state.amount:
                lines.append(JudgedLine(payment_id, amount - state.amount, EXCESS))
    return lines


def _by_payment(claims: Iterable[ClaimedLine]) -> dict[UUID, int]:
    sums: dict[UUID, int] = {}
    for claim in claims:
        if claim.amount > 0:
            sums[claim.payment_id] = sums.get(claim.payment_id, 0) + claim.amount
    return sums


def _pay(
    payment_id: UUID, amount: int, states: Mapping[UUID, PaymentState], taken: set[UUID]
) -> list[JudgedLine]:
    taken.add(payment_id)
    rest = states[payment_id].amount - amount
    return [JudgedLine(payment_id, amount, SHORT if rest else PAID, rest)]


def _judge_again(
    payment_id: UUID, amount: int, states: Mapping[UUID, PaymentState], taken: set[UUID]
) -> list[JudgedLine]:
    """Another hand-over of a payment that is paid: it makes up what an earlier one lacked."""
    state, lines = states[payment_id], []
    excess = max(0, amount - state.amount)
    left = amount - excess
    part = state.open_part
    if part is not None and part not in taken:
        lines += _pay(part, min(left, states[part].amount), states, taken)
        left -= lines[0].amount
    if left:
        lines.append(JudgedLine(payment_id, left, SECOND))
    if excess:
        lines.append(JudgedLine(payment_id, excess, EXCESS))
    return lines


@dataclass(frozen=True, slots=True)
class Dated:
    """When it happened, as far as the server can bound it."""

    moment: datetime
    business_date: date
    flags: tuple[str, ...]


def date_fact(
    *,
    device_time: datetime | None,
    server_time: datetime | None,
    received_at: datetime,
    zone: str,
) -> Dated:
    """The moment and the office's day of a fact.

    The phone's reckoning of the server's time counts where there is one and it does not lie after
    arrival; the phone's own clock never decides the day. Without a bound the day of arrival
    counts. A phone clock more than five minutes off is flagged.
    """
    flags = []
    moment = received_at
    if server_time is not None and server_time <= received_at + CLOCK_TOLERANCE:
        moment = min(server_time, received_at)
        if device_time is not None and abs(device_time - server_time) > CLOCK_TOLERANCE:
            flags.append("clock_off")
    else:
        flags.append("clock_ahead" if server_time is not None else "clock_unbounded")
    return Dated(moment, business_date(moment, zone), tuple(flags))
