"""Doors: the live dashboard, the lists behind its numbers, the story of one payment."""

from salur.monitoring.pages.dashboard import show_dashboard, show_shapes
from salur.monitoring.pages.lists import show_payments
from salur.monitoring.pages.story import reveal_photos, show_photo, show_story

__all__ = [
    "reveal_photos",
    "show_dashboard",
    "show_payments",
    "show_photo",
    "show_shapes",
    "show_story",
]
