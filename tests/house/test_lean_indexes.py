"""Paying a family must not move index entries: that is most of what a payout costs."""

import pytest
from django.db import connection

PAID_IN_PLACE = {
    "disbursement_visit": ("status", "in_doubt"),
    "disbursement_payment": ("status",),
    "programs_entitlement": ("state",),
}


@pytest.mark.django_db
@pytest.mark.parametrize("table", PAID_IN_PLACE)
def test_no_index_names_what_paying_changes(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = %s", [table])
        indexes = [definition for (definition,) in cursor.fetchall()]
    assert indexes
    naming = [
        i for i in indexes for column in PAID_IN_PLACE[table] if column in i.split("USING")[1]
    ]
    assert naming == []


@pytest.mark.django_db
def test_a_cancelled_row_still_makes_room_for_another() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename = ANY(%s) AND indexdef LIKE %s",
            [["disbursement_visit", "disbursement_payment"], "%WHERE%live%"],
        )
        names = {name for (name,) in cursor.fetchall()}
    assert names == {
        "disbursement_visit_once",
        "disbursement_payment_once",
        "disbursement_payment_one_lead",
    }
