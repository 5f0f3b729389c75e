"""Each invariant can fail: one wrong row past all constraints, and the sentence about it breaks."""

from __future__ import annotations

from django.db import connection, transaction

from salur.config.embedded import SUPERUSER
from salur.reconciliation.queries import books_breaks_for_system
from simulator.tests.conftest import Template
from simulator.world.run import run

WRONG: tuple[tuple[str, str, str], ...] = (
    (
        "I1",
        "a total that its transfers do not explain",
        "UPDATE ledger_account SET posted_in = posted_in + 1 WHERE kind = 'vault'",
    ),
    (
        "I2",
        "an order that received more than lies anywhere",
        "UPDATE programs_payment_order SET amount = amount + 1",
    ),
    (
        "I3",
        "a payment that is paid twice",
        "DROP INDEX disbursement_paid_once; INSERT INTO disbursement_payout_line (id, hand_over_id,"
        " payment_id, order_id, program_id, officer_id, amount, outcome, source, business_date,"
        " transfer_id) SELECT gen_random_uuid(), hand_over_id, payment_id, order_id, program_id,"
        " officer_id, amount, outcome, source, business_date, gen_random_uuid()"
        " FROM disbursement_payout_line WHERE outcome = 'paid' LIMIT 1",
    ),
    (
        "I3",
        "a payment that is paid by nothing",
        "UPDATE disbursement_payment SET status = 'paid' WHERE id IN"
        " (SELECT id FROM disbursement_payment WHERE status = 'planned' LIMIT 1)",
    ),
    (
        "I4",
        "a line above the frozen amount",
        "UPDATE disbursement_payment SET amount = amount - 1 WHERE id IN"
        " (SELECT payment_id FROM disbursement_payout_line WHERE outcome = 'paid' LIMIT 1)",
    ),
    (
        "I5",
        "a line that says less than the event and the ledger",
        "UPDATE disbursement_payout_line SET amount = amount - 1 WHERE id IN"
        " (SELECT id FROM disbursement_payout_line WHERE outcome = 'paid' LIMIT 1)",
    ),
    (
        "I5",
        "a hand-over that no line tells of",
        "DELETE FROM disbursement_payout_line WHERE id IN"
        " (SELECT id FROM disbursement_payout_line WHERE outcome = 'second' LIMIT 1)",
    ),
    (
        "I6",
        "an event without an outcome",
        "DELETE FROM intake_outcome WHERE event_id IN"
        " (SELECT event_id FROM intake_outcome LIMIT 1)",
    ),
    (
        "I6",
        "an outcome and still waiting",
        "INSERT INTO intake_waiting_event (event_id, lane, parked)"
        " SELECT event_id, 0, '' FROM intake_outcome LIMIT 1",
    ),
    (
        "I7",
        "a family held by a lease that has ended",
        "UPDATE disbursement_visit SET lease_id = (SELECT id FROM disbursement_lease LIMIT 1);"
        " UPDATE disbursement_lease SET status = 'ended'",
    ),
    (
        "I8",
        "a float that counts as accepted and never moved",
        "UPDATE disbursement_float_session SET status = 'accepted', amount = amount + 1"
        " WHERE id IN (SELECT id FROM disbursement_float_session LIMIT 1)",
    ),
)


def test_one_wrong_row_breaks_the_sentence_about_it(template: Template) -> None:
    with template.databases.copy():
        assert run(template.country, 5, operations=150).violations == []
        connection.close()
        connection.settings_dict["USER"] = SUPERUSER
        assert books_breaks_for_system() == []
        for invariant, what, statement in WRONG:
            found = broken_by(statement)
            assert invariant in found, f"{invariant}: {what}; found only {found}"
        assert books_breaks_for_system() == []


def broken_by(statement: str) -> set[str]:
    """What breaks when the statement is true, past triggers and keys; undone again."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        found = {item.invariant for item in books_breaks_for_system()}
        transaction.set_rollback(True)
    return found
