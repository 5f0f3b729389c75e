from collections.abc import Iterator

import pytest

from salur.disbursement.tests.country import MORNING, Country, make_country
from salur.kernel import clock


@pytest.fixture
def country(db: None) -> Iterator[Country]:
    """A small country on a Friday morning, three days before its tranche opens."""
    with clock.at(MORNING):
        yield make_country()
