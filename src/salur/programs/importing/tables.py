"""The cells of a file as text, before anyone knows what they mean."""

from dataclasses import dataclass, field

import polars as pl

from salur.programs.importing.containers import Kind
from salur.programs.importing.problems import column_letter


@dataclass(frozen=True, slots=True)
class Table:
    """All cells as text or null, in the order of the file.

    ``cells`` has columns ``c0`` … and holds every row, title rows too; row 0 is row 1 of the file
    or sheet. ``first_column`` is where a sheet's used range starts (C is 2), ``formulas`` holds
    (row from 1, column from 0 of ``cells``) of the cells that compute.
    """

    name: str
    kind: Kind
    cells: pl.DataFrame
    sheet: str = ""
    first_column: int = 0
    formulas: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    encoding: str = ""
    delimiter: str = ""

    def letter(self, column: int) -> str:
        return column_letter(self.first_column + column)

    def head(self, rows: int) -> list[list[str]]:
        """The first rows as plain text, "" for an empty cell."""
        return [[(cell or "").strip() for cell in row] for row in self.cells.head(rows).iter_rows()]
