"""A house of its own with real processes, each of which can be killed and comes back.

Import nothing of salur's rooms before `Scratch.start`: it says where the data lie.
"""

import os
import shutil
import signal
import socket
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from random import Random

import psutil
import psycopg

from salur.config.boot import boot
from salur.config.embedded import APPLICATION_ROLE, EmbeddedPostgres
from salur.config.migrating import migrate
from salur.config.serving import web_command, work_command
from salur.config.supervisor import Child

READY_SECONDS = 90.0
ROOT = Path(__file__).parents[2]


class DidNotComeBack(Exception):
    """Something that was killed does not work again."""


class House:
    """PostgreSQL with fsync, one web process behind a fuse, one task process."""

    def __init__(self, folder: Path, server: EmbeddedPostgres) -> None:
        self.folder = folder
        self.server = server
        self.fuse = folder / "fuse"
        self.log = folder / "processes.log"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        environment = {
            "SALUR_KILLS_FUSE": str(self.fuse),
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
        }
        quiet = ("/bin/sh", "-c", 'exec "$@" >>"$0" 2>&1', str(self.log))
        web = [*web_command("127.0.0.1", self.port)[:-1], "simulator.kills.web:application"]
        self.web = Child("web", (*quiet, *web), environment)
        self.tasks = Child("tasks", (*quiet, *work_command()), environment)

    @classmethod
    def make(cls) -> "House":
        """In a temporary folder, migrated and empty; `close` takes everything away."""
        folder = Path(tempfile.mkdtemp(prefix="salur-kills-"))
        folder.chmod(0o755)  # the database server's own user must be able to enter
        os.environ["SALUR_DATA_DIR"] = str(folder / "data")
        os.environ["SALUR_KEYS_DIR"] = str(folder / "keys")
        os.environ.pop("DATABASE_URL", None)
        server = boot()
        if server is None:
            raise SystemExit("a kill test needs the embedded database")
        migrate(verbosity=0)
        return cls(folder, server)

    def open(self) -> None:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            with self.server.connect() as admin:
                row = admin.execute(f"SHOW {setting}").fetchone()
            if row != ("on",):
                raise SystemExit(f"{setting} is off: this would prove nothing")
        self.web.start()
        self.tasks.start()
        self.wait_for_web()

    def close(self) -> None:
        for child in (self.tasks, self.web):
            child.stop()
        self.server.release()
        shutil.rmtree(self.folder, ignore_errors=True)

    def keep_alive(self) -> None:
        """Starts again what has ended, as the supervisor of a running system does."""
        if not self.server.running():
            self.server.start()
        for child in (self.web, self.tasks):
            if child.ended():
                child.quick_deaths = 0  # here they die quickly on purpose
                child.restart()

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as page:
                return bool(page.status == 200)
        except OSError:
            return False

    def wait_for_web(self) -> None:
        end = time.monotonic() + READY_SECONDS
        while not self.answers():
            if time.monotonic() > end:
                raise DidNotComeBack(f"web: {self.log.read_text()[-2000:]}")
            self.keep_alive()
            time.sleep(0.05)

    # --- who can be killed ---------------------------------------------------------------------

    def kill_web(self, rng: Random) -> str:
        """Most often the worker, which granian starts again; sometimes all of the web process."""
        process = self.web.process
        if process is None or process.poll() is not None:
            return ""
        workers = psutil.Process(process.pid).children(recursive=True)
        if workers and rng.random() < 0.75:
            return "web worker" if _kill(rng.choice(workers).pid) else ""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return "web process"

    def kill_tasks(self, _rng: Random) -> str:
        process = self.tasks.process
        if process is None or process.poll() is not None:
            return ""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return "task process"

    def kill_backend(self, rng: Random) -> str:
        """One connection's server process; PostgreSQL then throws out all and recovers."""
        try:
            with self.server.connect() as admin:
                rows = admin.execute(
                    "SELECT pid FROM pg_stat_activity WHERE usename = %s"
                    " ORDER BY state = 'active' DESC, pid",
                    [APPLICATION_ROLE],
                ).fetchall()
        except psycopg.OperationalError:
            return ""
        # Half of the time one that is at work, if any is.
        victims = rows[:1] if rows and rng.random() < 0.5 else rows
        return "database backend" if victims and _kill(rng.choice(victims)[0]) else ""

    def kill_postmaster(self, _rng: Random) -> str:
        pid = self.server.postmaster()
        return "postmaster" if pid is not None and _kill(pid) else ""

    def kill_before_the_answer(self, _rng: Random) -> str:
        """The web worker, exactly between its commit and its answer. Waits until it is dead."""
        self.fuse.touch()
        end = time.monotonic() + READY_SECONDS
        while self.fuse.exists():
            if time.monotonic() > end:
                raise DidNotComeBack("no push came through the fuse")
            self.keep_alive()
            time.sleep(0.01)
        return "after commit, before answer"


def _kill(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True
