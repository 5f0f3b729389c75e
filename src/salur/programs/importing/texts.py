"""CSV as offices write it: any of four encodings, any of four delimiters."""

import csv
import io
import re
from collections import Counter

import polars as pl

from salur.programs.importing.containers import Kind, Limits
from salur.programs.importing.problems import BrokenFile, column_letter
from salur.programs.importing.tables import Table

DELIMITERS = (";", ",", "\t", "|")
_SAMPLE_BYTES = 64_000
# Rows may be wider than the sampled ones: a delimiter in a value that nobody quoted.
_SPARE_COLUMNS = 12
_MOST_COLUMNS = 250
_UTF8_LETTER = re.compile(rb"[\xc3-\xf4][\x80-\xbf]+")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_SEPARATOR_LINE = re.compile(rb"\Asep=(.)\r?\n", re.IGNORECASE)


def read_text(data: bytes, name: str, limits: Limits) -> Table:
    # Rows may be wider than the sampled ones: a delimiter in a value that nobody quoted.
    text, encoding = _as_utf8(data, name)
    separator_line = _SEPARATOR_LINE.match(text)
    delimiter = separator_line[1].decode() if separator_line else _sniff(text, name)
    width = _width(text, delimiter)
    header = delimiter.join(f"c{n}" for n in range(width)).encode() + b"\n"
    try:
        cells = pl.read_csv(
            header + text,
            separator=delimiter,
            infer_schema=False,
            truncate_ragged_lines=True,
        )
    except pl.exceptions.PolarsError:
        # A stray quote, which the fast reader refuses and the patient one understands.
        cells = _read_patiently(text, delimiter, width, limits, name)
    if cells.height > limits.rows:
        raise BrokenFile("rows_too_many", file=name, rows=cells.height, limit=limits.rows)
    _refuse_swallowed_rows(cells, delimiter, name)
    if separator_line:  # an instruction to Excel; it keeps its place so that row numbers stay true
        cells = cells.with_columns(pl.when(pl.int_range(pl.len()) > 0).then(pl.all()))
    return Table(name, Kind.TEXT, cells, encoding=encoding, delimiter=delimiter)


def _as_utf8(data: bytes, name: str) -> tuple[bytes, str]:
    """The bytes in UTF-8 with plain line ends, and what they were."""
    text, encoding = _decode(data, name)
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n")
        # Alone it ends lines as old Macintosh programs write, or it is a slip within a cell.
        text = text.replace(b"\r", b" " if b"\n" in text else b"\n")
    if control := _CONTROL.search(text):
        row, column = _place(text, control.start())
        raise BrokenFile("encoding_unreadable", file=name, row=row, column=column)
    return text, encoding


def _decode(data: bytes, name: str) -> tuple[bytes, str]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _from_utf16(data, "utf-16", name)
    sample = data[:4096]
    if sample.count(0) > len(sample) // 4:
        odd = sample[1::2].count(0) > sample[0::2].count(0)
        return _from_utf16(data, "utf-16-le" if odd else "utf-16-be", name)
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        data.decode("utf-8")
        return data, "utf-8"
    except UnicodeDecodeError as error:
        if _UTF8_LETTER.search(data):
            row, column = _place(data, error.start)
            raise BrokenFile("encoding_mixed", file=name, row=row, column=column) from error
    try:
        return data.decode("cp1252").encode(), "windows-1252"
    except UnicodeDecodeError as error:
        row, column = _place(data, error.start)
        raise BrokenFile("encoding_unreadable", file=name, row=row, column=column) from error


def _from_utf16(data: bytes, encoding: str, name: str) -> tuple[bytes, str]:
    try:
        return data.decode(encoding).removeprefix("\ufeff").encode(), "utf-16"
    except UnicodeError as error:
        row = data[: getattr(error, "start", 0)].count(b"\n") + 1
        raise BrokenFile("encoding_unreadable", file=name, row=row, column="A") from error


def _place(data: bytes, at: int) -> tuple[int, str]:
    """Row and column letter of a byte, by the delimiter that its line has most of."""
    row = data.count(b"\n", 0, at) + 1
    line = data[data.rfind(b"\n", 0, at) + 1 : at]
    whole = line + data[at : data.find(b"\n", at) if b"\n" in data[at:] else len(data)]
    delimiter = max(DELIMITERS, key=lambda mark: whole.count(mark.encode()))
    return row, column_letter(line.count(delimiter.encode()))


def _sniff(text: bytes, name: str) -> str:
    """The delimiter by which most of the first rows have the same number of columns, > 1."""
    sample = text[:_SAMPLE_BYTES].decode("utf-8", "ignore")
    best, best_score = "", (0, 0)
    for delimiter in DELIMITERS:
        widths = Counter(len(row) for row in csv.reader(io.StringIO(sample), delimiter=delimiter))
        widths.pop(0, None)
        agreeing = [(count, width) for width, count in widths.items() if width > 1]
        if agreeing and (score := max(agreeing)) > best_score:
            best, best_score = delimiter, score
    if not best:
        raise BrokenFile("delimiter_unknown", file=name, row=1, column="A")
    return best


def _width(text: bytes, delimiter: str) -> int:
    sample = text[:_SAMPLE_BYTES].decode("utf-8", "ignore")
    widest = max(len(row) for row in csv.reader(io.StringIO(sample), delimiter=delimiter))
    return min(widest + _SPARE_COLUMNS, _MOST_COLUMNS)


def _read_patiently(
    text: bytes, delimiter: str, width: int, limits: Limits, name: str
) -> pl.DataFrame:
    rows: list[list[str | None]] = []
    csv.field_size_limit(1 << 20)
    reader = csv.reader(io.StringIO(text.decode("utf-8"), newline=""), delimiter=delimiter)
    try:
        for row in reader:
            cut = [cell or None for cell in row[:width]]
            rows.append(cut + [None] * (width - len(cut)))
            if len(rows) > limits.rows:
                raise BrokenFile("rows_too_many", file=name, rows=len(rows), limit=limits.rows)
    except csv.Error as error:
        raise BrokenFile("quote_open", file=name, row=len(rows) + 1, column="A") from error
    columns = [f"c{n}" for n in range(width)]
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def _refuse_swallowed_rows(cells: pl.DataFrame, delimiter: str, name: str) -> None:
    """A quote that is never closed swallows the rows after it; they show as a line break and
    delimiters within one cell."""
    for at, column in enumerate(cells.columns):
        swallowed = (
            pl.col(column).str.contains("\n", literal=True)
            & pl.col(column).str.contains(delimiter, literal=True)
        ).fill_null(False)
        hit = cells.select(swallowed.arg_max().alias("row"), swallowed.any().alias("any")).row(0)
        if hit[1]:
            raise BrokenFile("quote_open", file=name, row=hit[0] + 1, column=column_letter(at))
