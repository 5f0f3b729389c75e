"""The simulator's own commands of `salur`."""

import typer

from simulator.demo.command import register as register_demo
from simulator.world.commands import register as register_world


def register(app: typer.Typer) -> None:
    register_demo(app)
    register_world(app)
