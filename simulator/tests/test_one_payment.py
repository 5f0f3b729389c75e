"""One payment, 32 threads in two processes: exactly one paid line (M11)."""

from __future__ import annotations

import multiprocessing
import threading
from collections import Counter
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connections

from salur.disbursement.models import Payment, Visit
from salur.disbursement.operations import record_handovers
from salur.disbursement.rules.handovers import ClaimedLine, HandedOver
from salur.kernel.actor import SYSTEM
from salur.kernel.ids import new_id
from simulator.tests.conftest import Template
from simulator.world import checks
from simulator.world.stage import rows

PROCESSES = 2
THREADS = 16
NOON = datetime(2026, 11, 30, 5, 0, tzinfo=UTC)


def hand_over(visit: Visit, payments: list[Payment], officer: int) -> HandedOver:
    claims = tuple(ClaimedLine(payment.id, payment.amount) for payment in payments)
    return HandedOver(
        event_id=new_id(),
        device_id=UUID(int=officer),
        officer_id=UUID(int=officer),
        office_code=visit.office_id,
        zone="Asia/Jakarta",
        visit_id=visit.id,
        session_id=None,
        claims=claims,
        total=sum(claim.amount for claim in claims),
        begun_id=None,
        verification_id=None,
        method="document",
        collector_id=visit.recipient_id,
        relation="self",
        receipt_mark="signature",
        sop="post_office/1",
        device_time=NOON,
        server_time=NOON,
        received_at=NOON,
    )


def race(visit_id: UUID, process: int, start: Any, errors: Any) -> None:
    """Sixteen officers of this process pay the family at the same moment as those of the other."""
    visit = Visit.objects.get(id=visit_id)
    payments = list(visit.payments.order_by("id"))
    for connection in connections.all(initialized_only=True):
        connection.close()

    def pay(number: int) -> None:
        try:
            start.wait(60)
            record_handovers(
                [hand_over(visit, payments, 1 + process * THREADS + number)], by=SYSTEM
            )
        except Exception as error:
            errors.put(repr(error))
        finally:
            for connection in connections.all(initialized_only=True):
                connection.close()

    threads = [threading.Thread(target=pay, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_of_thirty_two_officers_who_pay_one_family_at_once_one_has_paid_it(
    template: Template,
) -> None:
    fork = multiprocessing.get_context("fork")
    with template.databases.copy():
        visit = Visit.objects.order_by("id").first()
        assert visit is not None
        payments = visit.payments.count()
        for connection in connections.all(initialized_only=True):
            connection.close()
        start, errors = fork.Barrier(PROCESSES * THREADS), fork.Queue()
        processes = [
            fork.Process(target=race, args=(visit.id, process, start, errors))
            for process in range(PROCESSES)
        ]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        assert errors.empty(), errors.get()
        lines = Counter(
            dict(rows("SELECT outcome, count(*) FROM disbursement_payout_line GROUP BY 1"))
        )
        # No device signed these: I5 misses their events. All the rest holds.
        broken = {sentence[:2] for sentence in checks.invariants()}
    assert lines == {"paid": payments, "second": payments * (PROCESSES * THREADS - 1)}
    assert broken <= {"I5"}
