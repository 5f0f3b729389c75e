"""Steps of a long job: a bar for each on the terminal, and the seconds that each took."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

Advance = Callable[[int, int], None]
"""(done, of): how far a step has come."""


class Steps:
    """Shows progress on stderr, so that stdout carries the result alone."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.seconds: dict[str, float] = {}
        self._progress = Progress(
            SpinnerColumn(finished_text="[green]✓"),
            TextColumn("{task.description}"),
            BarColumn(bar_width=28),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(file=sys.stderr),
            disable=quiet,
        )

    def __enter__(self) -> "Steps":
        self._progress.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._progress.stop()

    @contextmanager
    def step(self, name: str, label: str, total: int = 1) -> Iterator[Advance]:
        """One step under a stable `name` for figures and a `label` for people. May be repeated:
        its seconds add up."""
        task = self._progress.add_task(label, total=max(total, 1))

        def advance(done: int, of: int) -> None:
            self._progress.update(task, completed=done, total=max(of, 1))

        started = time.perf_counter()
        try:
            yield advance
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - started
        task_total = self._progress.tasks[self._progress.task_ids.index(task)].total
        self._progress.update(task, completed=task_total)

    def say(self, text: str) -> None:
        """A line above the bars."""
        self._progress.console.print(text, highlight=False)

    @property
    def rounded(self) -> dict[str, float]:
        return {name: round(seconds, 2) for name, seconds in self.seconds.items()}
