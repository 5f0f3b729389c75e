"""Two planners at the same moment, or a planner and an officer: each family is planned once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

import pytest
from django.db import connection

from salur.disbursement.errors import VisitLeased
from salur.disbursement.models import JournalEntry, Lease, Payment, PaySession, Visit
from salur.disbursement.operations import lease_visits, plan_payments, replan_payments
from salur.disbursement.tests.country import MORNING, PLANNER, make_country
from salur.disbursement.tests.test_leases import make_device
from salur.kernel import clock

pytestmark = [pytest.mark.slow]


def at_once(*deeds: Any) -> list[Any]:
    """Runs the deeds in threads of their own connections; results, or what they raised."""

    def run(deed: Any) -> Any:
        try:
            return deed()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return [
            future.result()
            for future in [pool.submit(copy_context().run, run, deed) for deed in deeds]
        ]


def test_two_planners_plan_a_village_once(committed: None) -> None:
    with clock.at(MORNING):
        country = make_country()
        country.add_families(300, country.villages[0], programs=("PKH", "SEMBAKO"))
        country.add_families(300, country.villages[3])
        results = at_once(*[lambda: plan_payments(country.tranche.id, by=PLANNER)] * 3)
    assert sum(result.families for result in results) == 600, results
    assert Visit.objects.count() == 600
    assert Payment.objects.count() == JournalEntry.objects.count() == 900
    numbers = list(Visit.objects.values_list("number", flat=True))
    assert len(set(numbers)) == 600
    for session in PaySession.objects.select_related("point"):
        seats = Visit.objects.filter(session=session).count()
        seconds = (session.ends_at - session.starts_at).total_seconds()
        assert seats <= session.desks * (seconds // session.point.seconds_per_family)


def test_of_two_devices_that_ask_at_once_one_gets_the_session(committed: None) -> None:
    with clock.at(MORNING):
        country = make_country()
        country.add_families(60, country.villages[0])
        plan_payments(country.tranche.id, by=PLANNER)
        session = PaySession.objects.get()
        devices = [make_device(country, f"hp {n}") for n in range(4)]
        results = at_once(
            *[lambda d=device: lease_visits(session.id, d.id, by=PLANNER) for device in devices]
        )
    refused = [result for result in results if isinstance(result, VisitLeased)]
    assert len(refused) == 3, results
    assert Visit.objects.filter(lease=Lease.objects.get()).count() == 60


def test_a_family_is_leased_or_moved_but_never_both(committed: None) -> None:
    with clock.at(MORNING):
        country = make_country()
        country.add_families(60, country.villages[0])
        plan_payments(country.tranche.id, by=PLANNER)
        session = PaySession.objects.get()
        device = make_device(country, "hp")
        everybody = list(Visit.objects.values_list("id", flat=True))
        at_once(
            lambda: lease_visits(session.id, device.id, by=PLANNER),
            lambda: replan_payments(
                country.tranche.id, by=PLANNER, visits=everybody, channel="post_office"
            ),
        )
    assert not Visit.objects.filter(lease__isnull=False).exclude(session=session).exists()
    assert Visit.objects.count() == 60
