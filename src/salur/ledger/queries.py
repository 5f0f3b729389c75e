"""Reading the books."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from salur.ledger.models import Account, Transfer
from salur.ledger.rules import AccountKey


@dataclass(frozen=True, slots=True)
class Balance:
    """Rupiah of one account: posted money at hand, what is held to leave, what may arrive."""

    posted: int = 0
    held_out: int = 0
    held_in: int = 0

    @property
    def available(self) -> int:
        return self.posted - self.held_out


def balances_for_system(keys: Iterable[AccountKey]) -> dict[AccountKey, Balance]:
    """The balances of these accounts; one that was never opened has nothing."""
    wanted = list(set(keys))
    balances = dict.fromkeys(wanted, Balance())
    rows = Account.objects.filter(
        kind__in={key.kind for key in wanted}, custodian__in={key.custodian for key in wanted}
    )
    for row in rows:
        if (key := AccountKey(row.kind, row.custodian)) in balances:
            balances[key] = Balance(row.balance, row.pending_out, row.pending_in)
    return balances


def order_balances_for_system(order_id: UUID) -> dict[AccountKey, int]:
    """Where one order's money lies now: posted rupiah by account."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT a.kind, a.custodian, t.posted_in - t.posted_out
            FROM ledger_order_total t JOIN ledger_account a ON a.id = t.account_id
            WHERE t.order_id = %s
            """,
            [order_id],
        )
        return {AccountKey(kind, who): amount for kind, who, amount in cursor.fetchall()}


def custodian_order_balances_for_system(key: AccountKey) -> dict[UUID, int]:
    """Whose money one custodian's pile is: posted less held rupiah by order."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT t.order_id, t.posted_in - t.posted_out - t.pending_out
            FROM ledger_order_total t JOIN ledger_account a ON a.id = t.account_id
            WHERE a.kind = %s AND a.custodian = %s
            """,
            [key.kind, key.custodian],
        )
        return dict(cursor.fetchall())


def transfers_for_system(ids: Sequence[UUID]) -> list[Transfer]:
    """These transfers with their accounts and what closed or reversed them, oldest first."""
    return list(
        Transfer.objects.filter(id__in=ids)
        .select_related("source", "destination")
        .order_by("posted_at", "id")
    )


@dataclass(frozen=True, slots=True)
class TotalsBreak:
    """An account whose totals do not follow from its transfers: (account, order or "", which)."""

    account: str
    order: str
    expected: tuple[int, int, int, int]
    stored: tuple[int, int, int, int]


_TOTALS_FROM_TRANSFERS = """
    SELECT account_id, {order} AS order_id,
           sum(posted_in) AS posted_in, sum(posted_out) AS posted_out,
           sum(pending_in) AS pending_in, sum(pending_out) AS pending_out
    FROM (
        SELECT destination_id AS account_id, order_id,
               CASE WHEN kind IN ('posted', 'post', 'reversal') THEN amount ELSE 0 END AS posted_in,
               0 AS posted_out,
               CASE WHEN kind = 'pending' THEN amount
                    WHEN kind IN ('post', 'void', 'expire') THEN -amount ELSE 0 END AS pending_in,
               0 AS pending_out
        FROM ledger_transfer
        UNION ALL
        SELECT source_id, order_id, 0,
               CASE WHEN kind IN ('posted', 'post', 'reversal') THEN amount ELSE 0 END, 0,
               CASE WHEN kind = 'pending' THEN amount
                    WHEN kind IN ('post', 'void', 'expire') THEN -amount ELSE 0 END
        FROM ledger_transfer
    ) legs GROUP BY 1, 2
"""


def totals_breaks_for_system() -> list[TotalsBreak]:
    """Invariant I1: accounts and order totals that differ from the sum of their transfers.

    Recomputed from the transfers alone, posted and pending apart; an empty list is a clean book.
    """
    breaks = []
    house = "'00000000-0000-0000-0000-000000000000'::uuid"
    for table, order, columns in (
        ("ledger_account", house, f"id AS account_id, {house} AS order_id"),
        ("ledger_order_total", "order_id", "account_id, order_id"),
    ):
        figures = "posted_in, posted_out, pending_in, pending_out"
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                WITH derived AS ({_TOTALS_FROM_TRANSFERS.format(order=order)}),
                     stored AS (SELECT {columns}, {figures} FROM {table})
                SELECT a.kind || '/' || a.custodian, order_id::text,
                       coalesce(d.posted_in, 0), coalesce(d.posted_out, 0),
                       coalesce(d.pending_in, 0), coalesce(d.pending_out, 0),
                       coalesce(s.posted_in, 0), coalesce(s.posted_out, 0),
                       coalesce(s.pending_in, 0), coalesce(s.pending_out, 0)
                FROM derived d FULL JOIN stored s USING (account_id, order_id)
                JOIN ledger_account a ON a.id = account_id
                WHERE (d.posted_in, d.posted_out, d.pending_in, d.pending_out)
                      IS DISTINCT FROM (s.posted_in, s.posted_out, s.pending_in, s.pending_out)
                  AND NOT (d.account_id IS NULL AND s.posted_in = 0 AND s.posted_out = 0
                           AND s.pending_in = 0 AND s.pending_out = 0)
                """  # noqa: S608 - only this module's own constants are put in
            )
            for account, which, *numbers in cursor.fetchall():
                derived = tuple(int(n) for n in numbers[:4])
                stored = tuple(int(n) for n in numbers[4:])
                breaks.append(TotalsBreak(account, which, derived, stored))  # type: ignore[arg-type]
    return breaks
