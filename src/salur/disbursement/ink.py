"""What every printed sheet is made of: text, lines, QR codes, and the PDF file around them.

Pages are written as they come and nothing of them is kept, so that a run of a million letters
needs no more memory than one of ten. The file is plain PDF 1.4: the four standard fonts that every
printer has, forms shared by all pages of a kind, one compressed stream per page. A general PDF
library spends more on a page's bookkeeping than signing and encoding the QR cost together;
reportlab remains the measure of its fonts.
"""

from __future__ import annotations

import zlib
from functools import lru_cache
from typing import IO, Final

import numpy as np
import zxingcpp
from reportlab.pdfbase.pdfmetrics import stringWidth

REGULAR: Final = "Helvetica"
BOLD: Final = "Helvetica-Bold"
ITALIC: Final = "Helvetica-Oblique"
SIGNS: Final = "ZapfDingbats"

_QR_LEVEL: Final = "M"
_QR_MASK: Final = 3
"""A fixed mask: weighing all eight costs five times the encoding and serves to break up patterns
that text has and a signature has not. Every reader accepts any mask."""

_ESCAPES: Final = str.maketrans({"\\": r"\\", "(": r"\(", ")": r"\)"})


def escape(text: str) -> str:
    """Text for a PDF string in WinAnsi; a character that the font lacks becomes a question mark."""
    if text.isascii() and "(" not in text and ")" not in text and "\\" not in text:
        return text
    return _escape_slowly(text)


@lru_cache(maxsize=8192)
def _escape_slowly(text: str) -> str:
    return "".join(
        character if character.isascii() else f"\\{character.encode('cp1252', 'replace')[0]:03o}"
        for character in text.translate(_ESCAPES)
    )


@lru_cache(maxsize=8192)
def width_of(text: str, font: str, size: float) -> float:
    return float(stringWidth(text, font, size))


_WIDEST_TEXT: Final = 0.8
"""No line of names is wider than this many ems a letter; shorter ones need not be measured."""


def fitting_size(text: str, font: str, size: float, width: float) -> float:
    """The largest size up to `size` at which the text is no wider than `width`."""
    if len(text) * size * _WIDEST_TEXT <= width:
        return size
    needed = width_of(text, font, size)
    return size if needed <= width else round(size * width / needed, 2)


def wrap_text(text: str, font: str, size: float, width: float, most_lines: int) -> list[str]:
    """The words in lines no wider than `width`; what does not fit ends in an ellipsis."""
    if len(text) * size * _WIDEST_TEXT <= width:
        return [text]
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if not line or width_of(longer, font, size) <= width:
            line = longer
            continue
        lines.append(line)
        line = word
    lines.append(line)
    if len(lines) > most_lines:
        lines = [*lines[: most_lines - 1], lines[most_lines - 1] + " …"]
    return lines


def qr_operators(text: str, x: float, y: float, side: float) -> str:
    """A QR code as 1-bit image, lower left corner at (x, y), quiet zone to be left by the page."""
    barcode = zxingcpp.create_barcode(
        text, zxingcpp.BarcodeFormat.QRCode, ec_level=_QR_LEVEL, dataMask=_QR_MASK
    )
    modules = np.asarray(barcode.to_image(scale=1, add_quiet_zones=False))
    rows, columns = modules.shape
    bits = np.packbits(modules > 0, axis=1).tobytes().hex()
    return (
        f"q {side:.2f} 0 0 {side:.2f} {x:.2f} {y:.2f} cm BI /W {columns} /H {rows} /IM true "
        f"/D [0 1] /F /AHx ID {bits}> EI Q"
    )


_FONT_NAMES: Final = {REGULAR: "F1", BOLD: "F2", ITALIC: "F3", SIGNS: "F4"}
_PAGES_PER_NODE: Final = 200


@lru_cache(maxsize=8192)
def _place(x: float, y: float, size: float, font: str) -> str:
    """The operators before a text: most texts of a kind of sheet stand where the last one stood."""
    return f"BT /{_FONT_NAMES[font]} {size:g} Tf {x:.2f} {y:.2f} Td ("


