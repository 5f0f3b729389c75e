"""Work in sets: bounded batches, and COPY from Python rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

import psycopg
from django.db import connection
from psycopg import sql
from psycopg.types.array import ListBinaryDumper

T = TypeVar("T")


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of at most ``size``, in order."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


@contextmanager
def set_cursor() -> Iterator[psycopg.Cursor[Any]]:
    """A cursor for statements over whole arrays, within the caller's transaction.

    Parameters travel beside the statement, in binary, instead of being quoted into its text and
    parsed out again: for thousands of values that is most of the work. Statements are the same as
    on Django's cursor, but every array needs its type (``%s::uuid[]``).
    """
    connection.ensure_connection()
    # The raw cursor's errors become Django's, so that callers meet one kind of IntegrityError.
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.adapters.register_dumper(list, ListBinaryDumper)
        yield cursor


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
