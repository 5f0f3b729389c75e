"""The only writers of the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from salur.kernel.batching import set_cursor
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
    village_code: str = ""


def queue_messages(messages: Sequence[NewMessage]) -> int:
    """Puts messages into the outbox in the caller's transaction; how many were new.

    Idempotent by reference.
    """
    if not messages:
        return 0
    with set_cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO messaging_message
                (id, reference, template, household_id, phone_sealed, params, village_code,
                 status, created_at)
            SELECT m.*, CASE WHEN m.phone_sealed IS NULL THEN 'by_hand' ELSE 'queued' END,
                %s::timestamptz
            FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::uuid[], %s::bytea[], %s::jsonb[],
                %s::text[])
                AS m(id, reference, template, household_id, phone_sealed, params, village_code)
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
                [message.village_code for message in messages],
            ],
        )
        return int(cursor.rowcount)


def send_queued(limit: int = 200) -> int:
    """Hands waiting messages to the gateway; how many left the outbox.

    The development gateway sends nothing: it marks them sent, and the page of messages shows them.
    A real gateway takes its seat here: claim by ``FOR UPDATE SKIP LOCKED``, call after the commit.
    """
    with set_cursor() as cursor:
        cursor.execute(
            """
            UPDATE messaging_message SET status = 'sent', sent_at = %s
            WHERE id IN (SELECT id FROM messaging_message WHERE status = 'queued'
                         ORDER BY created_at LIMIT %s FOR UPDATE SKIP LOCKED)
            """,
            [now(), limit],
        )
        return int(cursor.rowcount)
