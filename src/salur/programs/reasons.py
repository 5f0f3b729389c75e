"""Why a row is held, or remarked upon: a short name for counts and columns, a sentence for people.

The codes are stable: they stand in the database, in error reports and in the simulator's truth.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Reason:
    """``column`` is the key of the list's column that the reason speaks of."""

    name: str | Promise
    sentence: str | Promise
    column: str


REASONS: dict[str, Reason] = {
    "nik_missing": Reason(_("NIK kosong"), _("Isi NIK 16 digit."), "nik"),
    "nik_lost_digits": Reason(
        _("NIK kehilangan digit"),
        _("NIK disimpan sebagai angka sehingga digitnya hilang. Tulis ulang sebagai teks."),
        "nik",
    ),
    "nik_not_digits": Reason(
        _("NIK bukan angka"), _("NIK hanya boleh berisi angka; periksa huruf O dan I."), "nik"
    ),
    "nik_length": Reason(_("Panjang NIK salah"), _("NIK harus tepat 16 digit."), "nik"),
    "nik_date": Reason(
        _("Tanggal dalam NIK mustahil"), _("Digit ke-7 sampai ke-12 bukan tanggal lahir."), "nik"
    ),
    "nik_serial": Reason(
        _("Nomor urut NIK 0000"),
        _("Empat digit terakhir tidak boleh 0000; mungkin terpotong oleh Excel."),
        "nik",
    ),
    "family_card_missing": Reason(_("KK kosong"), _("Isi nomor KK 16 digit."), "family_card"),
    "family_card_lost_digits": Reason(
        _("KK kehilangan digit"),
        _("Nomor KK disimpan sebagai angka sehingga digitnya hilang. Tulis ulang sebagai teks."),
        "family_card",
    ),
    "family_card_not_digits": Reason(
        _("KK bukan angka"), _("Nomor KK hanya boleh berisi angka."), "family_card"
    ),
    "family_card_length": Reason(
        _("Panjang KK salah"), _("Nomor KK harus tepat 16 digit."), "family_card"
    ),
    "family_card_serial": Reason(
        _("Nomor urut KK 0000"), _("Empat digit terakhir KK tidak boleh 0000."), "family_card"
    ),
    "name_missing": Reason(_("Nama kosong"), _("Isi nama penerima sesuai KTP."), "name"),
    "name_unreadable": Reason(
        _("Nama tidak terbaca"),
        _("Nama berisi rumus, angka panjang, atau tanda yang bukan huruf."),
        "name",
    ),
    "name_too_long": Reason(_("Nama terlalu panjang"), _("Nama paling panjang 120 huruf."), "name"),
    "address_unreadable": Reason(
        _("Alamat tidak terbaca"), _("Alamat berisi rumus. Tulis sebagai teks."), "address"
    ),
    "address_too_long": Reason(
        _("Alamat terlalu panjang"), _("Alamat paling panjang 300 huruf."), "address"
    ),
    "birth_date_unreadable": Reason(
        _("Tanggal lahir tidak terbaca"), _("Tulis tanggal lahir sebagai 31/12/1980."), "birth_date"
    ),
    "birth_date_swapped": Reason(
        _("Bulan dan hari tertukar"), _("Hari ditulis sebelum bulan: 31/12/1980."), "birth_date"
    ),
    "birth_date_future": Reason(
        _("Tanggal lahir di masa depan"), _("Periksa tahun lahir."), "birth_date"
    ),
    "amount_missing": Reason(_("Nilai kosong"), _("Isi nilai bantuan dalam rupiah."), "amount"),
    "amount_unreadable": Reason(
        _("Nilai tidak terbaca"), _("Tulis nilai sebagai 600000 atau Rp600.000."), "amount"
    ),
    "amount_not_whole": Reason(
        _("Nilai bukan rupiah bulat"), _("Nilai tidak boleh memuat sen."), "amount"
    ),
    "amount_not_positive": Reason(
        _("Nilai nol atau negatif"),
        _("Nilai harus lebih dari nol; untuk menarik baris, tulis TARIK pada kolom perubahan."),
        "amount",
    ),
    "amount_too_large": Reason(
        _("Nilai terlalu besar"), _("Nilai melampaui batas yang masuk akal."), "amount"
    ),
    "amount_differs": Reason(
        _("Nilai tidak sesuai komponen"),
        _("Nilai berbeda dari besaran program untuk komponen atau jumlah bulan baris ini."),
        "amount",
    ),
    "months_unreadable": Reason(
        _("Jumlah bulan tidak terbaca"), _("Tulis jumlah bulan sebagai angka."), "months"
    ),
    "months_unbelievable": Reason(
        _("Jumlah bulan mustahil"), _("Jumlah bulan harus 1 sampai 6."), "months"
    ),
    "component_unreadable": Reason(
        _("Komponen tidak terbaca"),
        _("Tulis jumlah anggota per komponen sebagai angka."),
        "component",
    ),
    "component_unknown": Reason(
        _("Komponen tidak dikenal"), _("Program ini tidak memiliki komponen itu."), "component"
    ),
    "component_too_many": Reason(
        _("Komponen melebihi batas"),
        _("Jumlah anggota yang dihitung melampaui batas program."),
        "component",
    ),
    "no_component": Reason(
        _("Tanpa komponen"), _("Tidak ada anggota keluarga yang membawa bantuan."), "component"
    ),
    "program_without_amounts": Reason(
        _("Besaran program belum ada"), _("Muat besaran program untuk tahap ini."), "amount"
    ),
    "other_program": Reason(
        _("Program lain"), _("Baris ini menyebut program lain daripada daftarnya."), "program"
    ),
    "cells_beyond": Reason(
        _("Sel melewati judul"),
        _(
            "Baris ini memiliki lebih banyak kolom daripada judulnya; mungkin ada pemisah "
            "dalam teks."
        ),
        "address",
    ),
    "village_missing": Reason(
        _("Desa kosong"), _("Isi kode desa, atau nama desa dan kecamatannya."), "village"
    ),
    "village_unknown": Reason(
        _("Desa tak dikenal"),
        _("Desa ini tidak ada dalam daftar wilayah; periksa kode atau ejaannya."),
        "village",
    ),
    "village_ambiguous": Reason(
        _("Desa bermakna ganda"),
        _("Lebih dari satu desa bernama demikian; tambahkan kecamatan atau kodenya."),
        "village",
    ),
    "duplicate_row": Reason(
        _("Baris ganda"), _("Baris yang sama sudah ada di atasnya dan dihitung sekali."), "nik"
    ),
    "duplicate_nik": Reason(
        _("NIK ganda"), _("NIK ini ada pada lebih dari satu baris daftar."), "nik"
    ),
    "duplicate_family_card": Reason(
        _("KK ganda"), _("KK ini ada pada lebih dari satu baris daftar."), "family_card"
    ),
    "duplicate_sender_key": Reason(
        _("Nomor keluarga ganda"),
        _("Nomor keluarga pengirim ini ada pada lebih dari satu baris."),
        "sender_key",
    ),
    "nik_in_other_wave": Reason(
        _("NIK sudah di gelombang lain"),
        _("NIK ini sudah berhak atas program ini melalui keluarga lain."),
        "nik",
    ),
    "family_card_in_other_wave": Reason(
        _("KK sudah di gelombang lain"),
        _("Keluarga ini sudah berhak atas program ini dengan nomor pengirim lain."),
        "family_card",
    ),
    "blocked": Reason(
        _("Dalam daftar cegah"), _("Orang atau KK ini dicegah sampai ada yang mencabutnya."), "nik"
    ),
    "deceased": Reason(
        _("Tercatat meninggal"),
        _("Penerima tercatat meninggal; ahli waris memerlukan surat."),
        "nik",
    ),
    "not_eligible": Reason(
        _("Tidak layak"), _("Penerima tercatat tidak layak menerima bantuan."), "nik"
    ),
    "withdrawal_unknown": Reason(
        _("Penarikan tanpa asal"),
        _("Baris ini ditarik, tetapi tidak ada pada gelombang sebelumnya."),
        "sender_key",
    ),
}

