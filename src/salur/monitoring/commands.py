"""``salur recount``."""

from __future__ import annotations

import typer

from salur.kernel.actor import SYSTEM
from salur.monitoring.operations import count_targets, follow_journal, rebuild_rollups


def register(app: typer.Typer) -> None:
    @app.command("recount")
    def recount() -> None:
        """Count the dashboard anew from the journal and the lists. / Hitung ulang dasbor."""
        rebuild_rollups(by=SYSTEM)
        rows = follow_journal(by=SYSTEM)
        count_targets(by=SYSTEM)
        typer.echo(f"{rows} baris jurnal dihitung ulang. / {rows} journal rows counted anew.")
