"""What a transfer may be. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from salur.ledger.errors import TransferToItself, WorthlessTransfer

HOUSE_BOOK = UUID(int=0)
"""Stands where a payment order stands, for the agency's own money."""


class AccountKey(NamedTuple):
    """Names an account: ``AccountKey("cash", officer_id)``."""

    kind: str
    custodian: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.custodian}"


TREASURY = AccountKey("treasury", "state")


@dataclass(frozen=True, slots=True)
class NewTransfer:
    """Money that is to move, or to be held for moving. The caller makes ``id`` before it asks.

    ``reference`` says what it is for, once and for all (``line:<id>``); a second transfer with the
    same reference is refused by the database.
    """

    id: UUID
    source: AccountKey
    destination: AccountKey
    amount: int
    order_id: UUID
    reason: str
    reference: str
    business_date: date


def check_transfers(transfers: Sequence[NewTransfer]) -> None:
    """Raises WorthlessTransfer or TransferToItself; the database refuses the same by itself."""
    for transfer in transfers:
        if transfer.amount <= 0:
            raise WorthlessTransfer(amount=transfer.amount, reference=transfer.reference)
        if transfer.source == transfer.destination:
            raise TransferToItself(account=str(transfer.source), reference=transfer.reference)
