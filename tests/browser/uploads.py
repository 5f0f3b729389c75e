"""The app's own upload client in node, for lines too bad or too long for a browser test."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

from simulator.devices import Device, b64url, evidence_item

APP = Path(__file__).parents[2] / "field-app"
_BUILT = APP / "node_modules" / ".bench"
EVENT_PHOTOS = 4
"""As many as an event of a payout names."""


def _node() -> str:
    """The machine's own, or the one that came with the packages."""
    beside = Path(sys.executable).with_name("node")
    return shutil.which("node") or str(beside)


def make_photos(folder: Path, count: int, most_bytes: int, *, seed: int) -> list[Path]:
    """Files with a JPEG's first bytes and then noise, from a third of the size on, small first."""
    rng = Random(f"photos/{seed}")
    folder.mkdir(parents=True, exist_ok=True)
    photos = []
    for number in range(count):
        path = folder / f"{number:04d}.jpg"
        path.write_bytes(b"\xff\xd8\xff" + rng.randbytes(rng.randint(most_bytes // 3, most_bytes)))
        photos.append(path)
    return sorted(photos, key=lambda path: path.stat().st_size)


def name_photos(device: Device, photos: Sequence[Path]) -> None:
    """Events of this device that name them, pushed: without these no photo is taken."""
    for start in range(0, len(photos), EVENT_PHOTOS):
        few = photos[start : start + EVENT_PHOTOS]
        evidence = [evidence_item(photo.read_bytes(), "recipient_photo") for photo in few]
        device.record("geotag", {"of": "house", "evidence": evidence})
    device.push()


def send_photos(
    device: Device, photos: Sequence[Path], server: str, *, piece_ms: int, retry_ms: int
) -> dict[str, Any]:
    """Runs the client until the last photo is up; its seconds, turns and last piece length."""
    node = _node()
    subprocess.run(
        [
            *(
                node,
                str(APP / "node_modules" / "rolldown" / "bin" / "cli.mjs"),
                "bench/cut-line.ts",
            ),
            *("--format", "esm", "--platform", "node", "--external", "tus-js-client"),
            *("--dir", str(_BUILT), "--logLevel", "silent"),
        ],
        cwd=APP,
        check=True,
        capture_output=True,
    )
    secret = device.key.private_numbers().private_value.to_bytes(32, "big")
    orders = {
        "server": server,
        "device": device.device_id,
        "key": {**device.public_jwk, "d": b64url(secret)},
        "photos": [str(photo) for photo in photos],
        "piece_ms": piece_ms,
        "retry_ms": retry_ms,
    }
    # Node 20 warns of its own fetch; what it says is not our last line.
    run = subprocess.run(
        [node, str(_BUILT / "cut-line.js")],
        input=json.dumps(orders),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NODE_NO_WARNINGS": "1"},
    )
    if run.returncode:
        raise RuntimeError(run.stderr[-3000:])
    told: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return told
