"""XLSX: every sheet that holds a list, all cells as the text that a reader sees."""

import re
import zipfile
from io import BytesIO

import fastexcel
import polars as pl
from lxml import etree

from salur.programs.importing.containers import Kind, Limits, SheetScan, scan_workbook
from salur.programs.importing.problems import BrokenFile
from salur.programs.importing.tables import Table

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def read_workbook(data: bytes, name: str, limits: Limits) -> list[Table]:
    """The tables of the visible sheets that are not empty. Raises BrokenFile."""
    scans = scan_workbook(data, name, limits)
    parts = _sheet_parts(data)
    try:
        reader = fastexcel.read_excel(data)
        tables = []
        for sheet_name in reader.sheet_names:
            sheet = reader.load_sheet(sheet_name, header_row=None, skip_rows=0, dtypes="string")
            if sheet.visible == "visible" and sheet.height:
                scan = scans.get(parts.get(sheet_name, ""), SheetScan())
                tables.append(_table(sheet.to_polars(), name, sheet_name, scan))
    except fastexcel.FastExcelError as error:
        raise BrokenFile("archive_damaged", file=name, part="xl/workbook.xml") from error
    for table in tables:
        if table.cells.height > limits.rows:
            raise BrokenFile("rows_too_many", file=name, rows=table.cells.height, limit=limits.rows)
    return tables


def _table(cells: pl.DataFrame, name: str, sheet: str, scan: SheetScan) -> Table:
    cells = cells.rename({old: f"c{at}" for at, old in enumerate(cells.columns)})
    shifted = frozenset((row, column - scan.first_column) for row, column in scan.formulas)
    return Table(
        name, Kind.WORKBOOK, cells, sheet=sheet, first_column=scan.first_column, formulas=shifted
    )


def _sheet_parts(data: bytes) -> dict[str, str]:
    """Which part of the archive holds the sheet of this name. The parts were scanned before."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    with zipfile.ZipFile(BytesIO(data)) as archive:
        try:
            workbook = etree.fromstring(archive.read("xl/workbook.xml"), parser)
            relations = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), parser)
        except (etree.XMLSyntaxError, KeyError):
            return {}
    targets = {item.get("Id"): item.get("Target", "") for item in relations}
    parts = {}
    for sheet in workbook.iter():
        if str(sheet.tag).endswith("}sheet"):
            target = re.sub(r"^/?(xl/)?", "xl/", targets.get(sheet.get(_RELATION), "") or "")
            parts[sheet.get("name", "")] = target
    return parts
