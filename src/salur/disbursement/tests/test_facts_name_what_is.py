"""Facts name what exists, and what they name stays: asked by triggers, once for each set."""

from __future__ import annotations

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from salur.disbursement.models import HandOver, Payment, PayoutLine, Visit
from salur.disbursement.operations import plan_payments
from salur.disbursement.tests.country import MORNING, PLANNER, make_country
from salur.disbursement.tests.test_record_handovers import (  # noqa: F401 - a fixture
    country,
    hand_over,
    record,
)
from salur.kernel import clock
from salur.kernel.batching import copy_rows
from salur.kernel.ids import new_id
from salur.kernel.sequencing import TransactionIdField


@pytest.fixture
def paid(country):  # noqa: F811 - the fixture
    """The first family's visit, paid in full by one hand-over."""
    visit = Visit.objects.first()
    record(hand_over(visit))
    return visit


def copy_again(row, **changes):
    """The row once more under new keys, by COPY, with these columns changed."""
    fields = [f for f in row._meta.concrete_fields if not isinstance(f, TransactionIdField)]
    fresh = {"id": new_id(), "transfer_id": new_id(), "outcome": "second"}
    values = {f.column: getattr(row, f.attname) for f in fields}
    values |= {name: value for name, value in fresh.items() if name in values}
    values |= changes
    values.pop("flags", None)
    if "flags" in {f.column for f in fields}:
        values["flags"] = "[]"
    if "reasons" in values:
        values["reasons"] = "[]"
    copy_rows(row._meta.db_table, tuple(values), [tuple(values.values())])


@pytest.mark.parametrize("column", ["hand_over_id", "payment_id"])
def test_no_line_of_a_stranger(paid, column):
    line = PayoutLine.objects.first()
    copy_again(line)
    with pytest.raises(IntegrityError, match="name_what_is"), transaction.atomic():
        copy_again(line, **{column: new_id()})


@pytest.mark.parametrize(("column", "stranger"), [("visit_id", new_id()), ("office_id", "99999")])
def test_no_hand_over_of_a_stranger(paid, column, stranger):
    fact = HandOver.objects.first()
    copy_again(fact)
    with pytest.raises(IntegrityError, match="name_what_is"), transaction.atomic():
        copy_again(fact, **{column: stranger})


def test_no_judgement_of_a_stranger(paid):
    judgement = HandOver.objects.first().judgement
    with pytest.raises(IntegrityError, match="name_what_is"), transaction.atomic():
        copy_again(judgement, hand_over_id=new_id())


@pytest.mark.parametrize("table", ["disbursement_visit", "disbursement_payment"])
def test_what_facts_name_is_not_deleted(paid, table):
    row = {"disbursement_visit": paid, "disbursement_payment": Payment.objects.first()}[table]
    payment = PayoutLine.objects.first().payment_id if table == "disbursement_payment" else row.pk
    with (
        pytest.raises(IntegrityError, match="stay"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM {table} WHERE id = %s", [payment])


def test_what_facts_name_keeps_its_key(paid):
    with (
        pytest.raises(IntegrityError, match="stay"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE disbursement_payment SET id = %s WHERE id = %s",
            [new_id(), PayoutLine.objects.first().payment_id],
        )


def test_the_office_of_a_fact_is_not_deleted(paid):
    with (
        pytest.raises(IntegrityError, match="stay"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "DELETE FROM places_office WHERE code = %s", [HandOver.objects.first().office_id]
        )


@pytest.mark.parametrize("column", ["id", "hand_over_id"])
def test_not_even_the_owner_deletes_a_booked_hand_over(committed, as_owner, column):
    """With its judgement gone, its lines still hold it."""
    with clock.at(MORNING):
        land = make_country()
        land.add_families(1, "16.71.05.1001", programs=("PKH",))
        plan_payments(land.tranche.id, by=PLANNER)
    record(hand_over(Visit.objects.first()))
    if column == "hand_over_id":
        as_owner("DELETE FROM disbursement_judgement")
    with pytest.raises(psycopg.errors.ForeignKeyViolation, match="stay"):
        as_owner("DELETE FROM disbursement_hand_over")
