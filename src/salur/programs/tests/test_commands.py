"""`salur import-list`, as typed on a command line."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from salur.access.operations import create_user, grant_role
from salur.kernel.actor import SYSTEM
from salur.programs.commands import register
from salur.programs.models import BenefitAmount, NominativeList
from salur.programs.tests.ward import Ward, families, write_csv


@pytest.fixture
def run(ward: Ward, tmp_path: Path):
    """Imports three families' file, with these options changed."""
    app = typer.Typer()
    register(app)
    clerk = create_user("rina", name="Rina", password=None, by=SYSTEM)
    grant_role(clerk.id, "list_clerk", by=SYSTEM)
    file = tmp_path / "wave.csv"
    file.write_bytes(write_csv(families(3)))

    def invoke(**changes: str):
        options = {
            "tranche": "2026/4",
            "program": "SEMBAKO",
            "sender": "Kemensos",
            "rows": "3",
            "rupiah": "1800000",
            "as-user": "rina",
            **changes,
        }
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        return CliRunner().invoke(app, ["import-list", str(file), *arguments])

    return invoke


def test_a_list_is_imported_and_checked_by_one_command(run) -> None:
    result = run()
    assert result.exit_code == 0, result.output
    assert NominativeList.objects.get().status == "checked"


def test_the_same_file_twice_is_told_and_changes_nothing(run) -> None:
    run()
    assert run().exit_code == 0
    assert NominativeList.objects.count() == 1


def test_wrong_totals_end_with_an_error(run) -> None:
    assert run(rows="4").exit_code == 1
    assert NominativeList.objects.get().status == "refused"


def test_a_list_needs_a_known_clerk_and_order(run) -> None:
    assert run(**{"as-user": "hantu"}).exit_code == 2
    assert run(tranche="2025/1").exit_code == 2
    assert run(tranche="entah").exit_code == 2
    assert not NominativeList.objects.exists()


def test_loading_programs_again_adds_nothing(ward: Ward) -> None:
    app = typer.Typer()
    register(app)
    before = BenefitAmount.objects.count()
    assert CliRunner().invoke(app, ["load-programs"]).exit_code == 0
    assert BenefitAmount.objects.count() == before