class Sheet:
    """A PDF being written page by page. One writer, one file; `close` finishes it."""

    def __init__(self, file: IO[bytes], size: tuple[float, float], title: str) -> None:
        self._file = file
        self._at = 0
        self._offsets: list[int] = [0]
        self._forms: dict[str, int] = {}
        self._nodes: list[tuple[int, list[int]]] = []
        self._box = f"[0 0 {size[0]:.2f} {size[1]:.2f}]"
        self.pages = 0
        self._write(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
        self._root = self._reserve()
        self._title = title
        fonts = []
        for name, short in _FONT_NAMES.items():
            encoding = "" if name == SIGNS else " /Encoding /WinAnsiEncoding"
            number = self._reserve()
            self._object(number, f"<</Type/Font/Subtype/Type1/BaseFont/{name}{encoding}>>")
            fonts.append(f"/{short} {number} 0 R")
        self._fonts = f"/Font<<{' '.join(fonts)}>>"
        self._resources = self._reserve()
        """Written last, when all forms are known."""

    # The file ----------------------------------------------------------------------------------

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._at += len(data)

    def _reserve(self) -> int:
        self._offsets.append(0)
        return len(self._offsets) - 1

    def _object(self, number: int, body: str, stream: bytes | None = None) -> None:
        self._offsets[number] = self._at
        if stream is None:
            self._write(f"{number} 0 obj\n{body}\nendobj\n".encode("ascii"))
        else:
            head = f"{number} 0 obj\n{body}\nstream\n".encode("ascii")
            self._write(b"".join((head, stream, b"\nendstream\nendobj\n")))

    def add_form(self, name: str, operators: list[str]) -> None:
        """What many pages share, written once; drawn by `use_form`."""
        number = self._reserve()
        data = zlib.compress("\n".join(operators).encode("ascii"))
        self._object(
            number,
            f"<</Type/XObject/Subtype/Form/BBox{self._box}/Resources<<{self._fonts}>>"
            f"/Filter/FlateDecode/Length {len(data)}>>",
            data,
        )
        self._forms[name] = number

    def has_form(self, name: str) -> bool:
        return name in self._forms

    def use_form(self, name: str) -> str:
        return f"q /X{self._forms[name]} Do Q"

    def add_page(self, operators: list[str]) -> None:
        if self.pages % _PAGES_PER_NODE == 0:
            self._nodes.append((self._reserve(), []))
        node, kids = self._nodes[-1]
        content, page = self._reserve(), self._reserve()
        data = zlib.compress("\n".join(operators).encode("ascii"), 1)
        self._object(content, f"<</Filter/FlateDecode/Length {len(data)}>>", data)
        self._object(page, f"<</Type/Page/Parent {node} 0 R/Contents {content} 0 R>>")
        kids.append(page)
        self.pages += 1

    def close(self) -> None:
        """Writes page tree and cross references. An empty sheet gets one empty page: readers
        refuse a file that has none."""
        if not self.pages:
            self.add_page([])
        forms = " ".join(f"/X{number} {number} 0 R" for number in self._forms.values())
        self._object(self._resources, f"<<{self._fonts}/XObject<<{forms}>>>>")
        tree = self._reserve()
        for node, kids in self._nodes:
            references = " ".join(f"{kid} 0 R" for kid in kids)
            self._object(
                node,
                f"<</Type/Pages/Parent {tree} 0 R/Count {len(kids)}/Kids[{references}]"
                f"/MediaBox{self._box}/Resources {self._resources} 0 R>>",
            )
        nodes = " ".join(f"{node} 0 R" for node, _ in self._nodes)
        self._object(tree, f"<</Type/Pages/Count {self.pages}/Kids[{nodes}]>>")
        self._object(self._root, f"<</Type/Catalog/Pages {tree} 0 R/Lang(id)>>")
        info = self._reserve()
        self._object(info, f"<</Title({escape(self._title)})/Producer(salur)>>")
        start = self._at
        rows = "".join(f"{offset:010d} 00000 n \n" for offset in self._offsets[1:])
        count = len(self._offsets)
        self._write(
            f"xref\n0 {count}\n0000000000 65535 f \n{rows}trailer\n"
            f"<</Size {count}/Root {self._root} 0 R/Info {info} 0 R>>\n"
            f"startxref\n{start}\n%%EOF\n".encode("ascii")
        )

    # What stands on a page ---------------------------------------------------------------------

    @staticmethod
    def text(x: float, y: float, text: str, size: float, font: str = REGULAR) -> str:
        return f"{_place(x, y, size, font)}{escape(text)}) Tj ET"

    @staticmethod
    def text_right(x: float, y: float, text: str, size: float, font: str = REGULAR) -> str:
        return Sheet.text(x - width_of(text, font, size), y, text, size, font)

    @staticmethod
    def text_middle(x: float, y: float, text: str, size: float, font: str = REGULAR) -> str:
        return Sheet.text(x - width_of(text, font, size) / 2, y, text, size, font)

    @staticmethod
    def line(x1: float, y1: float, x2: float, y2: float, width: float = 0.5, dash: str = "") -> str:
        return f"q {width:g} w [{dash}] 0 d {x1:.2f} {y1:.2f} m {x2:.2f} {y2:.2f} l S Q"

    @staticmethod
    def frame(x: float, y: float, width: float, height: float, line: float = 0.5) -> str:
        return f"q {line:g} w {x:.2f} {y:.2f} {width:.2f} {height:.2f} re S Q"

    @staticmethod
    def grey(share: float) -> str:
        """Ink from here on: 0 is black, 1 is paper."""
        return f"{share:g} g {share:g} G"
