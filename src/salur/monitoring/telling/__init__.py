"""Figures and facts turned into sentences and steps, for the pages."""

from salur.monitoring.telling.figures import (
    NOT_TRIED,
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
    "NOT_TRIED",
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
