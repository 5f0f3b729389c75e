"""A spreadsheet of offices (XLSX or CSV), cell by cell, with every problem named by its place."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

import fastexcel
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from salur.places.errors import OfficesRefused
from salur.places.rules import dotted_code
from salur.places.rules.offices import KIND_WORDS

MOST_BYTES = 10_000_000
MOST_UNPACKED_BYTES = 200_000_000
MOST_ROWS = 50_000
_HEADER_WITHIN_ROWS = 15

#: Column > headings that name it, as compared after upper-casing and dropping marks.
COLUMNS = {
    "code": ("KODE", "KODE KANTOR", "NOPEN", "KODE KANTOR POS"),
    "name": ("NAMA", "NAMA KANTOR", "KANTOR"),
    "kind": ("JENIS", "JENIS KANTOR", "TINGKAT"),
    "parent": ("KODE INDUK", "INDUK", "KANTOR INDUK"),
    "region": ("KODE WILAYAH", "WILAYAH", "KODE DAERAH"),
    "serves": ("WILAYAH LAYANAN", "MELAYANI", "KODE WILAYAH LAYANAN"),
    "address": ("ALAMAT",),
    "latitude": ("LINTANG", "LATITUDE", "LAT"),
    "longitude": ("BUJUR", "LONGITUDE", "LON", "LONG"),
}
_NEEDED = ("code", "name", "kind", "parent", "region")


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of the file: row number as the spreadsheet shows it, heading, what is wrong."""

    row: int
    column: str
    message: str | Promise

    def __str__(self) -> str:
        where = _("Baris %(row)s, kolom %(column)s") % {"row": self.row, "column": self.column}
        return f"{where}: {self.message}" if self.column else f"{self.message}"


@dataclass(frozen=True, slots=True)
class OfficeRow:
    row: int
    code: str
    name: str
    kind: str
    parent: str | None
    region: str
    serves: tuple[str, ...] = ()
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(slots=True)
class _Reading:
    headings: dict[str, str]
    problems: list[Problem] = field(default_factory=list)

    def note(self, row: int, column: str, message: str | Promise) -> None:
        self.problems.append(Problem(row, self.headings.get(column, column), message))


def read_offices(content: bytes) -> list[OfficeRow]:
    """The offices of a file. Raises OfficesRefused with all problems; then nothing is usable."""
    if len(content) > MOST_BYTES:
        raise _refused(_("Berkas lebih besar dari 10 MB."))
    cells = list(_cells(content))
    header, columns = _find_header(cells)
    reading = _Reading({name: cells[header][index] for name, index in columns.items()})
    rows = []
    for number, line in enumerate(cells[header + 1 :], start=header + 2):
        values = {name: line[i].strip() if i < len(line) else "" for name, i in columns.items()}
        if any(values.values()) and (row := _office(number, values, reading)):
            rows.append(row)
    if not rows and not reading.problems:
        raise _refused(_("Tidak ada satu kantor pun di bawah judul kolom."))
    if reading.problems:
        raise OfficesRefused(count=len(reading.problems), problems=reading.problems)
    return rows


def _cells(content: bytes) -> Iterator[list[str]]:
    if not content.strip():
        raise _refused(_("Berkas kosong."))
    if content[:4] == b"PK\x03\x04":
        yield from _sheet(content)
        return
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\x00" in text:
        raise _refused(_("Berkas ini bukan XLSX dan bukan CSV."))
    first = text.split("\n", 1)[0]
    separator = max(";,\t", key=first.count)
    for number, line in enumerate(csv.reader(io.StringIO(text), delimiter=separator)):
        if number > MOST_ROWS:
            raise _refused(_("Berkas memuat lebih dari 50.000 baris."))
        yield line


def _sheet(content: bytes) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(item.file_size for item in packed.infolist()) > MOST_UNPACKED_BYTES:
                raise _refused(_("Isi berkas terlalu besar setelah dibuka."))
        sheet = fastexcel.read_excel(content).load_sheet(
            0, header_row=None, dtypes="string", n_rows=MOST_ROWS + 1
        )
    except (zipfile.BadZipFile, fastexcel.FastExcelError) as error:
        raise _refused(_("Berkas XLSX rusak dan tidak dapat dibuka.")) from error
    for line in sheet.to_polars().iter_rows():
        yield ["" if cell is None else str(cell) for cell in line]


def _heading(text: str) -> str:
    return " ".join(re.sub(r"[^A-Z0-9]+", " ", text.upper()).split())


def _find_header(cells: list[list[str]]) -> tuple[int, dict[str, int]]:
    best: dict[str, int] = {}
    for number, line in enumerate(cells[:_HEADER_WITHIN_ROWS]):
        headings = {_heading(cell): index for index, cell in reversed(list(enumerate(line)))}
        columns = {
            name: next(headings[word] for word in words if word in headings)
            for name, words in COLUMNS.items()
            if any(word in headings for word in words)
        }
        if all(name in columns for name in _NEEDED):
            return number, columns
        best = max(best, columns, key=len)
    lacking = ", ".join(COLUMNS[name][0] for name in _NEEDED if name not in best)
    raise _refused(_("Judul kolom tidak ditemukan: %(columns)s.") % {"columns": lacking})


def _office(number: int, values: dict[str, str], reading: _Reading) -> OfficeRow | None:
    before = len(reading.problems)
    code = re.sub(r"\.0+$", "", values["code"])
    parent = re.sub(r"\.0+$", "", values["parent"])
    if not re.fullmatch(r"[A-Za-z0-9.-]{1,20}", code):
        reading.note(number, "code", _("kode kantor harus 1–20 huruf atau angka"))
    if not values["name"]:
        reading.note(number, "name", _("nama kantor kosong"))
    kind = KIND_WORDS.get(_heading(values["kind"]), "")
    if not kind:
        reading.note(
            number,
            "kind",
            _("harus PUSAT, REGIONAL, KCU, KC atau KCP, bukan “%s”") % values["kind"],
        )
    region = dotted_code(values["region"])
    if region is None:
        reading.note(number, "region", _("bukan kode wilayah: “%s”") % values["region"])
    serves = []
    for written in re.split(r"[,;|\s]+", values.get("serves", "")):
        if written and (served := dotted_code(written)):
            serves.append(served)
        elif written:
            reading.note(number, "serves", _("bukan kode wilayah: “%s”") % written)
    latitude = _degrees(number, "latitude", values, (-12.0, 8.0), reading)
    longitude = _degrees(number, "longitude", values, (94.0, 142.0), reading)
    if len(reading.problems) > before:
        return None
    return OfficeRow(
        row=number,
        code=code,
        name=values["name"],
        kind=kind,
        parent=parent or None,
        region=region or "",
        serves=tuple(dict.fromkeys(serves)),
        address=values.get("address", ""),
        latitude=latitude,
        longitude=longitude,
    )


def _degrees(
    number: int,
    column: str,
    values: dict[str, str],
    limits: tuple[float, float],
    reading: _Reading,
) -> float | None:
    if not (text := values.get(column, "").replace(",", ".")):
        return None
    try:
        value = float(text)
    except ValueError:
        reading.note(number, column, _("bukan angka: “%s”") % text)
        return None
    if not limits[0] <= value <= limits[1]:
        reading.note(number, column, _("di luar Indonesia: “%s”") % text)
        return None
    return value


def _refused(message: str | Promise) -> OfficesRefused:
    return OfficesRefused(count=1, problems=[Problem(0, "", message)])
