"""Reading the outbox."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from salur.kernel.actor import Actor
from salur.messaging.models import Message, Template
from salur.messaging.rules import write_message


@dataclass(frozen=True, slots=True)
class WrittenMessage:
    """A message as a family reads it."""

    household_id: UUID
    text: str
    status: str
    created_at: datetime
    sent_at: datetime | None


def messages_visible_to(actor: Actor) -> QuerySet[Message]:
    """Messages to families of the actor's regions, newest first."""
    actor.require("messaging.view_messages")
    seen = Q(pk=None)
    for code in actor.regions:
        seen |= (
            Q(village_code=code) | Q(village_code__startswith=code + ".")
            if code
            else Q(pk__isnull=False)
        )
    return Message.objects.filter(seen).order_by("-created_at", "-id")


def write_messages(rows: Iterable[Message], language: str) -> list[WrittenMessage]:
    """The texts in one of the two languages; one query for the templates."""
    texts = {
        code: english if language == "en" else indonesian
        for code, indonesian, english in Template.objects.values_list("code", "text_id", "text_en")
    }
    return [
        WrittenMessage(
            row.household_id,
            write_message(texts.get(row.template, ""), row.params, language),
            row.status,
            row.created_at,
            row.sent_at,
        )
        for row in rows
    ]


def messages_to_household_for_system(household_id: UUID, language: str) -> list[WrittenMessage]:
    """What one family was told, newest first. The caller has checked the scope."""
    rows = Message.objects.filter(household_id=household_id).order_by("-created_at")
    return write_messages(rows, language)
