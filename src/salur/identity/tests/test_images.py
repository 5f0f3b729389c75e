"""Nothing but whole pictures comes in, and resampling is what its definition says."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from salur.identity.errors import PhotoRefused
from salur.identity.images import decode, letterbox, reduce_by, resize, warp
from salur.identity.tests.conftest import as_jpeg, opened


def png(width: int, height: int, body: bytes = b"") -> bytes:
    """A PNG that claims a size, with hardly any pixels behind the claim."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(body))
        + chunk(b"IEND", b"")
    )


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100"><script/></svg>'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "photo_empty"),
        (SVG, "photo_unreadable"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 200, "photo_unreadable"),
        (b"GIF89a" + b"\0" * 100, "photo_unreadable"),
        (png(60_000, 60_000), "photo_too_large"),
        (png(8_000, 8_000), "photo_too_large"),
        (png(200, 200), "photo_unreadable"),
        (png(20, 20), "photo_too_small"),
        (b"\xff" * (5 * 1024 * 1024 + 1), "photo_too_large"),
    ],
    ids=["empty", "svg", "broken jpeg", "gif", "bomb", "flood", "hollow", "tiny", "heavy"],
)
def test_a_file_that_is_no_whole_picture_within_the_limits_is_refused(
    data: bytes, code: str
) -> None:
    with pytest.raises(PhotoRefused) as refused:
        decode(data)
    assert refused.value.code == code


def test_a_truncated_photo_is_refused(photo: Callable[[str], bytes]) -> None:
    whole = photo("a1")
    for share in (0.01, 0.3, 0.9):
        with pytest.raises(PhotoRefused) as refused:
            decode(whole[: int(len(whole) * share)])
        assert refused.value.code == "photo_unreadable"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 255)), min_size=1, max_size=20))
def test_a_damaged_photo_opens_or_is_refused_and_nothing_else(
    damage: list[tuple[int, int]],
) -> None:
    rng = np.random.default_rng(0)
    data = bytearray(as_jpeg(rng.integers(0, 255, (96, 96, 3), dtype=np.uint8)))
    for place, value in damage:
        data[place % len(data)] = value
    try:
        picture = decode(bytes(data))
    except PhotoRefused:
        return
    assert picture.shape[2] == 3


def test_a_photo_taken_with_the_phone_on_its_side_is_set_upright() -> None:
    tall = np.zeros((80, 60, 3), dtype=np.uint8)
    tall[:40] = 255
    exif = Image.Exif()
    exif[0x0112] = 6  # shown after a quarter turn to the right
    picture = decode(as_jpeg(np.ascontiguousarray(np.rot90(tall)), exif=exif))
    assert picture.shape == (80, 60, 3)
    assert picture[5, 30].mean() > 200 > picture[75, 30].mean()


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "CMYK"])
def test_every_kind_of_picture_becomes_rgb(mode: str, photo: Callable[[str], bytes]) -> None:
    file = io.BytesIO()
    image = opened(photo("a1")).resize((64, 80)).convert(mode)
    image.save(file, "JPEG" if mode == "CMYK" else "PNG")
    assert decode(file.getvalue()).shape == (80, 64, 3)


def slow_resize(source: list[list[int]], width: int, height: int) -> list[list[int]]:
    """The definition in the module's head, written again in plain integers, one channel."""
    source_height, source_width = len(source), len(source[0])
    k = max(1, min(source_width // width, source_height // height))
    reduced = [
        [
            (sum(source[y * k + j][x * k + i] for j in range(k) for i in range(k)) + k * k // 2)
            // (k * k)
            for x in range(source_width // k)
        ]
        for y in range(source_height // k)
    ]

    def neighbours(place: int, full: int, target: int, length: int) -> tuple[int, int, int]:
        p = ((2 * place + 1) * full * 2048) // (2 * target * k) - 1024
        first = p >> 11
        return (
            min(max(first, 0), length - 1),
            min(max(first + 1, 0), length - 1),
            p & 2047,
        )

    result = []
    for y in range(height):
        top, bottom, fy = neighbours(y, source_height, height, len(reduced))
        row = []
        for x in range(width):
            left, right, fx = neighbours(x, source_width, width, len(reduced[0]))
            value = (
                reduced[top][left] * (2048 - fx) * (2048 - fy)
                + reduced[top][right] * fx * (2048 - fy)
                + reduced[bottom][left] * (2048 - fx) * fy
                + reduced[bottom][right] * fx * fy
            )
            row.append((value + (1 << 21)) >> 22)
        result.append(row)
    return result


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 40), st.integers(1, 40), st.integers(1, 30), st.integers(1, 30), st.integers(0)
)
def test_resizing_is_the_written_arithmetic_to_the_bit(
    source_width: int, source_height: int, width: int, height: int, seed: int
) -> None:
    rng = np.random.default_rng(seed % 2**32)
    picture = rng.integers(0, 256, (source_height, source_width, 3), dtype=np.uint8)
    assert resize(picture, width, height)[:, :, 1].tolist() == slow_resize(
        picture[:, :, 1].tolist(), width, height
    )


def test_a_letterbox_keeps_the_shape_in_the_top_left_corner() -> None:
    picture = np.full((100, 50, 3), 200, dtype=np.uint8)
    square, scale = letterbox(picture, 320)
    assert scale == 100 / 320
    assert (square[:, :160] == 200).all()
    assert (square[:, 160:] == 0).all()


def test_a_crop_is_the_same_whether_a_little_or_all_of_the_picture_is_reduced() -> None:
    rng = np.random.default_rng(1)
    picture = rng.integers(0, 256, (300, 420, 3), dtype=np.uint8)
    a = 0.3 + 0.02j
    part = warp(picture, a, -a * complex(140, 90), 20)
    margin = np.zeros((300, 42, 3), dtype=np.uint8)  # whole blocks of 3 before it: nothing moves
    wider = np.hstack([margin, picture])
    assert (warp(wider, a, -a * complex(182, 90), 20) == part).all()


def test_what_lies_outside_the_picture_is_black() -> None:
    picture = np.full((40, 40, 3), 255, dtype=np.uint8)
    crop = warp(picture, 1 + 0j, complex(20, 0), 60)
    assert (crop[:40, :19] == 0).all()
    assert (crop[:40, 20:60] == 255).all()
    assert (warp(picture, 1 + 0j, complex(5_000, 0), 60) == 0).all()


def test_reducing_takes_the_rounded_mean() -> None:
    picture = np.zeros((2, 3, 3), dtype=np.uint8)
    picture[:, :, 0] = [[0, 1, 9], [0, 1, 9]]
    assert reduce_by(picture, 2)[:, :, 0].tolist() == [[1]]
