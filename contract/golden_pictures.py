"""Resampling of pictures in whole numbers, written a third time: slow, and plain to read."""

from __future__ import annotations

import hashlib
import math
from typing import Any

Rows = list[list[list[int]]]


def make_picture(width: int, height: int) -> Rows:
    """Grey ramps with a checker in them: nothing symmetric, nothing smooth."""
    return [
        [
            [(7 * x + 3 * y) % 256, (x * x + 11 * y) % 256, 255 * ((x // 2 + y // 3) % 2)]
            for x in range(width)
        ]
        for y in range(height)
    ]


def reduced(rows: Rows, k: int) -> Rows:
    return [
        [
            [
                (sum(rows[y * k + j][x * k + i][c] for j in range(k) for i in range(k))
                 + k * k // 2) // (k * k)
                for c in range(3)
            ]
            for x in range(len(rows[0]) // k)
        ]
        for y in range(len(rows) // k)
    ]  # fmt: skip


def blended(rows: Rows, px: int, py: int) -> list[int]:
    x, y, fx, fy = px >> 11, py >> 11, px & 2047, py & 2047
    left, right = (min(max(i, 0), len(rows[0]) - 1) for i in (x, x + 1))
    top, bottom = (min(max(i, 0), len(rows) - 1) for i in (y, y + 1))
    return [
        (rows[top][left][c] * (2048 - fx) * (2048 - fy) + rows[top][right][c] * fx * (2048 - fy)
         + rows[bottom][left][c] * (2048 - fx) * fy + rows[bottom][right][c] * fx * fy
         + 2**21) >> 22
        for c in range(3)
    ]  # fmt: skip


def resized(rows: Rows, width: int, height: int) -> Rows:
    w, h = len(rows[0]), len(rows)
    k = max(1, min(w // width, h // height))
    small = reduced(rows, k)
    return [
        [
            blended(
                small,
                ((2 * x + 1) * w * 2048) // (2 * width * k) - 1024,
                ((2 * y + 1) * h * 2048) // (2 * height * k) - 1024,
            )
            for x in range(width)
        ]
        for y in range(height)
    ]


def warped(rows: Rows, a: complex, b: complex, side: int) -> Rows:
    k = max(1, math.floor(1 / abs(a)))
    small = reduced(rows, k)
    crop: Rows = []
    for y in range(side):
        crop.append([])
        for x in range(side):
            point = (complex(x, y) - b) / a
            px = math.floor(((point.real + 0.5) / k - 0.5) * 2048 + 0.5)
            py = math.floor(((point.imag + 0.5) / k - 0.5) * 2048 + 0.5)
            inside = (
                px > -2048 and px >> 11 < len(small[0]) and py > -2048 and py >> 11 < len(small)
            )
            crop[-1].append(blended(small, px, py) if inside else [0, 0, 0])
    return crop


def make_pictures() -> dict[str, Any]:
    """Resampling, told by the hash of the RGB bytes."""

    def told(rows: Rows) -> str:
        flat = bytes(value for row in rows for pixel in row for value in pixel)
        return hashlib.sha256(flat).hexdigest()

    sizes = [(40, 30, 13, 9), (31, 47, 10, 20), (9, 7, 20, 11), (64, 64, 16, 16)]
    turns = [(0.9 + 0.3j, 4 - 2j, 16), (0.31 - 0.12j, 1 + 5j, 12), (2.5 + 0j, -20 - 9.5j, 15)]
    return {
        "made": {"width": 40, "height": 30, "sha256": told(make_picture(40, 30))},
        "resized": [
            {"from": [w, h], "to": [tw, th], "sha256": told(resized(make_picture(w, h), tw, th))}
            for w, h, tw, th in sizes
        ],
        "warped": [
            {
                "from": [40, 30],
                "a": [a.real, a.imag],
                "b": [b.real, b.imag],
                "side": side,
                "sha256": told(warped(make_picture(40, 30), a, b, side)),
            }
            for a, b, side in turns
        ],
    }
