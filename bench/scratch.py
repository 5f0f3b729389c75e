"""A house of its own for a measurement: import this first.

Data and keys lie in a temporary folder that is gone afterwards; importing starts the embedded
database there (fsync on, as in production), loads Django and migrates.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

FOLDER = Path(tempfile.mkdtemp(prefix="salur-bench-"))
FOLDER.chmod(0o755)  # the database server's own user must be able to enter
os.environ["SALUR_DATA_DIR"] = str(FOLDER / "data")
os.environ["SALUR_KEYS_DIR"] = str(FOLDER / "keys")
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)

from salur.config.boot import boot  # noqa: E402 - reads the folders when it is imported

SERVER = boot()

from salur.config.migrating import migrate  # noqa: E402 - needs loaded models

migrate(verbosity=0)
