"""How heavy the officers' app is: shell, first start on a slow line, memory, a busy counter.

    python bench/app_weight.py [--visits 1000] [--payouts 400] [--full 200]

Chromium slowed down six times (and for the first start a line of 400 kbit/s with 400 ms), the real
server, 1,000 visits on one device, 400 payouts with five pictures each; those of the first 200 are
as large as a camera takes them. Fails above the bars: 170 kB of shell, 10 s cold, 2 s warm, 450 MB,
200 ms between a tap and its screen. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def shell_kb() -> float:
    """What the build counts of its critical shell; it fails by itself above 170 kB."""
    command = ["npm", "run", "build"]
    built = subprocess.run(
        command, cwd=ROOT / "field-app", capture_output=True, text=True, check=True
    )
    told = re.search(r"critical shell: ([\d.]+) kB", built.stdout + built.stderr)
    return float(told[1]) if told else -1.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=1_000)
    parser.add_argument("--payouts", type=int, default=400)
    parser.add_argument("--full", type=int, default=200)
    given = vars(parser.parse_args())
    shell = shell_kb()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "weight.json"
        environment = {
            **os.environ,
            "SALUR_WEIGHT_OUT": str(out),
            **{f"SALUR_WEIGHT_{name.upper()}": str(value) for name, value in given.items()},
        }
        test = "tests/browser/campaigns/weight.py"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test]
        ended = subprocess.run(command, cwd=ROOT, env=environment, check=False)
        figures = json.loads(out.read_text()) if out.exists() else {}
    print(json.dumps({"shell_kb": shell, **figures, "passed": ended.returncode == 0}))
    return ended.returncode


if __name__ == "__main__":
    sys.exit(main())
