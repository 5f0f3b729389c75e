"""`salur run`: everything in order, then the processes of a running system under one parent."""

import errno
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.db import connections

from salur.kernel.keys import KeysMissing, open_rings

from . import messages, migrating, tls
from .embedded import EmbeddedPostgres, PostgresRefused
from .environment import ROOT, addresses
from .supervisor import Child, ChildRefused, Supervisor

READY_SECONDS = 90
FREE_BYTES_NEEDED = 100 * 1024 * 1024
ANY_ADDRESS = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared, not bound


class StartRefused(Exception):
    """The system cannot be started as asked; the text says why and what to do."""


# --- what must hold before ------------------------------------------------------------------


def check_port(host: str, port: int) -> None:
    """Raises StartRefused when nothing could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise StartRefused(port_refusal(error, host, port)) from error


def port_refusal(error: OSError, host: str, port: int) -> str:
    """Why nothing can listen there, and what to do instead."""
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} sedang dipakai program lain. Pilih lain: PORT={port + 1} make run\n"
            f"Port {port} is in use by another program. Choose another: PORT={port + 1} make run"
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return (
            f"Tidak ada hak atas port {port}. Pilih di atas 1023: PORT=8000 make run\n"
            f"No rights to port {port}. Choose one above 1023: PORT=8000 make run"
        )
    return (
        f"Alamat {host} bukan alamat mesin ini: HOST=0.0.0.0 make run untuk semua alamatnya.\n"
        f"{host} is no address of this machine ({error.strerror}): HOST=0.0.0.0 for all of them."
    )


def check_disk() -> None:
    """Raises StartRefused while the disk is as good as full: a clean refusal beats half a start."""
    free = shutil.disk_usage(settings.SALUR_DATA_DIR).free
    if free < FREE_BYTES_NEEDED:
        raise StartRefused(
            f"Disk hampir penuh: tinggal {free // 2**20} MB di {settings.SALUR_DATA_DIR}."
            " Kosongkan ruang dulu; data tidak hilang.\n"
            f"The disk is nearly full ({free // 2**20} MB left): free some space first; nothing"
            " was lost."
        )


def check_evidence_folder() -> None:
    """Raises StartRefused when photos could not be kept."""
    folder = Path(settings.SALUR_EVIDENCE_DIR)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise StartRefused(
            f"Map bukti {folder} tidak dapat ditulisi ({error.strerror}).\n"
            f"The evidence folder cannot be written ({error.strerror}): mend its owner or rights."
        ) from error


# --- making ready -----------------------------------------------------------------------------


def bring_up_to_date() -> None:
    """Migrate when something is new. An outside database without its owner's address is refused."""
    try:
        if settings.SALUR_EMBEDDED or os.environ.get("DATABASE_OWNER_URL"):
            migrating.migrate(verbosity=0)
        elif migrating.migrations_missing():
            raise StartRefused(
                "Tabel belum mutakhir: jalankan `salur migrate` dengan DATABASE_OWNER_URL.\n"
                "Tables are not up to date: run `salur migrate` with DATABASE_OWNER_URL first."
            )
        else:
            open_rings(settings.SALUR_KEYS_DIR, data_exist=True)
    except KeysMissing as missing:
        raise StartRefused(
            f"Data ada, tetapi kuncinya tidak ({missing}). Kembalikan map kunci dari cadangan, atau"
            " sebutkan dengan SALUR_KEYS_DIR.\n"
            "There are data but not their keys: sealed values could never be read again. Put the"
            " keys folder back from its backup, or name it by SALUR_KEYS_DIR. Nothing was changed."
        ) from missing


def collect_static_files() -> None:
    """Gather and compress the static files when one is newer than the gathered ones."""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    collected_at = manifest.stat().st_mtime_ns if manifest.exists() else 0
    if _newest(ROOT.glob("src/salur/*/static")) > collected_at:
        subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), "collectstatic", "--no-input", "--clear",
             "--verbosity=0"],
            check=True,
        )  # fmt: skip


def _newest(folders: Iterable[Path]) -> int:
    files = (file for folder in folders for file in folder.rglob("*") if file.is_file())
    return max((file.stat().st_mtime_ns for file in files), default=1)


# --- running ----------------------------------------------------------------------------------


def web_command(host: str, port: int, certificate: tuple[Path, Path] | None = None) -> list[str]:
    """The web process: granian with one worker of some threads."""
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"),
        *("--host", host, "--port", str(port)),
        *("--workers", "1", "--blocking-threads", str(settings.SALUR_WEB_THREADS)),
        *("--log-level", "error", "--respawn-failed-workers"),
        *("--workers-kill-timeout", "20"),
    ]
    if certificate:
        command += ["--ssl-certificate", str(certificate[0]), "--ssl-keyfile", str(certificate[1])]
        command += ["--ssl-protocol-min", "tls1.2"]
    return [*command, "salur.config.wsgi:application"]


def work_command() -> list[str]:
    """The task process."""
    return [sys.executable, "-m", "salur.config", "work"]


