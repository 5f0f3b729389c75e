"""`salur demo`."""

import json
import sys
from typing import Annotated, Any

import typer
from django.conf import settings

from salur.config import migrating
from simulator.demo.midway import HOUSEHOLDS as SIZE_MIDWAY
from simulator.demo.midway import make_midway
from simulator.demo.steps import Steps
from simulator.demo.tour import report, tour

HOUSEHOLDS = 2_000
HOUSEHOLDS_PER_OFFICER = 400
FEWEST_OFFICERS = 4


def register(app: typer.Typer) -> None:
    @app.command("demo")
    def demo(
        households: Annotated[
            int, typer.Option(min=0, max=2_000_000, help="0: as many as suit the demo")
        ] = 0,
        officers: Annotated[int, typer.Option(min=0, help="0: one for each 400 families")] = 0,
        seed: Annotated[int, typer.Option()] = 1,
        midway: Annotated[
            bool, typer.Option("--midway", help="some days done, today's sessions waiting")
        ] = False,
        as_json: Annotated[bool, typer.Option("--json", help="one JSON object, last line")] = False,
    ) -> None:
        """Run a whole made-up tranche, from the ministry's list to compared books."""
        if not settings.SALUR_EMBEDDED:
            raise SystemExit(
                "Demo hanya untuk basis data bawaan, bukan untuk DATABASE_URL.\n"
                "The demo makes up people and money: it is refused on an outside database."
            )
        migrating.migrate(verbosity=0)
        steps = Steps(quiet=not sys.stderr.isatty() and as_json)
        if midway:
            with steps:
                result = make_midway(households=households or SIZE_MIDWAY, seed=seed, steps=steps)
            _show(result, as_json=as_json)
            return
        households = households or HOUSEHOLDS
        crew = officers or max(FEWEST_OFFICERS, round(households / HOUSEHOLDS_PER_OFFICER))
        with steps:
            done = tour(households=households, officers=crew, seed=seed, steps=steps)
        result = report(done, steps, households=households, seed=seed)
        for sentence in (*done.comparison.books, *done.comparison.audit):
            steps.say(f"[red]✗[/] {sentence}")
        _show(result, as_json=as_json)


def _show(result: dict[str, Any], *, as_json: bool) -> None:
    """The figures on stdout; an exit code of 1 when something does not agree."""
    print(json.dumps(result) if as_json else json.dumps(result, indent=2))  # noqa: T201
    if not (result["books_balanced"] and result["audit_ok"]):
        raise typer.Exit(1)
