"""The worker and a command may take up the same list at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from salur.audit.models import Entry
from salur.programs import operations
from salur.programs.models import Entitlement, ListRow
from salur.programs.tests.ward import APPROVER, families, make_ward


def in_thread(operation, list_id):
    try:
        return operation(list_id).status
    finally:
        connection.close()


@pytest.mark.usefixtures("committed")
def test_two_checks_and_two_writings_of_one_list_do_their_work_once():
    ward = make_ward()
    received = ward.receive(families(200))
    with ThreadPoolExecutor(4) as threads:
        checks = [
            threads.submit(in_thread, operations.check_nominative_list, received.id)
            for _ in range(4)
        ]
        assert {check.result() for check in checks} == {"checked"}
    assert ListRow.objects.count() == 200
    operations.approve_nominative_list(received.id, rows=200, rupiah=120_000_000, by=APPROVER)
    with ThreadPoolExecutor(4) as threads:
        writings = [
            threads.submit(in_thread, operations.apply_approved_list, received.id) for _ in range(4)
        ]
        assert {writing.result() for writing in writings} == {"approved"}
    assert Entitlement.objects.count() == 200
    kinds = list(Entry.objects.filter(subject=f"list:{received.id}").values_list("kind", flat=True))
    assert sorted(kinds) == sorted(set(kinds))
