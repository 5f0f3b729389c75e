"""Backup and restore: database, evidence and, apart from them, the keys.

A backup is two folders. `data` opens nothing without `keys`: keep them in different hands. The
database is dumped first and the files copied afterwards; files are named by their content, written
before the row that names them and never changed, so that no row of the dump lacks its file.
"""

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections
from psycopg import sql

import salur.kernel.keys as rings
from salur.kernel.clock import iso, now
from salur.kernel.sequencing import TransactionIdField

from . import migrating
from .embedded import EmbeddedPostgres

DUMP, FILES, MANIFEST = "database.dump", "evidence", "manifest.json"
HALF_FILES = shutil.ignore_patterns(".*")
"""Being written, or parts of uploads: phones still have those and send them again."""
FIRST_TRANSACTION = "3"  # the lowest id that PostgreSQL gives


class BackupRefused(Exception):
    """Nothing was changed; the text says why and what to do."""


def back_up(target: Path, keys_target: Path, server: EmbeddedPostgres | None) -> dict[str, Any]:
    """Write database and files to `target`, keys to `keys_target`; what was written, in figures.

    Both folders must be new or empty, and apart. Raises BackupRefused.
    """
    if keys_target.is_relative_to(target) or target.is_relative_to(keys_target):
        raise BackupRefused(
            "Kunci harus disimpan terpisah dari data: sebutkan map lain dengan --keys.\n"
            "Keys must lie apart from the data that they open: name another folder by --keys."
        )
    for folder in (target, keys_target):
        if folder.exists() and any(folder.iterdir()):
            raise BackupRefused(
                f"{folder} sudah berisi. Pilih map baru.\n{folder} is not empty: name a new folder."
            )
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    dump = target / DUMP
    dump.touch(mode=0o600)
    with dump.open("wb") as output:
        _postgres(server, "pg_dump", "--format=custom", "--no-owner", "--no-privileges",
                  output=output)  # fmt: skip
    evidence = Path(settings.SALUR_EVIDENCE_DIR)
    if evidence.exists():
        shutil.copytree(evidence, target / FILES, ignore=HALF_FILES)
    for key in sorted(Path(settings.SALUR_KEYS_DIR).glob("*")):
        if key.is_file():
            shutil.copy2(key, keys_target)
    manifest = {
        "made_at": iso(now()),
        "database_sha256": _sha256_of(dump),
        "database_bytes": dump.stat().st_size,
        "files": _count(target / FILES),
    }
    (target / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n")
    return manifest


def restore(source: Path, keys_source: Path, server: EmbeddedPostgres | None) -> dict[str, Any]:
    """Put a backup into this still empty system, migrate it and grant; its manifest.

    Refused (BackupRefused, nothing changed) when data are here, when the backup is damaged or
    without its keys, or when other keys than the backup's are here.
    """
    manifest = _read_manifest(source)
    _check_keys(keys_source)
    if migrating.data_exist():
        raise BackupRefused(
            "Sistem ini sudah berisi data. Pulihkan ke SALUR_DATA_DIR yang baru.\n"
            "This system holds data already: restore into a new SALUR_DATA_DIR (or a new database)."
        )
    keys_dir = Path(settings.SALUR_KEYS_DIR)
    keys_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    for key in keys_source.iterdir():
        shutil.copy2(key, keys_dir)
        (keys_dir / key.name).chmod(0o600)
    connections.close_all()
    with (source / DUMP).open("rb") as dump:
        _postgres(server, "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error",
                  "--single-transaction", source=dump)  # fmt: skip
    if (source / FILES).exists():
        shutil.copytree(source / FILES, settings.SALUR_EVIDENCE_DIR, dirs_exist_ok=True)
    _settle_old_transactions()
    migrating.migrate(verbosity=0)
    return manifest


def _settle_old_transactions() -> None:
    """Rows without a position were written by transactions of the old server, all over by now.

    This server counts its transactions anew: it would take their ids for ones yet to come.
    """
    with connections["owner"].cursor() as cursor:
        for model in apps.get_models():
            if any(isinstance(f, TransactionIdField) for f in model._meta.concrete_fields):
                cursor.execute(
                    sql.SQL("UPDATE {} SET xid = {} WHERE position IS NULL").format(
                        sql.Identifier(model._meta.db_table), sql.Literal(FIRST_TRANSACTION)
                    )
                )


def _read_manifest(source: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((source / MANIFEST).read_text())
        whole = (
            manifest["database_sha256"] == _sha256_of(source / DUMP)
            and _count(source / FILES) == manifest["files"]
        )
    except (OSError, ValueError, KeyError):
        whole = False
    if not whole:
        raise BackupRefused(
            f"{source} bukan cadangan yang utuh.\n{source} is no complete, undamaged backup."
        )
    return manifest


def _check_keys(keys_source: Path) -> None:
    for purpose in rings.PURPOSES:
        kept, here = keys_source / f"{purpose}.json", rings.folder() / f"{purpose}.json"
        if not kept.exists():
            raise BackupRefused(
                f"Kunci {purpose} tidak ada di {keys_source}; data tidak akan terbaca.\n"
                f"The key ring {purpose} is missing in {keys_source}: sealed data could not be"
                " read. Name the keys' folder by --keys."
            )
        if here.exists() and here.read_bytes() != kept.read_bytes():
            raise BackupRefused(
                f"{rings.folder()} berisi kunci lain. Sebutkan SALUR_KEYS_DIR yang baru.\n"
                f"{rings.folder()} holds other keys: name a new SALUR_KEYS_DIR."
            )


def _postgres(
    server: EmbeddedPostgres | None, program: str, *arguments: str, source: Any = None,
    output: Any = None,
) -> None:  # fmt: skip
    """Run one of PostgreSQL's programs on our database as its owner."""
    address = settings.DATABASES["owner"]
    found = shutil.which(program) if server is None else server.program(program)
    if found is None:
        raise BackupRefused(
            f"{program} tidak ditemukan: pasang postgresql-client.\n"
            f"{program} was not found: install postgresql-client."
        )
    done = subprocess.run(
        [found, *arguments, "--dbname", str(address["NAME"])],
        env={
            **os.environ,
            "PGHOST": str(address["HOST"]),
            "PGPORT": str(address["PORT"]),
            "PGUSER": str(address["USER"]),
            "PGPASSWORD": str(address["PASSWORD"]),
        },
        stdin=source if source is not None else subprocess.DEVNULL,
        stdout=output if output is not None else subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    if done.returncode != 0:
        raise BackupRefused(f"{program}: {done.stderr.decode(errors='replace').strip()[-800:]}")


def _sha256_of(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _count(folder: Path) -> int:
    return sum(1 for file in folder.rglob("*") if file.is_file()) if folder.exists() else 0
