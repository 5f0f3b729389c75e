"""The books of small, complete stories, as an accountant would write them down."""

from __future__ import annotations

from salur.kernel.actor import SYSTEM
from salur.ledger.operations import expire_held, hold, post, post_held, reverse, void_held
from salur.ledger.queries import balances_for_system, order_balances_for_system
from salur.ledger.rules import TREASURY, AccountKey
from salur.ledger.tests.conftest import (
    DAY,
    FUND,
    OFFICER,
    ORDER,
    PAID,
    VAULT,
    transfer,
)


def test_a_day_at_one_office_ends_with_the_change_back_in_the_vault(funded, balance):
    float_out = transfer(VAULT, OFFICER, 2_000_000)
    hold([float_out], by=SYSTEM)
    post_held([float_out.id], business_date=DAY, by=SYSTEM)
    post([transfer(OFFICER, PAID, 825_000), transfer(OFFICER, PAID, 600_000)], by=SYSTEM)
    post([transfer(OFFICER, VAULT, 575_000)], by=SYSTEM)

    assert balance(OFFICER) == 0
    assert balance(PAID) == 1_425_000
    assert balance(VAULT) == 4_575_000
    assert balance(FUND) == 4_000_000
    assert balance(TREASURY) == -10_000_000


def test_a_float_is_nobodys_cash_until_the_officer_accepts_it(funded, balance):
    float_out = transfer(VAULT, OFFICER, 2_000_000)
    hold([float_out], by=SYSTEM)

    assert balance(OFFICER) == 0
    assert balance(VAULT) == 6_000_000
    vault = balances_for_system([VAULT])[VAULT]
    assert (vault.available, vault.held_out) == (4_000_000, 2_000_000)


def test_a_float_that_nobody_accepts_goes_back_whole(funded, balance):
    refused, forgotten = transfer(VAULT, OFFICER, 500_000), transfer(VAULT, OFFICER, 700_000)
    hold([refused, forgotten], by=SYSTEM)
    void_held([refused.id], business_date=DAY, by=SYSTEM)
    expire_held([forgotten.id], business_date=DAY, by=SYSTEM)

    assert balance(VAULT) == balances_for_system([VAULT])[VAULT].available == 6_000_000


def test_a_mistake_is_undone_by_a_row_of_its_own_and_both_stay_readable(funded, balance):
    mistake = transfer(VAULT, OFFICER, 300_000)
    post([mistake], by=SYSTEM)
    reverse([mistake.id], reason="wrong_officer", business_date=DAY, by=SYSTEM)

    assert balance(OFFICER) == 0
    assert balance(VAULT) == 6_000_000


def test_a_missing_note_is_booked_as_shortage_when_the_bag_is_counted(funded, balance):
    shortage = AccountKey("shortage", "rudi")
    post([transfer(VAULT, OFFICER, 500_000), transfer(OFFICER, PAID, 300_000)], by=SYSTEM)
    post([transfer(OFFICER, VAULT, 150_000), transfer(OFFICER, shortage, 50_000)], by=SYSTEM)

    assert balance(OFFICER) == 0
    assert balance(shortage) == 50_000


def test_an_officer_who_paid_out_of_the_own_pocket_shows_as_cash_below_zero(funded, balance):
    post([transfer(VAULT, OFFICER, 500_000), transfer(OFFICER, PAID, 600_000)], by=SYSTEM)
    assert balance(OFFICER) == -100_000

    post([transfer(AccountKey("surplus", "rudi"), OFFICER, 100_000)], by=SYSTEM)
    assert balance(OFFICER) == 0
    assert balance(AccountKey("surplus", "rudi")) == -100_000


def test_every_rupiah_of_an_order_lies_somewhere(funded):
    post([transfer(VAULT, OFFICER, 2_000_000), transfer(OFFICER, PAID, 825_000)], by=SYSTEM)

    lying = order_balances_for_system(ORDER)
    assert sum(lying.values()) == 0
    assert sum(amount for key, amount in lying.items() if key != TREASURY) == 10_000_000
