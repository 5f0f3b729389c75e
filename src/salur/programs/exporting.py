"""Spreadsheets that leave the house: text stays text, numbers of people show four digits.

Made in memory: nothing of them touches the disk unsealed.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from salur.programs import words
from salur.programs.importing import COLUMNS
from salur.programs.models import ListRow, NominativeList
from salur.programs.queries.lists import Difference
from salur.programs.reasons import REASONS, WARNINGS, name_of

#: XLSX ends a little above a million rows.
MOST_ROWS = 1_000_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LABELS = {column.key: column.label for column in COLUMNS} | {"component": gettext_lazy("Komponen")}


def _workbook(
    titles: Sequence[str],
    header: Sequence[str],
    widths: Sequence[int],
    rows: Iterable[Sequence[Any]],
) -> bytes:
    """One sheet; what looks like a formula opens as the text that it is."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        rupiah = book.add_format({"num_format": "#,##0", "valign": "top"})
        line = 0
        for title in titles:
            sheet.write_string(line, 0, title, bold)
            line += 1
        line += 1
        for at, (name, width) in enumerate(zip(header, widths, strict=True)):
            sheet.set_column(at, at, width)
            sheet.write_string(line, at, name, bold)
        sheet.freeze_panes(line + 1, 0)
        for row in rows:
            line += 1
            for at, value in enumerate(row):
                if isinstance(value, int):
                    sheet.write_number(line, at, value, rupiah)
                elif value:
                    sheet.write_string(line, at, str(value), wrapped)
    return out.getvalue()


def masked(last4: str) -> str:
    return f"••••{last4}" if last4 else ""


def error_report(nominative_list: NominativeList, rows: Iterable[ListRow]) -> bytes:
    """The held rows for the sender: where, whose, what is wrong, how to mend. One line a reason,
    in the language in force."""
    letters = nominative_list.counts.get("mapping", {}).get("letters", {})

    def lines() -> Iterable[Sequence[Any]]:
        for row in rows:
            for code in row.reasons:
                reason = REASONS.get(code) or WARNINGS.get(code)
                column = reason.column if reason else ""
                title = str(LABELS.get(column, column))
                letter = letters.get(column, "")
                yield (
                    row.row_number,
                    f"{letter} ({title})" if letter else title,
                    row.name,
                    masked(row.nik_last4),
                    masked(row.card_last4),
                    row.village_text,
                    row.amount if row.amount is not None else "",
                    name_of(code),
                    str(reason.sentence) if reason else "",
                    code,
                )

    return _workbook(
        (
            _("Baris yang ditahan: %(file)s") % {"file": nominative_list.file_name},
            _("%(program)s, gelombang %(wave)s") % {
                "program": nominative_list.program_id, "wave": nominative_list.wave,
            },
        ),
        (
            _("Baris"), _("Kolom"), _("Nama"), _("NIK"), _("KK"), _("Wilayah tertulis"),
            _("Nilai"), _("Alasan"), _("Cara memperbaiki"), _("Kode"),
        ),
        (8, 26, 28, 10, 10, 44, 12, 28, 60, 24),
        lines(),
    )  # fmt: skip


def difference_report(nominative_list: NominativeList, differences: Iterable[Difference]) -> bytes:
    """Corrections and withdrawals, the earlier value beside the new one."""

    def lines() -> Iterable[Sequence[Any]]:
        for found in differences:
            yield (
                found.row_number,
                str(words.CHANGE[found.change]),
                ", ".join(str(LABELS.get(key, key)) for key in found.changed),
                found.earlier_name, found.name,
                masked(found.earlier_nik_last4), masked(found.nik_last4),
                found.earlier_village_code, found.village_code,
                "" if found.earlier_amount is None else found.earlier_amount,
                0 if found.change == "withdrawn" else found.amount or 0,
                "" if found.earlier_wave is None else str(found.earlier_wave),
                "" if found.earlier_row_number is None else str(found.earlier_row_number),
            )  # fmt: skip

    return _workbook(
        (
            _("Selisih terhadap gelombang sebelumnya: %(file)s")
            % {"file": nominative_list.file_name},
        ),
        (
            _("Baris"), _("Perubahan"), _("Yang berubah"), _("Nama lama"), _("Nama baru"),
            _("NIK lama"), _("NIK baru"), _("Desa lama"), _("Desa baru"), _("Nilai lama"),
            _("Nilai baru"), _("Gelombang lama"), _("Baris lama"),
        ),
        (8, 12, 30, 28, 28, 10, 10, 15, 15, 12, 12, 10, 10),
        lines(),
    )  # fmt: skip
