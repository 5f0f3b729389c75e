"""Lists are read as ministries and villages really write them."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import pytest
import xlsxwriter

from salur.programs.importing import BrokenFile, TypedRows, propose, read_table, typed_rows
from salur.programs.importing.values import (
    read_amount,
    read_birth_date,
    read_lanes,
    read_phone,
    says_withdrawn,
    why_excluded,
)

TODAY = date(2026, 11, 24)
NIK, CARD = "1671045208880005", "1671041203090011"
HEADER = "NO;NO KK;NIK;NAMA PENGURUS;NOMINAL;KODE DESA"
ROW = f"1;{CARD};{NIK};SITI AMINAH;600000;16.71.04.1001"


def read(data: bytes | str, name: str = "daftar.csv") -> TypedRows:
    table = read_table(data.encode() if isinstance(data, str) else data, name)
    return typed_rows(table, propose(table), TODAY)


def only(data: bytes | str) -> dict[str, Any]:
    """The one row of a list that has one, and nothing to say against it."""
    rows = read(data)
    assert rows.reasons.is_empty(), rows.reasons
    return rows.frame.row(0, named=True)


def workbook(rows: list[list[Any]], merges: tuple[tuple[int, int, int, int, str], ...] = ()):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": True}) as book:
        sheet = book.add_worksheet("BNBA")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for line, cells in enumerate(rows):
            for at, cell in enumerate(cells):
                if isinstance(cell, datetime):
                    sheet.write_datetime(line, at, cell, day)
                elif cell is not None:
                    sheet.write(line, at, cell)
        for first, left, last, right, text in merges:
            sheet.merge_range(first, left, last, right, text)
    return out.getvalue()


def test_title_rows_and_a_row_of_column_numbers_are_passed_over():
    row = only(f"DAFTAR PENERIMA;;;;;\nTAHAP IV;;;;;\n;;;;;\n{HEADER}\n1;2;3;4;5;6\n{ROW}\n")
    assert (row["row_number"], row["nik"], row["amount"]) == (6, NIK, 600_000)


def test_bracketed_column_numbers_are_passed_over():
    assert only(f"{HEADER}\n(1);(2);(3);(4);(5);(6)\n{ROW}\n")["row_number"] == 3


def test_two_header_rows_with_merged_cells_are_one_header():
    sheet = workbook(
        [
            ["DAFTAR"],
            ["NO", "PENGURUS", None, None, "ALAMAT", None, "KOMPONEN", None, "NOMINAL"],
            [None, "NAMA", "NIK", "NO KK", "JALAN", "KODE DESA", "SD", "SMP", None],
            [1, "SITI", NIK, CARD, "JL MAWAR", "1671041001", 1, 0, 225_000],
        ],
        merges=((1, 1, 1, 3, "PENGURUS"), (1, 4, 1, 5, "ALAMAT"), (1, 6, 1, 7, "KOMPONEN")),
    )
    row = only(sheet)
    assert (row["name"], row["address"], row["SD"]) == ("SITI", "JL MAWAR", 1)


@pytest.mark.parametrize(
    "title",
    ["NO KK", "NOKK", "No. KK", "NOMOR KARTU KELUARGA", "Nomor Kartu Keluarga (KK)", "no_kk"],
)
def test_a_family_card_column_has_many_names(title):
    assert only(f"{HEADER.replace('NO KK', title)}\n{ROW}\n")["family_card"] == CARD


@pytest.mark.parametrize("title", ["NAMA PENERIMA", "Nama Pengurus", "NAMA KPM", "NAMA LENGKAP"])
def test_a_name_column_has_many_names(title):
    assert only(f"{HEADER.replace('NAMA PENGURUS', title)}\n{ROW}\n")["name"] == "SITI AMINAH"


@pytest.mark.parametrize(
    "written", [NIK, f"'{NIK}", f'"=""{NIK}"""', f"{NIK}.0", f" {NIK} ", "1671 0452 0888 0005"]
)
def test_a_nik_is_text_however_it_is_written(written):
    assert only(f"{HEADER}\n{ROW.replace(NIK, written)}\n")["nik"] == NIK


