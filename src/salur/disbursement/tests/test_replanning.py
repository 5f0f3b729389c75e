"""Nobody who was not paid is forgotten, and nothing that a device holds is moved."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from salur.disbursement.models import JournalEntry, PaySession, Visit
from salur.disbursement.operations import (
    lease_visits,
    plan_payments,
    print_letters,
    replan_payments,
)
from salur.disbursement.rules.replanning import next_channel
from salur.disbursement.tests.country import MORNING, OUTSIDER, PLANNER, Country
from salur.disbursement.tests.test_leases import make_device
from salur.kernel import clock
from salur.kernel.errors import Forbidden

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(country: Country) -> PaySession:
    country.add_families(60, country.villages[0])
    plan_payments(country.tranche.id, by=PLANNER)
    return PaySession.objects.get()


def after(session: PaySession) -> datetime:
    return session.ends_at + timedelta(hours=1)


def test_no_shows_of_an_event_are_asked_to_the_post_office(
    country: Country, session: PaySession
) -> None:
    paid = list(Visit.objects.order_by("number").values_list("id", flat=True)[:50])
    Visit.objects.filter(id__in=paid).update(status="paid")
    with clock.at(after(session)):
        result = replan_payments(country.tranche.id, by=PLANNER)
    assert result.families == 10
    assert dict(result.channels) == {("community", "post_office"): 10}
    moved = Visit.objects.exclude(id__in=paid).select_related("session")
    assert {visit.channel for visit in moved} == {"post_office"}
    assert all(visit.session.starts_at > after(session) for visit in moved)
    assert all(visit.letter_printed_at is None and visit.version == 2 for visit in moved)


def test_nobody_is_replanned_before_the_session_is_over(
    country: Country, session: PaySession
) -> None:
    assert replan_payments(country.tranche.id, by=PLANNER).families == 0


def test_replanning_twice_moves_nobody_twice(country: Country, session: PaySession) -> None:
    with clock.at(after(session)):
        assert replan_payments(country.tranche.id, by=PLANNER).families == 60
        assert replan_payments(country.tranche.id, by=PLANNER).families == 0


def test_a_dry_run_says_the_same_and_writes_nothing(country: Country, session: PaySession) -> None:
    with clock.at(after(session)):
        dry = replan_payments(country.tranche.id, by=PLANNER, dry_run=True)
        assert Visit.objects.filter(session=session).count() == 60
        real = replan_payments(country.tranche.id, by=PLANNER)
    dry.dry_run = False
    assert dry == real


def test_the_ill_are_visited(country: Country, session: PaySession) -> None:
    ill = Visit.objects.first()
    Visit.objects.filter(pk=ill.pk).update(attempts=1, last_attempt_code="ill")
    with clock.at(after(session)):
        replan_payments(country.tranche.id, by=PLANNER, visits=[ill.pk])
    ill.refresh_from_db()
    assert (ill.channel, ill.channel_reason) == ("doorstep", "replanned")
    entry = JournalEntry.objects.filter(kind="replanned").get()
    assert (entry.from_channel, entry.to_channel, entry.families) == ("community", "doorstep", 1)
    assert entry.to_reason == "ill"


def test_what_a_device_holds_stays_where_it_is(country: Country, session: PaySession) -> None:
    lease_visits(session.id, make_device(country, "one").id, by=PLANNER)
    with clock.at(after(session)):
        result = replan_payments(country.tranche.id, by=PLANNER)
        assert (result.families, dict(result.skipped)) == (0, {"leased": 60})
    with clock.at(session.ends_at + timedelta(hours=25)):
        assert replan_payments(country.tranche.id, by=PLANNER).families == 60


def test_what_is_in_doubt_stays_where_it_is(country: Country, session: PaySession) -> None:
    Visit.objects.update(in_doubt=True)
    with clock.at(after(session)):
        result = replan_payments(country.tranche.id, by=PLANNER)
    assert dict(result.skipped) == {"in_doubt": 60}


def test_a_new_letter_is_due_after_replanning(country: Country, session: PaySession) -> None:
    print_letters(country.tranche.id, by=PLANNER)
    with clock.at(after(session)):
        replan_payments(country.tranche.id, by=PLANNER)
        assert print_letters(country.tranche.id, by=PLANNER).letters == 60


def test_an_outsider_may_not_replan(country: Country, session: PaySession) -> None:
    with pytest.raises(Forbidden):
        replan_payments(country.tranche.id, by=OUTSIDER)


@pytest.mark.parametrize(
    ("channel", "code", "attempts", "expected"),
    [
        ("community", "absent", 1, "post_office"),
        ("community", "ill", 1, "doorstep"),
        ("post_office", "absent", 1, "post_office"),
        ("post_office", "absent", 2, "doorstep"),
        ("doorstep", "away", 1, "doorstep"),
        ("doorstep", "away", 2, "post_office"),
        ("post_office", "no_document", 1, "post_office"),
    ],
)
def test_the_next_channel_follows_from_what_happened(
    channel: str, code: str, attempts: int, expected: str
) -> None:
    assert next_channel(channel, code, attempts) == expected


def test_the_clock_of_the_test_is_before_the_session(session: PaySession) -> None:
    assert session.starts_at > MORNING
