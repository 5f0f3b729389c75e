"""The small country as a template in the tests' own PostgreSQL, made once for all runs."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from salur.config.embedded import EmbeddedPostgres
from simulator.world.campaign import furnished
from simulator.world.country import Country
from simulator.world.databases import Databases


@dataclass(frozen=True, slots=True)
class Template:
    databases: Databases
    country: Country


@pytest.fixture(scope="session")
def template(
    postgres: EmbeddedPostgres, copied_database: Any, django_db_blocker: Any
) -> Iterator[Template]:
    """Runs really commit, each on a copy of its own."""
    databases = Databases(postgres)
    level = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    with django_db_blocker.unblock():
        country = furnished(databases, 6, migrated=copied_database.template)
        yield Template(databases, country)
        databases.drop_template()
    logging.disable(level)
