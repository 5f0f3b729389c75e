"""Raw SQL as the application's role, and as the owner where that matters."""

from __future__ import annotations

import uuid

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from salur.kernel.actor import SYSTEM
from salur.ledger.errors import (
    AlreadyClosed,
    AlreadyReversed,
    NoSuchTransfer,
    NotEnoughMoney,
    ReferenceUsed,
    TransferToItself,
    WorthlessTransfer,
)
from salur.ledger.models import Account, Transfer
from salur.ledger.operations import hold, open_accounts, post, post_held, reverse, void_held
from salur.ledger.queries import totals_breaks_for_system
from salur.ledger.rules import TREASURY, AccountKey
from salur.ledger.tests.conftest import DAY, FUND, OFFICER, ORDER, PAID, VAULT, transfer

INSERT = """
    INSERT INTO ledger_transfer (id, kind, source_id, destination_id, amount, order_id, reason,
        reference, business_date, posted_at, actor, closes_id, reverses_id)
    VALUES (%(id)s, %(kind)s, %(source)s, %(destination)s, %(amount)s, %(order)s, 'raw',
        %(reference)s, '2026-11-30', now(), 'raw', %(closes)s, %(reverses)s)
"""


def insert(**values: object) -> uuid.UUID:
    accounts = open_accounts([VAULT, OFFICER])
    row = {
        "id": uuid.uuid4(),
        "kind": "posted",
        "source": accounts[VAULT],
        "destination": accounts[OFFICER],
        "amount": 1_000,
        "order": ORDER,
        "reference": str(uuid.uuid4()),
        "closes": None,
        "reverses": None,
    } | values
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(INSERT, row)
    return row["id"]


def refused(statement: str, parameters: object = None) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)


@pytest.mark.parametrize("amount", [0, -1])
def test_an_amount_of_nothing_or_less(funded, amount):
    with pytest.raises(IntegrityError, match="amount_positive"):
        insert(amount=amount)


def test_a_transfer_to_itself(funded):
    vault = open_accounts([VAULT])[VAULT]
    with pytest.raises(IntegrityError, match="two_accounts"):
        insert(source=vault, destination=vault)