def test_a_nik_kept_whole_in_a_number_cell_is_read_digit_by_digit():
    sheet = workbook([HEADER.split(";"), [1, int(CARD), int(NIK), "SITI", 600_000, "1671041001"]])
    assert only(sheet)["nik"] == NIK


def test_numbers_that_lost_their_digits_refuse_the_file_by_row_and_column():
    lines = [ROW.replace(NIK, f"1671045208{n:02}0000") for n in range(5)]
    with pytest.raises(BrokenFile) as refused:
        read("\n".join([HEADER, *lines]))
    assert refused.value.code == "numbers_lost"
    assert "kolom C" in str(refused.value)
    assert "pertama baris 2" in str(refused.value)


def test_one_number_in_scientific_form_holds_its_row_only():
    rows = read("\n".join([HEADER, ROW, ROW.replace(NIK, "1,67105E+15"), ROW]))
    assert rows.reasons.rows() == [(3, "nik_lost_digits")]


@pytest.mark.parametrize(
    ("written", "rupiah"),
    [
        ("600000", 600_000),
        ("Rp600.000,00", 600_000),
        ("Rp 600.000,-", 600_000),
        ("Rp. 1.200.000", 1_200_000),
        ("600,000.00", 600_000),
        ("600.000", 600_000),
        ("600000.0", 600_000),
        ("6E+05", 600_000),
        ("IDR 225.000", 225_000),
    ],
)
def test_rupiah_are_read_as_people_write_them(written, rupiah):
    assert read_amount(written) == (rupiah, "")


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("", "amount_missing"),
        ("-", "amount_missing"),
        ("enam ratus ribu", "amount_unreadable"),
        ("Rp600.000,50", "amount_not_whole"),
        ("600000.5", "amount_not_whole"),
        ("-600000", "amount_not_positive"),
        ("(600.000)", "amount_not_positive"),
        ("0", "amount_not_positive"),
        ("600000000000", "amount_too_large"),
        ("60.00.00", "amount_unreadable"),
    ],
)
def test_rupiah_that_cannot_be_are_named_and_never_rounded(written, problem):
    assert read_amount(written) == (None, problem)


@pytest.mark.parametrize(
    "written",
    ["12/08/1988", "12-8-1988", "12.08.1988", "1988-08-12", "1988-08-12 00:00:00",
     "12 Agustus 1988",
     "12-Agu-88", "32367", "12081988", "12/08/88"],
)  # fmt: skip
def test_a_birth_date_has_many_forms(written):
    assert read_birth_date(written, TODAY) == (date(1988, 8, 12), "")


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("31/02/1980", "birth_date_unreadable"),
        ("12/31/1980", "birth_date_swapped"),
        ("dua belas Maret", "birth_date_unreadable"),
        ("12/08/2088", "birth_date_future"),
        ("12/08/1588", "birth_date_unreadable"),
    ],
)
def test_a_birth_date_that_cannot_be_is_named(written, problem):
    assert read_birth_date(written, TODAY) == (None, problem)


def test_a_spreadsheets_date_cell_is_a_date():
    header = [*HEADER.split(";"), "TGL LAHIR"]
    sheet = workbook([header, [*ROW.split(";"), datetime(1988, 8, 12)]])
    assert only(sheet)["birth_date"] == date(1988, 8, 12)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_four_encodings_are_read(encoding):
    text = f"{HEADER}\n{ROW.replace('SITI AMINAH', 'ANDRÉ Ü')}\n"
    assert only(text.encode(encoding))["name"] == "ANDRÉ Ü"


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_four_delimiters_are_read(delimiter):
    assert only(f"{HEADER}\n{ROW}\n".replace(";", delimiter))["nik"] == NIK


def test_excels_separator_line_keeps_the_row_numbers_true():
    assert only(f"sep=;\n{HEADER}\n{ROW}\n")["row_number"] == 3


def test_carriage_returns_alone_end_lines_too():
    assert only(f"{HEADER}\r{ROW}\r")["row_number"] == 2


