"""The invariants I1 to I8, and that every money fact has its entry in the audit log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import connection

from salur.audit.queries import broken_entries_for_system
from salur.ledger.queries import totals_breaks_for_system


@dataclass(frozen=True, slots=True)
class BooksBreak:
    """One thing that does not agree: which invariant, about what, what was expected and found."""

    invariant: str
    subject: str
    expected: str
    found: str


def _rows(statement: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def _breaks(invariant: str, statement: str) -> Iterator[BooksBreak]:
    """A statement that answers (subject, expected, found) for each disagreement."""
    for subject, expected, found in _rows(statement):
        yield BooksBreak(invariant, str(subject), str(expected), str(found))


def _totals() -> Iterator[BooksBreak]:
    for item in totals_breaks_for_system():
        subject = f"{item.account} {item.order}"
        yield BooksBreak("I1", subject, str(item.expected), str(item.stored))


_ORDERS_LIE_SOMEWHERE = """
    SELECT o.number, CASE WHEN o.funds_received_at IS NULL THEN 0 ELSE o.amount END,
           coalesce(-treasury.amount, 0) || ' / ' || coalesce(elsewhere.amount, 0)
    FROM programs_payment_order o
    LEFT JOIN (SELECT t.order_id, sum(t.posted_in - t.posted_out) AS amount
               FROM ledger_order_total t JOIN ledger_account a ON a.id = t.account_id
               WHERE a.kind = 'treasury' GROUP BY 1) treasury ON treasury.order_id = o.id
    LEFT JOIN (SELECT t.order_id, sum(t.posted_in - t.posted_out) AS amount
               FROM ledger_order_total t JOIN ledger_account a ON a.id = t.account_id
               WHERE a.kind <> 'treasury' GROUP BY 1) elsewhere ON elsewhere.order_id = o.id
    WHERE (CASE WHEN o.funds_received_at IS NULL THEN 0 ELSE o.amount END,
           CASE WHEN o.funds_received_at IS NULL THEN 0 ELSE o.amount END)
          IS DISTINCT FROM (coalesce(-treasury.amount, 0), coalesce(elsewhere.amount, 0))
"""

_PAID_ONCE = """
    SELECT payment_id, 1, count(*) FROM disbursement_payout_line
    WHERE outcome IN ('paid', 'short') AND reversed_by IS NULL
    GROUP BY payment_id HAVING count(*) > 1
"""

_NEVER_MORE_THAN_FROZEN = """
    SELECT l.payment_id, p.amount, l.amount FROM disbursement_payout_line l
    JOIN disbursement_payment p ON p.id = l.payment_id
    WHERE l.outcome IN ('paid', 'short') AND l.reversed_by IS NULL AND l.amount > p.amount
"""

_STATUS_FOLLOWS_LINES = """
    SELECT p.id, p.status, coalesce(l.amount::text, 'no line') FROM disbursement_payment p
    LEFT JOIN (SELECT payment_id, sum(amount) AS amount FROM disbursement_payout_line
               WHERE outcome IN ('paid', 'short') AND reversed_by IS NULL GROUP BY 1) l
        ON l.payment_id = p.id
    WHERE (p.status = 'paid') <> (l.amount IS NOT NULL)
"""

_PAID_FROM_LEDGER_AND_LINES = """
    WITH ledger AS (
        SELECT t.order_id, sum(CASE WHEN d.kind = 'paid' THEN t.amount ELSE -t.amount END) AS amount
        FROM ledger_transfer t
        JOIN ledger_account s ON s.id = t.source_id JOIN ledger_account d ON d.id = t.destination_id
        WHERE t.kind IN ('posted', 'post', 'reversal') AND (s.kind = 'paid') <> (d.kind = 'paid')
        GROUP BY 1
    ), lines AS (
        SELECT order_id, sum(amount) AS amount FROM disbursement_payout_line
        WHERE outcome IN ('paid', 'short') AND reversed_by IS NULL GROUP BY 1
    )
    SELECT 'order ' || order_id, coalesce(lines.amount, 0), coalesce(ledger.amount, 0)
    FROM ledger FULL JOIN lines USING (order_id)
    WHERE coalesce(lines.amount, 0) <> coalesce(ledger.amount, 0)
