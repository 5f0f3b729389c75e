"""Faces in a picture, and how alike two of them are. Pure numpy and onnxruntime.

The same two models, the same arithmetic and the same constants run in the field app; whoever
changes a step here changes it there and raises `version` in models.lock.json, because vectors
made in two ways must not be compared. The app's verdict is advice, the server's counts.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from salur.identity.images import Picture, letterbox, warp
from salur.identity.model_files import DEFAULT_FOLDER, DETECTOR, EMBEDDER, read_lock, read_model

Vector = npt.NDArray[np.float32]
"""128 numbers of length one."""

DETECTOR_SIDE = 320
CROP_SIDE = 112
VECTOR_LENGTH = 128
NMS_OVERLAP = 0.3
FAINTEST_SCORE = 0.5
"""Fainter finds are not faces; between this and the gate's limit they are doubtful ones."""
MAX_FACES = 50

_STRIDES = (8, 16, 32)
_CANONICAL = np.array(
    [38.2946 + 51.6963j, 73.5318 + 51.5014j, 56.0252 + 71.7366j, 41.5493 + 92.3655j,
     70.7299 + 92.2041j]
)  # fmt: skip
"""Where SFace expects right eye, left eye, nose, right and left corner of the mouth."""


@dataclass(frozen=True, slots=True)
class Face:
    """One face, in pixels of the picture it was found in.

    `landmarks`: right eye, left eye, nose, right and left mouth corner (the person's own right,
    which is left in the picture).
    """

    x: float
    y: float
    width: float
    height: float
    score: float
    landmarks: tuple[complex, complex, complex, complex, complex]

    @property
    def area(self) -> float:
        return self.width * self.height


class FaceEngine:
    """Both models, loaded at first use. One instance serves all threads.

    `threads` is the number of threads that one call may use; 1 keeps results and load steady
    where many requests run at once.
    """

    def __init__(self, folder: Path = DEFAULT_FOLDER, threads: int = 1) -> None:
        self._folder = folder
        self._threads = threads
        self._lock = threading.Lock()
        self._sessions: dict[str, ort.InferenceSession] = {}
        self.version = read_lock()["version"]

    def detect(self, picture: Picture) -> list[Face]:
        """Faces from largest to smallest; doubtful ones included, see their score."""
        square, scale = letterbox(picture, DETECTOR_SIDE)
        pixels = square[:, :, ::-1].transpose(2, 0, 1)[None].astype(np.float32)  # BGR, 0–255
        session = self._session(DETECTOR)
        names = [output.name for output in session.get_outputs()]
        found = _decode(dict(zip(names, session.run(names, {"input": pixels}), strict=True)))
        faces = [_scaled(row, scale) for row in _suppress(found)]
        return sorted(faces, key=lambda face: face.area, reverse=True)

    def embed(self, crop: Picture) -> Vector:
        """The vector of one aligned crop."""
        pixels = crop.transpose(2, 0, 1)[None].astype(np.float32)  # RGB, 0–255
        (out,) = self._session(EMBEDDER).run(["fc1"], {"data": pixels})
        vector = np.asarray(out, dtype=np.float64).reshape(VECTOR_LENGTH)
        unit: Vector = (vector / np.linalg.norm(vector)).astype(np.float32)
        return unit

    def _session(self, name: str) -> ort.InferenceSession:
        if (session := self._sessions.get(name)) is None:
            with self._lock:
                if (session := self._sessions.get(name)) is None:
                    options = ort.SessionOptions()
                    options.intra_op_num_threads = self._threads
                    options.inter_op_num_threads = 1
                    # A thread that spins for the next picture takes the processor from the books.
                    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
                    options.log_severity_level = 3
                    # Unpack the quantised weights once at loading, not at every call.
                    options.add_session_config_entry("session.disable_quant_qdq", "1")
                    session = self._sessions[name] = ort.InferenceSession(
                        read_model(self._folder, name),
                        options,
                        providers=["CPUExecutionProvider"],
                    )
        return session


@lru_cache(maxsize=4)
def engine(folder: Path = DEFAULT_FOLDER, threads: int = 1) -> FaceEngine:
    """The process's engine for a folder: sessions are costly to open and safe to share."""
    return FaceEngine(folder, threads)


