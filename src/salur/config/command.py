"""The `salur` command. Rooms add their own in `<room>/commands.py`: `register(app)`."""

import importlib
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings

from . import backup as backups
from . import messages, migrating, serving
from . import work as task_process
from .boot import boot
from .embedded import EmbeddedPostgres

app = typer.Typer(
    name="salur",
    help="Bantuan tunai dari daftar negara sampai ke keluarga. / Cash assistance, list to family.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

_running: dict[str, EmbeddedPostgres | None] = {}


@app.command()
def migrate(quiet: Annotated[bool, typer.Option("--quiet", "-q")] = False) -> None:
    """Bring the tables up to date (as their owner) and grant the application its rights."""
    try:
        migrating.migrate(verbosity=0 if quiet else 2)
    except migrating.MigrationRefused as refusal:
        raise SystemExit(str(refusal)) from refusal


@app.command()
def run(
    demo: Annotated[
        bool, typer.Option("--demo", help="make the demo tranche first, unless it is there")
    ] = False,
) -> None:
    """Serve: database, web and task process under one parent, until Ctrl-C.

    HOST=, PORT=, TLS=1, PUBLIC_URL=, DATABASE_URL=, SALUR_DATA_DIR= and SALUR_KEYS_DIR= in the
    environment say where.
    """
    try:
        serving.prepare()
        made = demo and serving.make_demo()
        serving.serve(_running.get("database"), passwords=made)
    except (serving.StartRefused, migrating.MigrationRefused) as refusal:
        raise SystemExit(str(refusal)) from refusal


@app.command()
def work() -> None:
    """The task process: queued jobs and followers. `salur run` starts one by itself."""
    task_process.work()


@app.command()
def compile_messages() -> None:
    """Compile the translations (.po to .mo)."""
    typer.echo(f"{messages.compile_messages()} katalog terjemahan / catalogues compiled")


_KeysOption = Annotated[
    Path | None, typer.Option("--keys", help="folder of the keys; default: FOLDER-keys")
]


@app.command()
def backup(folder: Path, keys: _KeysOption = None) -> None:
    """Back up database and files to FOLDER, the keys apart to FOLDER-keys (or --keys)."""
    folder, keys_folder = _two_folders(folder, keys)
    try:
        made = backups.back_up(folder, keys_folder, _running.get("database"))
    except backups.BackupRefused as refusal:
        raise SystemExit(str(refusal)) from refusal
    typer.echo(
        f"Cadangan: {folder} ({made['database_bytes']} bytes, {made['files']} berkas / files).\n"
        f"Kunci: {keys_folder}. Simpan di tempat lain. / Keep the keys in another place."
    )


@app.command()
def restore(folder: Path, keys: _KeysOption = None) -> None:
    """Put a backup into a still empty system; then `salur run` goes on from there."""
    folder, keys_folder = _two_folders(folder, keys)
    try:
        made = backups.restore(folder, keys_folder, _running.get("database"))
    except (backups.BackupRefused, migrating.MigrationRefused) as refusal:
        raise SystemExit(str(refusal)) from refusal
    typer.echo(f"Dipulihkan: keadaan {made['made_at']}. / Restored as of that moment.")


def _two_folders(folder: Path, keys: Path | None) -> tuple[Path, Path]:
    folder = folder.expanduser().resolve()
    beside = folder.with_name(f"{folder.name}-keys")
    return folder, keys.expanduser().resolve() if keys else beside


def main() -> None:
    """Entry point: the database is started first, so that rooms may import their models."""
    _running["database"] = boot()
    if not _is_own(sys.argv[1:2]):
        for room in (*(f"salur.{room}" for room in settings.ROOMS), "simulator"):
            if find_spec(room) and find_spec(f"{room}.commands"):
                importlib.import_module(f"{room}.commands").register(app)
    app()


def _is_own(words: list[str]) -> bool:
    """True for a command of this file: it starts quicker without the rooms' commands."""
    names = {
        command.name or command.callback.__name__.replace("_", "-")
        for command in app.registered_commands
        if command.callback
    }
    return bool(words) and words[0] in names
