"""Which model files there are, and their pinned hashes; without the tools that make them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TypedDict

HERE = Path(__file__).resolve().parent
LOCK = HERE / "models.lock.json"
DEFAULT_FOLDER = HERE / "models_onnx"
DETECTOR = "yunet_2023mar.onnx"
EMBEDDER = "sface_2021dec.onnx"


class ModelsNotPrepared(Exception):
    """The models are absent, altered or could not be made; the message says what to do."""


class Pin(TypedDict):
    source: str  # path inside the wheel
    source_sha256: str
    sha256: str  # of the repaired file
    bytes: int
    licence: str


class Lock(TypedDict):
    version: str  # stored beside each template: vectors of two versions are never compared
    models: dict[str, Pin]


def read_lock() -> Lock:
    lock: Lock = json.loads(LOCK.read_text(encoding="utf-8"))
    return lock


def is_ready(path: Path, pin: Pin) -> bool:
    """Whether the file is there, whole and the pinned one."""
    if not path.is_file() or path.stat().st_size != pin["bytes"]:
        return False
    return hashlib.sha256(path.read_bytes()).hexdigest() == pin["sha256"]


def read_model(folder: Path, name: str) -> bytes:
    """The model's bytes. Raises ModelsNotPrepared unless they are the pinned ones."""
    if not is_ready(folder / name, read_lock()["models"][name]):
        raise ModelsNotPrepared(
            f"{folder / name} is missing or not the pinned file. "
            "Call `python -m salur.identity.prepare_models` (make setup does it)."
        )
    return (folder / name).read_bytes()
