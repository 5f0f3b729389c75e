"""Pictures in, pictures out: safe decoding, and resampling that is defined to the last bit.

The same face must give the same numbers on the server and on the phone, so resizing is not left
to a library (each has its own). Everything after decoding works in integers and is written down
here as arithmetic that any language can repeat:

`reduce_by(k)`   cut off the columns and rows beyond the last whole k × k block; each output value
                 is (sum of the block + k·k // 2) // (k·k), per channel.

`resize(W × H > w × h)`
                 k = max(1, min(W // w, H // h)); picture = reduce_by(k), now W' × H';
                 for each output column x, in units of 1/2048 of a reduced pixel:
                     p = ((2·x + 1)·W·2048) // (2·w·k) − 1024
                     x0 = p >> 11, f = p & 2047       (floor, also for negative p)
                 x0 and x0 + 1 are clamped to 0 … W' − 1; rows likewise with H, h, H';
                 value = (v00·(2048−fx)·(2048−fy) + v10·fx·(2048−fy)
                          + v01·(2048−fx)·fy + v11·fx·fy + 2²¹) >> 22.

`warp(a, b)`     the crop of n × n pixels whose pixel (x, y) shows the source point
                 X + iY = (x + iy − b) / a (complex numbers; a is scale and rotation, b is shift);
                 k = max(1, floor(1 / |a|)); picture = reduce_by(k);
                 p = floor(((X + 0.5) / k − 0.5)·2048 + 0.5), then blended as above; points
                 outside the picture are 0.

Coordinates: a pixel's centre has whole-number coordinates, (0, 0) being the first.
"""

from __future__ import annotations

import io
import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from salur.identity.errors import PhotoRefused

Picture = npt.NDArray[np.uint8]
"""Height × width × 3, RGB."""

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 24_000_000
MIN_SIDE_PIXELS = 32
FORMATS = ("JPEG", "PNG")

_FRACTION_BITS = 11
_ONE = 1 << _FRACTION_BITS


def decode(data: bytes, *, max_bytes: int = MAX_BYTES, max_pixels: int = MAX_PIXELS) -> Picture:
    """The upright RGB picture in a JPEG or PNG file.

    Size and pixel count are looked at before anything is unpacked; only the first frame is read;
    what the file says of its orientation (EXIF) is followed, all else that it carries is dropped.
    Raises PhotoRefused (coded) for anything else than one whole picture within the limits.
    """
    if not data:
        raise PhotoRefused.because("photo_empty")
    if len(data) > max_bytes:
        raise PhotoRefused.because("photo_too_large", bytes=len(data), limit=max_bytes)
    try:
        # Pillow's own warning of a decompression bomb is answered by our limit.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image: Any = Image.open(io.BytesIO(data), formats=FORMATS)
        width, height = image.size
        if width * height > max_pixels:
            raise PhotoRefused.because("photo_too_large", pixels=width * height, limit=max_pixels)
        if min(width, height) < MIN_SIDE_PIXELS:
            raise PhotoRefused.because("photo_too_small", width=width, height=height)
        image.load()
        image = ImageOps.exif_transpose(image).convert("RGB")
    except PhotoRefused:
        raise
    except Image.DecompressionBombError as error:
        raise PhotoRefused.because("photo_too_large", limit=max_pixels) from error
    except (OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError, TypeError) as error:
        # Pillow answers damage with any of these, according to the part that is damaged.
        raise PhotoRefused.because("photo_unreadable") from error
    return np.asarray(image, dtype=np.uint8)


