"""The pictures of one payout: a face, papers, the recipient with the cash, a mark of receipt.

Faces come from the face library; papers and marks are drawn. Each file is different from all
others, as live pictures are.
"""

import hashlib
import io
from collections.abc import Collection, Mapping, Sequence
from random import Random
from typing import Any

from PIL import Image, ImageDraw

from simulator.faces import FaceLibrary
from simulator.officers import Pictures

_PAPER_SIZE = (480, 320)
_MARK_SIZE = (320, 140)
_SCENE_SIZE = (440, 560)


class PictureBook:
    """A picture source for officers: real pictures for the sampled visits, none for the others.

    Without a sample, `share_milli` of all visits have pictures.
    """

    def __init__(
        self, seed: int, sampled: Collection[str] | None = None, *, share_milli: int = 1000
    ) -> None:
        self._faces = FaceLibrary(seed)
        self._seed = seed
        self._sampled = sampled
        self._share_milli = share_milli

    def __call__(
        self, visit: Mapping[str, Any], person: str, kinds: Sequence[str]
    ) -> Pictures | None:
        """Everything that a visit's procedure asks for; `person` decides the face."""
        visit_id = visit["id"]
        if not self._chosen(visit_id):
            return None
        made: dict[str, bytes] = {}
        for kind in kinds:
            if kind == "face":
                made[kind] = self._faces.portrait(person, take=self._take(visit_id))
            elif kind == "recipient_photo":
                made[kind] = self._with_cash(made.get("face"), visit_id)
            elif kind in ("signature", "thumbprint"):
                made[kind] = self._mark(kind, visit_id)
            elif kind == "kk" and "ktp" in made:
                made[kind] = made["ktp"]  # both papers lie on the desk, in one picture
            else:
                made[kind] = self._paper(kind, visit_id)
        return Pictures(made)

    def _chosen(self, visit_id: str) -> bool:
        if self._sampled is not None:
            return visit_id in self._sampled
        return self._rng("chosen", visit_id).random() * 1000 < self._share_milli

    def _take(self, visit_id: str) -> int:
        """Photos of one person at two visits are two takes."""
        return int(hashlib.sha256(visit_id.encode()).hexdigest()[:6], 16)

    def _rng(self, kind: str, visit_id: str) -> Random:
        return Random(f"picture/{self._seed}/{visit_id}/{kind}")

    def _with_cash(self, face: bytes | None, visit_id: str) -> bytes:
        rng = self._rng("recipient_photo", visit_id)
        scene = Image.new("RGB", _SCENE_SIZE, _colour(rng, 120, 200))
        if face is not None:
            with Image.open(io.BytesIO(face)) as portrait:
                scene.paste(portrait.reduce(3), (rng.randint(90, 160), rng.randint(40, 100)))
        draw = ImageDraw.Draw(scene)
        for note in range(rng.randint(3, 9)):
            left, top = 90 + note * 16, 390 + rng.randint(-9, 9)
            draw.rectangle((left, top, left + 140, top + 60), fill=_colour(rng, 90, 220), outline=0)
        return _jpeg(scene, rng.randint(80, 88))

    def _paper(self, kind: str, visit_id: str) -> bytes:
        rng = self._rng(kind, visit_id)
        paper = Image.new("RGB", _PAPER_SIZE, _colour(rng, 190, 245))
        draw = ImageDraw.Draw(paper)
        draw.text((20, 16), f"{kind.upper()} CONTOH", fill=(20, 20, 40))
        for line in range(9):
            width = rng.randint(60, 300)
            draw.rectangle((20, 60 + line * 26, 20 + width, 66 + line * 26), fill=(60, 60, 80))
        return _jpeg(paper, rng.randint(75, 85))

    def _mark(self, kind: str, visit_id: str) -> bytes:
        rng = self._rng(kind, visit_id)
        pad = Image.new("RGB", _MARK_SIZE, "white")
        draw = ImageDraw.Draw(pad)
        if kind == "signature":
            points = [(20 + step * 14, 70 + rng.randint(-45, 45)) for step in range(20)]
            draw.line(points, fill=(10, 10, 60), width=3)
        else:
            for ring in range(6, 60, 5):
                draw.ellipse(
                    (160 - ring + rng.randint(-2, 2), 70 - ring, 160 + ring, 70 + ring),
                    outline=(40, 40, 90),
                )
        return _jpeg(pad, rng.randint(80, 88))


def _colour(rng: Random, least: int, most: int) -> tuple[int, int, int]:
    return (rng.randint(least, most), rng.randint(least, most), rng.randint(least, most))


def _jpeg(image: Image.Image, quality: int) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return file.getvalue()
