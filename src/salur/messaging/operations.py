"""The only writers of the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg.types.json import Jsonb

from salur.kernel.clock import now
from salur.kernel.ids import new_ids


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to be queued; ``reference`` says what it is about and keeps it single.

    ``phone_sealed`` is the household's (field="registry.household.phone", subject=household);
    without one the message is kept for the companion. ``params`` hold no identity number.
    """

    reference: str
    template: str
    household_id: UUID
    phone_sealed: bytes | None
    params: dict[str, Any] = field(default_factory=dict)


def queue_messages(messages: Sequence[NewMessage]) -> int:
    """Puts messages into the outbox in the caller's transaction; how many were new.

    Idempotent by reference.
    """
    if not messages:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO messaging_message
                (id, reference, template, household_id, phone_sealed, params, status, created_at)
            SELECT *, 'queued', %s::timestamptz
            FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::uuid[], %s::bytea[], %s::jsonb[])
            ON CONFLICT (reference) DO NOTHING
            """,
            [
                now(),
                new_ids(len(messages)),
                [message.reference for message in messages],
                [message.template for message in messages],
                [message.household_id for message in messages],
                [message.phone_sealed for message in messages],
                [Jsonb(message.params) for message in messages],
            ],
        )
        return int(cursor.rowcount)
