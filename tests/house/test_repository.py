"""What is committed names no package registry and carries no translation that a build makes."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOSTS = (
    r"(files\.pythonhosted\.org|pypi\.org|test\.pypi\.org|registry\.npmjs\.org|registry\.yarnpkg)"
)

pytestmark = pytest.mark.skipif(
    shutil.which("git") is None or not (ROOT / ".git").exists(), reason="not a git clone"
)


def git(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["git", "-c", "safe.directory=*", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_no_registry_host_stands_in_the_repository() -> None:
    found = git("grep", "-lE", HOSTS, "--", ":!tests/house/test_repository.py")
    assert (found.returncode, found.stdout) == (1, "")


def test_nothing_that_a_build_makes_is_committed() -> None:
    made = git("ls-files", "*.mo", "*.onnx", "*.pyc", "field-app/dist", "staticfiles", "var")
    assert (made.returncode, made.stdout) == (0, "")
