"""Rules are pure: values in, values or refusals out. No tables, no clock, no network."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "salur"
RULES = sorted(
    file
    for pattern in ("*/rules.py", "*/rules/*.py", "*/channels/*/rules.py")
    for file in PACKAGE.glob(pattern)
)
TEXTS = ("django.utils.translation", "django.utils.functional")
OUTSIDE = ("django", "psycopg", "procrastinate", "socket", "urllib", "http", "requests", "time")
WRITERS = ("models", "operations", "queries", "pages", "api", "tasks")


def impurities(source: str) -> Iterator[str]:
    """Imports that a rule must not have; the texts of refusals are translated, no more."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            named = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            named = [f"{node.module or ''}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in named:
            parts = name.split(".")
            outside = parts[0] in OUTSIDE and not name.startswith(TEXTS)
            room = parts[0] == "salur" and bool(set(parts[1:]) & set(WRITERS))
            if outside or room or name == "salur.kernel.clock.now":
                yield name


@pytest.mark.parametrize("file", RULES, ids=lambda f: str(f.relative_to(PACKAGE)))
def test_rules_are_pure(file: Path) -> None:
    assert list(impurities(file.read_text())) == []


@pytest.mark.parametrize(
    "line",
    [
        "from django.db import models",
        "from salur.ledger.models import Account",
        "from salur.programs import queries",
        "from salur.kernel.clock import now",
        "import urllib.request",
    ],
)
def test_an_impure_rule_is_found(line: str) -> None:
    assert list(impurities(f"from datetime import date\n{line}\n")) != []