def test_a_stray_quote_in_a_name_is_a_quote():
    assert only(f"{HEADER}\n{ROW.replace('SITI AMINAH', 'SITI Y' + chr(34) + 'A')}\n")["name"]


def test_totals_and_signatures_below_the_table_are_no_rows():
    rows = read(f"{HEADER}\n{ROW}\n;;;JUMLAH;600.000;\n;;;Mengetahui;;\n")
    assert rows.rows == 1
    assert [number for number, _ in rows.footers] == [3, 4]


def test_a_row_without_numbers_between_others_stays_a_row():
    rows = read(f"{HEADER}\n{ROW}\n2;;;TANPA NOMOR;600000;16.71.04.1001\n{ROW}\n")
    assert rows.rows == 3
    assert (3, "nik_missing") in rows.reasons.rows()


def test_a_header_printed_on_each_page_is_no_row():
    assert read(f"{HEADER}\n{ROW}\n{HEADER}\n{ROW}\n").rows == 2


def test_a_formula_in_a_column_that_counts_refuses_the_file_by_its_cell():
    sheet = workbook([HEADER.split(";"), [*ROW.split(";")[:4], "=300000*2", "1671041001"]])
    with pytest.raises(BrokenFile) as refused:
        read(sheet)
    assert refused.value.code == "formula"
    assert "E2" in str(refused.value)


def test_a_formula_for_the_running_number_or_the_total_hurts_nobody():
    sheet = workbook(
        [
            HEADER.split(";"),
            ["=ROW()-1", *ROW.split(";")[1:]],
            [None, None, None, "JUMLAH", "=SUM(E2:E2)"],
        ]
    )
    assert read(sheet).rows == 1


def test_a_table_that_starts_at_column_c_names_its_columns_right():
    sheet = workbook(
        [
            [],
            [None, None, *HEADER.replace("NIK", "ENTAH").split(";")],
            [None, None, *ROW.split(";")],
        ]
    )
    table = read_table(sheet, "daftar.xlsx")
    assert table.letter(0) == "C"


@pytest.mark.parametrize(
    ("written", "lanes"),
    [
        ("001/002", ("001", "002")),
        ("RT 03 RW 2", ("003", "002")),
        ("RW 02/RT 05", ("005", "002")),
        ("3", ("", "")),
    ],
)
def test_rt_and_rw_in_one_cell(written, lanes):
    assert read_lanes(written) == lanes


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("0812-3456-7890", "+6281234567890"),
        ("+62 812 34567890", "+6281234567890"),
        ("81234567890", "+6281234567890"),
        ("12", ""),
    ],
)
def test_a_phone_number_has_one_form(written, phone):
    assert read_phone(written) == phone


@pytest.mark.parametrize(
    ("status", "out", "reason"),
    [
        ("TARIK", True, ""),
        ("Ditarik pengirim", True, ""),
        ("EXCLUDE MENINGGAL", True, "deceased"),
        ("EXCLUDE TIDAK LAYAK DAERAH", True, "not_eligible"),
        ("TIDAK LAYAK GIS", True, "not_eligible"),
        ("SUKSES SPM", False, ""),
        ("GAGAL CEK REKENING", False, ""),
        ("", False, ""),
    ],
)
def test_the_ministrys_statuses_are_understood(status, out, reason):
    assert says_withdrawn(status) is out
    assert why_excluded(status) == reason


def test_a_similar_title_is_a_guess_that_a_person_must_confirm():
    with pytest.raises(BrokenFile) as refused:
        read(f"{HEADER.replace('NAMA PENGURUS', 'NAMA PENERIMAA')}\n{ROW}\n")
    assert refused.value.code == "column_guessed"


def test_two_columns_that_claim_to_be_the_nik_must_be_told_apart():
    with pytest.raises(BrokenFile) as refused:
        read(f"{HEADER};NIK KTP\n{ROW};{NIK}\n")
    assert refused.value.code == "column_twice"
    assert "C, G" in str(refused.value)
