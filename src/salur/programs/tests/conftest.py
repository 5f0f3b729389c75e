import pytest

from salur.programs.tests.ward import Ward, make_ward


@pytest.fixture
def ward(db: None) -> Ward:
    return make_ward()
