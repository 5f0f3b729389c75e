"""Tests that commit leave nothing behind for the next one."""

from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone


@pytest.mark.parametrize("turn", [1, 2])
def test_a_committed_row_is_gone_in_the_next_test(
    turn: int, committed: None, as_owner: Callable[..., list]
) -> None:
    assert Session.objects.count() == 0
    Session.objects.create(session_key=f"turn-{turn}", expire_date=timezone.now())
    assert as_owner("SELECT count(*) FROM django_session") == [(1,)]


@pytest.mark.django_db
def test_a_rolled_back_row_is_gone_too() -> None:
    assert Session.objects.count() == 0
