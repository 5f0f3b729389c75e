"""Notes that were taken are a fact, even when their offer had lapsed and was promised again."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from salur.access.models import User
from salur.access.queries import actor_for
from salur.disbursement.models import FloatSession
from salur.disbursement.operations import expire_floats, issue_float, withdraw_float
from salur.field.operations import apply_events
from salur.field.tests.conftest import Branch, make_person
from salur.field.tests.test_push_and_apply import outcome_of
from salur.intake.models import WaitingEvent
from salur.kernel import clock
from salur.kernel.clock import now
from salur.ledger.queries import balances_for_system
from salur.ledger.rules import AccountKey
from salur.reconciliation.queries import books_breaks_for_system
from salur.reconciliation.tests.test_closing import cashier as cashier
from salur.reconciliation.tests.test_closing import floated as floated

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("floated")]


def offer(officer: UUID, amount: int, cashier: User) -> FloatSession:
    return issue_float(
        officer,
        amount=amount,
        office_code="30000",
        idempotency_key=f"{officer}-{amount}",
        by=actor_for(cashier),
    )


def test_what_the_vault_has_promised_to_others_waits_and_is_booked_later(
    branch: Branch, cashier: User
) -> None:
    """Nine million lie in the vault. Five of them were taken when their offer had lapsed."""
    lapsed = offer(branch.officer.id, 5_000_000, cashier)
    later = now() + timedelta(hours=13)
    with clock.at(later):
        assert expire_floats() == 1
        promised = offer(make_person("sari", "officer", "30000").id, 9_000_000, cashier)
        event_id = branch.device.record(
            "cash_transfer",
            {
                "float_id": str(lapsed.id),
                "direction": "accept",
                "notes": lapsed.notes,
                "total": lapsed.amount,
            },
        )
        branch.device.push()
        apply_events()
        [waiting] = WaitingEvent.objects.all()
        assert waiting.parked == "vault_short"
        withdraw_float(promised.id, by=actor_for(cashier))
    with clock.at(later + timedelta(minutes=11)):
        apply_events()
    assert outcome_of(event_id) == ("applied", "")
    cash = AccountKey("cash", str(branch.officer.id))
    assert balances_for_system([cash])[cash].posted == 8_000_000
    assert books_breaks_for_system() == []