@pytest.mark.parametrize("leg", ["source", "destination"])
def test_an_account_that_nobody_opened(funded, leg):
    """Not asked row by row: each leg opens a total, whose key the database asks once."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match="account_id"):
        insert(**{leg: 999_999})


def test_an_account_with_transfers_stays(committed, as_owner):
    with transaction.atomic():
        post([transfer(TREASURY, FUND, 1_000)], by=SYSTEM)
    with pytest.raises(psycopg.errors.ForeignKeyViolation, match="order_total"):
        as_owner("DELETE FROM ledger_account")


def test_the_same_reference_twice(funded):
    insert(reference="once")
    with pytest.raises(IntegrityError, match="reference"):
        insert(reference="once")


def test_more_than_the_vault_holds(funded):
    with pytest.raises(IntegrityError, match="not_overdrawn"):
        insert(amount=6_000_001)


def test_holding_more_than_is_available(funded):
    insert(kind="pending", amount=5_000_000)
    with pytest.raises(IntegrityError, match="not_overdrawn"):
        insert(kind="pending", amount=1_000_001)


def test_a_second_closing_of_one_pending_row(funded):
    held = insert(kind="pending")
    insert(kind="post", closes=held)
    with pytest.raises(IntegrityError, match="closes_id"):
        insert(kind="void", closes=held)


def test_a_closing_that_differs_from_what_it_closes(funded):
    held = insert(kind="pending", amount=1_000)
    with pytest.raises(IntegrityError, match="closes_unlike"):
        insert(kind="post", closes=held, amount=999)


def test_a_closing_that_names_nothing_and_a_posting_that_closes(funded):
    with pytest.raises(IntegrityError, match="closing_names"):
        insert(kind="post")
    held = insert(kind="pending")
    with pytest.raises(IntegrityError, match="closing_names"):
        insert(kind="posted", closes=held)


def test_a_second_reversal_and_an_over_reversal(funded):
    accounts = open_accounts([VAULT, OFFICER])
    back = {"source": accounts[OFFICER], "destination": accounts[VAULT], "kind": "reversal"}
    first, second = insert(), insert()
    insert(reverses=first, **back)
    with pytest.raises(IntegrityError, match="reverses_id"):
        insert(reverses=first, **back)
    with pytest.raises(IntegrityError, match="reverses_unlike"):
        insert(reverses=second, amount=2_000, **back)


def test_a_reversal_that_names_nothing(funded):
    with pytest.raises(IntegrityError, match="reversal_names"):
        insert(kind="reversal")


def test_the_application_may_not_change_delete_or_truncate(funded):
    refused("UPDATE ledger_transfer SET amount = amount + 1")
    refused("DELETE FROM ledger_transfer")
    refused("TRUNCATE ledger_transfer CASCADE")
    refused("UPDATE ledger_account SET posted_in = posted_in + 1")
    refused("UPDATE ledger_order_total SET posted_in = 0")
    refused("DELETE FROM ledger_account")


def test_an_account_cannot_be_born_with_money(funded):
    with pytest.raises(IntegrityError, match="start_at_zero"), transaction.atomic():
        Account.objects.create(kind="cash", custodian="ghost", posted_in=1_000)


def test_not_even_the_owner_changes_a_transfer(committed, as_owner):
    with transaction.atomic():
        post([transfer(TREASURY, FUND, 1_000)], by=SYSTEM)
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="never_changes"):
        as_owner("UPDATE ledger_transfer SET amount = 1")
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="never_changes"):
        as_owner("TRUNCATE ledger_transfer CASCADE")


def test_a_transfer_altered_behind_the_triggers_is_found(committed, as_owner):
    with transaction.atomic():
        post([transfer(TREASURY, FUND, 1_000)], by=SYSTEM)
    assert totals_breaks_for_system() == []
    as_owner(
        "ALTER TABLE ledger_transfer DISABLE TRIGGER USER;"
        "UPDATE ledger_transfer SET amount = 999;"
        "ALTER TABLE ledger_transfer ENABLE TRIGGER USER"
    )
    broken = {item.account for item in totals_breaks_for_system()}
    assert broken == {str(TREASURY), str(FUND)}


class TestNamedRefusals:
    def test_each_refusal_has_its_name(self, funded):
        held, moved = transfer(VAULT, OFFICER, 1_000), transfer(VAULT, OFFICER, 1_000)
        hold([held], by=SYSTEM)
        post([moved], by=SYSTEM)
        void_held([held.id], business_date=DAY, by=SYSTEM)
        reverse([moved.id], reason="test", business_date=DAY, by=SYSTEM)
        for refusal, attempt in [
            (WorthlessTransfer, lambda: post([transfer(VAULT, OFFICER, 0)], by=SYSTEM)),
            (TransferToItself, lambda: post([transfer(VAULT, VAULT, 1)], by=SYSTEM)),
            (NotEnoughMoney, lambda: post([transfer(VAULT, OFFICER, 10**9)], by=SYSTEM)),
            (
                ReferenceUsed,
                lambda: post([transfer(VAULT, OFFICER, 1, reference=moved.reference)], by=SYSTEM),
            ),
            (AlreadyClosed, lambda: post_held([held.id], business_date=DAY, by=SYSTEM)),
            (
                AlreadyReversed,
                lambda: reverse([moved.id], reason="again", business_date=DAY, by=SYSTEM),
            ),
            (NoSuchTransfer, lambda: void_held([uuid.uuid4()], business_date=DAY, by=SYSTEM)),
        ]:
            with pytest.raises(refusal), transaction.atomic():
                attempt()

    def test_a_set_is_posted_whole_or_not_at_all(self, funded):
        before = Transfer.objects.count()
        good, bad = transfer(VAULT, OFFICER, 1_000), transfer(VAULT, PAID, 10**9)
        with pytest.raises(NotEnoughMoney), transaction.atomic():
            post([good, bad], by=SYSTEM)
        assert Transfer.objects.count() == before

    def test_money_does_not_move_outside_a_transaction(self, committed):
        with pytest.raises(RuntimeError):
            post([transfer(TREASURY, AccountKey("order_fund", "x"), 1)], by=SYSTEM)
