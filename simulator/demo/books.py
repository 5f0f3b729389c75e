"""Comparing: what officers signed, what the lines say, what the ledger says, what the log tells.

The officers' own tally is one side; the database is read here in plain SQL, past all rooms, so
that a mistake of theirs cannot hide itself. The rooms' own invariants come on top.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from salur.reconciliation.queries import (
    OrderFigures,
    audit_breaks_for_system,
    books_breaks_for_system,
    order_figures_for_system,
)
from simulator.tally import Tally

_LINES = """
    SELECT l.officer_id::text, l.program_id, l.outcome, count(*), sum(l.amount)
    FROM disbursement_payout_line l
    WHERE l.order_id = ANY(%s) AND l.reversed_by IS NULL GROUP BY 1, 2, 3
"""

_LEDGER = """
    SELECT s.custodian, o.program_id, replace(t.reason, 'hand_over_', ''), count(*), sum(t.amount)
    FROM ledger_transfer t
    JOIN ledger_account s ON s.id = t.source_id
    JOIN programs_payment_order o ON o.id = t.order_id
    WHERE s.kind = 'cash' AND t.reason LIKE 'hand\\_over\\_%%' AND t.order_id = ANY(%s)
      AND t.kind = 'posted' GROUP BY 1, 2, 3
"""

_ATTEMPTS = """
    SELECT a.officer_id::text, a.code, count(*) FROM disbursement_attempt a
    JOIN disbursement_visit v ON v.id = a.visit_id WHERE v.tranche_id = %s GROUP BY 1, 2
"""

_UNPAID_BY_REASON = """
    SELECT last_attempt_code, count(*) FROM disbursement_visit
    WHERE tranche_id = %s AND status IN ('planned', 'failed') AND last_attempt_code <> '' GROUP BY 1
"""

_CASH = """
    SELECT custodian, sum(accepted)::bigint, sum(back)::bigint FROM (
        SELECT d.custodian, t.amount AS accepted, 0 AS back FROM ledger_transfer t
        JOIN ledger_account d ON d.id = t.destination_id
        WHERE d.kind = 'cash' AND t.reason IN ('float_issued', 'float_taken_late')
          AND t.kind IN ('posted', 'post') AND t.order_id = ANY(%(orders)s)
        UNION ALL
        SELECT s.custodian, 0, t.amount FROM ledger_transfer t
        JOIN ledger_account s ON s.id = t.source_id
        WHERE s.kind = 'cash' AND t.reason = 'hand_back' AND t.order_id = ANY(%(orders)s)
        UNION ALL
        SELECT d.custodian, 0, -t.amount FROM ledger_transfer t
        JOIN ledger_account d ON d.id = t.destination_id
        WHERE d.kind = 'cash' AND t.reason = 'earmark_exchange' AND t.order_id = ANY(%(orders)s)
    ) moved GROUP BY 1
"""

_LOG_AND_LEDGER = """
    SELECT count(*) FROM audit_entry e, jsonb_array_elements(e.payload -> 'lines') AS line
    LEFT JOIN ledger_transfer t ON t.id = (line ->> 'transfer')::uuid
    WHERE e.kind = 'hand_over.recorded'
      AND t.amount IS DISTINCT FROM (line ->> 'amount')::bigint
"""


@dataclass(slots=True)
class Comparison:
    """What agrees and what does not. `differences` are sentences for people."""

    orders: list[OrderFigures]
    books: list[str] = field(default_factory=list)
    audit: list[str] = field(default_factory=list)

    @property
    def books_balanced(self) -> bool:
        return not self.books

    @property
    def audit_ok(self) -> bool:
        return not self.audit


def compare(tally: Tally, tranche_id: UUID) -> Comparison:
    """Everything of one tranche against the officers' tally, and all invariants."""
    figures = order_figures_for_system(tranche_id)
    orders = [item.order_id for item in figures]
    comparison = Comparison(figures)
    comparison.books += _differences(tally, orders, tranche_id)
    comparison.books += [
        f"order {item.number}: received {item.received} differs by {item.difference}"
        for item in figures
        if item.difference
    ]
    comparison.books += [
        f"{item.invariant} {item.subject}: expected {item.expected}, found {item.found}"
        for item in books_breaks_for_system()
    ]
    comparison.audit += [
        f"{item.subject}: expected {item.expected}, found {item.found}"
        for item in audit_breaks_for_system()
    ]
    if altered := _rows(_LOG_AND_LEDGER)[0][0]:
        comparison.audit.append(f"{altered} transfers are not what their entries say")
    return comparison


def _rows(statement: str, parameters: Any = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def _differences(tally: Tally, orders: list[UUID], tranche_id: UUID) -> Iterator[str]:
    for source, statement in (("payout lines", _LINES), ("ledger", _LEDGER)):
        counts, rupiah = _by_outcome(_rows(statement, [orders]))
        yield from _compare(f"{source}, paid count", tally.paid_count, counts["paid"])
        yield from _compare(f"{source}, paid rupiah", tally.paid_rupiah, rupiah["paid"])
        yield from _compare(f"{source}, second count", tally.second_count, counts["second"])
        yield from _compare(f"{source}, second rupiah", tally.second_rupiah, rupiah["second"])
        for outcome in counts.keys() - {"paid", "second"}:
            yield f"{source}: nobody signed anything {outcome}, found {counts[outcome]}"
    attempts = {(officer, code): count for officer, code, count in _rows(_ATTEMPTS, [tranche_id])}
    yield from _compare("attempts", tally.attempts, attempts)
    unpaid = dict(_rows(_UNPAID_BY_REASON, [tranche_id]))
    yield from _compare("families not paid, by reason", tally.failed_by_reason, unpaid)
    cash = _rows(_CASH, {"orders": orders})
    yield from _compare("floats accepted", tally.accepted_rupiah, {c[0]: c[1] for c in cash})
    yield from _compare("cash laid back", tally.counted_rupiah, {c[0]: c[2] for c in cash})


def _by_outcome(
    rows: list[tuple[Any, ...]],
) -> tuple[dict[str, Counter[Any]], dict[str, Counter[Any]]]:
    counts: dict[str, Counter[Any]] = {"paid": Counter(), "second": Counter()}
    rupiah: dict[str, Counter[Any]] = {"paid": Counter(), "second": Counter()}
    for officer, program, outcome, count, amount in rows:
        counts.setdefault(outcome, Counter())[officer, program] += count
        rupiah.setdefault(outcome, Counter())[officer, program] += int(amount)
    return counts, rupiah


def _compare(what: str, signed: Mapping[Any, int], found: Mapping[Any, int]) -> Iterator[str]:
    for key in sorted(signed.keys() | found.keys(), key=str):
        mine, theirs = signed.get(key, 0), int(found.get(key, 0))
        if mine != theirs:
            yield f"{what} of {key}: signed {mine}, found {theirs}"
