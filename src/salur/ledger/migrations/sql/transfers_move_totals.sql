-- Totals follow transfers, in the same statement, for whoever inserts. One pass over the inserted
-- set: what it closes or reverses is checked, then accounts are locked in id order and updated.
CREATE FUNCTION ledger_transfers_move_totals() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    offender text;
BEGIN
    SELECT n.reference INTO offender
    FROM inserted n LEFT JOIN ledger_transfer p ON p.id = n.closes_id
    WHERE n.closes_id IS NOT NULL AND (
        p.kind <> 'pending' OR p.source_id <> n.source_id OR p.destination_id <> n.destination_id
        OR p.amount <> n.amount OR p.order_id <> n.order_id)
    LIMIT 1;
    IF offender IS NOT NULL THEN
        RAISE EXCEPTION 'ledger_transfer_closes_unlike_its_pending: %', offender
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transfer_closes_its_pending';
    END IF;

    SELECT n.reference INTO offender
    FROM inserted n LEFT JOIN ledger_transfer p ON p.id = n.reverses_id
    WHERE n.reverses_id IS NOT NULL AND (
        p.kind NOT IN ('posted', 'post') OR p.source_id <> n.destination_id
        OR p.destination_id <> n.source_id OR p.amount <> n.amount OR p.order_id <> n.order_id)
    LIMIT 1;
    IF offender IS NOT NULL THEN
        RAISE EXCEPTION 'ledger_transfer_reverses_unlike_its_row: %', offender
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transfer_reverses_its_row';
    END IF;

    PERFORM 1 FROM ledger_account
    WHERE id IN (SELECT source_id FROM inserted UNION SELECT destination_id FROM inserted)
    ORDER BY id FOR NO KEY UPDATE;

    INSERT INTO ledger_order_total (account_id, order_id, posted_in, posted_out, pending_in, pending_out)
    SELECT leg.account_id, leg.order_id, 0, 0, 0, 0
    FROM (SELECT source_id AS account_id, order_id FROM inserted
          UNION SELECT destination_id, order_id FROM inserted) leg
    ORDER BY 1, 2
    ON CONFLICT (account_id, order_id) DO NOTHING;

    WITH moved AS (
        SELECT account_id, order_id,
               sum(posted_in) AS posted_in, sum(posted_out) AS posted_out,
               sum(pending_in) AS pending_in, sum(pending_out) AS pending_out
        FROM (
            SELECT destination_id AS account_id, order_id,
                   CASE WHEN kind IN ('posted', 'post', 'reversal') THEN amount ELSE 0 END AS posted_in,
                   0 AS posted_out,
                   CASE WHEN kind = 'pending' THEN amount
                        WHEN kind IN ('post', 'void', 'expire') THEN -amount ELSE 0 END AS pending_in,
                   0 AS pending_out
            FROM inserted
            UNION ALL
            SELECT source_id, order_id, 0,
                   CASE WHEN kind IN ('posted', 'post', 'reversal') THEN amount ELSE 0 END,
                   0,
                   CASE WHEN kind = 'pending' THEN amount
                        WHEN kind IN ('post', 'void', 'expire') THEN -amount ELSE 0 END
            FROM inserted
        ) legs GROUP BY account_id, order_id
    ), by_order AS (
        UPDATE ledger_order_total t
        SET posted_in = t.posted_in + m.posted_in, posted_out = t.posted_out + m.posted_out,
            pending_in = t.pending_in + m.pending_in, pending_out = t.pending_out + m.pending_out
        FROM moved m WHERE t.account_id = m.account_id AND t.order_id = m.order_id
    )
    UPDATE ledger_account a
    SET posted_in = a.posted_in + m.posted_in, posted_out = a.posted_out + m.posted_out,
        pending_in = a.pending_in + m.pending_in, pending_out = a.pending_out + m.pending_out
    FROM (SELECT account_id, sum(posted_in) AS posted_in, sum(posted_out) AS posted_out,
                 sum(pending_in) AS pending_in, sum(pending_out) AS pending_out
          FROM moved GROUP BY account_id) m
    WHERE a.id = m.account_id;
    RETURN NULL;
END $$;

CREATE TRIGGER ledger_transfers_move_totals AFTER INSERT ON ledger_transfer
    REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT
    EXECUTE FUNCTION ledger_transfers_move_totals();

-- A transfer never changes, whoever asks; the way back is a reversal.
CREATE FUNCTION ledger_transfers_never_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ledger_transfer_never_changes: % refused', TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER ledger_transfers_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transfer
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_transfers_never_change();

-- Totals start at nothing: an account cannot be born with money.
CREATE FUNCTION ledger_totals_start_at_zero() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.posted_in <> 0 OR NEW.posted_out <> 0 OR NEW.pending_in <> 0 OR NEW.pending_out <> 0 THEN
        RAISE EXCEPTION 'ledger_totals_start_at_zero'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_totals_start_at_zero';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER ledger_account_starts_at_zero BEFORE INSERT ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION ledger_totals_start_at_zero();
CREATE TRIGGER ledger_order_total_starts_at_zero BEFORE INSERT ON ledger_order_total
    FOR EACH ROW EXECUTE FUNCTION ledger_totals_start_at_zero();
