"""Photos drawn anew for people to look at: what the file carried besides the picture stays behind.

Pure. The original is proof and is never shown: it may hold metadata, hidden trailers or bytes made
to break a viewer. What is shown was decoded here within bounds and encoded by us.
"""

from __future__ import annotations

import io
import math
import warnings
from dataclasses import dataclass
from typing import Any

from PIL import ExifTags, Image, ImageOps

MOST_PIXELS = {"JPEG": 24_000_000, "PNG": 8_000_000}
"""Looked at before anything is unpacked. A JPEG is decoded at a fraction of its size; one of
several passes still needs six bytes of memory for each pixel: 144 MB at most."""
LONGEST_SIDE_PIXELS = 1600
_QUALITY = 85
_MOST_TEXT = 40


class Undrawable(ValueError):
    """No whole picture within the bounds; ``reason`` is kept and shown."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Drawn:
    """A JPEG of our own, and what is worth keeping of the original's metadata."""

    data: bytes
    width: int
    height: int
    taken_at: str
    """As the camera wrote it (``2026:11:30 08:41:07``), without a zone; "" where it did not."""
    latitude: float | None
    longitude: float | None


def draw_anew(data: bytes) -> Drawn:
    """The picture in a JPEG or PNG file, upright, at most 1600 pixels long, without metadata.

    Raises Undrawable: too many pixels, truncated, or no picture at all.
    """
    try:
        with warnings.catch_warnings():
            # Pillow's own bounds are wider than ours.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image: Any = Image.open(io.BytesIO(data), formats=tuple(MOST_PIXELS))
        if image.width * image.height > MOST_PIXELS.get(image.format, MOST_PIXELS["PNG"]):
            raise Undrawable("too_many_pixels")
        taken_at, latitude, longitude = _metadata(image)
        size = (LONGEST_SIDE_PIXELS, LONGEST_SIDE_PIXELS)
        image.draft("RGB", size)
        image.load()
        image = ImageOps.exif_transpose(image).convert("RGB")
        image.thumbnail(size)
    except Undrawable:
        raise
    except Image.DecompressionBombError as error:
        raise Undrawable("too_many_pixels") from error
    except Exception as error:
        # Pillow answers damage with whatever the damaged part raises.
        raise Undrawable("unreadable") from error
    # A new image: comments and profiles would otherwise come along.
    clean = Image.new("RGB", image.size)
    clean.paste(image)
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=_QUALITY)
    return Drawn(out.getvalue(), *clean.size, taken_at, latitude, longitude)


def _metadata(image: Any) -> tuple[str, float | None, float | None]:
    try:
        exif = image.getexif()
        inner = exif.get_ifd(ExifTags.IFD.Exif)
        taken = inner.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime) or ""
        place = exif.get_ifd(ExifTags.IFD.GPSInfo)
        latitude = _degrees(place.get(2), place.get(1) == "S", 90)
        longitude = _degrees(place.get(4), place.get(3) == "W", 180)
    except Exception:
        return "", None, None
    text = "".join(c for c in str(taken) if c.isdigit() or c in ": ")[:_MOST_TEXT]
    return text.strip(), latitude, longitude


def _degrees(parts: Any, negative: bool, most: float) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(value) or not 0 <= value <= most:
        return None
    return round(-value if negative else value, 6)
