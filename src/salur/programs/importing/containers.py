"""What lies in the bytes, and is it safe to open? Nothing here believes a file's own claims.

A workbook is an archive that may swell, and its parts are XML that may declare entities. Each part
that a reader would open is inflated here once, piece by piece, with a running count, before any
parser sees it; formulas are found on the way.
"""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from enum import StrEnum

from salur.programs.importing.problems import BrokenFile

MEGABYTE = 1 << 20
_PIECE_BYTES = 4 * MEGABYTE
_OVERLAP_BYTES = 512

_ENTITIES = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_FORMULA = re.compile(rb'<c [^>]*?r="([A-Z]{1,3})([0-9]{1,7})"[^>]*><f[ >/]')
_FIRST_CELL = re.compile(rb'<dimension ref="([A-Z]{1,3})[0-9]+')
_ANY_CELL = re.compile(rb'<c [^>]*?r="([A-Z]{1,3})[0-9]+"')


class Kind(StrEnum):
    WORKBOOK = "xlsx"
    TEXT = "csv"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a list file may cost. The ratio counts only for parts that grow past ``free_bytes``:
    small parts of real workbooks repeat themselves a lot."""

    file_bytes: int = 200 * MEGABYTE
    inflated_bytes: int = 2_000 * MEGABYTE
    inflated_ratio: int = 150
    free_bytes: int = 20 * MEGABYTE
    rows: int = 2_000_000


@dataclass(slots=True)
class SheetScan:
    """What the raw XML of one sheet told: where its used range starts, and which cells compute."""

    first_column: int = 0
    formulas: set[tuple[int, int]] = field(default_factory=set)  # (row from 1, column from 0)
    formula_count: int = 0


MOST_FORMULAS_KEPT = 200_000


def kind_of(data: bytes, name: str, limits: Limits) -> Kind:
    """Workbook or text, by the bytes and not by the name. Raises BrokenFile for anything else."""
    if len(data) > limits.file_bytes:
        raise BrokenFile(
            "file_too_large",
            file=name,
            megabytes=len(data) // MEGABYTE,
            limit_megabytes=limits.file_bytes // MEGABYTE,
        )
    if not data.strip():
        raise BrokenFile("file_empty", file=name)
    if data.startswith(b"PK"):
        return Kind.WORKBOOK
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise BrokenFile("file_old_workbook", file=name)
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<table", b"<meta")):
        raise BrokenFile("file_is_web_page", file=name)
    for magic, found in _NOT_A_LIST:
        if data.startswith(magic):
            raise BrokenFile("file_kind_unknown", file=name, found=found)
    return Kind.TEXT


_NOT_A_LIST = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\x1f\x8b", "GZIP"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"{\\rtf", "RTF"),
    (b"PAR1", "Parquet"),
)


def scan_workbook(data: bytes, name: str, limits: Limits) -> dict[str, SheetScan]:
    """Inflates every XML part within the limits; what was seen per sheet part.

    Raises BrokenFile when the archive is damaged, swells too far, declares entities or holds
    macros.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise BrokenFile("archive_damaged", file=name, part="ZIP") from error
    names = {part.filename for part in parts}
    if "xl/workbook.bin" in names or "mimetype" in names:
        raise BrokenFile("file_kind_unknown", file=name, found="XLSB / ODS")
    if "xl/workbook.xml" not in names:
        raise BrokenFile("file_kind_unknown", file=name, found="ZIP")
    if any(part.endswith("vbaProject.bin") for part in names):
        raise BrokenFile("archive_macros", file=name)
    sheets: dict[str, SheetScan] = {}
    total = 0
    for part in parts:
        if not part.filename.endswith((".xml", ".rels", ".vml")):
            continue
        sheet = part.filename.startswith("xl/worksheets/sheet")
        scan = SheetScan()
        total += _scan_part(archive, part, scan if sheet else None, name, limits, total)
        if sheet:
            sheets[part.filename] = scan
    return sheets


def _scan_part(
    archive: zipfile.ZipFile,
    part: zipfile.ZipInfo,
    scan: SheetScan | None,
    name: str,
    limits: Limits,
    before: int,
) -> int:
    inflated = 0
    tail = b""
    try:
        with archive.open(part) as stream:
            while piece := stream.read(_PIECE_BYTES):
                inflated += len(piece)
                ratio = inflated // max(part.compress_size, 1)
                if before + inflated > limits.inflated_bytes or (
                    inflated > limits.free_bytes and ratio > limits.inflated_ratio
                ):
                    raise BrokenFile(
                        "archive_bomb",
                        file=name,
                        part=part.filename,
                        ratio=ratio,
                        megabytes=inflated // MEGABYTE,
                    )
                window = tail + piece
                if _ENTITIES.search(window):
                    raise BrokenFile("archive_entities", file=name, part=part.filename)
                if scan is not None:
                    _scan_sheet(window, scan, first=inflated == len(piece))
                tail = piece[-_OVERLAP_BYTES:]
    except BrokenFile:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        RuntimeError,
        EOFError,
        ValueError,
        NotImplementedError,
    ) as error:
        raise BrokenFile("archive_damaged", file=name, part=part.filename) from error
    return inflated


def _scan_sheet(window: bytes, scan: SheetScan, *, first: bool) -> None:
    if first and (found := _FIRST_CELL.search(window) or _ANY_CELL.search(window)):
        scan.first_column = column_number(found[1].decode())
    if b"<f" not in window:
        return
    for match in _FORMULA.finditer(window):
        cell = (int(match[2]), column_number(match[1].decode()))
        if cell not in scan.formulas:  # the overlap may show one twice
            scan.formula_count += 1
            if len(scan.formulas) < MOST_FORMULAS_KEPT:
                scan.formulas.add(cell)


def column_number(letters: str) -> int:
    """A is 0, AA is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
