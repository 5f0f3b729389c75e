"""Processes killed at the worst moments lose nothing that was acknowledged and double nothing."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest

from simulator.kills.run import SHARES, compare, plan

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_ten_kills_under_load_lose_nothing_and_double_nothing() -> None:
    """Real processes and a PostgreSQL that syncs: `python -m simulator.kills` has the long run."""
    run = subprocess.run(
        [sys.executable, "-m", "simulator.kills", "--kills", "10", "--families", "40"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    told = json.loads(run.stdout.splitlines()[-1])
    assert told["violations"] == []
    assert told["kills"] == 10
    assert told["by_kind"]["after commit, before answer"] >= 3
    assert told["acknowledged"] == told["events"] > 0
    assert told["answered_again"] > 0, "no batch was sent again after its answer was lost"


def test_a_long_run_hits_every_part_and_the_moment_before_the_answer_most() -> None:
    volleys = plan(100, Random(1))
    kinds = Counter(kind for volley in volleys for kind in volley)
    assert kinds.total() == 100
    assert set(kinds) == set(SHARES)
    assert kinds["kill_before_the_answer"] >= 20
    assert all(len(volley) == len(set(volley)) for volley in volleys)


@pytest.mark.django_db
def test_an_acknowledged_event_that_is_nowhere_is_named(tmp_path: Path) -> None:
    file = tmp_path / "acknowledged-0.txt"
    file.write_text("019ac5a0-0000-7000-8000-000000000001 stored\n")
    lost = SimpleNamespace(sent={"019ac5a0-0000-7000-8000-000000000001": None}, file=file)
    assert [line.rpartition(": ")[2] for line in compare([lost])] == [  # type: ignore[list-item]
        "acknowledged and not stored"
    ]
