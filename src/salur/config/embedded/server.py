"""Starting, finding and stopping the embedded PostgreSQL.

Every process that uses the server holds a shared lock on `users.lock`; whoever leaves last stops
the server. A process that is killed leaves its lock too, so the next one to leave stops it.
"""

import atexit
import fcntl
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import psutil
import psycopg
from psycopg import sql

from .placing import (
    Identity,
    PostgresRefused,
    binaries,
    cluster,
    own_folder,
    server_identity,
    socket_dir,
)

SUPERUSER = "postgres"
OWNER_ROLE = "salur_owner"
APPLICATION_ROLE = "salur_app"
PORT = 5432
START_SECONDS = 180  # recovery after a power cut may take minutes on a slow disk

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "port": str(PORT),
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "autovacuum_naptime": "10s",  # a list of millions is planned with its own statistics soon
    "jit": "off",  # plans of a few milliseconds gain nothing from a compiler
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_min_duration_statement": "-1",  # statements would carry personal values into the log
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "panic",
    "wal_level": "replica",
}
TEST_SETTINGS: Mapping[str, str] = {
    "max_connections": "200",
    "shared_buffers": "128MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


class EmbeddedPostgres:
    """One PostgreSQL server of our own, named by its data folder."""

    def __init__(self, data_dir: Path, *, settings: Mapping[str, str] | None = None) -> None:
        self.data_dir = data_dir
        self.socket = socket_dir(data_dir)
        self.settings = {**SETTINGS, **(settings or {})}
        self.log = Path()
        self._using: IO[str] | None = None
        self._who: Identity | None = None
        self._cluster: Path | None = None
        self._bin: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None

    # --- where it is -------------------------------------------------------------------------

    @property
    def who(self) -> Identity:
        if self._who is None:
            self._who = server_identity()
        return self._who

    @property
    def cluster(self) -> Path:
        if self._cluster is None:
            self._cluster = cluster(self.data_dir, self.who)
        return self._cluster

    def program(self, name: str) -> str:
        """Path of one of PostgreSQL's own programs (psql, pg_dump, pg_basebackup, …)."""
        if self._bin is None:
            self._bin = binaries(self.who)
        return str(self._bin / name)

    def conninfo(self, database: str = "postgres", role: str = SUPERUSER) -> dict[str, str]:
        return {
            "host": str(self.socket),
            "port": str(PORT),
            "dbname": database,
            "user": role,
            "connect_timeout": "10",
        }

    def connect(self, database: str = "postgres", role: str = SUPERUSER) -> psycopg.Connection:
        """A connection outside any transaction, for what only the superuser does."""
        return psycopg.connect(**self.conninfo(database, role), autocommit=True)  # type: ignore[arg-type]

    # --- use ---------------------------------------------------------------------------------

    def start(self) -> bool:
        """Make sure that it runs, and hold it for this process. True when this call started it.

        Idempotent. Raises PostgresRefused with a text for people when it cannot.
        """
        self._make_data_dir()
        with self._locked():
            if self._using is None:
                self._using = (self.data_dir / "users.lock").open("a")
                fcntl.flock(self._using, fcntl.LOCK_SH)
                atexit.register(self.release)
            if self.running():
                self._wait_until_ready(None)
                self._make_roles()  # the first start may have been killed before it came to them
                return False
            self._initialise()
            self._launch()
            self._make_roles()
            return True

    def release(self) -> None:
        """This process needs the server no more; the last one to leave stops it."""
        if self._using is None:
            return
        atexit.unregister(self.release)
        with self._locked():
            using, self._using = self._using, None
            try:
                fcntl.flock(using, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return  # somebody else works with it
            else:
                self.stop()
            finally:
                using.close()

    def stop(self, mode: str = "fast") -> None:
        """Stop the server, whoever uses it. Nothing happens when it does not run."""
        if self.running():
            self._run("pg_ctl", "-D", str(self.cluster), "-m", mode, "-w", "-t", "60", "stop")
        if self._process is not None:
            self._process.wait()
            self._process = None
        with suppress(OSError):
            self.socket.rmdir()

    def running(self) -> bool:
        """True when the process named in postmaster.pid really is a postgres in this folder."""
        return self.postmaster() is not None

    def postmaster(self) -> int | None:
        """The server's process id, believed only after a look at the process itself."""
        try:
            pid = int((self.cluster / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return pid if self._serves_here(pid) else None

    # --- steps -------------------------------------------------------------------------------

    def _serves_here(self, pid: int) -> bool:
        try:
            process = psutil.Process(pid)
            return (
                process.status() != psutil.STATUS_ZOMBIE
                and Path(process.exe()).name == "postgres"
                and Path(process.cwd()) == self.cluster.resolve()
            )
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False

    def _make_data_dir(self) -> None:
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            probe = self.data_dir / ".writable"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise PostgresRefused(
                f"Map data {self.data_dir} tidak dapat ditulisi: {error.strerror}.\n"
                f"The data folder cannot be written ({error.strerror}). Name another one by"
                " SALUR_DATA_DIR, or mend its owner or the disk."
            ) from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.data_dir / "start.lock").open("a") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def _run(self, program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            [self.program(program), *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            **self._as_server(),
        )
        if done.returncode != 0:
            raise PostgresRefused(explain(done.stderr or done.stdout, self.cluster))
        return done

    def _as_server(self) -> dict[str, Any]:
        if not self.who.switch:
            return {}
        return {"user": self.who.uid, "group": self.who.gid, "extra_groups": []}

    def _initialise(self) -> None:
        version = self.cluster / "PG_VERSION"
        if version.exists():
            found, ours = version.read_text().strip(), self.major()
            if found != ours:
                raise PostgresRefused(_other_version(found, ours, self))
            return
        if self.cluster.parent != self.data_dir:
            own_folder(self.cluster.parent, self.who)
        own_folder(self.cluster, self.who)
        if any(self.cluster.iterdir()):
            raise PostgresRefused(
                f"{self.cluster} berisi berkas lain tetapi bukan basis data.\n"
                f"{self.cluster} is not empty and holds no database: move its files away, or"
                " restore with `salur restore`."
            )
        self._run(
            "initdb", "-D", str(self.cluster), "--username", SUPERUSER, "--auth=trust",
            "--encoding=UTF8", *self._locale(), "--data-checksums", "--no-instructions",
        )  # fmt: skip

    def _locale(self) -> list[str]:
        """The same order of texts on every machine, whatever locales it has."""
        if int(self.major()) < 17:
            return ["--locale=C.UTF-8"]
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]

    def major(self) -> str:
        """Major version of our programs, such as "18"."""
        return self._run("postgres", "--version").stdout.split()[-1].split(".")[0]

    def _launch(self) -> None:
        own_folder(self.socket, self.who)
        self._wait_for_orphans()
        if self._process is not None:  # one that was killed from outside
            self._process.wait()
        self.log = self.cluster / "server.log"
        options = {**self.settings, "unix_socket_directories": str(self.socket)}
        command = [self.program("postgres"), "-D", str(self.cluster)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        begin = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            os.chown(self.log, self.who.uid, self.who.gid)
            self.log.chmod(0o600)
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,  # Ctrl-C ends us, and we end the server in our own order
                **self._as_server(),
            )
        self._wait_until_ready(self._process, begin)

    def _wait_for_orphans(self) -> None:
        """Children of a killed server may hold its shared memory for some seconds more."""
        until = time.monotonic() + 30
        if not (self.cluster / "postmaster.pid").exists():
            return
        while any(self._serves_here(pid) for pid in psutil.pids()):
            if time.monotonic() > until:
                raise PostgresRefused(
                    f"Proses PostgreSQL lama masih memakai {self.cluster}.\n"
                    "Processes of an earlier server still use this folder; end them first."
                )
            time.sleep(0.1)
        # Their pid may by now be a stranger's, which PostgreSQL itself would take for a server.
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)

    def _wait_until_ready(
        self, process: "subprocess.Popen[bytes] | None", begin_bytes: int = 0
    ) -> None:
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                self.connect().close()
                return
            except psycopg.OperationalError as error:
                if process is not None and process.poll() is not None:
                    tail = self.log.read_bytes()[begin_bytes:].decode(errors="replace")
                    raise PostgresRefused(explain(tail, self.cluster)) from error
                if time.monotonic() > until:
                    raise PostgresRefused(
                        f"PostgreSQL tidak siap dalam {START_SECONDS} detik; lihat {self.log}.\n"
                        f"PostgreSQL was not ready after {START_SECONDS} seconds: {error}"
                    ) from error
            time.sleep(0.02)

    def _make_roles(self) -> None:
        """An owner that migrates, an application that owns nothing, and their one database."""
        with self.connect() as connection:
            known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
            for role in (OWNER_ROLE, APPLICATION_ROLE):
                if role not in known:
                    connection.execute(
                        sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE").format(
                            sql.Identifier(role)
                        )
                    )
            databases = {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
            if "salur" not in databases:
                self.create_database("salur", connection=connection)

    def create_database(
        self, name: str, *, template: str = "template0", connection: psycopg.Connection
    ) -> None:
        """A database of the owner's that nobody else but the application may connect to."""
        database, owner = sql.Identifier(name), sql.Identifier(OWNER_ROLE)
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                database, owner, sql.Identifier(template)
            )
        )
        connection.execute(
            sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC; GRANT CONNECT, TEMPORARY ON DATABASE"
                    " {} TO {}").format(database, database, sql.Identifier(APPLICATION_ROLE))
        )  # fmt: skip


