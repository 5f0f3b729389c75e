-- What facts name exists. A foreign key asks once per row and column, which was a seventh of what a
-- payout costs the database; here each statement asks once for its whole set. Nested loops into the
-- primary keys whatever the tables held when the plan was made.
CREATE FUNCTION disbursement_facts_name_what_is() RETURNS trigger LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
DECLARE
    unknown text;
BEGIN
    IF TG_TABLE_NAME = 'disbursement_hand_over' THEN
        SELECT 'visit ' || n.visit_id INTO unknown FROM inserted n
        WHERE n.visit_id IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM disbursement_visit v WHERE v.id = n.visit_id) LIMIT 1;
        IF unknown IS NULL THEN
            SELECT 'office ' || n.office_id INTO unknown
            FROM (SELECT DISTINCT office_id FROM inserted) n
            WHERE NOT EXISTS (SELECT 1 FROM places_office o WHERE o.code = n.office_id) LIMIT 1;
        END IF;
    ELSIF TG_TABLE_NAME = 'disbursement_judgement' THEN
        SELECT 'hand-over ' || n.hand_over_id INTO unknown FROM inserted n
        WHERE NOT EXISTS (SELECT 1 FROM disbursement_hand_over h WHERE h.id = n.hand_over_id) LIMIT 1;
    ELSE
        SELECT 'hand-over ' || n.hand_over_id INTO unknown FROM inserted n
        WHERE n.hand_over_id IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM disbursement_hand_over h WHERE h.id = n.hand_over_id) LIMIT 1;
        IF unknown IS NULL THEN
            SELECT 'payment ' || n.payment_id INTO unknown FROM inserted n
            WHERE n.payment_id IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM disbursement_payment p WHERE p.id = n.payment_id) LIMIT 1;
        END IF;
    END IF;
    IF unknown IS NOT NULL THEN
        RAISE EXCEPTION 'disbursement_facts_name_what_is: % is not known', unknown
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'disbursement_facts_name_what_is';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER disbursement_hand_overs_name_what_is AFTER INSERT ON disbursement_hand_over
    REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT
    EXECUTE FUNCTION disbursement_facts_name_what_is();
CREATE TRIGGER disbursement_judgements_name_what_is AFTER INSERT ON disbursement_judgement
    REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT
    EXECUTE FUNCTION disbursement_facts_name_what_is();
CREATE TRIGGER disbursement_lines_name_what_is AFTER INSERT ON disbursement_payout_line
    REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT
    EXECUTE FUNCTION disbursement_facts_name_what_is();

-- And what they name stays. Facts hold the locks of their visits and payments, so that nobody can
-- delete one in between. Arguments: the table and column by which a fact names the row.
CREATE FUNCTION disbursement_named_rows_stay() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    named boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I WHERE %I = ($1).%I)',
                   TG_ARGV[0], TG_ARGV[1], TG_ARGV[2]) INTO named USING OLD;
    IF named THEN
        RAISE EXCEPTION 'disbursement_named_rows_stay: % names this row of %', TG_ARGV[0], TG_TABLE_NAME
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'disbursement_named_rows_stay';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER disbursement_visits_stay BEFORE DELETE OR UPDATE OF id ON disbursement_visit
    FOR EACH ROW EXECUTE FUNCTION disbursement_named_rows_stay('disbursement_hand_over', 'visit_id', 'id');
CREATE TRIGGER disbursement_payments_stay BEFORE DELETE OR UPDATE OF id ON disbursement_payment
    FOR EACH ROW EXECUTE FUNCTION disbursement_named_rows_stay('disbursement_payout_line', 'payment_id', 'id');
CREATE TRIGGER disbursement_hand_overs_stay BEFORE DELETE OR UPDATE OF id ON disbursement_hand_over
    FOR EACH ROW EXECUTE FUNCTION disbursement_named_rows_stay('disbursement_judgement', 'hand_over_id', 'id');
CREATE TRIGGER disbursement_hand_overs_of_lines_stay BEFORE DELETE OR UPDATE OF id ON disbursement_hand_over
    FOR EACH ROW EXECUTE FUNCTION disbursement_named_rows_stay('disbursement_payout_line', 'hand_over_id', 'id');
CREATE TRIGGER disbursement_offices_stay BEFORE DELETE OR UPDATE OF code ON places_office
    FOR EACH ROW EXECUTE FUNCTION disbursement_named_rows_stay('disbursement_hand_over', 'office_id', 'code');
