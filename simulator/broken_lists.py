"""Broken list files, each broken in one way, with what a clear message must name.

`BROKEN_LISTS` maps a name to its maker. A maker takes good entries (at least eight, of one
program, with villages that the register knows) and returns the file with the place of the fault:
refused as a `file`, or single `rows` held while the others stay good; `either` where the fault
touches the totals, so that both are honest.
"""

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from simulator.lists import PLAIN_CSV, Entry, cells_of, header_rows

_OLD_OFFICE_FILE = bytes.fromhex("d0cf11e0a1b11ae1")
_TOO_MUCH_UNPACKED_BYTES = 400_000_000


@dataclass(frozen=True, slots=True)
class BrokenList:
    """`level`: "file" (nothing of it may stay), "rows" (these are held, the rest good), "either".

    `rows` are spreadsheet row numbers and `column` the heading, as far as the fault has them.
    """

    name: str
    file_name: str
    content: bytes
    level: str
    declared_rows: int
    declared_rupiah: int
    rows: tuple[int, ...] = ()
    column: str = ""


Table = list[list[Any]]
Maker = Callable[[Sequence[Entry]], BrokenList]
BROKEN_LISTS: dict[str, Maker] = {}

_HEADER = header_rows(PLAIN_CSV)[0]
FAULTY_ROW = 4  # header in row 1, the third entry in row 4
_FAULTY = FAULTY_ROW - 1


def _column(name: str) -> int:
    return _HEADER.index(name)


def _table(entries: Sequence[Entry]) -> Table:
    rows: Table = [list(_HEADER)]
    rows += [cells_of(entry, number, PLAIN_CSV) for number, entry in enumerate(entries, 1)]
    return rows


