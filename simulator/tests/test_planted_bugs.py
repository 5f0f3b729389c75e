"""The tests have teeth: what breaks the house is found. All of them: `salur plant-bugs`."""

import pytest

from simulator.tests.conftest import Template
from simulator.world.bugs import BUGS, Bug, hunt

QUICK = ("amount_of_the_event", "outcomes_doubled")


@pytest.mark.parametrize("bug", [bug for bug in BUGS if bug.name in QUICK], ids=lambda b: b.name)
def test_a_planted_bug_is_found_within_two_seeds(template: Template, bug: Bug) -> None:
    found = hunt(bug, template.databases, template.country, seeds=(1, 2), operations=150)
    assert found is not None
    assert found.violations
