"""Migrating as the owner, then granting the application what each table allows.

A model says what may happen to its rows: `append_only = True` (insert and read),
`append_only_except = ("position",)` (and these columns may be set), else everything but TRUNCATE.
"""

import time
from collections.abc import Callable, Iterator

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Model
from django.db.utils import ProgrammingError
from psycopg import errors, sql

from salur.kernel.keys import open_rings

LOCK_ATTEMPTS = 6
READ_ONLY_TABLES = frozenset({"django_migrations"})


class MigrationRefused(Exception):
    """The database cannot be migrated; the text says why and what to do."""


def migrate(*, verbosity: int = 1, say: Callable[[str], None] = print) -> None:
    """Bring the tables up to date and the grants with them. Idempotent.

    Waits at most 5 s for a lock (settings), then tries again, so that a long transaction of the
    running system is never stuck behind a migration.
    """
    owner, application = settings.DATABASES["owner"], settings.DATABASES["default"]
    if owner["USER"] == application["USER"]:
        raise MigrationRefused(
            "DATABASE_OWNER_URL belum diisi: pemilik tabel harus berbeda dari aplikasi.\n"
            "Set DATABASE_OWNER_URL: tables must belong to another role than the application's,"
            " or append-only tables could be changed."
        )
    open_rings(settings.SALUR_KEYS_DIR, data_exist=data_exist())
    if migrations_missing():
        _migrate_patiently(verbosity, say)
    grant()


def migrations_missing() -> bool:
    """True when the tables are not what this version of the code expects."""
    executor = MigrationExecutor(connections["owner"])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _migrate_patiently(verbosity: int, say: Callable[[str], None]) -> None:
    for attempt in range(1, LOCK_ATTEMPTS + 1):
        try:
            call_command(
                "migrate", database="owner", interactive=False, verbosity=max(verbosity - 1, 0)
            )
            break
        except OperationalError as error:
            if not isinstance(error.__cause__, errors.LockNotAvailable) or attempt == LOCK_ATTEMPTS:
                raise
            say(f"Menunggu tabel yang sedang dipakai ({attempt}) … / waiting for a lock")
            time.sleep(attempt)


def data_exist() -> bool:
    """True when this database was migrated before."""
    try:
        with connections["owner"].cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
            return cursor.fetchone() is not None
    except ProgrammingError:
        return False


def grant() -> None:
    """Give the application's role exactly what the models say; take back what they no longer do."""
    role = sql.Identifier(settings.DATABASES["default"]["USER"])
    by_table = {
        model._meta.db_table: model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }
    with connections["owner"].cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role))
        cursor.execute(
            "SELECT c.relname, c.relkind FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'S')"
            " AND pg_get_userbyid(c.relowner) = current_user ORDER BY c.relname"
        )
        for name, kind in cursor.fetchall():
            relation = sql.Identifier(name)
            cursor.execute(sql.SQL("REVOKE ALL ON {} FROM {}").format(relation, role))
            for privileges in _privileges(name, kind, by_table.get(name)):
                cursor.execute(sql.SQL("GRANT {} ON {} TO {}").format(privileges, relation, role))
        cursor.execute("COMMIT")


def _privileges(table: str, kind: str, model: type[Model] | None) -> Iterator[sql.Composable]:
    if kind == "S":
        yield sql.SQL("USAGE, SELECT")
    elif kind == "v" or table in READ_ONLY_TABLES:
        yield sql.SQL("SELECT")
    elif is_append_only(model):
        yield sql.SQL("SELECT, INSERT")
        if columns := mutable_columns(model):
            names = sql.SQL(", ").join(sql.Identifier(column) for column in columns)
            yield sql.SQL("UPDATE ({})").format(names)
    else:
        yield sql.SQL("SELECT, INSERT, UPDATE, DELETE")


def is_append_only(model: type[Model] | None) -> bool:
    """True when rows of this table are never changed or deleted (but for named columns)."""
    return bool(getattr(model, "append_only", False) or mutable_columns(model))


def mutable_columns(model: type[Model] | None) -> tuple[str, ...]:
    """Columns of an append-only table that may be set after the insert."""
    columns = {f.name: str(f.column) for f in model._meta.concrete_fields} if model else {}
    return tuple(columns[name] for name in getattr(model, "append_only_except", ()))
