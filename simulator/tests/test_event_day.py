"""A community event without a network: all are paid, none twice, whatever breaks."""

import json

from simulator.event_day import PACE, keeps_its_promise, play_event
from simulator.tests.conftest import Template


def test_a_dead_phone_and_a_moved_session_leave_nobody_unpaid(template: Template) -> None:
    pace = json.loads(PACE.read_text())
    country = template.country
    with template.databases.copy():
        answer = play_event(country, 12, pace)
    assert keeps_its_promise(answer), answer
    assert answer["died_at"] == 5
    assert answer["ended_within_lease"]
    assert answer["families_moved_by_a_day"] == 12
    assert answer["moved_by_codes"]


def test_the_pace_is_what_a_browser_measured_and_what_is_assumed_is_said() -> None:
    pace = json.loads(PACE.read_text())
    assert set(pace["machine_seconds"]) == set(pace["human_seconds"])
    total = sum(pace["machine_seconds"].values()) + sum(pace["human_seconds"].values())
    assert abs(total - pace["seconds"]) < 0.1
    assert pace["seconds"] <= 60
    assert pace["taps"] <= 12
