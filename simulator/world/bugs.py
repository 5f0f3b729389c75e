"""Planted bugs: each breaks one function of the house, as a person might in a bad hour.

A test that never fails proves nothing. Each bug is a patch around a run; production code knows of
none of them.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from django.db import connection, transaction

from salur.disbursement.operations import handovers
from salur.disbursement.operations.handovers import standing, writing
from salur.disbursement.operations.leases import taking
from salur.disbursement.rules.handovers import EXCESS, PAID, SECOND, JudgedLine
from salur.field import api, operations
from salur.field.handlers import cash
from salur.intake.operations import events
from salur.kernel import clock
from salur.ledger.rules import AccountKey
from simulator.world.country import Country
from simulator.world.databases import Databases
from simulator.world.run import Result, run


@dataclass(frozen=True, slots=True)
class Bug:
    name: str
    what: str
    plant: Callable[[], AbstractContextManager[Any]]


def _changed(module: Any, name: str, change: Callable[[Any], Any]) -> AbstractContextManager[Any]:
    return patch.object(module, name, change(getattr(module, name)))


def _paid_twice() -> AbstractContextManager[Any]:
    def change(judge: Any) -> Any:
        def careless(claims: Any, states: Any, _taken: Any) -> Any:
            forgotten = {
                key: replace(state, status="planned", open_part=None)
                for key, state in states.items()
            }
            return judge(claims, forgotten, set())

        return careless

    return _changed(standing, "judge_lines", change)


def _amount_of_the_event() -> AbstractContextManager[Any]:
    def change(judge: Any) -> Any:
        def trusting(claims: Any, states: Any, taken: Any) -> list[JudgedLine]:
            lines: list[JudgedLine] = judge(claims, states, taken)
            more = {line.payment_id: line.amount for line in lines if line.outcome == EXCESS}
            return [
                replace(line, amount=line.amount + more.get(line.payment_id, 0))
                if line.outcome == PAID
                else line
                for line in lines
                if line.outcome != EXCESS
            ]

        return trusting

    return _changed(standing, "judge_lines", change)


def _excess_dropped() -> AbstractContextManager[Any]:
    def change(judge: Any) -> Any:
        return lambda *given: [line for line in judge(*given) if line.outcome != EXCESS]

    return _changed(standing, "judge_lines", change)


def _rest_forgotten() -> AbstractContextManager[Any]:
    return patch.object(writing, "_split", lambda _short: None)


def _suspense_skipped() -> AbstractContextManager[Any]:
    def change(transfer_of: Any) -> Any:
        def booked(line: Any) -> Any:
            transfer = transfer_of(line)
            if line.judged.outcome != SECOND:
                return transfer
            return replace(transfer, destination=AccountKey("paid", line.fact.office_code))

        return booked

    return _changed(handovers, "transfer_of", change)


def _audit_silent() -> AbstractContextManager[Any]:
    return patch.object(handovers, "record_many", lambda _entries, by: [])


def _acknowledged_before_commit() -> AbstractContextManager[Any]:
    """Every seventh request is answered, and then the process dies before its commit."""
    calls = [0]

    def change(keep: Any) -> Any:
        def hasty(*given: Any, **named: Any) -> Any:
            calls[0] += 1
            with transaction.atomic():
                kept = keep(*given, **named)
                transaction.set_rollback(calls[0] % 7 == 0)
            return kept

        return hasty

    return _changed(api, "keep_events", change)


def _known_stored_again() -> AbstractContextManager[Any]:
    return patch.object(events, "_seen_before", lambda _envelopes: ({}, set()))


def _clones_unnoticed() -> AbstractContextManager[Any]:
    return patch.object(events, "_mark_clones", lambda _fresh, _used: set())


def _outcomes_doubled() -> AbstractContextManager[Any]:
    """What was judged stays on the queue."""

    def change(record: Any) -> Any:
        def forgetful(verdicts: Sequence[Any]) -> None:
            record(verdicts)
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO intake_waiting_event (event_id, lane, parked)"
                    " SELECT id, 0, '' FROM unnest(%s::bigint[]) AS id",
                    [[verdict.arrival for verdict in verdicts]],
                )

        return forgetful

    return _changed(operations, "record_outcomes", change)


def _float_accepted_twice() -> AbstractContextManager[Any]:
    """A float that was accepted counts as one that lapsed, and is booked as taken late."""

    def change(accept: Any) -> Any:
        def forgetful(float_id: Any, **named: Any) -> Any:
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE disbursement_float_session SET status = 'withdrawn'"
                    " WHERE id = %s AND status = 'accepted'",
                    [float_id],
                )
            return accept(float_id, **named)

        return forgetful

    return _changed(cash, "accept_float", change)


def _close_ignores_gaps() -> AbstractContextManager[Any]:
    return patch(
        "salur.reconciliation.operations._check_events", lambda _officer, _devices, _allowed: False
    )


def _lease_end_not_checked() -> AbstractContextManager[Any]:
    return patch("salur.disbursement.queries.leases.now", lambda: clock.now() - timedelta(days=5))


def _leased_although_held() -> AbstractContextManager[Any]:
    """Before each lease the pointers of the session's visits are forgotten."""

    def change(take: Any) -> Any:
        def greedy(lease: Any, session: Any, *more: Any, **named: Any) -> Any:
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE disbursement_visit SET lease_id = NULL WHERE session_id = %s",
                    [session.id],
                )
            return take(lease, session, *more, **named)

        return greedy

    return _changed(taking, "take", change)


BUGS = (
    Bug("paid_twice", "a payment that is paid is judged as if it were not", _paid_twice),
    Bug("amount_of_the_event", "what was handed over counts as paid, whatever was owed",
        _amount_of_the_event),
    Bug("excess_dropped", "what was given beyond the amount is booked nowhere", _excess_dropped),
    Bug("rest_forgotten", "what a short hand-over leaves is owed no more", _rest_forgotten),
    Bug("suspense_skipped", "a second hand-over is booked as paid", _suspense_skipped),
    Bug("audit_silent", "hand-overs leave no entry in the audit log", _audit_silent),
    Bug("acknowledged_before_commit", "the answer goes out, then the process dies",
        _acknowledged_before_commit),
    Bug("known_stored_again", "an event that is here is not recognised", _known_stored_again),
    Bug("clones_unnoticed", "one sequence used by two events raises nobody", _clones_unnoticed),
    Bug("outcomes_doubled", "judged events stay on the queue", _outcomes_doubled),
    Bug("float_accepted_twice", "accepting a float again books it again", _float_accepted_twice),
    Bug("close_ignores_gaps", "a session closes over missing events", _close_ignores_gaps),
    Bug("lease_end_not_checked", "a phone gets families after its lease", _lease_end_not_checked),
    Bug("leased_although_held", "two phones hold one family", _leased_although_held),
)  # fmt: skip


def hunt(
    bug: Bug,
    databases: Databases,
    country: Country,
    *,
    seeds: Sequence[int],
    operations: int = 500,
    check_every: int = 25,
) -> Result | None:
    """Plays seeds with the bug until one of them finds it."""
    for seed in seeds:
        with databases.copy(), bug.plant():
            result = run(country, seed, operations=operations, check_every=check_every)
        if result.violations:
            return result
    return None