def _csv_bytes(table: Table, *, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(table)
    return out.getvalue().encode(encoding)


def _xlsx_bytes(table: Table, *, sheets: Sequence[str] = ("BNBA",)) -> bytes:
    """The table on the last of the sheets; text that starts with `=` becomes a formula."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_urls": False}) as book:
        for name in sheets:
            sheet = book.add_worksheet(name)
        for line, cells in enumerate(table):
            sheet.write_row(line, 0, cells)
    return out.getvalue()


def _broken(
    name: str,
    entries: Sequence[Entry],
    content: bytes,
    *,
    level: str,
    extension: str = "csv",
    rows: tuple[int, ...] = (),
    column: str = "",
    more_rows: int = 0,
    more_rupiah: int = 0,
) -> BrokenList:
    """By default the declared totals are those of the good entries: only the fault is wrong."""
    return BrokenList(
        name=name,
        file_name=f"{name}.{extension}",
        content=content,
        level=level,
        declared_rows=len(entries) + more_rows,
        declared_rupiah=sum(entry.amount_rupiah for entry in entries) + more_rupiah,
        rows=rows,
        column=column,
    )


def _whole_file(
    name: str, make: Callable[[Sequence[Entry]], bytes], extension: str = "csv"
) -> None:
    def maker(entries: Sequence[Entry]) -> BrokenList:
        return _broken(name, entries, make(entries), level="file", extension=extension)

    BROKEN_LISTS[name] = maker


def _cell(name: str, column: str, value: Any, *, spreadsheet: bool = False) -> None:
    """One cell of one row is wrong; the declared totals still count its row and its rupiah."""

    def maker(entries: Sequence[Entry]) -> BrokenList:
        table = _table(entries)
        old = table[_FAULTY][_column(column)]
        table[_FAULTY][_column(column)] = value(old) if callable(value) else value
        content = _xlsx_bytes(table) if spreadsheet else _csv_bytes(table)
        extension = "xlsx" if spreadsheet else "csv"
        # What cannot be read as rupiah cannot have been counted by the sender either.
        lost = -entries[_FAULTY - 1].amount_rupiah if column == "nominal" else 0
        return _broken(
            name,
            entries,
            content,
            level="either" if lost else "rows",
            extension=extension,
            rows=(FAULTY_ROW,),
            column=column,
            more_rupiah=lost,
        )

    BROKEN_LISTS[name] = maker


def _without(*columns: str) -> Callable[[Sequence[Entry]], bytes]:
    def make(entries: Sequence[Entry]) -> bytes:
        gone = {_column(column) for column in columns}
        table = _table(entries)
        return _csv_bytes([[c for i, c in enumerate(row) if i not in gone] for row in table])

    return make


def _packed(sheet_xml: Callable[[zipfile.ZipFile, str], None], entries: Sequence[Entry]) -> bytes:
    """A good workbook whose sheet is replaced."""
    good = zipfile.ZipFile(io.BytesIO(_xlsx_bytes(_table(entries))))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for item in good.infolist():
            if item.filename == "xl/worksheets/sheet1.xml":
                sheet_xml(packed, item.filename)
            else:
                packed.writestr(item, good.read(item.filename))
    return out.getvalue()


def _bomb(packed: zipfile.ZipFile, name: str) -> None:
    block = b"<row><c><v>0</v></c></row>" * 40_000
    with packed.open(name, "w", force_zip64=True) as sheet:
        for _ in range(_TOO_MUCH_UNPACKED_BYTES // len(block)):
            sheet.write(block)


def _entities(packed: zipfile.ZipFile, name: str) -> None:
    levels = "".join(
        f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' if level else '<!ENTITY e0 "ha">'
        for level in range(10)
    )
    packed.writestr(
        name,
        f'<?xml version="1.0"?><!DOCTYPE worksheet [{levels}]>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&e9;</t></is></c></row></sheetData></worksheet>',
    )


def _mixed_encodings(entries: Sequence[Entry]) -> bytes:
    table = _table([entry.copy(name=f"{entry.name} ANDRÉ") for entry in entries])
    lines = _csv_bytes(table).split(b"\r\n")
    for index in range(len(lines) // 2, len(lines)):
        lines[index] = lines[index].decode("utf-8").encode("cp1252")
    return b"\r\n".join(lines)


def _second_header(entries: Sequence[Entry]) -> bytes:
    """Two lists with different columns pasted below each other."""
    table = _table(entries)
    half = len(table) // 2
    other = [list(reversed(row)) for row in [table[0], *table[half:]]]
    return _csv_bytes([*table[:half], *other])


def _unclosed_quote(entries: Sequence[Entry]) -> bytes:
    lines = _csv_bytes(_table(entries)).split(b"\r\n")
    lines[_FAULTY] = lines[_FAULTY].replace(b",", b',"', 1)
    return b"\r\n".join(lines)


_whole_file("empty", lambda entries: b"")
_whole_file("only_blank_lines", lambda entries: b"\r\n \r\n\r\n")
_whole_file("headers_without_rows", lambda entries: _csv_bytes([_HEADER]))
_whole_file("titles_without_table", lambda entries: _csv_bytes([["DAFTAR PENERIMA"], ["TAHAP IV"]]))
_whole_file(
    "wrong_columns",
    lambda entries: _csv_bytes([["nama_barang", "harga", "stok"], ["BERAS", 12000, 40]]),
)
_whole_file("no_nik_column", _without("nik"))
_whole_file("no_family_card_column", _without("no_kk"))
_whole_file("no_name_column", _without("nama_pengurus"))
_whole_file("no_amount_column", _without("nominal"))
_whole_file("no_village_column", _without("kode_desa"))
_whole_file("picture_named_xlsx", lambda entries: bytes.fromhex("ffd8ffe0") + b"JFIF" * 99, "xlsx")
_whole_file("truncated_xlsx", lambda entries: _xlsx_bytes(_table(entries))[:-2000], "xlsx")
_whole_file("old_xls", lambda entries: _OLD_OFFICE_FILE + bytes(4096), "xls")
_whole_file("password_protected", lambda entries: _OLD_OFFICE_FILE + bytes(8192), "xlsx")
_whole_file("zip_bomb", lambda entries: _packed(_bomb, entries), "xlsx")
_whole_file("xml_entities", lambda entries: _packed(_entities, entries), "xlsx")
_whole_file(
    "zip_without_workbook", lambda entries: _zip_of({"catatan.txt": b"bukan buku kerja"}), "xlsx"
)
_whole_file("nul_bytes", lambda entries: _csv_bytes(_table(entries)).replace(b"KPM", b"K\x00M"))
_whole_file("mixed_encodings", _mixed_encodings)
_whole_file("two_tables", _second_header)
_whole_file("unclosed_quote", _unclosed_quote)
_whole_file(
    "empty_first_sheet",
    lambda entries: _xlsx_bytes([], sheets=("Sheet1",)),
    "xlsx",
)


def _zip_of(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return out.getvalue()


def _declared_wrong(name: str, *, rows: int, rupiah: int) -> None:
    def maker(entries: Sequence[Entry]) -> BrokenList:
        content = _csv_bytes(_table(entries))
        return _broken(name, entries, content, level="file", more_rows=rows, more_rupiah=rupiah)

    BROKEN_LISTS[name] = maker


_declared_wrong("wrong_total_rows", rows=1, rupiah=0)
_declared_wrong("wrong_total_rupiah", rows=0, rupiah=-600_000)


def _ragged_row(entries: Sequence[Entry]) -> BrokenList:
    """An unquoted comma in an address pushes the rest of the row one column on."""
    table = _table(entries)
    row = table[_FAULTY]
    where = _column("alamat")
    table[_FAULTY] = [*row[:where], row[where], "BLOK C", *row[where + 1 :]]
    content = _csv_bytes(table)
    return _broken("ragged_row", entries, content, level="either", rows=(FAULTY_ROW,))


BROKEN_LISTS["ragged_row"] = _ragged_row


def _same_row_twice(entries: Sequence[Entry]) -> BrokenList:
    table = _table([*entries, entries[0]])
    return _broken(
        "same_row_twice",
        entries,
        _csv_bytes(table),
        level="rows",
        rows=(2, len(table)),
        column="nik",
        more_rows=1,
        more_rupiah=entries[0].amount_rupiah,
    )


BROKEN_LISTS["same_row_twice"] = _same_row_twice

_cell("nik_as_float", "nik", lambda nik: f"{int(nik):.5E}".replace(".", ","))
_cell("nik_digits_lost", "nik", lambda nik: float(nik[:12] + "0000"), spreadsheet=True)
_cell("nik_with_letter_o", "nik", lambda nik: nik[:12] + "OO1O")
_cell("nik_too_long", "nik", lambda nik: nik + "1")
_cell("nik_missing", "nik", "")
_cell("family_card_missing", "no_kk", "")
_cell("name_missing", "nama_pengurus", "  ")
_cell("name_is_formula", "nama_pengurus", "=cmd|' /C calc'!A0")
_cell("date_as_words", "tanggal_lahir", "dua belas Maret")
_cell("date_impossible", "tanggal_lahir", "31/02/1980")
_cell("village_unknown", "kode_desa", lambda code: code[:9] + "9099")
_cell("village_is_text", "kode_desa", "desa sebelah")
_cell("amount_in_words", "nominal", "enam ratus ribu")
_cell("amount_negative", "nominal", -600_000)
_cell("amount_with_sen", "nominal", "Rp600.000,50")
_cell("amount_absurd", "nominal", 600_000_000_000)
_cell("amount_is_formula", "nominal", "=A1*600000", spreadsheet=True)
_cell("cell_of_a_megabyte", "alamat", "X" * 1_000_000)
