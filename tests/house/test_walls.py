"""A room calls only rooms below it, in its imports and in its tables' keys."""

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "salur"


def storeys() -> dict[str, int]:
    """Room > how high it lies, as the layers contract says; rooms on one line share a storey."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = next(c["layers"] for c in contracts["contracts"] if c["type"] == "layers")
    return {
        room.strip(): height
        for height, line in enumerate(reversed(layers))
        for room in line.split("|")
    }


def keys_out_of_order(tables: Iterable[type[models.Model]]) -> Iterator[str]:
    """Keys that lead to a room above or beside; an import rule cannot see `"room.Model"`."""
    height = storeys()
    for table in tables:
        for field in table._meta.get_fields():
            if not isinstance(field, models.ForeignKey | models.ManyToManyField):
                continue
            own, other = table._meta.app_label, field.related_model._meta.app_label
            if own != other and own in height and height.get(other, -1) >= height[own]:
                yield f"{table._meta.label}.{field.name} > {field.related_model._meta.label}"


def test_no_key_leads_upward_or_sideways() -> None:
    assert list(keys_out_of_order(apps.get_models(include_auto_created=True))) == []


def test_a_key_that_leads_upward_is_found() -> None:
    registered = apps.all_models["ledger"]
    try:

        class Planted(models.Model):
            payment = models.ForeignKey("disbursement.Payment", models.PROTECT, related_name="+")

            class Meta:
                app_label = "ledger"

        assert list(keys_out_of_order([Planted])) == [
            "ledger.Planted.payment > disbursement.Payment"
        ]
    finally:
        registered.pop("planted", None)
        apps.clear_cache()


def lint_imports(root: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root / "src")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copied_house(tmp_path: Path) -> Path:
    without = shutil.ignore_patterns(
        "node_modules", "static", "models_onnx", "__pycache__", "tests", "locale"
    )
    shutil.copytree(PACKAGE, tmp_path / "src" / "salur", ignore=without)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("ledger/queries.py", "from salur.programs import models as planted"),
        ("ledger/queries.py", "from salur.registry import models as planted"),
        ("kernel/money.py", "from salur.config import boot as planted"),
        ("theme/context.py", "from salur.access import models as planted"),
    ],
)
def test_a_planted_import_breaks_the_contract(copied_house: Path, file: str, line: str) -> None:
    assert lint_imports(copied_house).returncode == 0
    planted = copied_house / "src" / "salur" / file
    planted.write_text(f"{planted.read_text()}\n{line}\n")
    answer = lint_imports(copied_house)
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert "BROKEN" in answer.stdout
