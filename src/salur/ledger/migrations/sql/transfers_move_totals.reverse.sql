DROP TRIGGER ledger_order_total_starts_at_zero ON ledger_order_total;
DROP TRIGGER ledger_account_starts_at_zero ON ledger_account;
DROP FUNCTION ledger_totals_start_at_zero();
DROP TRIGGER ledger_transfers_never_change ON ledger_transfer;
DROP FUNCTION ledger_transfers_never_change();
DROP TRIGGER ledger_transfers_move_totals ON ledger_transfer;
DROP FUNCTION ledger_transfers_move_totals();
