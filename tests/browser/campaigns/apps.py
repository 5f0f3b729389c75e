"""Builds of the app for measuring, and what lies in a phone's files."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from tests.browser.officer import APP


def build_app(folder: Path, *, sealed: bool = True) -> Path:
    """The app with acts that a script can call; ``sealed=False`` leaves its records in the open."""
    environment = {
        **os.environ,
        "SALUR_APP_CAMPAIGN": "1",
        "SALUR_APP_OPEN": "" if sealed else "1",
        "SALUR_APP_OUT": str(folder),
    }
    subprocess.run(
        ["npx", "vite", "build", "--emptyOutDir", "--logLevel", "error"],
        cwd=APP,
        env=environment,
        check=True,
        capture_output=True,
    )
    return folder


JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"
"""How each picture of a browser's canvas begins: ten bytes, which chance does not write."""


def found_in(folder: Path, needles: Iterable[str | bytes]) -> set[str | bytes]:
    """Which of the needles stand in any file below the folder, as UTF-8 or as UTF-16."""
    wanted: list[tuple[str | bytes, bytes]] = []
    for needle in needles:
        if isinstance(needle, bytes):
            wanted.append((needle, needle))
        else:
            wanted += [(needle, needle.encode()), (needle, needle.encode("utf-16-le"))]
    found: set[str | bytes] = set()
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            found |= {needle for needle, form in wanted if form in content}
    return found


def bytes_in(folder: Path) -> int:
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file() and not p.is_symlink())
