"""Measuring a photo for the quality gate. Pure numpy; what is enough stands in `rules.py`.

Defined like this, so that the app can show the same reasons while the person still stands there:
grey = (299·R + 587·G + 114·B + 500) // 1000 on the 80 × 80 core of the aligned crop;
sharpness = ln(1 + variance of the 4-neighbour Laplacian on the core's inner 78 × 78);
brightness = mean grey; glare = share of grey above 235;
yaw = 2·(t − 0.5), t being where the nose falls on the line from right eye (0) to left eye (1);
roll = angle of that line.
"""

from __future__ import annotations

import cmath
import math
from dataclasses import dataclass, replace

import numpy as np

from salur.identity.faces import Face, FaceEngine, Vector, align
from salur.identity.images import Picture
from salur.identity.rules import FaceLimits, FaceMeasures, Reason, check_quality

CORE = slice(16, 96)
GLARE_FROM = 235
TURN_BELOW = 0.85
"""Upright faces score above 0.9. The detector still finds some that lie or stand on their head,
with low scores and landmarks that mean nothing: below this the picture is turned to see."""
TURN_GAIN = 0.05


@dataclass(frozen=True, slots=True)
class Look:
    """What one photo shows: the face, if one was found, and what is wrong with the photo."""

    measures: FaceMeasures
    reasons: tuple[Reason, ...]
    face: Face | None
    crop: Picture | None


def look_at(picture: Picture, engine: FaceEngine, limits: FaceLimits) -> Look:
    """Find the face and judge the photo. The largest face is the one that is meant."""
    faces = engine.detect(picture)
    sure = [face for face in faces if face.score >= limits.detection_score] or faces[:1]
    best_score = max((face.score for face in sure), default=0.0)
    turned = best_score < TURN_BELOW and _looks_better_turned(picture, best_score, engine, limits)
    if not sure:
        measures = FaceMeasures(found_when_turned=turned)
        return Look(measures, check_quality(measures, limits), None, None)
    face = sure[0]
    crop = align(picture, face)
    measures = replace(measure(picture, sure, crop), found_when_turned=turned)
    return Look(measures, check_quality(measures, limits), face, crop)


def embed(look: Look, engine: FaceEngine) -> Vector | None:
    """The vector of the face, also where the gate refuses the photo; None without a face."""
    return engine.embed(look.crop) if look.crop is not None else None


def measure(picture: Picture, faces: list[Face], crop: Picture) -> FaceMeasures:
    """Figures on the first of `faces` (largest first), whose aligned crop is given."""
    face = faces[0]
    right_eye, left_eye, nose = face.landmarks[:3]
    eye_line = left_eye - right_eye
    along = ((nose - right_eye) * eye_line.conjugate()).real / abs(eye_line) ** 2
    grey = _grey(crop[CORE, CORE])
    laplacian = (
        grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:] - 4 * grey[1:-1, 1:-1]
    )
    height, width = picture.shape[:2]
    return FaceMeasures(
        faces=len(faces),
        second_face_area_share=faces[1].area / face.area if len(faces) > 1 else 0.0,
        score=face.score,
        eye_distance_px=abs(eye_line),
        inside=all(0 <= p.real < width and 0 <= p.imag < height for p in face.landmarks),
        yaw=2 * (along - 0.5),
        roll_degrees=math.degrees(cmath.phase(eye_line)),
        sharpness=math.log1p(float(laplacian.var())),
        brightness=float(grey.mean()),
        glare_share=float((grey > GLARE_FROM).mean()),
    )


def _grey(pixels: Picture) -> np.ndarray:
    grey: np.ndarray = (pixels.astype(np.int64) @ np.array([299, 587, 114]) + 500) // 1000
    return grey


def _looks_better_turned(
    picture: Picture, upright_score: float, engine: FaceEngine, limits: FaceLimits
) -> bool:
    wanted = max(limits.detection_score, upright_score + TURN_GAIN)
    return any(
        face.score >= wanted
        for quarters in (1, 3, 2)
        for face in engine.detect(np.ascontiguousarray(np.rot90(picture, quarters)))
    )
