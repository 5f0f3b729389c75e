"""Photos over a line that is cut again and again: all arrive, and hardly a byte twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from salur.field.tests.conftest import Branch, branch
from salur.intake.queries import evidence_present_for_system, read_whole_file_for_system
from tests.browser.line import Line
from tests.browser.uploads import make_photos, name_photos, send_photos

__all__ = ["branch"]
pytestmark = pytest.mark.slow

TEN_TIMES_FASTER = 10
"""Than the line of `bench/cut_line.py`: cut every two seconds, and pieces a tenth as long."""


def test_photos_arrive_over_a_line_that_is_cut_again_and_again(
    committed: None, branch: Branch, live_server: Any, tmp_path: Path, settings: Any
) -> None:
    settings.SALUR_EVIDENCE_DIR = tmp_path / "evidence"
    photos = make_photos(tmp_path / "photos", 6, 150_000, seed=1)
    name_photos(branch.device, photos)
    line = Line(live_server.url, up_bytes_per_second=100_000)
    line.cut_every(20 / TEN_TIMES_FASTER, for_seconds=0.2)
    device = replace(branch.device, now=lambda: datetime.now(UTC))
    try:
        send_photos(device, photos, line.url, piece_ms=1_500 // TEN_TIMES_FASTER, retry_ms=200)
    finally:
        line.close()
    sent = {sha256(photo.read_bytes()).hexdigest(): photo for photo in photos}
    assert evidence_present_for_system(sent) == set(sent)
    largest = list(sent)[-1]
    assert read_whole_file_for_system(largest) == sent[largest].read_bytes()
    assert line.cuts >= 2
    # Headers are a tenth of the short pieces here; `bench/cut_line.py` measures the real line.
    total = sum(photo.stat().st_size for photo in photos)
    assert line.bytes_up <= 1.3 * total
