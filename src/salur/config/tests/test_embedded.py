"""The PostgreSQL that comes along starts, recovers, and refuses in words that people can use."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from salur.config.embedded import APPLICATION_ROLE, EmbeddedPostgres, PostgresRefused
from salur.config.embedded.placing import STATE, own_folder, server_identity
from salur.config.embedded.server import explain

SMALL = {"shared_buffers": "16MB", "max_connections": "20"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    made = EmbeddedPostgres(tmp_path / "data", settings=SMALL)
    made.data_dir.mkdir()
    yield made
    made.stop("immediate")
    made.release()
    if STATE in made.cluster.parents:
        shutil.rmtree(made.cluster.parent, ignore_errors=True)
    shutil.rmtree(made.socket, ignore_errors=True)


def rows(server: EmbeddedPostgres) -> list[tuple[int]]:
    with server.connect() as connection:
        return connection.execute("SELECT n FROM kept ORDER BY n").fetchall()


def test_a_killed_server_comes_back_with_every_committed_row(server: EmbeddedPostgres) -> None:
    assert server.start() is True
    assert server.start() is False
    with server.connect() as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (1), (2)")
    pid = server.postmaster()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(pid)] if psutil.pid_exists(pid) else [], timeout=10)
    assert not server.running()
    assert server.start() is True
    assert rows(server) == [(1,), (2,)]


def test_a_strangers_process_id_is_not_taken_for_the_server(server: EmbeddedPostgres) -> None:
    server.start()
    server.stop("immediate")
    own = f"{os.getpid()}\n{server.cluster}\n0\n5432\n{server.socket}\n\n\n"
    (server.cluster / "postmaster.pid").write_text(own)
    assert not server.running()
    assert server.start() is True


def test_the_last_to_leave_stops_the_server(server: EmbeddedPostgres) -> None:
    server.start()
    program = (
        "import sys; from pathlib import Path\n"
        "from salur.config.embedded import EmbeddedPostgres\n"
        "held = EmbeddedPostgres(Path(sys.argv[1])); held.start(); print('held', flush=True)\n"
        "sys.stdin.readline()\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", program, str(server.data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    server.release()
    assert server.running()
    other.communicate("leave\n", timeout=60)
    assert not server.running()


def test_the_application_may_not_act_as_superuser(server: EmbeddedPostgres) -> None:
    server.start()
    with (
        server.connect("salur", APPLICATION_ROLE) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("CREATE ROLE more")


def test_data_of_another_major_version_are_refused_and_the_way_is_named(
    server: EmbeddedPostgres,
) -> None:
    server.start()
    server.stop()
    (server.cluster / "PG_VERSION").write_text("15\n")
    with pytest.raises(PostgresRefused, match="pg_upgrade"):
        server.start()


def test_a_folder_with_other_files_is_not_made_a_database(server: EmbeddedPostgres) -> None:
    own_folder_of_server(server)
    (server.cluster / "thesis.txt").write_text("mine")
    with pytest.raises(PostgresRefused, match="holds no database"):
        server.start()
    assert (server.cluster / "thesis.txt").read_text() == "mine"


def test_a_full_disk_is_said_in_words(server: EmbeddedPostgres) -> None:
    refusal = explain("FATAL: could not write: No space left on device", server.cluster)
    assert "Disk penuh" in refusal
    assert "nothing was lost" in refusal


def test_no_folder_of_others_has_its_rights_changed(server: EmbeddedPostgres) -> None:
    above = server.data_dir.parent
    above.chmod(0o700)
    server.start()
    assert above.stat().st_mode & 0o777 == 0o700


def test_a_socket_folder_that_somebody_laid_there_is_refused(server: EmbeddedPostgres) -> None:
    elsewhere = server.data_dir.parent / "elsewhere"
    elsewhere.mkdir()
    server.socket.symlink_to(elsewhere)
    try:
        with pytest.raises(PostgresRefused, match="another user"):
            server.start()
    finally:
        server.socket.unlink()


def own_folder_of_server(server: EmbeddedPostgres) -> None:
    if server.cluster.parent != server.data_dir:
        own_folder(server.cluster.parent, server_identity())
    own_folder(server.cluster, server_identity())
