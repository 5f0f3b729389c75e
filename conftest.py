"""Tests run on a real PostgreSQL of their own, as the application's role.

One server (without fsync, under …/pytest) is kept between runs. A template database is migrated
by the owner once per state of models and migrations; each run and worker gets a copy of it. A test
that really commits asks for `committed` (or `django_db(transaction=True)`): its copy is thrown
away and made anew, because the application may not TRUNCATE.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase
from psycopg import sql

from salur.config.embedded import OWNER_ROLE, EmbeddedPostgres
from salur.config.embedded.server import TEST_SETTINGS
from salur.kernel.keys import create_rings

ROOT = Path(__file__).parent
TEMPLATE = "template_salur"


class CopiedDatabase:
    """This worker's copy of the migrated template."""

    def __init__(self, server: EmbeddedPostgres, worker: str) -> None:
        self.server = server
        self.name = f"test_{os.getpid()}_{worker}"
        self.template = f"{TEMPLATE}_{_fingerprint()}"

    def prepare(self) -> None:
        settings.SALUR_EVIDENCE_DIR.mkdir(parents=True, exist_ok=True)
        lock = (self.server.data_dir / "template.lock").open("a")
        with lock, self.server.connect() as admin:
            fcntl.flock(lock, fcntl.LOCK_EX)
            known = {name for (name,) in admin.execute("SELECT datname FROM pg_database")}
            for name in known:
                self._drop_if_stale(admin, name)
            if self.template not in known:
                self._migrate_template(admin)
            self.create(admin)

    def create(self, admin: psycopg.Connection) -> None:
        self.server.create_database(self.name, template=self.template, connection=admin)
        self.point_at(self.name)

    def renew(self) -> None:
        """A fresh copy under the same name, whatever was committed to the old one."""
        with self.server.connect() as admin:
            self.drop(admin)
            self.create(admin)

    def drop(self, admin: psycopg.Connection) -> None:
        for connection in connections.all(initialized_only=True):
            connection.close()
        admin.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self.name))
        )

    def point_at(self, name: str) -> None:
        for alias in ("default", "owner"):
            settings.DATABASES[alias]["NAME"] = name
            connections[alias].settings_dict["NAME"] = name

    def _migrate_template(self, admin: psycopg.Connection) -> None:
        from salur.config.migrating import migrate  # noqa: PLC0415 - needs loaded models

        half = f"{self.template}_half"
        admin.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(half))
        )
        self.server.create_database(half, connection=admin)
        self.point_at(half)
        create_rings(settings.SALUR_KEYS_DIR)
        migrate(verbosity=0)
        for connection in connections.all(initialized_only=True):
            connection.close()
        admin.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                sql.Identifier(half), sql.Identifier(self.template)
            )
        )

    def _drop_if_stale(self, admin: psycopg.Connection, name: str) -> None:
        """Copies of ended runs, and templates that no run of the last hours could still need."""
        stale_copy = False
        if name.startswith("test_"):
            try:
                os.kill(int(name.split("_")[1]), 0)
            except ProcessLookupError:
                stale_copy = True
            except (PermissionError, ValueError):
                pass
        if stale_copy or (name.startswith(TEMPLATE) and name != self.template):
            admin.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )


def _fingerprint() -> str:
    """Changes whenever a model, a migration or a grant might have."""
    digest = hashlib.sha256()
    package = ROOT / "src" / "salur"
    files = [
        *package.glob("*/migrations/*"),
        *package.glob("*/models.py"),
        *package.glob("*/models/*.py"),
        package / "config" / "migrating.py",
        ROOT / "requirements" / "base.txt",
    ]
    for file in sorted(files):
        if file.is_file() and file.suffix in {".py", ".sql", ".txt"}:
            digest.update(f"{file.relative_to(ROOT)}\0".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """The tests' PostgreSQL server, running."""
    server = EmbeddedPostgres(settings.SALUR_DATA_DIR, settings=TEST_SETTINGS)
    server.start()
    create_rings(settings.SALUR_KEYS_DIR)
    yield server
    server.release()


@pytest.fixture(scope="session")
def copied_database(
    postgres: EmbeddedPostgres, worker_id: str, django_db_blocker: Any
) -> Iterator[CopiedDatabase]:
    with django_db_blocker.unblock():
        database = CopiedDatabase(postgres, worker_id)
        database.prepare()
        yield database
        with postgres.connect() as admin:
            database.drop(admin)
    shutil.rmtree(settings.SALUR_EVIDENCE_DIR, ignore_errors=True)


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(scope="session")
def django_db_setup(copied_database: CopiedDatabase) -> Iterator[None]:
    """Instead of pytest-django's: the copy of the template, and renewal instead of TRUNCATE."""
    original = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = lambda self: copied_database.renew()
    yield
    TransactionTestCase._fixture_teardown = original


@pytest.fixture
def committed(transactional_db: None) -> None:
    """This test really commits: threads, other processes and deferred constraints see its rows."""


@pytest.fixture
def as_owner(
    committed: None, postgres: EmbeddedPostgres, copied_database: CopiedDatabase
) -> Callable[..., list[tuple[Any, ...]]]:
    """Run SQL as the tables' owner, behind the application's back; rows, if the SQL has any."""

    def run(statement: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        with postgres.connect(copied_database.name, OWNER_ROLE) as connection:
            cursor = connection.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    return run
