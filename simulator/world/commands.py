"""`salur simulate`."""

import json
from typing import Annotated

import typer

from simulator.world.campaign import Order, campaign, show_progress
from simulator.world.run import Result
from simulator.world.script import FAULTS


def register(app: typer.Typer) -> None:
    @app.command("simulate")
    def simulate(
        devices: Annotated[int, typer.Option(min=3, max=60)] = 6,
        days: Annotated[float, typer.Option(min=0.1, max=60)] = 7,
        seed: Annotated[int, typer.Option(help="the one seed of this run")] = 1,
        faults: Annotated[str, typer.Option(help="all, none, or " + ", ".join(FAULTS))] = "all",
        operations: Annotated[int, typer.Option(min=1, help="per seed")] = 500,
        seeds: Annotated[int, typer.Option(min=1, help="how many seeds, from --from on")] = 1,
        first: Annotated[int, typer.Option("--from", help="the first of several seeds")] = 0,
        jobs: Annotated[int, typer.Option(min=1, max=64)] = 1,
        trace: Annotated[bool, typer.Option("--trace", help="every operation on stdout")] = False,
        as_json: Annotated[bool, typer.Option("--json", help="one JSON object, last line")] = False,
    ) -> None:
        """Play seeds of devices, officers and desks with every fault, and check the invariants.

        A database server of its own, real operations, the devices' real API. The same seed and
        the same options give the same trace hash.
        """
        start = first or seed
        order = Order(
            range(start, start + seeds),
            operations=operations,
            days=days,
            devices=devices,
            faults=_chosen(faults),
            keep_lines=trace,
        )

        tell = show_progress(seeds)
        single: list[str] = []

        def told(result: Result, seconds: float) -> None:
            tell(result, seconds)
            single.extend(result.lines)
            if not as_json:
                typer.echo(json.dumps(result.as_json()))

        whole = campaign(order, jobs=min(jobs, seeds), told=told)
        for line in single:
            typer.echo(line)
        answer = {"operations": operations, "faults": sorted(order.faults), **whole.as_json()}
        typer.echo(json.dumps(answer))
        if whole.violations:
            raise typer.Exit(1)


def _chosen(text: str) -> frozenset[str]:
    if text in ("all", "none"):
        return frozenset(FAULTS if text == "all" else ())
    asked = {word.strip() for word in text.split(",")}
    if unknown := asked - set(FAULTS):
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}; known: {', '.join(FAULTS)}")
    return frozenset(asked)