WARNINGS: dict[str, Reason] = {
    "nik_birth_date_differs": Reason(
        _("Tanggal lahir berbeda dari NIK"), _("Periksa tanggal lahir."), "birth_date"
    ),
    "nik_sex_differs": Reason(
        _("Jenis kelamin berbeda dari NIK"), _("Periksa jenis kelamin."), "sex"
    ),
    "nik_region_differs": Reason(
        _("NIK terbit di wilayah lain"), _("Wajar bila keluarga pernah pindah."), "nik"
    ),
    "family_card_date": Reason(
        _("Tanggal dalam KK tidak lazim"), _("Periksa nomor KK."), "family_card"
    ),
    "family_card_is_nik": Reason(
        _("KK sama dengan NIK"), _("Nomor KK dan NIK biasanya berbeda."), "family_card"
    ),
    "village_code_unknown": Reason(
        _("Kode desa tak dikenal"), _("Dipakai nama wilayahnya."), "village_code"
    ),
    "village_code_replaced": Reason(
        _("Kode desa lama"), _("Dipakai kode penggantinya."), "village_code"
    ),
    "name_differs": Reason(
        _("Nama berbeda dari register"), _("NIK ini tercatat dengan nama lain."), "name"
    ),
    "person_on_other_card": Reason(
        _("Pindah KK"), _("NIK ini tercatat pada KK lain."), "family_card"
    ),
    "withdrawn_already": Reason(
        _("Sudah ditarik"), _("Baris ini sudah ditarik pada gelombang sebelumnya."), "sender_key"
    ),
}


def name_of(code: str) -> str:
    """The short name of a reason or warning, in the language in force."""
    reason = REASONS.get(code) or WARNINGS.get(code)
    return str(reason.name) if reason else code