def reduce_by(picture: Picture, k: int) -> Picture:
    """Mean of k × k blocks, as defined above."""
    if k <= 1:
        return picture
    height, width = picture.shape[0] // k, picture.shape[1] // k
    blocks = picture[: height * k, : width * k].astype(np.uint32)
    sums = blocks.reshape(height, k, width * k, 3).sum(axis=1, dtype=np.uint32)
    sums = sums.reshape(height, width, k, 3).sum(axis=2, dtype=np.uint32)
    reduced: Picture = ((sums + k * k // 2) // (k * k)).astype(np.uint8)
    return reduced


def resize(picture: Picture, width: int, height: int) -> Picture:
    """The picture at width × height, as defined above."""
    source_height, source_width = picture.shape[:2]
    k = max(1, min(source_width // width, source_height // height))
    reduced = reduce_by(picture, k)
    x = _positions(source_width, width, k)
    y = _positions(source_height, height, k)
    left, right, fx = _neighbours(x, reduced.shape[1])
    top, bottom, fy = _neighbours(y, reduced.shape[0])
    fx, fy = fx[:, None], fy[:, None, None]
    # Columns first for every source row, then rows: the same sums as in one step, much cheaper.
    lines = _mix(reduced.take(left, axis=1), reduced.take(right, axis=1), fx)
    return _rounded(_mix(lines.take(top, axis=0), lines.take(bottom, axis=0), fy))


def warp(picture: Picture, a: complex, b: complex, side: int) -> Picture:
    """The side × side crop that z → a·z + b cuts out of the picture, as defined above."""
    k = max(1, int(1.0 / abs(a)))
    grid = np.arange(side, dtype=np.float64)
    points = (grid[None, :] + 1j * grid[:, None] - b) / a
    x = np.floor(((points.real + 0.5) / k - 0.5) * _ONE + 0.5).astype(np.int64)
    y = np.floor(((points.imag + 0.5) / k - 0.5) * _ONE + 0.5).astype(np.int64)
    crop = np.zeros((side, side, 3), dtype=np.uint8)
    # Only the blocks that are looked at are reduced; a large photo costs no more than its face.
    columns = _needed(x, picture.shape[1] // k)
    rows = _needed(y, picture.shape[0] // k)
    if columns.stop <= columns.start or rows.stop <= rows.start:
        return crop
    reduced = reduce_by(
        picture[rows.start * k : rows.stop * k, columns.start * k : columns.stop * k], k
    )
    inside = (x > -_ONE) & (x >> _FRACTION_BITS < picture.shape[1] // k)
    inside &= (y > -_ONE) & (y >> _FRACTION_BITS < picture.shape[0] // k)
    left, right, fx = _neighbours(x - columns.start * _ONE, reduced.shape[1])
    top, bottom, fy = _neighbours(y - rows.start * _ONE, reduced.shape[0])
    fx, fy = fx[..., None], fy[..., None]
    upper = _mix(reduced[top, left], reduced[top, right], fx)
    lower = _mix(reduced[bottom, left], reduced[bottom, right], fx)
    crop[inside] = _rounded(_mix(upper, lower, fy))[inside]
    return crop


def letterbox(picture: Picture, side: int) -> tuple[Picture, float]:
    """The picture in the top left corner of a black square, and original pixels per its pixel.

    The longer side becomes `side`; the shorter is max(1, (shorter·side + longer // 2) // longer).
    """
    height, width = picture.shape[:2]
    longer = max(width, height)
    new_width = max(1, (width * side + longer // 2) // longer)
    new_height = max(1, (height * side + longer // 2) // longer)
    square = np.zeros((side, side, 3), dtype=np.uint8)
    square[:new_height, :new_width] = resize(picture, new_width, new_height)
    return square, longer / side


def _positions(source: int, target: int, k: int) -> npt.NDArray[np.int64]:
    return (2 * np.arange(target, dtype=np.int64) + 1) * source * _ONE // (2 * target * k) - (
        _ONE // 2
    )


def _needed(positions: npt.NDArray[np.int64], length: int) -> range:
    first, last = int(positions.min()) >> _FRACTION_BITS, int(positions.max()) >> _FRACTION_BITS
    return range(max(0, first), min(length, last + 2))


def _neighbours(
    positions: npt.NDArray[np.int64], length: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.uint32]]:
    """The two pixels that a position lies between, held inside, and how far it is to the second."""
    first = positions >> _FRACTION_BITS
    share = (positions & (_ONE - 1)).astype(np.uint32)
    return np.clip(first, 0, length - 1), np.clip(first + 1, 0, length - 1), share


def _mix(
    one: npt.NDArray[Any], other: npt.NDArray[Any], share: npt.NDArray[np.uint32]
) -> npt.NDArray[np.uint32]:
    """one·(2048 − share) + other·share, in 32 bits: two of these on bytes stay below 2³¹."""
    mixed: npt.NDArray[np.uint32] = one * (np.uint32(_ONE) - share) + other * share
    return mixed


def _rounded(weighted: npt.NDArray[np.uint32]) -> Picture:
    half = np.uint32(1 << (2 * _FRACTION_BITS - 1))
    blended: Picture = ((weighted + half) >> np.uint32(2 * _FRACTION_BITS)).astype(np.uint8)
    return blended
