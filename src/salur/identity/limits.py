"""Which thresholds and which engine this installation uses; a dated table per program comes later.

Settings: `SALUR_FACE_LIMITS` (a dict of fields of `FaceLimits`), `SALUR_FACE_MODELS_DIR`,
`SALUR_FACE_THREADS`.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from salur.identity.faces import FaceEngine, engine
from salur.identity.model_files import DEFAULT_FOLDER
from salur.identity.rules import FaceLimits


def current_limits() -> FaceLimits:
    """Raises TypeError for a name that is no threshold: a typing error must not go unnoticed."""
    return FaceLimits(**getattr(settings, "SALUR_FACE_LIMITS", {}))


def current_engine() -> FaceEngine:
    """The process's engine. Raises ModelsNotPrepared at first use when the models are absent."""
    return engine(
        Path(getattr(settings, "SALUR_FACE_MODELS_DIR", DEFAULT_FOLDER)),
        int(getattr(settings, "SALUR_FACE_THREADS", 1)),
    )
