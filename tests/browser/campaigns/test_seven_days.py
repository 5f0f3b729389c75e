"""Nothing shown as paid is lost, and a phone's files tell nothing: row 5 of what must be shown."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright

from tests.browser.campaigns.seven_days import needles_of, positive_control, readable, run_week
from tests.browser.counter import Counter
from tests.browser.films import Film
from tests.browser.line import Line

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAYOUTS = int(os.environ.get("SALUR_WEEK_PAYOUTS", "6"))
KILLS = int(os.environ.get("SALUR_WEEK_KILLS", "2"))
DAYS = int(os.environ.get("SALUR_WEEK_DAYS", "2"))
SEED = int(os.environ.get("SALUR_WEEK_SEED", "1"))


@pytest.fixture
def families() -> int:
    return PAYOUTS + 1


def test_a_week_without_a_network_loses_nothing_and_leaves_nothing_to_read(
    playwright: Playwright,
    counter: Counter,
    film: Film,
    line: Line,
    tmp_path: Path,
    settings: Any,
) -> None:
    def serve(app: Path) -> None:
        settings.SALUR_FIELD_APP_DIR = app  # by the fixture: taken back when the test ends

    first, *rest = counter.visits()
    rest = rest[:PAYOUTS]
    control = positive_control(playwright, counter, film, [first], tmp_path, serve)
    assert control == readable(set(needles_of([first])))
    week = run_week(
        playwright, counter, film, line, rest, tmp_path, serve, days=DAYS, kills=KILLS, seed=SEED
    )
    if out := os.environ.get("SALUR_WEEK_OUT"):
        Path(out).write_text(json.dumps({**asdict(week), "control_found": len(control)}))
    assert week.lost == []
    assert week.found_before_sync == []
    assert week.found_after_sync == []
    assert week.kills == KILLS
    assert week.unsent_photos >= 5 * PAYOUTS
    assert week.hand_overs_at_the_server == PAYOUTS
    assert week.photos_at_the_server >= 5 * PAYOUTS
