"""Nominative lists as ministries and villages write them: titles above the table, headers in two
rows with merged cells, a row of column numbers, and each sender's own words for the same column.

`entries_of` turns families into rows of one program, `write_list` writes them in a `Layout`.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

from simulator.benefits import PKH, PKH_QUARTER_RUPIAH, SEMBAKO
from simulator.population import Household

WITHDRAWN = "TARIK"
EXCLUDED_DECEASED = "EXCLUDE MENINGGAL"

# Up to here a spreadsheet number still holds every digit (2^53); a NIK of Papua does not fit.
_EXACT_NUMBER_LIMIT = 2**53


@dataclass(slots=True)
class Entry:
    """One row before it is written. `nik` and `family_card` may be wrong on purpose."""

    sender_id: str
    family_card: str
    nik: str
    name: str
    birth_date: date
    sex: str
    address: str
    rt: int
    rw: int
    village_code: str
    village: str
    district: str
    regency: str
    province: str
    program: str
    components: dict[str, int]
    months: int
    amount_rupiah: int
    disabled: bool = False
    remark: str = ""

    def copy(self, **changes: Any) -> "Entry":
        return replace(self, **changes)


def entry_of(household: Household, program: str) -> Entry:
    recipient, village = household.recipient_of(program), household.village
    components: dict[str, int] = {}
    if program == PKH:
        for code in household.pkh:
            components[code] = components.get(code, 0) + 1
    return Entry(
        sender_id=household.sender_id,
        family_card=household.family_card,
        nik=recipient.nik,
        name=recipient.name.upper(),
        birth_date=recipient.birth_date,
        sex=recipient.sex,
        address=household.street.upper(),
        rt=household.rt,
        rw=household.rw,
        village_code=village.code,
        village=village.name,
        district=village.district,
        regency=village.regency,
        province=village.province,
        program=program,
        components=components,
        months=household.sembako_months if program == SEMBAKO else 3,
        amount_rupiah=household.amounts[program],
        disabled=recipient.disabled,
    )


def entries_of(households: Iterable[Household], program: str) -> Iterator[Entry]:
    """Rows of the families that are owed something of `program`."""
    return (
        entry_of(household, program) for household in households if program in household.amounts
    )


@dataclass(frozen=True, slots=True)
class Column:
    """`field` names what stands in it; a `group` is the merged cell above its neighbours too."""

    field: str
    header: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """How one sender writes a list."""

    name: str
    kind: str  # "xlsx" or "csv"
    columns: tuple[Column, ...]
    titles: tuple[str, ...] = ()
    column_numbers: bool = False
    nik_as: str = "text"  # "text", "number", "apostrophe"
    dates_as: str = "DD/MM/YYYY"  # or "ISO", "cell" (a real spreadsheet date)
    amounts_as: str = "number"  # or "Rp" (Rp600.000,00), "dots" (600.000)
    codes_dotted: bool = True
    delimiter: str = ","
    encoding: str = "utf-8"
    total_row: bool = False

    @property
    def two_header_rows(self) -> bool:
        return any(column.group for column in self.columns)

    @property
    def first_data_row(self) -> int:
        """Spreadsheet row number (from 1) of the first entry."""
        return len(self.titles) + 1 + self.two_header_rows + self.column_numbers + 1

    def row_of(self, index: int) -> int:
        """Spreadsheet row number of the entry with this index from 0."""
        return self.first_data_row + index


_COMPONENT_HEADERS = {
    "BUMIL": "IBU HAMIL/NIFAS",
    "BALITA": "ANAK USIA DINI",
    "SD": "SD",
    "SMP": "SMP",
    "SMA": "SMA",
    "LANSIA": "LANSIA",
    "DISABILITAS": "DISABILITAS BERAT",
}
_COMPONENT_COLUMNS = tuple(
    Column(f"component:{code}", _COMPONENT_HEADERS[code], "KOMPONEN") for code in PKH_QUARTER_RUPIAH
)

MINISTRY_XLSX = Layout(
    name="ministry",
    kind="xlsx",
    titles=(
        "KEMENTERIAN SOSIAL REPUBLIK INDONESIA",
        "DAFTAR PENERIMA BANTUAN SOSIAL {program} TAHAP IV TAHUN 2026",
        "Penyaluran melalui PT Pos Indonesia (Persero)",
        "",
    ),
    columns=(
        Column("no", "NO"),
        Column("sender_id", "ID KPM"),
        Column("family_card", "NO KK"),
        Column("nik", "NIK"),
        Column("name", "NAMA PENGURUS"),
        Column("birth_date", "TANGGAL LAHIR"),
        Column("sex", "JENIS KELAMIN"),
        Column("address", "ALAMAT", "TEMPAT TINGGAL"),
        Column("rt", "RT", "TEMPAT TINGGAL"),
        Column("rw", "RW", "TEMPAT TINGGAL"),
        Column("village", "KELURAHAN/DESA", "TEMPAT TINGGAL"),
        Column("district", "KECAMATAN", "TEMPAT TINGGAL"),
        Column("regency", "KABUPATEN/KOTA", "TEMPAT TINGGAL"),
        Column("province", "PROVINSI", "TEMPAT TINGGAL"),
        *_COMPONENT_COLUMNS,
        Column("disabled", "PENERIMA DISABILITAS"),
        Column("months", "JUMLAH BULAN"),
        Column("amount", "NOMINAL"),
        Column("remark", "KETERANGAN"),
    ),
    column_numbers=True,
)

NUMERIC_XLSX = Layout(
    name="numeric",
    kind="xlsx",
    titles=("DATA BNBA {program}",),
    columns=(
        Column("no", "No."),
        Column("sender_id", "IDSEMESTA"),
        Column("nik", "NIK PENERIMA"),
        Column("family_card", "NOKK"),
        Column("name", "NAMA PENERIMA"),
        Column("birth_date", "TGL LAHIR"),
        Column("address", "ALAMAT"),
        Column("village_code", "KODE WILAYAH"),
        *(replace(column, group="") for column in _COMPONENT_COLUMNS),
        Column("months", "BULAN"),
        Column("amount", "JUMLAH BANTUAN"),
        Column("remark", "KETERANGAN"),
    ),
    nik_as="number",
    dates_as="cell",
    codes_dotted=False,
)

PLAIN_CSV = Layout(
    name="plain",
    kind="csv",
    columns=(
        Column("sender_id", "id_kpm"),
        Column("family_card", "no_kk"),
        Column("nik", "nik"),
        Column("name", "nama_pengurus"),
        Column("birth_date", "tanggal_lahir"),
        Column("sex", "jenis_kelamin"),
        Column("address", "alamat"),
        Column("rt", "rt"),
        Column("rw", "rw"),
        Column("village_code", "kode_desa"),
        *(Column(f"component:{code}", code.lower()) for code in PKH_QUARTER_RUPIAH),
        Column("disabled", "disabilitas_penerima"),
        Column("months", "bulan"),
        Column("amount", "nominal"),
        Column("remark", "keterangan"),
    ),
    dates_as="ISO",
)

VILLAGE_CSV = Layout(
    name="village",
    kind="csv",
    titles=("PEMERINTAH DAERAH – DAFTAR PENERIMA {program}", ""),
    columns=(
        Column("no", "NO"),
        Column("name", "NAMA PENERIMA"),
        Column("nik", "NIK"),
        Column("family_card", "NOMOR KARTU KELUARGA"),
        Column("birth_date", "TGL. LAHIR"),
        Column("address", "ALAMAT RUMAH"),
        Column("rt", "RT"),
        Column("rw", "RW"),
        Column("village", "DESA/KELURAHAN"),
        Column("district", "KECAMATAN"),
        Column("regency", "KAB/KOTA"),
        Column("province", "PROVINSI"),
        *(replace(column, group="") for column in _COMPONENT_COLUMNS),
        Column("months", "JML BULAN"),
        Column("amount", "BESARAN"),
        Column("remark", "KET"),
    ),
    nik_as="apostrophe",
    amounts_as="Rp",
    delimiter=";",
    encoding="cp1252",
    total_row=True,
)

LAYOUTS: dict[str, Layout] = {
    layout.name: layout for layout in (MINISTRY_XLSX, NUMERIC_XLSX, PLAIN_CSV, VILLAGE_CSV)
}


@dataclass(frozen=True, slots=True)
class ListFile:
    """A written list and the control totals that its sender declares beside it."""

    path: Path
    layout: Layout
    program: str
    rows: int
    rupiah: int


def rupiah_text(amount: int) -> str:
    """`Rp600.000,00`, as villages type it."""
    return f"Rp{amount:,}".replace(",", ".") + ",00"


def _number_cell(digits: str, nik_as: str) -> str | int:
    if nik_as == "apostrophe":
        return f"'{digits}"
    if nik_as == "number" and digits.isdigit() and int(digits) <= _EXACT_NUMBER_LIMIT:
        return int(digits)
    return digits


def cells_of(entry: Entry, number: int, layout: Layout) -> list[Any]:
    """The entry's cells in the layout's columns; `number` is its running number from 1."""
    cells: list[Any] = []
    for column in layout.columns:
        field = column.field
        if field.startswith("component:"):
            count = entry.components.get(field[10:], 0)
            cells.append(count or "")
        elif field == "no":
            cells.append(number)
        elif field in ("nik", "family_card"):
            cells.append(_number_cell(getattr(entry, field), layout.nik_as))
        elif field == "birth_date":
            born = entry.birth_date
            if layout.dates_as == "cell":
                cells.append(born)
            else:
                cells.append(
                    born.isoformat() if layout.dates_as == "ISO" else born.strftime("%d/%m/%Y")
                )
        elif field == "amount":
            amount = entry.amount_rupiah
            texts = {"Rp": rupiah_text(amount), "dots": f"{amount:,}".replace(",", ".")}
            cells.append(texts.get(layout.amounts_as, amount))
        elif field == "village_code":
            code = entry.village_code
            cells.append(code if layout.codes_dotted else code.replace(".", ""))
        elif field == "disabled":
            cells.append("YA" if entry.disabled else "")
        elif field in ("rt", "rw"):
            cells.append(f"{getattr(entry, field):03d}")
        else:
            cells.append(getattr(entry, field))
    return cells


def write_list(path: Path, entries: Iterable[Entry], layout: Layout, *, program: str) -> ListFile:
    """Write the file and return its true totals. Withdrawn rows count as rows, not as rupiah."""
    rows = rupiah = 0

    def counted() -> Iterator[list[Any]]:
        nonlocal rows, rupiah
        for entry in entries:
            rows += 1
            if not entry.remark:
                rupiah += entry.amount_rupiah
            yield cells_of(entry, rows, layout)

    titles = [title.format(program=program) for title in layout.titles]
    if layout.kind == "xlsx":
        _write_xlsx(path, titles, layout, counted())
    else:
        _write_csv(path, titles, layout, counted(), lambda: rupiah)
    return ListFile(path=path, layout=layout, program=program, rows=rows, rupiah=rupiah)


def header_rows(layout: Layout) -> list[list[str]]:
    """One or two header rows; in two, a column without group has its name above, blank below."""
    if not layout.two_header_rows:
        return [[column.header for column in layout.columns]]
    upper: list[str] = []
    previous = ""
    for column in layout.columns:
        if column.group:
            upper.append(column.group if column.group != previous else "")
        else:
            upper.append(column.header)
        previous = column.group
    return [upper, [column.header if column.group else "" for column in layout.columns]]


def _write_csv(
    path: Path, titles: Sequence[str], layout: Layout, rows: Iterator[list[Any]], total: Any
) -> None:
    width = len(layout.columns)
    with path.open("w", encoding=layout.encoding, errors="replace", newline="") as file:
        out = csv.writer(file, delimiter=layout.delimiter, lineterminator="\r\n")
        out.writerows([title, *[""] * (width - 1)] for title in titles)
        out.writerows(header_rows(layout))
        if layout.column_numbers:
            out.writerow(range(1, width + 1))
        out.writerows(rows)
        if layout.total_row:
            last = [""] * width
            last[0] = "JUMLAH"
            last[[column.field for column in layout.columns].index("amount")] = rupiah_text(total())
            out.writerow(last)


def _write_xlsx(
    path: Path, titles: Sequence[str], layout: Layout, rows: Iterator[list[Any]]
) -> None:
    with xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet = book.add_worksheet("BNBA")
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        digits = book.add_format({"num_format": "0"})
        line = 0
        for title in titles:
            sheet.write_string(line, 0, title, bold)
            line += 1
        headers = header_rows(layout)
        for header in headers:
            for column, text in enumerate(header):
                sheet.write_string(line, column, text, bold)
            line += 1
        _merge_headers(sheet, layout, line - len(headers))
        if layout.column_numbers:
            sheet.write_row(line, 0, range(1, len(layout.columns) + 1))
            line += 1
        for cells in rows:
            for column, cell in enumerate(cells):
                if cell == "":
                    continue
                if isinstance(cell, date):
                    sheet.write_datetime(line, column, cell, day)
                elif isinstance(cell, int):
                    sheet.write_number(line, column, cell, digits)
                else:
                    sheet.write_string(line, column, cell)
            line += 1


def _merge_headers(sheet: Any, layout: Layout, top: int) -> None:
    """Merge group cells across and lone headers down.

    The ranges are recorded without rewriting their cells, because in constant memory rows that
    are already on disk cannot be written again.
    """
    if not layout.two_header_rows:
        return
    start = 0
    columns = layout.columns
    for index, column in enumerate(columns):
        last = index + 1 == len(columns)
        if not column.group:
            sheet.merge.append([top, index, top + 1, index])
            start = index + 1
        elif last or columns[index + 1].group != column.group:
            if index > start:
                sheet.merge.append([top, start, top, index])
            start = index + 1
