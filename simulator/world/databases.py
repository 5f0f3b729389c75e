"""Databases for runs: one migrated template with a small country in it, a copy of it for each run.

A run really commits, and the next one starts from the very same bytes: that is what makes one seed
one trace.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connections
from django.test.utils import override_settings
from psycopg import sql

from salur.config import migrating
from salur.config.embedded import OWNER_ROLE, EmbeddedPostgres
from salur.config.embedded.server import TEST_SETTINGS
from salur.kernel.keys import create_rings

# Rows must lie where the run put them, or a query without an order might answer differently.
_LEAVE_ROWS_ALONE = """
    DO $$ DECLARE name text; BEGIN
        FOR name IN SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
                    WHERE schemaname = 'public' LOOP
            EXECUTE 'ALTER TABLE ' || name || ' SET (autovacuum_enabled = off)';
        END LOOP;
    END $$
"""


@dataclass
class Databases:
    """The server of the simulations. `template` is the name of the migrated, furnished database."""

    server: EmbeddedPostgres
    template: str = ""

    @classmethod
    def own(cls) -> "Databases":
        """A server beside the real one, without fsync: nothing of a simulation is worth keeping."""
        server = EmbeddedPostgres(
            settings.SALUR_DATA_DIR.parent / "simulate" / "data",
            settings=TEST_SETTINGS,
        )
        server.start()
        create_rings(settings.SALUR_KEYS_DIR)
        return cls(server)

    def make_template(self, furnish: Callable[[], None], *, migrated: str | None = None) -> None:
        """Migrates a database (or copies one that is migrated already) and furnishes it."""
        name = f"simulate_{os.getpid()}"
        with self.server.connect() as admin:
            self._drop_stale(admin)
            if migrated:
                self.server.create_database(name, template=migrated, connection=admin)
            else:
                self.server.create_database(name, connection=admin)
        with self.at(name):
            if not migrated:
                migrating.migrate(verbosity=0)
            furnish()
        with self.server.connect(name, OWNER_ROLE) as owner:
            owner.execute(_LEAVE_ROWS_ALONE)
        self.template = name

    @property
    def files(self) -> Path:
        """Where the lists of later waves are kept; gone with the template."""
        return self.server.data_dir.parent / f"simulate-files-{os.getpid()}"

    @contextmanager
    def copy(self) -> Iterator[str]:
        """Inside, Django works on a fresh copy of the template; afterwards it is gone."""
        name = f"simulate_{os.getpid()}_run"
        with self.server.connect() as admin:
            _drop(admin, name)
            self.server.create_database(name, template=self.template, connection=admin)
            try:
                with self.at(name):
                    yield name
            finally:
                _drop(admin, name)

    @contextmanager
    def at(self, name: str) -> Iterator[None]:
        """Inside, Django works on this database of this server."""
        before = [
            (dict(settings.DATABASES[a]), dict(connections[a].settings_dict)) for a in _ALIASES
        ]
        _close()
        for alias in _ALIASES:
            for address in (settings.DATABASES[alias], connections[alias].settings_dict):
                options = {k: v for k, v in address["OPTIONS"].items() if k != "pool"}
                address |= {
                    "NAME": name,
                    "HOST": str(self.server.socket),
                    "OPTIONS": options,
                    "CONN_MAX_AGE": None,  # one connection for the run, as in one process's life
                }
        files = {**settings.STORAGES["default"], "OPTIONS": {"location": self.files}}
        try:
            with override_settings(STORAGES={**settings.STORAGES, "default": files}):
                yield
        finally:
            _close()
            for alias, (declared, connected) in zip(_ALIASES, before, strict=True):
                settings.DATABASES[alias].update(declared)
                connections[alias].settings_dict.update(connected)

    def drop_template(self) -> None:
        with self.server.connect() as admin:
            _drop(admin, self.template)
        shutil.rmtree(self.files, ignore_errors=True)

    def _drop_stale(self, admin: psycopg.Connection) -> None:
        """Databases of simulations that were killed."""
        for (name,) in admin.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'simulate\\_%'"
        ).fetchall():
            if not Path(f"/proc/{name.split('_')[1]}").exists() or name.endswith(f"_{os.getpid()}"):
                _drop(admin, name)


_ALIASES = ("default", "owner")


def _close() -> None:
    for connection in connections.all(initialized_only=True):
        connection.close()


def _drop(admin: psycopg.Connection, name: str) -> None:
    admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
