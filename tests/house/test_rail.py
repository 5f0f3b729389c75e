"""The rail shows at most seven lines, and only pages that open."""

from __future__ import annotations

import pytest
from django.urls import reverse

from salur.access.rules import PERMISSIONS, PERMISSIONS_OF_ROLE
from salur.kernel.actor import Actor
from salur.theme.rail import LIMIT, declared, lines_for, split


def test_more_than_seven_lines_wait_under_the_last() -> None:
    assert split(list(range(7))) == (list(range(7)), [])
    shown, more = split(list(range(9)))
    assert (shown, more) == ([0, 1, 2, 3, 4, 5], [6, 7, 8])
    assert len(shown) + 1 == LIMIT


def test_every_declared_line_leads_to_a_page_and_asks_a_known_permission() -> None:
    for entry in declared():
        assert reverse(entry.url_name)
        assert entry.permission in PERMISSIONS


@pytest.mark.parametrize("role", sorted(PERMISSIONS_OF_ROLE))
def test_no_role_is_shown_more_than_seven(role: str, db: None) -> None:
    actor = Actor(
        "00000000-0000-7000-8000-000000000001", "user", permissions=PERMISSIONS_OF_ROLE[role]
    )
    lines = lines_for(actor, "monitoring:dashboard")
    shown, more = split(lines)
    assert len(shown) + bool(more) <= LIMIT
    assert sum(line.current for line in lines) <= 1
