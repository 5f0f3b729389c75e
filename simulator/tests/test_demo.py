"""The demo's flags are worth something: they are true after a run and false after a forgery."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.demo.books import compare
from simulator.demo.command import register
from simulator.demo.ground import PasswordBook
from simulator.demo.servers import ThisProcess
from simulator.demo.steps import Steps
from simulator.demo.tour import Tour, report, tour

pytestmark = [pytest.mark.slow]


@pytest.fixture
def finished(committed: Any) -> Tour:
    steps = Steps(quiet=True)
    return tour(households=60, officers=4, seed=3, steps=steps, evidence=2, house=ThisProcess())


def test_a_whole_tranche_balances_and_a_transfer_altered_by_force_is_noticed(
    finished: Tour, as_owner: Callable[..., Any]
) -> None:
    figures = report(finished, Steps(quiet=True), households=60, seed=3)
    assert finished.comparison.books == []
    assert finished.comparison.audit == []
    assert figures["books_balanced"]
    assert figures["audit_ok"]
    assert figures["paid_families"] >= 40
    # Two sampled payouts: a face, the papers in one picture, recipient with cash, a mark; at the
    # door the house as well.
    assert 2 * 4 <= figures["evidence"]["files"] <= 2 * 5
    for order in figures["orders"]:
        assert order["received"] == sum(
            order[name] for name in ("paid", "final_failed", "outstanding", "held", "unassigned")
        )

    as_owner("ALTER TABLE ledger_transfer DISABLE TRIGGER USER")
    as_owner(
        "UPDATE ledger_transfer SET amount = amount - 100000"
        " WHERE id = (SELECT min(id::text)::uuid FROM ledger_transfer"
        "             WHERE reason = 'hand_over_paid')"
    )
    as_owner("ALTER TABLE ledger_transfer ENABLE TRIGGER USER")
    after = compare(finished.fieldwork.tally(), finished.sending.tranche.id)
    assert not after.books_balanced
    assert not after.audit_ok


def test_the_demo_is_refused_on_an_outside_database(settings: Any) -> None:
    commands: dict[str, Any] = {}

    class App:
        def command(self, name: str) -> Any:
            def keep(function: Any) -> Any:
                commands[name] = function
                return function

            return keep

    settings.SALUR_EMBEDDED = False
    register(App())  # type: ignore[arg-type]
    with pytest.raises(SystemExit, match="DATABASE_URL"):
        commands["demo"]()


def test_passwords_of_demo_accounts_are_random_kept_and_for_their_owner_alone(
    tmp_path: Path,
) -> None:
    file = tmp_path / "demo-accounts.json"
    book = PasswordBook(file)
    first = book.make("rina")
    book.save()
    assert len(first) >= 16
    assert file.stat().st_mode & 0o777 == 0o600
    assert PasswordBook(file).make("rina") == first
    assert PasswordBook(tmp_path / "other.json").make("rina") != first
