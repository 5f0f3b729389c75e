"""A start that cannot work is refused before anything is changed, and says what to do."""

import datetime as dt
import errno
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest
from cryptography import x509
from cryptography.x509.oid import ExtensionOID
from django.conf import settings

from salur.config import serving, tls
from salur.config.serving import StartRefused
from salur.config.supervisor import Child, ChildRefused, Supervisor
from salur.kernel import clock

ROOT = Path(__file__).parents[4]


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_a_taken_port_is_named_with_a_way_out(taken: int) -> None:
    with pytest.raises(StartRefused, match=f"PORT={taken + 1} make run"):
        serving.check_port("127.0.0.1", taken)


def test_a_free_port_is_fine(taken: int) -> None:
    serving.check_port("127.0.0.1", 0)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(StartRefused, match=r"HOST=0\.0\.0\.0"):
        serving.check_port("192.0.2.7", 8000)


def test_a_port_without_rights_is_refused() -> None:
    denied = PermissionError(errno.EACCES, "Permission denied")
    assert "No rights to port 80" in serving.port_refusal(denied, "127.0.0.1", 80)


def test_a_full_disk_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    full = SimpleNamespace(free=5 * 2**20)
    monkeypatch.setattr(serving.shutil, "disk_usage", lambda _folder: full)
    with pytest.raises(StartRefused, match="nothing was lost"):
        serving.check_disk()


def test_a_demo_is_refused_on_an_outside_database(settings: Any) -> None:
    settings.SALUR_EMBEDDED = False
    with pytest.raises(StartRefused, match="refused on an outside database"):
        serving.make_demo()


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_data_without_their_keys_are_not_started(settings: Any, tmp_path: Path) -> None:
    settings.SALUR_KEYS_DIR = tmp_path / "keys"
    with pytest.raises(StartRefused, match="Put the keys folder back"):
        serving.bring_up_to_date()
    assert not (tmp_path / "keys").exists()


def test_the_certificate_names_this_machine_and_is_kept(tmp_path: Path) -> None:
    crt, key = tls.certificate(tmp_path, "0.0.0.0")
    first = crt.read_bytes()
    names = (
        x509.load_pem_x509_certificate(first)
        .extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME)
        .value
    )
    assert "127.0.0.1" in {str(ip) for ip in names.get_values_for_type(x509.IPAddress)}
    assert key.stat().st_mode & 0o777 == 0o600
    assert tls.certificate(tmp_path, "0.0.0.0")[0].read_bytes() == first
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(crt, key)
    with clock.at(clock.now() + dt.timedelta(days=tls.VALID_DAYS - 3)):
        assert tls.certificate(tmp_path, "0.0.0.0")[0].read_bytes() != first


# --- the parent of the processes ------------------------------------------------------------------


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


SLEEP = "import time; time.sleep(60)"


def run_until(supervisor: Supervisor, met: Any) -> None:
    """Start the children, run until the condition is met, then ask for the end."""

    def ask() -> None:
        until = time.monotonic() + 20
        while not met() and time.monotonic() < until:
            time.sleep(0.05)
        supervisor.stop_soon()

    for child in supervisor.children:
        child.start()
    asking = threading.Thread(target=ask)
    asking.start()
    supervisor.run()
    asking.join()


def test_a_killed_process_is_started_again_and_all_end_in_order() -> None:
    child = Child("sleeps", python(SLEEP))
    supervisor = Supervisor([child], watch=lambda: None)
    pids: list[int] = []

    def replaced() -> bool:
        if child.process is not None and child.process.pid not in pids:
            pids.append(child.process.pid)
            if len(pids) == 1:
                os.kill(pids[0], signal.SIGKILL)
        return len(pids) > 1

    run_until(supervisor, replaced)
    assert len(pids) == 2
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_process_that_cannot_start_is_given_up() -> None:
    supervisor = Supervisor([Child("broken", python("raise SystemExit(3)"))], watch=lambda: None)
    with pytest.raises(ChildRefused, match="broken"):
        supervisor.run()


def test_what_a_killed_process_started_is_ended_too() -> None:
    program = (
        f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {SLEEP!r}])\n"
        "time.sleep(60)\n"
    )
    child = Child("web", python(program))
    child.start()
    inner = inner_of(child)
    assert child.process is not None
    child.process.kill()
    child.process.wait()
    child.restart()
    child.stop()
    assert gone(inner)


def inner_of(child: Child) -> int:
    """Process id of the one that the child started itself."""
    assert child.process is not None
    outer = psutil.Process(child.process.pid)
    until = time.monotonic() + 10
    while not outer.children() and time.monotonic() < until:
        time.sleep(0.05)
    return int(outer.children()[0].pid)


def gone(pid: int) -> bool:
    until = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and time.monotonic() < until:
        time.sleep(0.05)
    return not Path(f"/proc/{pid}").exists()


def test_a_killed_parent_leaves_no_child_behind(tmp_path: Path) -> None:
    program = (
        "import sys, time\n"
        "from salur.config.supervisor import Child\n"
        f"child = Child('sleeps', [sys.executable, '-c', {SLEEP!r}]); child.start()\n"
        "print(child.process.pid, flush=True); time.sleep(60)\n"
    )
    parent = subprocess.Popen(python(program), stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    orphan = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    assert gone(orphan)
    parent.stdout.close()


# --- what settings make of the surroundings ----------------------------------------------------


def settings_with(**environment: str) -> dict[str, Any]:
    """Some of the settings of a production process in these surroundings."""
    names = (
        "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_NAME", "PUBLIC_URL",
        "ALLOWED_HOSTS", "DEBUG", "SALUR_EMBEDDED",
    )  # fmt: skip
    program = (
        "import json; from salur.config import settings as s\n"
        f"print(json.dumps({{n: getattr(s, n) for n in {names!r}}}))"
    )
    answer = subprocess.run(
        python(program),
        env={
            **{k: v for k, v in os.environ.items() if k not in {"HOST", "TLS", "PUBLIC_URL"}},
            "SALUR_KEYS_DIR": str(settings.SALUR_KEYS_DIR),
            **environment,
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(answer.stdout))


def test_out_of_the_box_only_this_machine_is_served() -> None:
    found = settings_with()
    assert found["PUBLIC_URL"] == "http://127.0.0.1:8000"
    assert set(found["ALLOWED_HOSTS"]) == {"127.0.0.1", "localhost", "[::1]"}
    assert found["DEBUG"] is False
    assert found["SALUR_EMBEDDED"] is True


@pytest.mark.parametrize("how", [{"TLS": "1"}, {"PUBLIC_URL": "https://salur.example"}])
def test_behind_tls_cookies_never_travel_in_the_clear(how: dict[str, str]) -> None:
    found = settings_with(**how)
    assert found["SESSION_COOKIE_SECURE"] is True
    assert found["CSRF_COOKIE_SECURE"] is True
    assert found["SESSION_COOKIE_NAME"].startswith("__Host-")


def test_an_outside_database_is_not_the_embedded_one() -> None:
    assert settings_with(DATABASE_URL="postgresql://a:b@db/salur")["SALUR_EMBEDDED"] is False


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"DATABASE_URL": "mysql://a:b@db/salur"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://a:hunter22@127.0.0.1:1/salur"}, "cannot be reached"),
        ({"PORT": "eighty"}, "PORT=eighty"),
    ],
)
def test_a_wrong_setting_is_named_without_a_traceback(wrong: dict[str, str], named: str) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "salur.config", "run"],
        env={**os.environ, **wrong},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert named in answer.stderr
    assert "Traceback" not in answer.stderr
    assert "hunter22" not in answer.stderr
