"""The `salur` command. Rooms add their own in `<room>/commands.py`: `register(app)`."""

import importlib
from importlib.util import find_spec
from typing import Annotated

import typer
from django.conf import settings

from . import messages, migrating
from . import work as task_process
from .boot import boot

app = typer.Typer(
    name="salur",
    help="Bantuan tunai dari daftar negara sampai ke keluarga. / Cash assistance, list to family.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def migrate(quiet: Annotated[bool, typer.Option("--quiet", "-q")] = False) -> None:
    """Bring the tables up to date (as their owner) and grant the application its rights."""
    try:
        migrating.migrate(verbosity=0 if quiet else 2)
    except migrating.MigrationRefused as refusal:
        raise SystemExit(str(refusal)) from refusal


@app.command()
def work() -> None:
    """The task process: queued jobs and followers. `salur run` starts one by itself."""
    task_process.work()


@app.command()
def compile_messages() -> None:
    """Compile the translations (.po to .mo)."""
    typer.echo(f"{messages.compile_messages()} katalog terjemahan / catalogues compiled")


def main() -> None:
    """Entry point: the database is started first, so that rooms may import their models."""
    boot()
    for room in settings.ROOMS:
        if find_spec(f"salur.{room}.commands") is not None:
            importlib.import_module(f"salur.{room}.commands").register(app)
    app()
