"""A community event on three phones without a network, by hand in three real browsers.

``python -m tests.browser.campaigns.event_day`` pays 60 families at three desks. One phone is
killed when five in twelve are paid (250 of 600) and its families move by its envelope; the session
is moved by a day while every phone is out of reach; one family in twenty sends somebody else.
``--pace`` pays four families alone and writes how long each step took into
``simulator/pace.json``, by which the simulator plays the whole event of 600 families.
The last line is JSON. ``tests/browser/test_event_mode.py`` plays the same with four families.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PACE_FILE = HERE.parents[2] / "simulator" / "pace.json"


def main(arguments: list[str]) -> int:
    """Runs one of the two under pytest, which brings the database and the server."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "answer.json"
        os.environ["SALUR_EVENT_OUT"] = str(out)
        pace = "--pace" in arguments
        os.environ["SALUR_EVENT_FAMILIES"] = "20" if pace else "60"
        for word in arguments:
            if word.startswith("--families="):
                os.environ["SALUR_EVENT_FAMILIES"] = word.split("=")[1]
        wanted = "pace_of_a_payout" if pace else "event_of_three_desks"
        command = [str(HERE / "event.py"), "-q", "-p", "no:cacheprovider", "-k", wanted]
        code = int(pytest.main([*command, "--show-capture=no"]))
        answer = json.loads(out.read_text()) if out.exists() else {"failed": True}
    if pace and code == 0:
        PACE_FILE.write_text(json.dumps(answer, indent=2) + "\n")
    print(json.dumps(answer))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
