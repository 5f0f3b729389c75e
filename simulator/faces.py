"""Photos for simulated evidence: many different ones out of four public-domain portraits.

A simulated person looks like one of two real people, whom the server can tell apart. Each photo is
cut, turned, lit, mirrored and compressed a little differently, by seed: no two files are the same,
and the same seed gives the same files.
"""

from __future__ import annotations

import hashlib
import io
import random
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageEnhance, ImageFilter, ImageOps

PORTRAITS = Path(__file__).resolve().parents[1] / "tests" / "faces"
FRONTAL = {"a": ("a1.jpg", "a3.jpg"), "b": ("b1.jpg",)}
TURNED_AWAY = "a2.jpg"


class FaceLibrary:
    """Evidence photos (JPEG, about 60 to 150 kB) by seed, person and take.

    `person` is any text that names the simulated person; `take` numbers the photos of one person.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def looks_like(self, person: str) -> str:
        """Which of the two faces this person has: a or b."""
        return "ab"[self._random(person, 0, "face").randrange(2)]

    def portrait(self, person: str, take: int = 0) -> bytes:
        """A good photo of the person, which matches all other takes.

        One in some hundreds is refused by the quality gate, as happens: then take the next.
        """
        return self._photo(self.looks_like(person), person, take)

    def stranger(self, person: str, take: int = 0) -> bytes:
        """A good photo of somebody else."""
        return self._photo("b" if self.looks_like(person) == "a" else "a", person, take)

    def blurred(self, person: str, take: int = 0) -> bytes:
        """A photo that the quality gate refuses."""
        image = self._vary(self.looks_like(person), self._random(person, take, "blurred"))
        return _jpeg(image.filter(ImageFilter.GaussianBlur(9)), 95)

    def turned_away(self, person: str, take: int = 0) -> bytes:
        """The face is there and looks to the side: refused with that reason."""
        rng = self._random(person, take, "turned")
        image = ImageEnhance.Brightness(_picture(TURNED_AWAY)).enhance(rng.uniform(0.92, 1.08))
        return _jpeg(image, rng.randint(84, 90))

    def _photo(self, face: str, person: str, take: int) -> bytes:
        rng = self._random(person, take, face)
        return _jpeg(self._vary(face, rng), rng.randint(84, 91))

    def _vary(self, face: str, rng: random.Random) -> Image.Image:
        image = _picture(rng.choice(FRONTAL[face]))
        if rng.random() < 0.5:
            image = ImageOps.mirror(image)
        image = image.rotate(rng.uniform(-2.5, 2.5), Image.Resampling.BILINEAR)
        # The corners that turning left empty are cut off, and a little more here and there.
        left, right = (rng.uniform(0.08, 0.11) * image.width for _ in range(2))
        top, bottom = (rng.uniform(0.08, 0.11) * image.height for _ in range(2))
        width = rng.randint(600, 680)
        box = (left, top, image.width - right, image.height - bottom)
        height = round(width * (box[3] - box[1]) / (box[2] - box[0]))
        image = image.resize((width, height), Image.Resampling.BILINEAR, box=box)
        image = ImageEnhance.Brightness(image).enhance(rng.uniform(0.85, 1.15))
        return ImageEnhance.Color(image).enhance(rng.uniform(0.8, 1.2))

    def _random(self, person: str, take: int, purpose: str) -> random.Random:
        name = f"{self.seed}|{person}|{take}|{purpose}".encode()
        return random.Random(hashlib.sha256(name).digest())


_WIDEST = 900


@lru_cache(maxsize=8)
def _picture(name: str) -> Image.Image:
    with Image.open(PORTRAITS / name) as image:
        picture = image.convert("RGB")
    # Enough for every crop below; turning the whole scan would be most of the work.
    picture.thumbnail((_WIDEST, 2 * _WIDEST), Image.Resampling.LANCZOS)
    return picture


def _jpeg(image: Image.Image, quality: int) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return file.getvalue()
