"""Pay points from a CSV file as offices write it: headers in any order, commas or semicolons."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from salur.disbursement.errors import PointProblem, WrongPoints
from salur.disbursement.rules.channels import CHANNELS, COMMUNITY, DOORSTEP, POST_OFFICE

MOST_ROWS = 20_000
MOST_BYTES = 5_000_000
HEADERS = ("kantor", "desa", "kanal", "nama", "alamat", "meja", "lintang", "bujur")
_NEEDED = ("kantor", "desa", "nama")
_CHANNEL_WORDS = {
    "": COMMUNITY,
    "komunitas": COMMUNITY,
    "kantor pos": POST_OFFICE,
    "rumah": DOORSTEP,
    "antar ke rumah": DOORSTEP,
    **{channel: channel for channel in CHANNELS if channel != "bank"},
}


@dataclass(frozen=True, slots=True)
class PointRow:
    """One line of the file; `row` counts as the spreadsheet does."""

    row: int
    office: str
    village: str
    channel: str
    name: str
    address: str
    desks: int
    latitude: float | None
    longitude: float | None


def read_points(data: bytes) -> list[PointRow]:
    """The rows of a file. Raises WrongPoints naming each wrong row and column, or the file."""
    if len(data) > MOST_BYTES:
        raise WrongPoints(problems=[PointProblem(0, "–", f"> {MOST_BYTES} bytes")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    first = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in first else ",")
    names = {name.strip().lower(): name for name in reader.fieldnames or () if name}
    missing = [name for name in _NEEDED if name not in names]
    if missing:
        raise WrongPoints(problems=[PointProblem(1, name) for name in missing])
    rows: list[PointRow] = []
    problems: list[PointProblem] = []
    seen: set[tuple[str, str, str]] = set()
    for line in reader:
        number = reader.line_num
        values = {name: (line.get(names[name]) or "").strip() for name in HEADERS if name in names}
        if not any(values.values()):
            continue
        if len(rows) >= MOST_ROWS:
            problems.append(PointProblem(number, "–", f"> {MOST_ROWS}"))
            break
        row = _row(number, values, problems)
        if row is None:
            continue
        if (place := (row.office, row.channel, row.village)) in seen:
            problems.append(PointProblem(number, "desa", row.village))
        seen.add(place)
        rows.append(row)
    if problems:
        raise WrongPoints(problems=problems)
    return rows


def _row(number: int, values: dict[str, str], problems: list[PointProblem]) -> PointRow | None:
    before = len(problems)
    channel = _CHANNEL_WORDS.get(values.get("kanal", "").lower())
    if channel is None:
        problems.append(PointProblem(number, "kanal", values["kanal"][:40]))
    problems.extend(PointProblem(number, name) for name in _NEEDED if not values[name])
    desks = values.get("meja") or "1"
    if not (desks.isdigit() and 1 <= int(desks) <= 50):
        problems.append(PointProblem(number, "meja", desks[:40]))
    place: dict[str, float | None] = {}
    for name, limit in (("lintang", 90), ("bujur", 180)):
        text = values.get(name, "").replace(",", ".")
        try:
            place[name] = float(text) if text else None
        except ValueError:
            place[name] = None
            problems.append(PointProblem(number, name, text[:40]))
        if (value := place[name]) is not None and not -limit <= value <= limit:
            problems.append(PointProblem(number, name, text[:40]))
    if len(problems) > before or channel is None:
        return None
    return PointRow(
        row=number,
        office=values["kantor"],
        village=values["desa"],
        channel=channel,
        name=values["nama"],
        address=values.get("alamat", ""),
        desks=int(desks),
        latitude=place["lintang"],
        longitude=place["bujur"],
    )
