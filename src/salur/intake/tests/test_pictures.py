"""People see photos drawn anew; the bytes that arrived stay as they came, sealed and unseen."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import ExifTags, Image

from salur.intake.errors import PictureUndrawable
from salur.intake.models import Picture, StoredFile
from salur.intake.operations import draw_pictures, keep_file
from salur.intake.pictures import MOST_PIXELS, Undrawable, draw_anew
from salur.intake.queries import picture_to_show_for_system, read_whole_file_for_system
from salur.kernel.actor import SYSTEM

CANARY = b"NIK 1671040412880003"


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: Any) -> None:
    settings.SALUR_EVIDENCE_DIR = tmp_path / "evidence"


def jpeg(width: int = 640, height: int = 480, **save: Any) -> bytes:
    out = io.BytesIO()
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    image.save(out, "JPEG", **save)
    return out.getvalue()


def telling() -> bytes:
    """A photo that says when and where, and carries a comment and a hidden trailer."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:11:30 08:41:07"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {1: "S", 2: (2.0, 59.0, 27.36), 3: "E", 4: (104.0, 45.0, 23.6)}
    )
    return jpeg(exif=exif, comment=CANARY) + b"PK\x03\x04" + CANARY


def keep(data: bytes, media_type: str = "image/jpeg") -> str:
    return keep_file(data, kind="evidence", media_type=media_type, by=SYSTEM).sha256


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        check = zlib.crc32(name + body)
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000), 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


@pytest.mark.django_db
def test_what_is_shown_carries_nothing_but_the_picture() -> None:
    original = telling()
    assert original.count(CANARY) == 2
    sha256 = keep(original)
    assert draw_pictures() == 1
    shown = picture_to_show_for_system(sha256)
    assert CANARY not in shown
    assert b"Exif" not in shown
    assert b"PK\x03\x04" not in shown
    assert Image.open(io.BytesIO(shown)).size == (480, 640), "upright"
    assert read_whole_file_for_system(sha256) == original


@pytest.mark.django_db
def test_when_and_where_are_kept_before_the_metadata_goes() -> None:
    sha256 = keep(telling())
    draw_pictures()
    row = Picture.objects.get(sha256=sha256)
    assert row.taken_at == "2026:11:30 08:41:07"
    assert (row.latitude, row.longitude) == (-2.990933, 104.756556)


@pytest.mark.django_db
def test_a_photo_that_was_not_drawn_yet_is_not_shown_as_it_came() -> None:
    sha256 = keep(telling())
    assert CANARY not in picture_to_show_for_system(sha256)
    assert Picture.objects.get(sha256=sha256).state == "waiting"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "media_type", "reason"),
    [
        (png_that_claims(60_000, 60_000), "image/png", "too_many_pixels"),
        (png_that_claims(4_000, 2_001), "image/png", "too_many_pixels"),
        (png_that_claims(2_000, 2_000), "image/png", "unreadable"),
        (jpeg()[:-2_000], "image/jpeg", "unreadable"),
        (b"\xff\xd8\xff" + CANARY, "image/jpeg", "unreadable"),
        (b"\xff\xd8\xff<html><script>alert(1)</script>", "image/jpeg", "unreadable"),
    ],
    ids=["flood", "just_too_many", "too_few_rows", "truncated", "noise", "page"],
)
def test_what_is_no_whole_picture_within_bounds_is_kept_and_not_shown(
    data: bytes, media_type: str, reason: str
) -> None:
    sha256 = keep(data, media_type)
    good = keep(jpeg())
    draw_pictures()
    assert Picture.objects.get(sha256=sha256).reason == reason
    with pytest.raises(PictureUndrawable):
        picture_to_show_for_system(sha256)
    assert read_whole_file_for_system(sha256) == data
    assert Picture.objects.get(sha256=good).state == "drawn", "one bad photo holds back no other"


def test_a_large_photo_is_decoded_at_a_fraction_of_its_size() -> None:
    drawn = draw_anew(jpeg(6_000, 4_000))
    assert (drawn.width, drawn.height) == (1600, 1067)
    with pytest.raises(Undrawable, match="too_many_pixels"):
        draw_anew(jpeg(6_001, 4_000))
    assert MOST_PIXELS["JPEG"] == 6_000 * 4_000


@pytest.mark.django_db
def test_a_photo_that_takes_the_process_down_is_left_alone_after_three_tries() -> None:
    sha256 = keep(jpeg())
    Picture.objects.filter(sha256=sha256).update(tries=3)
    assert draw_pictures() == 1
    assert Picture.objects.get(sha256=sha256).reason == "gave_up"
    assert draw_pictures() == 0


@pytest.mark.django_db
def test_only_evidence_is_drawn() -> None:
    keep_file(b"NIK;NAMA", kind="list", media_type="text/csv", by=SYSTEM)
    assert draw_pictures() == 0
    assert StoredFile.objects.get().kind == "list"
