"""The application's database role may do what the models say, and no more."""

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from psycopg import errors, sql

from salur.config.embedded import APPLICATION_ROLE, EmbeddedPostgres
from salur.config.migrating import is_append_only, mutable_columns

APPEND_ONLY = [model for model in apps.get_models() if is_append_only(model)]


@pytest.fixture
def application(postgres: EmbeddedPostgres, django_db_setup: None) -> psycopg.Connection:
    """A connection of the application's role."""
    with postgres.connect(settings.DATABASES["default"]["NAME"], APPLICATION_ROLE) as opened:
        yield opened


def test_append_only_tables_are_found() -> None:
    tables = {model._meta.db_table for model in APPEND_ONLY}
    assert {"audit_entry", "ledger_transfer"} <= tables


@pytest.mark.parametrize("model", APPEND_ONLY, ids=lambda model: model._meta.db_table)
def test_the_application_is_refused_update_delete_and_truncate(
    model: type, application: psycopg.Connection
) -> None:
    table = sql.Identifier(model._meta.db_table)
    fixed = [
        field.column
        for field in model._meta.concrete_fields
        if field.column not in mutable_columns(model)
    ]
    for column in fixed:
        name = sql.Identifier(column)
        with pytest.raises(errors.InsufficientPrivilege):
            application.execute(sql.SQL("UPDATE {} SET {} = {}").format(table, name, name))
    for statement in (
        "DELETE FROM {}",
        "TRUNCATE {}",
        "DROP TABLE {}",
        "ALTER TABLE {} DISABLE TRIGGER ALL",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            application.execute(sql.SQL(statement).format(table))


def test_no_table_at_all_may_be_truncated(application: psycopg.Connection) -> None:
    allowed = application.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('r', 'p') AND has_table_privilege(oid, 'TRUNCATE')"
    ).fetchall()
    assert allowed == []


def test_the_application_owns_nothing_and_makes_no_tables(application: psycopg.Connection) -> None:
    owned = application.execute(
        "SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = current_user"
        " UNION ALL SELECT proname FROM pg_proc WHERE pg_get_userbyid(proowner) = current_user"
        " UNION ALL SELECT datname FROM pg_database WHERE pg_get_userbyid(datdba) = current_user"
    ).fetchall()
    assert owned == []
    with pytest.raises(errors.InsufficientPrivilege):
        application.execute("CREATE TABLE mine (id int)")


def test_the_application_has_no_way_to_become_more(application: psycopg.Connection) -> None:
    row = application.execute(
        "SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolreplication,"
        " (SELECT count(*) FROM pg_auth_members WHERE member = r.oid)"
        " FROM pg_roles r WHERE rolname = current_user"
    ).fetchone()
    assert row == (False, False, False, False, False, 0)
    with pytest.raises(errors.InsufficientPrivilege):
        application.execute("SET ROLE salur_owner")


@pytest.mark.django_db
def test_tests_run_as_the_application() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (APPLICATION_ROLE,)
