"""The drill: what was backed up is there again in an empty system, and opens with its keys only."""

import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction

from salur.audit.models import Entry
from salur.audit.operations import record
from salur.config import backup, migrating
from salur.config.backup import BackupRefused
from salur.config.embedded import EmbeddedPostgres
from salur.kernel.actor import SYSTEM
from salur.kernel.ids import new_id
from salur.kernel.sealing import seal, unseal
from salur.kernel.sequencing import assign_positions

SUBJECT = new_id()
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def backed_up(
    committed: None, postgres: EmbeddedPostgres, tmp_path: Path
) -> tuple[Path, Path, bytes]:
    """A small system's backup: data, keys, and a value sealed before it."""
    with transaction.atomic():
        record("drill.begun", "drill:1", {"n": 1}, by=SYSTEM)
    (Path(settings.SALUR_EVIDENCE_DIR) / "photo").write_bytes(b"sealed photo")
    backup.back_up(tmp_path / "data", tmp_path / "keys", postgres)
    return tmp_path / "data", tmp_path / "keys", seal("1671", field="drill.nik", subject=SUBJECT)


@pytest.fixture
def emptied(backed_up: Any, postgres: EmbeddedPostgres, copied_database: Any) -> None:
    """The disaster: database and evidence are gone."""
    (Path(settings.SALUR_EVIDENCE_DIR) / "photo").unlink()
    with postgres.connect() as admin:
        copied_database.drop(admin)
        postgres.create_database(copied_database.name, connection=admin)


def test_a_restored_system_goes_on(
    backed_up: tuple[Path, Path, bytes], emptied: None, postgres: EmbeddedPostgres
) -> None:
    data, keys, sealed = backed_up
    backup.restore(data, keys, postgres)
    assert Entry.objects.filter(kind="drill.begun").count() == 1
    assert (Path(settings.SALUR_EVIDENCE_DIR) / "photo").read_bytes() == b"sealed photo"
    assert unseal(sealed, field="drill.nik", subject=SUBJECT) == "1671"
    # Rows that had no position yet get one, though this server's transaction ids start anew.
    with transaction.atomic():
        record("drill.ended", "drill:1", {"n": 2}, by=SYSTEM)
    until = time.monotonic() + 30  # the server's own upkeep may hold an older transaction open
    while Entry.objects.filter(position=None).exists() and time.monotonic() < until:
        assign_positions("audit_entry")
        time.sleep(0.05)
    kinds = Entry.objects.order_by("position").values_list("kind", flat=True)
    assert list(kinds)[-2:] == ["drill.begun", "drill.ended"]
    assert not Entry.objects.filter(position=None).exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('audit_entry', 'UPDATE, DELETE, TRUNCATE')")
        assert cursor.fetchone() == (False,)


def test_a_system_with_data_is_not_overwritten(
    backed_up: tuple[Path, Path, bytes], postgres: EmbeddedPostgres
) -> None:
    data, keys, _ = backed_up
    with pytest.raises(BackupRefused, match="holds data"):
        backup.restore(data, keys, postgres)
    assert Entry.objects.filter(kind="drill.begun").count() == 1


@pytest.mark.parametrize("lost", ["field.json", "blind_index.json"])
def test_a_backup_without_its_keys_is_refused(
    lost: str, backed_up: tuple[Path, Path, bytes], emptied: None, postgres: EmbeddedPostgres
) -> None:
    data, keys, _ = backed_up
    (keys / lost).unlink()
    with pytest.raises(BackupRefused, match="missing"):
        backup.restore(data, keys, postgres)
    assert not migrating.data_exist()


def test_a_damaged_backup_is_refused(
    backed_up: tuple[Path, Path, bytes], emptied: None, postgres: EmbeddedPostgres
) -> None:
    data, keys, _ = backed_up
    dump = data / backup.DUMP
    dump.write_bytes(dump.read_bytes()[:-1])
    with pytest.raises(BackupRefused, match="undamaged"):
        backup.restore(data, keys, postgres)
    assert not migrating.data_exist()


def test_keys_never_lie_with_the_data(tmp_path: Path, postgres: EmbeddedPostgres) -> None:
    with pytest.raises(BackupRefused, match="apart"):
        backup.back_up(tmp_path / "all", tmp_path / "all" / "keys", postgres)
    assert not (tmp_path / "all").exists()


def test_neither_folder_holds_what_opens_the_other(
    backed_up: tuple[Path, Path, bytes],
) -> None:
    data, keys, _ = backed_up
    assert not [file for file in data.rglob("*.json") if file.name != backup.MANIFEST]
    assert {file.suffix for file in keys.iterdir()} <= {".json", ""}
    assert all(file.stat().st_mode & 0o077 == 0 for file in keys.iterdir())
