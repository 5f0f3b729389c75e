"""Bytes of a ministry's list to typed rows. Decides nothing about money; reads, and says what it
could not read.

    table = read_table(data, "gelombang 3.xlsx")
    proposal = propose(table)                  # which column means what; a clerk may mend it
    rows = typed_rows(table, proposal, today)  # every row, each with its own problems
"""

from salur.programs.importing.containers import Kind, Limits, kind_of
from salur.programs.importing.findings import find, per_row
from salur.programs.importing.headers import Proposal, propose, require_columns
from salur.programs.importing.problems import BrokenFile, column_letter
from salur.programs.importing.rows import TypedRows, typed_rows
from salur.programs.importing.tables import Table
from salur.programs.importing.texts import read_text
from salur.programs.importing.vocabulary import COLUMNS, COMPONENT_KEYS, Column
from salur.programs.importing.workbooks import read_workbook

__all__ = [
    "COLUMNS",
    "COMPONENT_KEYS",
    "BrokenFile",
    "Column",
    "Kind",
    "Limits",
    "Proposal",
    "Table",
    "TypedRows",
    "column_letter",
    "find",
    "per_row",
    "propose",
    "read_table",
    "require_columns",
    "typed_rows",
]


def read_table(data: bytes, name: str, limits: Limits | None = None) -> Table:
    """The one table of a file; of a workbook, the one visible sheet that holds a list.

    Raises BrokenFile: too large, unsafe, damaged, no list in it or several.
    """
    limits = limits or Limits()
    if kind_of(data, name, limits) is Kind.TEXT:
        return read_text(data, name, limits)
    tables = read_workbook(data, name, limits)
    if len(tables) == 1:
        return tables[0]
    with_header = []
    for table in tables:
        try:
            propose(table)
            with_header.append(table)
        except BrokenFile:
            continue
    if not with_header:
        raise BrokenFile("sheets_none", file=name)
    if len(with_header) > 1:
        sheets = ", ".join(table.sheet for table in with_header)
        raise BrokenFile("sheets_several", file=name, sheets=sheets)
    return with_header[0]
