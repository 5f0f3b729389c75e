"""What the fake camera sees: raw Y4M films of one picture, written by the tests themselves.

The browser opens the file anew each time that a page asks for the camera, so that a test can put
a letter before the lens, then a face.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

WIDTH, HEIGHT, FRAMES = 1280, 960, 4


class Film:
    """The file that the browser was told is its camera."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.show(Image.new("RGB", (WIDTH, HEIGHT), (226, 222, 214)))

    def show(self, picture: Image.Image) -> None:
        """From the next opening of the camera on, it sees this picture, whole and upright."""
        frame = ImageOps.pad(picture.convert("RGB"), (WIDTH, HEIGHT), color=(226, 222, 214))
        planes = np.asarray(frame.convert("YCbCr"))
        raw = b"".join(
            plane.tobytes() for plane in (planes[:, :, 0], planes[::2, ::2, 1], planes[::2, ::2, 2])
        )
        written = self.path.with_suffix(".part")
        with written.open("wb") as file:
            file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode())
            for _ in range(FRAMES):
                file.write(b"FRAME\n" + raw)
        os.replace(written, self.path)
