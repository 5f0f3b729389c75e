"""Work in sets: bounded batches, and COPY from Python rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from django.db import connection
from psycopg import sql

T = TypeVar("T")


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of at most ``size``, in order."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Streams rows into a table by COPY within the caller's transaction; how many were written.

    Dict and list values must be wrapped in psycopg's ``Jsonb`` or written as text by the caller.
    """
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    written = 0
    # The raw cursor's errors become Django's, so that callers meet one kind of IntegrityError.
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.cursor.copy(statement) as copy,
    ):
        for row in rows:
            copy.write_row(row)
            written += 1
    return written
