"""``salur load-regions``, ``import-regions``, ``import-offices``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from salur.kernel.actor import SYSTEM
from salur.kernel.errors import Refusal
from salur.places import operations
from salur.places.importing import shipped_regions
from salur.places.importing.regions import SHIPPED_SOURCE


def register(app: typer.Typer) -> None:
    @app.command("load-regions")
    def load_regions() -> None:
        """Load all regions of the shipped source; again changes nothing."""
        loaded = operations.load_regions(shipped_regions(), source=SHIPPED_SOURCE, by=SYSTEM)
        typer.echo(
            f"Wilayah: {loaded.added} baru, {loaded.renamed} berganti nama, "
            f"{loaded.ended} berakhir, {loaded.unchanged} tetap."
        )

    @app.command("import-regions")
    def import_regions(
        folder: Annotated[Path, typer.Argument(exists=True, file_okay=False)],
    ) -> None:
        """Import points and outlines: regions.csv.gz, provinces.geojson, regencies.geojson."""
        try:
            done = operations.import_regions(folder, by=SYSTEM)
        except Refusal as refusal:
            typer.echo(str(refusal), err=True)
            raise typer.Exit(1) from refusal
        typer.echo(f"{done.points} titik, {done.boundaries} batas, {done.added} wilayah baru.")

    @app.command("import-offices")
    def import_offices(
        file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    ) -> None:
        """Import the line of offices from XLSX or CSV; the same file again changes nothing."""
        try:
            done = operations.import_offices(file.read_bytes(), by=SYSTEM)
        except Refusal as refusal:
            typer.echo(str(refusal), err=True)
            for problem in refusal.details.get("problems", ()):
                typer.echo(f"  {problem}", err=True)
            raise typer.Exit(1) from refusal
        typer.echo(
            f"Kantor: {done.added} baru, {done.changed} berubah, {done.unchanged} tetap; "
            f"{done.services_changed} wilayah layanan berubah."
        )
