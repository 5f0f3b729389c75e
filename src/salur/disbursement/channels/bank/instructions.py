"""A plain instruction file for a bank: one line a payment, control totals last.

ISO 20022 comes later; this is what a branch can read and a spreadsheet can open. Cells that a
spreadsheet would take for a formula are written as text.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

COLUMNS = ("nomor_bayar", "bank", "rekening", "nama", "program", "rupiah", "acuan")


@dataclass(frozen=True, slots=True)
class Instruction:
    number: str
    bank: str
    account: str
    name: str
    program: str
    amount: int
    reference: str


def _cell(text: str) -> str:
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


def write_instructions(instructions: Iterable[Instruction]) -> tuple[bytes, int, int]:
    """(file, payments, rupiah). The last line repeats both, so that a cut file is noticed."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    count = total = 0
    for item in instructions:
        writer.writerow(
            (
                item.number,
                _cell(item.bank),
                _cell(item.account),
                _cell(item.name),
                _cell(item.program),
                item.amount,
                item.reference,
            )
        )
        count += 1
        total += item.amount
    writer.writerow(("JUMLAH", "", "", "", count, total, ""))
    return text.getvalue().encode("utf-8-sig"), count, total
