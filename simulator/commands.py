"""The simulator's own commands of `salur`."""

import json
from typing import Annotated

import typer

from simulator.demo.command import register as register_demo
from simulator.event_day import event_day, keeps_its_promise
from simulator.world.commands import register as register_world


def register(app: typer.Typer) -> None:
    register_demo(app)
    register_world(app)

    @app.command("event-day")
    def play_event_day(
        families: Annotated[int, typer.Option(min=24, max=2000)] = 600,
    ) -> None:
        """Play a community event at three desks without a network, on a virtual clock.

        One phone dies, the session is moved by a day, some send others. The last line is JSON.
        """
        answer = event_day(families)
        typer.echo(json.dumps(answer))
        if not keeps_its_promise(answer):
            raise typer.Exit(1)
