"""`salur simulate` and its siblings."""

import json
import logging
from typing import Annotated

import typer

from simulator.world.bugs import BUGS, hunt
from simulator.world.campaign import Order, campaign, own_country, show_progress
from simulator.world.orders import ORDERS_PER_SET, Difference, differences
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

    @app.command("permute")
    def permute(
        orders: Annotated[int, typer.Option(min=2, help="how many orders in all")] = 1000,
        first: Annotated[int, typer.Option("--from", help="the first set of events")] = 1,
        as_json: Annotated[bool, typer.Option("--json", help="one JSON object, last line")] = False,
    ) -> None:
        """Apply sets of conflicting events in any order, some of them again, and compare the books.

        Every set comes in some dozens of orders; a set of its own seed every time.
        """
        logging.disable(logging.CRITICAL)
        found: list[Difference] = []
        with own_country() as (databases, country):
            for event_set in range(first, first + -(-orders // ORDERS_PER_SET)):
                with databases.copy():
                    found += differences(country, event_set)
                if not as_json:
                    typer.echo(f"set {event_set}: {len(found)} differences so far", err=True)
        for item in found[:20]:
            typer.echo(f"{item}", err=True)
        sets = -(-orders // ORDERS_PER_SET)
        typer.echo(
            json.dumps({"sets": sets, "orders": sets * ORDERS_PER_SET, "differences": len(found)})
        )
        if found:
            raise typer.Exit(1)

    @app.command("plant-bugs")
    def plant_bugs(
        only: Annotated[str, typer.Option(help="names of bugs, with commas")] = "",
        seeds: Annotated[int, typer.Option(min=1, help="how many seeds to try for each")] = 20,
        operations: Annotated[int, typer.Option(min=10)] = 300,
    ) -> None:
        """Break one function of the house after the other: does the simulator find it?"""
        logging.disable(logging.CRITICAL)
        missed = 0
        names = {name.strip() for name in only.split(",") if name.strip()}
        with own_country() as (databases, country):
            for bug in BUGS:
                if names and bug.name not in names:
                    continue
                tried = range(1, seeds + 1)
                found = hunt(bug, databases, country, seeds=tried, operations=operations)
                missed += found is None
                answer: dict[str, object] = {"bug": bug.name, "found": found is not None}
                if found:
                    answer |= {
                        "seed": found.seed,
                        "operation": found.found_at,
                        "violation": found.violations[0][:160],
                    }
                typer.echo(json.dumps(answer))
        typer.echo(json.dumps({"missed": missed}))
        if missed:
            raise typer.Exit(1)


def _chosen(text: str) -> frozenset[str]:
    if text in ("all", "none"):
        return frozenset(FAULTS if text == "all" else ())
    asked = {word.strip() for word in text.split(",")}
    if unknown := asked - set(FAULTS):
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}; known: {', '.join(FAULTS)}")
    return frozenset(asked)
