"""What can be wrong with a whole file: each a sentence that says what, where, how to mend."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from salur.kernel.errors import Invalid

_SENTENCES: dict[str, str | Promise] = {
    "file_empty": _("Berkas %(file)s kosong. Unggah berkas yang berisi daftar."),
    "file_too_large": _(
        "Berkas %(file)s berukuran %(megabytes)s MB; batasnya %(limit_megabytes)s MB. Bagi "
        "menjadi beberapa berkas."
    ),
    "file_old_workbook": _(
        "Berkas %(file)s berformat Excel lama (.xls) atau terkunci kata sandi. Buka di Excel, "
        "hapus kata sandinya, lalu simpan sebagai .xlsx."
    ),
    "file_is_web_page": _(
        "Berkas %(file)s sebenarnya halaman web. Buka di Excel, lalu simpan sebagai .xlsx."
    ),
    "file_kind_unknown": _(
        "Berkas %(file)s bukan XLSX dan bukan CSV (%(found)s). Simpan daftar sebagai .xlsx "
        "atau .csv."
    ),
    "archive_damaged": _(
        "Berkas %(file)s rusak dan tidak dapat dibuka (bagian %(part)s). Simpan ulang dari "
        "Excel, lalu unggah lagi."
    ),
    "archive_bomb": _(
        "Berkas %(file)s mengembang terlalu besar saat dibuka (bagian %(part)s: %(ratio)s "
        "kali, %(megabytes)s MB). Demi keamanan, berkas ditolak."
    ),
    "archive_entities": _(
        "Berkas %(file)s memuat deklarasi XML (DOCTYPE) pada bagian %(part)s. Lembar kerja "
        "biasa tidak memerlukannya; demi keamanan, berkas ditolak."
    ),
    "archive_macros": _(
        "Berkas %(file)s memuat makro. Simpan sebagai .xlsx tanpa makro, lalu unggah lagi."
    ),
    "formula": _(
        "Berkas %(file)s, lembar %(sheet)s: sel %(cell)s (baris %(row)s, kolom %(column)s) "
        "berisi rumus; seluruhnya %(count)s sel. Salin lalu tempel sebagai nilai, kemudian "
        "unggah lagi."
    ),
    "encoding_mixed": _(
        "Berkas %(file)s, baris %(row)s, kolom %(column)s: pengodean huruf bercampur (UTF-8 "
        "dan Windows-1252). Simpan ulang seluruh berkas sebagai CSV UTF-8."
    ),
    "encoding_unreadable": _(
        "Berkas %(file)s, baris %(row)s, kolom %(column)s: ada tanda yang bukan huruf. Simpan "
        "ulang sebagai CSV UTF-8."
    ),
    "quote_open": _(
        "Berkas %(file)s, baris %(row)s, kolom %(column)s: tanda kutip tidak ditutup, "
        "sehingga baris sesudahnya tidak dapat dipisahkan. Perbaiki baris itu."
    ),
    "delimiter_unknown": _(
        "Berkas %(file)s, baris %(row)s, kolom %(column)s: tidak ditemukan pemisah kolom "
        "(titik koma, koma, tab, atau garis tegak)."
    ),
    "sheets_none": _("Berkas %(file)s tidak memuat lembar yang berisi daftar."),
    "sheets_several": _(
        "Berkas %(file)s memuat lebih dari satu lembar daftar (%(sheets)s). Unggah satu "
        "lembar per berkas."
    ),
    "header_missing": _(
        "Berkas %(file)s: baris judul kolom tidak ditemukan pada %(searched)s baris pertama "
        "(baris %(row)s, kolom %(column)s). Diperlukan judul seperti NIK, NO KK, NAMA, dan "
        "NOMINAL."
    ),
    "column_missing": _(
        "Berkas %(file)s, baris judul %(row)s: kolom %(column)s tidak ditemukan. Judul yang "
        "terbaca: %(titles)s. Tambahkan kolom itu, atau pasangkan sendiri pada halaman "
        "pemasangan kolom."
    ),
    "column_twice": _(
        "Berkas %(file)s, baris judul %(row)s: kolom %(column)s sama-sama terbaca sebagai "
        "%(meaning)s. Pilih salah satu pada halaman pemasangan kolom."
    ),
    "column_unknown": _(
        "Berkas %(file)s, baris judul %(row)s: pemasangan kolom menyebut kolom %(column)s "
        "yang tidak ada."
    ),
    "column_guessed": _(
        "Berkas %(file)s, baris judul %(row)s: kolom %(column)s mungkin %(meaning)s, tetapi "
        "judulnya tidak pasti. Pastikan pada halaman pemasangan kolom."
    ),
    "header_again": _(
        "Berkas %(file)s, baris %(row)s, kolom %(column)s: ada baris judul lain di tengah data "
        "dengan susunan kolom yang berbeda. Pisahkan kedua tabel menjadi dua berkas."
    ),
    "rows_none": _(
        "Berkas %(file)s: tidak ada baris data di bawah judul pada baris %(row)s, kolom %(column)s."
    ),
    "rows_too_many": _(
        "Berkas %(file)s memuat %(rows)s baris; batasnya %(limit)s. Bagi menjadi beberapa berkas."
    ),
    "numbers_lost": _(
        "Berkas %(file)s: %(meaning)s pada kolom %(column)s disimpan sebagai angka sehingga "
        "digit terakhirnya hilang (%(count)s baris, pertama baris %(row)s). Minta berkas asli "
        "dengan kolom itu berformat teks."
    ),
    "totals_differ": _(
        "Berkas %(file)s tidak cocok dengan surat pengantar: baris %(rows)s, tertulis "
        "%(rows_expected)s; jumlah %(rupiah)s, tertulis %(rupiah_expected)s (kolom "
        "%(column)s, data mulai baris %(row)s)."
    ),
    "order_exceeded": _(
        "Berkas %(file)s: seluruh daftar menjadi %(rupiah)s, melampaui surat perintah %(order)s "
        "sebesar %(limit)s."
    ),
}


class BrokenFile(Invalid):
    """The file cannot be read as a list; nothing of it was kept in the staging table.

    ``code`` names the problem, ``details`` hold file, row (as a spreadsheet counts, from 1) and
    column (letter and title), as far as the problem has a place.
    """

    code = "file_kind_unknown"

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(_SENTENCES[code], code=code, **details)


def column_letter(index: int) -> str:
    """0 is A, 26 is AA: how a spreadsheet names its columns."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
