"""Figures and facts turned into sentences and steps, for the pages."""

from salur.monitoring.telling.figures import (
    SLICES,
    chart,
    finish,
    headline,
    known_count,
    level_word,
    measure,
    slice_word,
)
from salur.monitoring.telling.story import books, steps, visit_state

__all__ = [
    "SLICES",
    "books",
    "chart",
    "finish",
    "headline",
    "known_count",
    "level_word",
    "measure",
    "slice_word",
    "steps",
    "visit_state",
]