def _other_version(found: str, ours: str, server: EmbeddedPostgres) -> str:
    return (
        f"Data di {server.cluster} dibuat oleh PostgreSQL {found}; salur membawa {ours}.\n"
        f"The data were made by PostgreSQL {found}; salur brings {ours}. Upgrade them first:\n"
        f"  {server.program('pg_upgrade')} --old-bindir=/usr/lib/postgresql/{found}/bin"
        f" --new-bindir={Path(server.program('postgres')).parent}"
        f" --old-datadir={server.cluster} --new-datadir={server.cluster}-{ours}"
        f" --username={SUPERUSER}\n"
        "(initdb the new folder first), or restore a backup with `salur restore`."
    )


def explain(output: str, folder: Path) -> str:
    """What PostgreSQL said, for people: what is wrong and how to mend it."""
    text = output.strip()
    if "No space left on device" in text:
        return (
            f"Disk penuh: {folder}. Kosongkan ruang, lalu mulai lagi; data tidak hilang.\n"
            "The disk is full. Free some space and start again: nothing was lost."
        )
    if "Permission denied" in text:
        return (
            f"Tidak ada hak atas {folder}.\n"
            f"No rights on that folder: start salur as the user who owns it.\n{text[-400:]}"
        )
    return f"PostgreSQL tidak dapat dijalankan. / PostgreSQL could not be started.\n{text[-1500:]}"
