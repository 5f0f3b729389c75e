"""Gapless positions in commit order, so that a follower never skips a late commit.

A row is stamped with the id of the transaction that writes it. Only rows whose transactions are
all over (older than the oldest one still running in the current snapshot) receive a position;
followers read by position alone. One sequencer at a time, held by an advisory lock.
"""

from __future__ import annotations

from typing import Any

from django.db import connection, models, transaction
from django.db.models import Func
from psycopg import sql


class CurrentTransactionId(Func):
    """``pg_current_xact_id()`` as a column default."""

    function = "pg_current_xact_id"
    template = "%(function)s()"
    output_field = models.BigIntegerField()


class TransactionIdField(models.Field):
    """The 64-bit id of the writing transaction, filled by the database."""

    description = "transaction id"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("db_default", CurrentTransactionId())
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def db_type(self, connection: Any) -> str:
        return "xid8"

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs


def assign_positions(table: str, *, limit: int = 20_000) -> int:
    """Numbers the settled rows of ``table`` (columns id, xid, position); how many it numbered.

    Idempotent and safe to call from several processes: all but one return 0 at once.
    """
    statement = sql.SQL(
        """
        WITH settled AS (
            SELECT id FROM {table}
            WHERE position IS NULL AND xid < pg_snapshot_xmin(pg_current_snapshot())
            ORDER BY xid, id LIMIT %s
        ), numbered AS (
            SELECT s.id, base.last + row_number() OVER (ORDER BY t.xid, s.id) AS position
            FROM settled s JOIN {table} t USING (id),
                 (SELECT coalesce(max(position), 0) AS last FROM {table}) base
        )
        UPDATE {table} t SET position = n.position FROM numbered n WHERE t.id = n.id
        """
    ).format(table=sql.Identifier(table))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"sequencer {table}"]
        )
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(statement, [limit])
        return int(cursor.rowcount)