def prepare() -> None:
    """All checks and everything that can be made ready before a process starts."""
    check_port(settings.HOST, settings.PORT)
    check_evidence_folder()
    check_disk()
    messages.compile_messages()
    bring_up_to_date()
    collect_static_files()


def make_demo() -> bool:
    """The demo tranche, once: False when it is there. Refused on an outside database.

    A demo that was broken off is made again, as a further tranche.
    """
    if not settings.SALUR_EMBEDDED:
        raise StartRefused(
            "Demo hanya untuk basis data bawaan, bukan untuk DATABASE_URL.\n"
            "The demo makes up people and money: it is refused on an outside database."
        )
    made = Path(settings.SALUR_DATA_DIR) / "demo.made"
    if made.exists():
        return False
    print("Membuat tahap demo, sekitar semenit … / Making the demo tranche, about a minute …")
    finished = subprocess.run(
        [sys.executable, "-m", "salur.config", "demo", "--midway", "--json"],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if finished.returncode != 0:
        raise StartRefused(
            f"{finished.stdout}\nTahap demo tidak selesai; alasannya tertulis di atas.\n"
            "The demo tranche could not be made; the reason stands above."
        )
    made.write_text(finished.stdout)
    return True


def serve(server: EmbeddedPostgres | None, *, passwords: bool = False) -> None:
    """Run web and task process until Ctrl-C or SIGTERM; they are ended in order.

    `passwords`: say those of the demo's accounts, which is done once, when they are made.
    """
    host, port = settings.HOST, settings.PORT
    certificate = tls.certificate(settings.SALUR_KEYS_DIR / "tls", host) if settings.TLS else None
    connections.close_all()
    connections["default"].close_pool()  # type: ignore[attr-defined]
    children = [
        Child("web", web_command(host, port, certificate)),
        Child("tugas / tasks", work_command()),
    ]
    supervisor = Supervisor(children, watch=lambda: _keep_database(server))
    supervisor.start()
    try:
        _wait_until_ready(supervisor, host, port)
        if not supervisor.stopping:
            announce(passwords=passwords)
        supervisor.run()
    except ChildRefused as refused:
        raise StartRefused(
            f"Proses {refused} berhenti terus; alasannya tertulis di atas.\n"
            f"The process {refused} ends again and again; the reason stands above."
        ) from refused
    finally:
        supervisor.stop()


def _keep_database(server: EmbeddedPostgres | None) -> None:
    """A database that was killed is started again: it recovers what it had promised."""
    if server is not None and not server.running():
        print("PostgreSQL berhenti; dimulai lagi. / PostgreSQL had ended; starting it again.")
        try:
            server.start()
        except PostgresRefused as refusal:
            print(refusal, file=sys.stderr)
            time.sleep(5)


def _wait_until_ready(supervisor: Supervisor, host: str, port: int) -> None:
    called = "127.0.0.1" if host == "0.0.0.0" else "[::1]" if host == "::" else host  # noqa: S104
    url = f"{'https' if settings.TLS else 'http'}://{called}:{port}/readyz"
    trust_our_own = ssl._create_unverified_context() if settings.TLS else None  # noqa: S323
    until = time.monotonic() + READY_SECONDS
    while not supervisor.stopping and time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=5, context=trust_our_own):  # noqa: S310
                return
        except urllib.error.HTTPError as error:
            reasons = json.loads(error.read() or b"{}")
            print(f"Belum siap / not ready: {reasons}", file=sys.stderr)
            time.sleep(2)
        except OSError:
            for child in supervisor.children:
                if child.ended():
                    child.restart()
            time.sleep(0.1)


def announce(*, passwords: bool) -> None:
    """Say where the system is, and who may sign in when it is a demo."""
    scheme = "https" if settings.TLS else "http"
    names = [settings.HOST]
    if settings.HOST in ANY_ADDRESS:
        names = [name for name in addresses(settings.HOST) if name != "localhost"]
    print()
    for name in names:
        print(f"  salur: {scheme}://{name}:{settings.PORT}")
    print(f"  aplikasi petugas / officers' app: {settings.PUBLIC_URL}/app/")
    if settings.TLS:
        print(
            "  Sertifikat buatan sendiri: browser akan bertanya sekali. / Self-signed certificate."
        )
    for line in demo_accounts(passwords=passwords):
        print(line)
    print("\n  Ctrl-C untuk berhenti. / Ctrl-C to stop.\n", flush=True)


def demo_accounts(*, passwords: bool) -> list[str]:
    """Lines that name the demo's accounts, with passwords once; none when no demo is here."""
    file = Path(settings.SALUR_KEYS_DIR) / "demo-accounts.json"
    if not file.exists():
        return []
    from simulator.cast import CAST  # noqa: PLC0415 - a production system may lack the simulator

    known = json.loads(file.read_text())
    lines = ["", "  Akun demo / demo accounts:"]
    for person in CAST:
        if person.username in known:
            password = f"{known[person.username]:<18}" if passwords else ""
            role = person.role.replace("_", " ")
            lines.append(f"    {person.username:<10} {password}{person.name}, {role}")
    return [*lines, f"  Sandi / passwords: {file}"]