def align(picture: Picture, face: Face) -> Picture:
    """The 112 × 112 crop in which eyes, nose and mouth stand where the embedder expects them.

    Least-squares similarity without reflection; in complex numbers it has a closed form:
    a = Σ conj(p)·q / Σ |p|² over centred points p (found) and q (expected), b = q̄ − a·p̄.
    """
    a, b = _similarity(np.array(face.landmarks))
    return warp(picture, a, b, CROP_SIDE)


def cosine(one: Vector, other: Vector) -> float:
    """Likeness from −1 to 1; both are of length one."""
    return float(np.dot(one.astype(np.float64), other.astype(np.float64)))


def to_bytes(vector: Vector) -> bytes:
    """512 bytes: 128 little-endian float32."""
    return vector.astype("<f4").tobytes()


def from_bytes(data: bytes) -> Vector:
    """The inverse of `to_bytes`. Raises ValueError for another length."""
    if len(data) != VECTOR_LENGTH * 4:
        raise ValueError(f"a template has {VECTOR_LENGTH * 4} bytes, not {len(data)}")
    return np.frombuffer(data, dtype="<f4").astype(np.float32)


def _similarity(points: npt.NDArray[np.complex128]) -> tuple[complex, complex]:
    found, expected = points - points.mean(), _CANONICAL - _CANONICAL.mean()
    a = complex(np.vdot(found, expected) / np.vdot(found, found).real)
    return a, complex(_CANONICAL.mean() - a * points.mean())


def _decode(outputs: dict[str, npt.NDArray[np.float32]]) -> npt.NDArray[np.float64]:
    """Rows of score, x, y, width, height and five landmarks (x, y), in detector pixels."""
    rows = []
    for stride in _STRIDES:
        side = DETECTOR_SIDE // stride
        confidence = outputs[f"cls_{stride}"][0, :, 0] * outputs[f"obj_{stride}"][0, :, 0]
        score = np.sqrt(np.clip(confidence.astype(np.float64), 0.0, 1.0))
        keep = np.flatnonzero(score >= FAINTEST_SCORE)
        row, column = np.divmod(keep, side)
        box = outputs[f"bbox_{stride}"][0, keep].astype(np.float64)
        points = outputs[f"kps_{stride}"][0, keep].astype(np.float64).reshape(-1, 5, 2)
        width, height = np.exp(box[:, 2]) * stride, np.exp(box[:, 3]) * stride
        x = (column + box[:, 0]) * stride - width / 2
        y = (row + box[:, 1]) * stride - height / 2
        points = (points + np.stack([column, row], axis=1)[:, None, :]) * stride
        rows.append(np.column_stack([score[keep], x, y, width, height, points.reshape(-1, 10)]))
    return np.concatenate(rows)


def _suppress(rows: npt.NDArray[np.float64]) -> list[npt.NDArray[np.float64]]:
    """Greedy non-maximum suppression: the best first, then what overlaps it by ≤ 0.3 (IoU)."""
    waiting = rows[np.argsort(-rows[:, 0], kind="stable")]
    kept: list[npt.NDArray[np.float64]] = []
    while len(waiting) and len(kept) < MAX_FACES:
        best, waiting = waiting[0], waiting[1:]
        kept.append(best)
        left = np.maximum(best[1], waiting[:, 1])
        top = np.maximum(best[2], waiting[:, 2])
        right = np.minimum(best[1] + best[3], waiting[:, 1] + waiting[:, 3])
        bottom = np.minimum(best[2] + best[4], waiting[:, 2] + waiting[:, 4])
        shared = np.clip(right - left, 0, None) * np.clip(bottom - top, 0, None)
        union = best[3] * best[4] + waiting[:, 3] * waiting[:, 4] - shared
        waiting = waiting[shared <= NMS_OVERLAP * union]
    return kept


def _scaled(row: npt.NDArray[np.float64], scale: float) -> Face:
    x, y, width, height = (float(value) * scale for value in row[1:5])
    one, two, three, four, five = (
        complex(row[index], row[index + 1]) * scale for index in range(5, 15, 2)
    )
    return Face(x, y, width, height, float(row[0]), (one, two, three, four, five))
