"""The only writers of the ledger. All take sets and run inside the caller's transaction.

Totals are moved by the database's own trigger; what may not be is refused by its constraints and
comes back here as a named refusal. A refusal ends the caller's transaction: nothing is half-posted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from uuid import UUID

from django.db import IntegrityError, connection

from salur.kernel.actor import Actor
from salur.kernel.batching import copy_rows, set_cursor
from salur.kernel.clock import now
from salur.kernel.ids import new_ids
from salur.ledger.errors import (
    AlreadyClosed,
    AlreadyReversed,
    NoSuchTransfer,
    NotEnoughMoney,
    ReferenceUsed,
)
from salur.ledger.models import Transfer
from salur.ledger.rules import AccountKey, NewTransfer, check_transfers

_COLUMNS = (
    "id",
    "kind",
    "source_id",
    "destination_id",
    "amount",
    "order_id",
    "reason",
    "reference",
    "business_date",
    "posted_at",
    "actor",
    "closes_id",
    "reverses_id",
)
_REFUSALS = {
    "ledger_account_not_overdrawn": NotEnoughMoney,
    "ledger_transfer_reference": ReferenceUsed,
    "ledger_transfer_closes_id": AlreadyClosed,
    "ledger_transfer_closes_its_pending": AlreadyClosed,
    "ledger_transfer_reverses_id": AlreadyReversed,
    "ledger_transfer_reverses_its_row": AlreadyReversed,
}


@contextmanager
def _refusing() -> Iterator[None]:
    """Turns the database's refusals into named ones. Raises RuntimeError outside a transaction."""
    if not connection.in_atomic_block:
        raise RuntimeError("money moves only inside the transaction of what moved it")
    try:
        yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        constraint = (diagnosis.constraint_name if diagnosis else None) or ""
        for name, refusal in _REFUSALS.items():
            if constraint.startswith(name):
                raise refusal(constraint=constraint) from error
        raise


def open_accounts(keys: Iterable[AccountKey]) -> dict[AccountKey, int]:
    """The ids of these accounts; those that did not exist are opened. Idempotent."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    kinds = [key.kind for key in wanted]
    custodians = [key.custodian for key in wanted]
    with set_cursor() as cursor:
        find = """
            SELECT a.kind, a.custodian, a.id FROM ledger_account a
            JOIN unnest(%s::text[], %s::text[]) AS k(kind, custodian)
              ON a.kind = k.kind AND a.custodian = k.custodian
        """
        cursor.execute(find, [kinds, custodians])
        found = {AccountKey(kind, custodian): i for kind, custodian, i in cursor.fetchall()}
        if len(found) < len(wanted):
            cursor.execute(
                """
                INSERT INTO ledger_account
                    (kind, custodian, posted_in, posted_out, pending_in, pending_out)
                SELECT kind, custodian, 0, 0, 0, 0
                FROM unnest(%s::text[], %s::text[]) AS k(kind, custodian)
                ORDER BY 1, 2
                ON CONFLICT (kind, custodian) DO NOTHING
                """,
                [kinds, custodians],
            )
            cursor.execute(find, [kinds, custodians])
            found = {AccountKey(kind, custodian): i for kind, custodian, i in cursor.fetchall()}
    return found


def post(transfers: Sequence[NewTransfer], *, by: Actor) -> None:
    """Moves money at once, all or nothing.

    Raises WorthlessTransfer, TransferToItself, NotEnoughMoney (vault or order fund), ReferenceUsed.
    """
    _write(Transfer.Kind.POSTED, transfers, by)


def hold(transfers: Sequence[NewTransfer], *, by: Actor) -> None:
    """Reserves money at its source until ``post_held``, ``void_held`` or ``expire_held``.

    Raises what ``post`` raises.
    """
    _write(Transfer.Kind.PENDING, transfers, by)


def post_held(pending_ids: Sequence[UUID], *, business_date: date, by: Actor) -> dict[UUID, UUID]:
    """The held money moves; the closing rows' ids by what they close.

    Raises NoSuchTransfer, AlreadyClosed.
    """
    return _close(Transfer.Kind.POST, pending_ids, business_date, by)


def void_held(pending_ids: Sequence[UUID], *, business_date: date, by: Actor) -> dict[UUID, UUID]:
    """The held money stays where it was. Raises NoSuchTransfer, AlreadyClosed."""
    return _close(Transfer.Kind.VOID, pending_ids, business_date, by)


def expire_held(pending_ids: Sequence[UUID], *, business_date: date, by: Actor) -> dict[UUID, UUID]:
    """As ``void_held``, because nobody accepted in time. Raises NoSuchTransfer, AlreadyClosed."""
    return _close(Transfer.Kind.EXPIRE, pending_ids, business_date, by)


def reverse(
    transfer_ids: Sequence[UUID], *, reason: str, business_date: date, by: Actor
) -> dict[UUID, UUID]:
    """Undoes posted rows in full, each at most once; answers the reversals' ids by what they undo.

    Raises NoSuchTransfer, AlreadyReversed, NotEnoughMoney.
    """
    rows = _rows(transfer_ids)
    ids = dict(zip(transfer_ids, new_ids(len(transfer_ids)), strict=True))
    moment, actor = now(), _text(by)
    with _refusing():
        copy_rows(
            "ledger_transfer",
            _COLUMNS,
            [
                (
                    ids[row.id],
                    Transfer.Kind.REVERSAL.value,
                    row.destination_id,
                    row.source_id,
                    row.amount,
                    row.order_id,
                    reason,
                    f"reversal:{ids[row.id]}",
                    business_date,
                    moment,
                    actor,
                    None,
                    row.id,
                )
                for row in rows
            ],
        )
    return ids


def _text(by: Actor) -> str:
    return f"{by.kind}:{by.id}"


def _rows(transfer_ids: Sequence[UUID]) -> list[Transfer]:
    rows = list(Transfer.objects.filter(id__in=transfer_ids).order_by("id"))
    if len(rows) != len(set(transfer_ids)):
        raise NoSuchTransfer(asked=len(transfer_ids), found=len(rows))
    return rows


def _write(kind: Transfer.Kind, transfers: Sequence[NewTransfer], by: Actor) -> None:
    if not transfers:
        return
    check_transfers(transfers)
    moment, actor = now(), _text(by)
    with _refusing():
        accounts = open_accounts(
            key for transfer in transfers for key in (transfer.source, transfer.destination)
        )
        copy_rows(
            "ledger_transfer",
            _COLUMNS,
            (
                (
                    transfer.id,
                    kind.value,
                    accounts[transfer.source],
                    accounts[transfer.destination],
                    transfer.amount,
                    transfer.order_id,
                    transfer.reason,
                    transfer.reference,
                    transfer.business_date,
                    moment,
                    actor,
                    None,
                    None,
                )
                for transfer in transfers
            ),
        )


def _close(
    kind: Transfer.Kind, pending_ids: Sequence[UUID], business_date: date, by: Actor
) -> dict[UUID, UUID]:
    if not pending_ids:
        return {}
    rows = _rows(pending_ids)
    ids = dict(zip((row.id for row in rows), new_ids(len(rows)), strict=True))
    moment, actor = now(), _text(by)
    with _refusing():
        copy_rows(
            "ledger_transfer",
            _COLUMNS,
            [
                (
                    ids[row.id],
                    kind.value,
                    row.source_id,
                    row.destination_id,
                    row.amount,
                    row.order_id,
                    row.reason,
                    f"{kind.value}:{ids[row.id]}",
                    business_date,
                    moment,
                    actor,
                    row.id,
                    None,
                )
                for row in rows
            ],
        )
    return ids
