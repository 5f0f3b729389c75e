"""Families are told once, in words, and nothing that identifies them is written down."""

from __future__ import annotations

from uuid import uuid4

import pytest

from salur.kernel.actor import Actor
from salur.kernel.errors import Forbidden
from salur.messaging.models import Message, Template
from salur.messaging.operations import NewMessage, queue_messages, send_queued
from salur.messaging.queries import messages_visible_to, write_messages
from salur.messaging.rules import FIRST_TEMPLATES, write_message

pytestmark = pytest.mark.django_db


def reader(*regions: str) -> Actor:
    return Actor("1", "user", permissions=frozenset({"messaging.view_messages"}), regions=regions)


def message(reference: str, phone: bytes | None = b"sealed", village: str = "16.71.05.1001"):
    params = {"name": "SITI AMINAH", "amount": 825_000, "date": "2026-11-30"}
    return NewMessage(reference, "paid", uuid4(), phone, params, village)


def test_a_receipt_says_how_much_and_when_in_both_languages() -> None:
    queue_messages([message("a")])
    rows = list(Message.objects.all())
    assert "Bantuan Rp825.000" in write_messages(rows, "id")[0].text
    assert "30 November 2026" in write_messages(rows, "id")[0].text
    assert write_messages(rows, "en")[0].text.startswith("SITI AMINAH received Rp825.000")


def test_a_second_message_about_the_same_thing_is_not_queued() -> None:
    assert queue_messages([message("a"), message("b")]) == 2
    assert queue_messages([message("a"), message("c")]) == 1


def test_without_a_phone_the_family_is_told_in_person() -> None:
    queue_messages([message("a", phone=None), message("b")])
    assert send_queued() == 1
    assert sorted(Message.objects.values_list("status", flat=True)) == ["by_hand", "sent"]


def test_a_reader_sees_the_own_regions_only() -> None:
    queue_messages([message("a"), message("b", village="91.01.01.2001")])
    assert messages_visible_to(reader("16.71")).count() == 1
    assert messages_visible_to(reader("")).count() == 2
    assert messages_visible_to(reader()).count() == 0
    with pytest.raises(Forbidden):
        messages_visible_to(Actor("2", "user", regions=("",)))


def test_every_shipped_text_is_in_the_table_and_can_be_filled_in() -> None:
    assert set(Template.objects.values_list("code", flat=True)) == set(FIRST_TEMPLATES)
    for indonesian, english in FIRST_TEMPLATES.values():
        params = {"name": "SITI", "amount": 1, "date": "2026-01-02", "place": "Balai Desa"}
        assert "{" not in write_message(indonesian, params) + write_message(english, params, "en")
