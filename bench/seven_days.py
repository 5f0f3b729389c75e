"""An officer's week without a network: 150 payouts with photos, 50 killed browsers, then sync.

    python bench/seven_days.py [--payouts 150] [--kills 50] [--days 7] [--seed 1]

Runs ``tests/browser/campaigns/test_seven_days.py`` at full size: the real app in Chromium, the real
server behind a line that is really cut. Fails when anything that was shown as paid is lost, or when
a search through the browser's files finds a name, a NIK, a record or a photo, or does not find them
where the app was built without sealing. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, usual in (("payouts", 150), ("kills", 50), ("days", 7), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    given = vars(parser.parse_args())
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "week.json"
        environment = {
            **os.environ,
            "SALUR_WEEK_OUT": str(out),
            **{f"SALUR_WEEK_{name.upper()}": str(value) for name, value in given.items()},
        }
        test = "tests/browser/campaigns/test_seven_days.py"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test]
        ended = subprocess.run(command, cwd=ROOT, env=environment, check=False)
        week = json.loads(out.read_text()) if out.exists() else {}
    print(json.dumps({**given, **week, "passed": ended.returncode == 0}))
    return ended.returncode


if __name__ == "__main__":
    sys.exit(main())