"""

_LINES_AND_TRANSFERS_AGREE = """
    SELECT 'line ' || l.id, l.amount, coalesce(t.amount, 0) FROM disbursement_payout_line l
    LEFT JOIN ledger_transfer t ON t.id = l.transfer_id
        AND (l.order_id IS NULL OR t.order_id = l.order_id)
    WHERE t.amount IS DISTINCT FROM l.amount
"""

_LINES_AND_EVENTS_AGREE = """
    WITH events AS (
        SELECT e.event_id, sum((claim ->> 'amount')::bigint) AS amount
        FROM intake_signed_event e
        JOIN disbursement_hand_over h ON h.id = e.event_id,
        LATERAL jsonb_array_elements(convert_from(e.raw, 'UTF8')::jsonb #> '{body,payments}') claim
        GROUP BY 1
    ), lines AS (
        SELECT hand_over_id AS event_id, sum(amount) AS amount FROM disbursement_payout_line
        WHERE hand_over_id IS NOT NULL GROUP BY 1
    )
    SELECT 'event ' || h.id, coalesce(events.amount, -1), coalesce(lines.amount, 0)
    FROM disbursement_hand_over h
    LEFT JOIN events ON events.event_id = h.id LEFT JOIN lines ON lines.event_id = h.id
    WHERE coalesce(events.amount, -1) <> coalesce(lines.amount, 0)
"""

_EVENTS_LINES_AND_LEDGER_PER_ORDER = """
    WITH events AS (
        SELECT p.order_id, sum((claim ->> 'amount')::bigint) AS amount
        FROM intake_signed_event e JOIN disbursement_hand_over h ON h.id = e.event_id,
        LATERAL jsonb_array_elements(convert_from(e.raw, 'UTF8')::jsonb #> '{body,payments}') claim
        JOIN disbursement_payment p ON p.id::text = claim ->> 'id'
        GROUP BY 1
    ), lines AS (
        SELECT order_id, sum(amount) AS amount FROM disbursement_payout_line
        WHERE hand_over_id IS NOT NULL AND order_id IS NOT NULL GROUP BY 1
    ), ledger AS (
        SELECT t.order_id, sum(t.amount) AS amount FROM ledger_transfer t
        JOIN disbursement_payout_line l ON l.transfer_id = t.id
        WHERE l.hand_over_id IS NOT NULL AND l.order_id IS NOT NULL GROUP BY 1
    )
    SELECT 'order ' || order_id, coalesce(events.amount, 0),
           coalesce(lines.amount, 0) || ' / ' || coalesce(ledger.amount, 0)
    FROM events FULL JOIN lines USING (order_id) FULL JOIN ledger USING (order_id)
    WHERE (coalesce(events.amount, 0), coalesce(events.amount, 0))
          IS DISTINCT FROM (coalesce(lines.amount, 0), coalesce(ledger.amount, 0))
"""

_ONE_OUTCOME_EACH = """
    SELECT 'event ' || e.event_id, 1, (o.event_id IS NOT NULL)::int + (w.event_id IS NOT NULL)::int
    FROM intake_signed_event e
    LEFT JOIN intake_outcome o ON o.event_id = e.id
    LEFT JOIN intake_waiting_event w ON w.event_id = e.id
    WHERE (o.event_id IS NOT NULL) = (w.event_id IS NOT NULL)
    UNION ALL
    SELECT 'event ' || e.event_id, 1, 0 FROM intake_signed_event e
    JOIN intake_outcome o ON o.event_id = e.id
    LEFT JOIN disbursement_hand_over h ON h.id = e.event_id
    WHERE e.kind = 'handed_over' AND o.code NOT LIKE 'bad\\_%' AND h.id IS NULL
"""

_ONE_LIVE_LEASE = """
    SELECT 'visit ' || v.id, v.session_id, l.session_id FROM disbursement_visit v
    JOIN disbursement_lease l ON l.id = v.lease_id
    WHERE l.status = 'active' AND v.status = 'planned' AND l.session_id <> v.session_id
"""

_ENDED_LEASES_HOLD_NOBODY = """
    SELECT 'visit ' || v.id, 'active', l.status FROM disbursement_visit v
    JOIN disbursement_lease l ON l.id = v.lease_id WHERE l.status <> 'active'
"""

_OFFICERS_CASH = """
    WITH floats AS (
        SELECT officer_id::text AS officer, sum(amount) AS amount
        FROM disbursement_float_session
        WHERE status IN ('accepted', 'counted', 'closed') GROUP BY 1
    ), lines AS (
        SELECT officer_id::text AS officer, sum(amount) AS amount FROM disbursement_payout_line
        WHERE officer_id IS NOT NULL AND reversed_by IS NULL GROUP BY 1
    ), closes AS (
        SELECT f.officer_id::text AS officer, sum(c.counted - c.variance) AS amount
        FROM reconciliation_session_close c
        JOIN disbursement_float_session f ON f.id = c.float_session_id GROUP BY 1
    ), handed_back AS (
        SELECT a.custodian AS officer, sum(t.amount) AS amount
        FROM ledger_transfer t JOIN ledger_account a ON a.id = t.source_id
        WHERE a.kind = 'cash' AND t.reference LIKE 'handback:%' GROUP BY 1
    ), passed AS (
        SELECT officer, sum(amount) AS amount FROM (
            SELECT taker_id::text AS officer, booked AS amount FROM disbursement_passing
            UNION ALL SELECT giver_id::text, -booked FROM disbursement_passing) said GROUP BY 1
    ), explained AS (
        SELECT officer_id::text AS officer, sum(sign(amount) * explained)::bigint AS amount
        FROM disbursement_unsynced_cash GROUP BY 1
    ), cash AS (
        SELECT custodian AS officer, posted_in - posted_out AS amount
        FROM ledger_account WHERE kind = 'cash'
    )
    SELECT 'officer ' || officer,
           coalesce(floats.amount, 0) - coalesce(lines.amount, 0) - coalesce(closes.amount, 0)
               - coalesce(handed_back.amount, 0) + coalesce(passed.amount, 0)
               + coalesce(explained.amount, 0),
           coalesce(cash.amount, 0)
    FROM floats FULL JOIN lines USING (officer) FULL JOIN closes USING (officer)
    FULL JOIN handed_back USING (officer) FULL JOIN passed USING (officer)
    FULL JOIN explained USING (officer)
    FULL JOIN cash USING (officer)
    WHERE coalesce(floats.amount, 0) - coalesce(lines.amount, 0) - coalesce(closes.amount, 0)
          - coalesce(handed_back.amount, 0) + coalesce(passed.amount, 0)
          + coalesce(explained.amount, 0) <> coalesce(cash.amount, 0)
"""

_UNSYNCED_LIES_THERE = """
    SELECT 'suspense/unsynced', coalesce(sum(u.amount - u.explained - u.settled), 0),
           coalesce((SELECT posted_in - posted_out FROM ledger_account
                     WHERE kind = 'suspense' AND custodian = 'unsynced'), 0)
    FROM disbursement_unsynced_cash u WHERE u.amount > 0
    HAVING coalesce(sum(u.amount - u.explained - u.settled), 0) <>
           coalesce((SELECT posted_in - posted_out FROM ledger_account
                     WHERE kind = 'suspense' AND custodian = 'unsynced'), 0)
"""

INVARIANTS: tuple[tuple[str, Callable[[], Iterator[BooksBreak]]], ...] = (
    ("I1", _totals),
    ("I2", lambda: _breaks("I2", _ORDERS_LIE_SOMEWHERE)),
    ("I3", lambda: _breaks("I3", _PAID_ONCE)),
    ("I3", lambda: _breaks("I3", _STATUS_FOLLOWS_LINES)),
    ("I4", lambda: _breaks("I4", _NEVER_MORE_THAN_FROZEN)),
    ("I5", lambda: _breaks("I5", _PAID_FROM_LEDGER_AND_LINES)),
    ("I5", lambda: _breaks("I5", _LINES_AND_TRANSFERS_AGREE)),
    ("I5", lambda: _breaks("I5", _LINES_AND_EVENTS_AGREE)),
    ("I5", lambda: _breaks("I5", _EVENTS_LINES_AND_LEDGER_PER_ORDER)),
    ("I6", lambda: _breaks("I6", _ONE_OUTCOME_EACH)),
    ("I7", lambda: _breaks("I7", _ONE_LIVE_LEASE)),
    ("I7", lambda: _breaks("I7", _ENDED_LEASES_HOLD_NOBODY)),
    ("I8", lambda: _breaks("I8", _OFFICERS_CASH)),
    ("I8", lambda: _breaks("I8", _UNSYNCED_LIES_THERE)),
)


def books_breaks_for_system(most: int = 200) -> list[BooksBreak]:
    """Everything that does not agree, at most ``most``; an empty list is balanced books.

    Each invariant recomputes from different sources; see ``docs/words.md`` for their sentences.
    Reads whole tables: a job or a command, not a page.
    """
    found: list[BooksBreak] = []
    for _name, check in INVARIANTS:
        for item in check():
            found.append(item)
            if len(found) >= most:
                return found
    return found


_UNREPORTED_TRANSFERS = """
    WITH named AS (
        SELECT jsonb_array_elements_text(payload -> 'transfers') AS id FROM audit_entry
        WHERE payload ? 'transfers'
        UNION ALL
        SELECT line ->> 'transfer' FROM audit_entry,
            jsonb_array_elements(payload -> 'lines') AS line
        WHERE kind = 'hand_over.recorded'
    )
    SELECT 'transfer ' || t.id, 'an entry', 'none' FROM ledger_transfer t
    WHERE NOT EXISTS (SELECT 1 FROM named n WHERE n.id = t.id::text)
"""

_MISREPORTED_LINES = """
    SELECT 'hand_over ' || h.id, coalesce(e.total, -1), coalesce(l.total, 0)
    FROM disbursement_hand_over h
    LEFT JOIN (SELECT subject, sum((line ->> 'amount')::bigint) AS total
               FROM audit_entry, jsonb_array_elements(payload -> 'lines') AS line
               WHERE kind = 'hand_over.recorded' GROUP BY 1) e ON e.subject = 'hand_over:' || h.id
    LEFT JOIN (SELECT hand_over_id, sum(amount) AS total FROM disbursement_payout_line
               GROUP BY 1) l ON l.hand_over_id = h.id
    WHERE coalesce(e.total, CASE WHEN l.total IS NULL THEN 0 ELSE -1 END) <> coalesce(l.total, 0)
"""


def audit_breaks_for_system(most: int = 200) -> list[BooksBreak]:
    """What the audit log does not tell or tells differently; an empty list is a sound log.

    Every transfer is named by an entry, every hand-over's lines are told with their sums, every
    entry's hash follows from its content.
    """
    found: list[BooksBreak] = []
    checks = (
        _breaks("audit", _UNREPORTED_TRANSFERS),
        _breaks("audit", _MISREPORTED_LINES),
        (
            BooksBreak("audit", f"entry {item.id} {item.kind}", "its hash", "another")
            for item in broken_entries_for_system()
        ),
    )
    for check in checks:
        for item in check:
            found.append(item)
            if len(found) >= most:
                return found
    return found
