"""A small bookkeeping desk: one order, one office, one officer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID, uuid5

import pytest

from salur.kernel.actor import SYSTEM
from salur.kernel.ids import new_id
from salur.ledger.operations import post
from salur.ledger.queries import balances_for_system, totals_breaks_for_system
from salur.ledger.rules import TREASURY, AccountKey, NewTransfer

DAY = date(2026, 11, 30)
ORDER = uuid5(UUID(int=1), "order")
FUND = AccountKey("order_fund", str(ORDER))
VAULT = AccountKey("vault", "KCP-1671A")
OFFICER = AccountKey("cash", "rudi")
PAID = AccountKey("paid", "KCP-1671A")


def transfer(
    source: AccountKey, destination: AccountKey, amount: int, **more: object
) -> NewTransfer:
    new = {
        "id": (transfer_id := new_id()),
        "source": source,
        "destination": destination,
        "amount": amount,
        "order_id": ORDER,
        "reason": "example",
        "reference": f"example:{transfer_id}",
        "business_date": DAY,
    }
    return NewTransfer(**(new | more))  # type: ignore[arg-type]


@pytest.fixture
def funded(db: None) -> None:
    """The treasury sent Rp10.000.000 and the office drew Rp6.000.000 of it into its vault."""
    post([transfer(TREASURY, FUND, 10_000_000)], by=SYSTEM)
    post([transfer(FUND, VAULT, 6_000_000)], by=SYSTEM)


@pytest.fixture
def balance(db: None) -> Callable[[AccountKey], int]:
    """Posted rupiah; every look at it also proves that totals follow from the transfers."""

    def look(key: AccountKey) -> int:
        assert totals_breaks_for_system() == []
        return balances_for_system([key])[key].posted

    return look
