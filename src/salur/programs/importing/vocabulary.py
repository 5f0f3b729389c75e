"""What the columns of a list are called by those who write lists.

Words are brought to one form first (`NOMOR` and `NO.` are the same word), so that each column needs
only the phrases that truly differ. To teach the reader a new title, add its phrase here.
"""

import re
import unicodedata
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Column:
    """One thing that a list can say about a row."""

    key: str
    label: str | Promise
    phrases: tuple[str, ...]
    component: bool = False  # a count of family members who bring a benefit


def _said(phrases: str) -> tuple[str, ...]:
    return tuple(phrases.split(" | "))


COLUMNS: tuple[Column, ...] = (
    Column("number", _("Nomor urut"), _said("NO | NO URUT | URUT")),
    Column(
        "sender_key",
        _("Nomor keluarga pengirim"),
        _said(
            "ID KELUARGA | ID DTKS | IDDTKS | ID DTSEN | ID KPM | ID RT | IDBDT | ID BDT | "
            "ID SEMESTA | IDSEMESTA | ID ART | NO PESERTA | NO PESERTA PKH | NOPES | ID "
            "PENERIMA | ID PENGURUS | NO KPM | KODE KPM"
        ),
    ),
    Column(
        "family_card",
        _("Nomor Kartu Keluarga"),
        _said("KK | NO KK | NOKK | NO INDUK KK | NKK"),
    ),
    Column(
        "nik",
        _("NIK penerima"),
        _said(
            "NIK | NO NIK | NIK KTP | NIK PENERIMA | NIK KPM | NO KTP | KTP | NO INDUK "
            "KEPENDUDUKAN | NO INDUK KEPENDUDUKAN NIK | NIK PENERIMA KPM | NIK KEPALA "
            "KELUARGA | NO IDENTITAS"
        ),
    ),
    Column(
        "name",
        _("Nama penerima"),
        _said(
            "NAMA | NAMA PENERIMA | NAMA KPM | NAMA LENGKAP | NAMA PENERIMA KPM | NAMA "
            "PENERIMA LENGKAP | PENERIMA | NAMA KEPALA KELUARGA | NAMA LENGKAP PENERIMA | "
            "NAMA SESUAI KTP"
        ),
    ),
    Column("birth_place", _("Tempat lahir"), _said("TEMPAT LAHIR | TMP LAHIR | TPT LAHIR")),
    Column(
        "birth_date",
        _("Tanggal lahir"),
        _said("TGL LAHIR | LAHIR | TGL LAHIR PENERIMA | TGLLAHIR"),
    ),
    Column(
        "sex",
        _("Jenis kelamin"),
        _said("JK | JENIS KELAMIN | KELAMIN | L P | JNS KELAMIN | SEX"),
    ),
    Column(
        "mother_name",
        _("Nama ibu kandung"),
        _said("NAMA IBU KANDUNG | IBU KANDUNG | NAMA IBU"),
    ),
    Column(
        "address",
        _("Alamat"),
        _said(
            "ALAMAT | ALAMAT PENERIMA | ALAMAT LENGKAP | ALAMAT KPM | ALAMAT RUMAH | ALAMAT "
            "DOMISILI | JALAN | ALAMAT JALAN"
        ),
    ),
    Column(
        "hamlet",
        _("Dusun atau lingkungan"),
        _said("DUSUN | LINGKUNGAN | DUSUN LINGKUNGAN | KAMPUNG"),
    ),
    Column("rt", _("RT"), _said("RT | NO RT | RUKUN TETANGGA")),
    Column("rw", _("RW"), _said("RW | NO RW | RUKUN WARGA")),
    Column("rt_rw", _("RT/RW"), _said("RT RW | RTRW")),
    Column(
        "village_code",
        _("Kode desa/kelurahan"),
        _said(
            "KODE DESA | KODE KEL DESA | KODE WILAYAH | KODE WILAYAH DESA | KODE KEMENDAGRI "
            "| KODE WILAYAH KEMENDAGRI | KDKEL | KD DESA | KODEDESA | KODE DESA KEL | ID "
            "DESA"
        ),
    ),
    Column("province", _("Provinsi"), _said("PROV | NAMA PROV")),
    Column(
        "regency",
        _("Kabupaten/kota"),
        _said("KAB | NAMA KAB | KOTA | KAB KOTA | NAMA KAB KOTA"),
    ),
    Column("district", _("Kecamatan"), _said("KEC | NAMA KEC | DISTRIK")),
    Column(
        "village",
        _("Desa/kelurahan"),
        _said(
            "DESA | NAMA DESA | KEL | NAMA KEL | DESA KEL | KEL DESA | NAMA KEL DESA | NAMA "
            "DESA KEL"
        ),
    ),
    Column("postcode", _("Kode pos"), _said("KODE POS | KODEPOS | POS")),
    Column(
        "phone",
        _("Nomor telepon"),
        _said(
            "HP | NO HP | TELP | NO TELP | NO TELP HP | NO HP TELP | NO HANDPHONE | NO WA | "
            "NO HP WA"
        ),
    ),
    Column(
        "program",
        _("Program"),
        _said("PROGRAM | JENIS BANTUAN | BANSOS | JENIS BANSOS | NAMA PROGRAM | BANTUAN SOSIAL"),
    ),
    Column(
        "months",
        _("Jumlah bulan"),
        _said("BULAN | JUMLAH BULAN | JML BULAN | BANYAK BULAN | ALOKASI BULAN"),
    ),
    Column(
        "amount",
        _("Nilai bantuan"),
        _said(
            "NOMINAL | NILAI | BESARAN | JUMLAH BANTUAN | NILAI BANTUAN | NOMINAL BANTUAN | "
            "BESARAN BANTUAN | JUMLAH UANG | TOTAL BANTUAN | TOTAL | JUMLAH | JUMLAH "
            "NOMINAL | BANTUAN | TOTAL NOMINAL | JUMLAH DITERIMA | NILAI BANSOS | JUMLAH "
            "DANA | NILAI UANG | NOMINAL DITERIMA | TOTAL NILAI | TOTAL NILAI BANTUAN | "
            "JUMLAH NILAI"
        ),
    ),
    Column(
        "action",
        _("Jenis perubahan"),
        _said(
            "AKSI | JENIS PERUBAHAN | PERUBAHAN | STATUS DATA | STATUS PERUBAHAN | TINDAKAN "
            "| STATUS BARIS"
        ),
    ),
    Column(
        "BUMIL",
        _("Ibu hamil/nifas"),
        _said("HAMIL | IBU HAMIL | BUMIL | HAMIL NIFAS | IBU HAMIL NIFAS | BUMIL NIFAS"),
        component=True,
    ),
    Column(
        "BALITA",
        _("Anak usia dini"),
        _said(
            "ANAK USIA DINI | AUD | USIA DINI | BALITA | ANAK 0 6 | ANAK USIA 0 6 | ANAK "
            "USIA 0 6 TAHUN | ANAK 0 6 TAHUN"
        ),
        component=True,
    ),
    Column(
        "SD",
        _("Anak SD"),
        _said("SD | ANAK SD | SD SEDERAJAT | PENDIDIKAN SD"),
        component=True,
    ),
    Column(
        "SMP",
        _("Anak SMP"),
        _said("SMP | ANAK SMP | SMP SEDERAJAT | PENDIDIKAN SMP"),
        component=True,
    ),
    Column(
        "SMA",
        _("Anak SMA"),
        _said("SMA | ANAK SMA | SMA SEDERAJAT | PENDIDIKAN SMA | SMA SMK"),
        component=True,
    ),
    Column(
        "LANSIA",
        _("Lanjut usia"),
        _said("LANSIA | LANJUT USIA | LANSIA 60 | LANSIA 70"),
        component=True,
    ),
    Column(
        "DISABILITAS",
        _("Disabilitas berat"),
        _said(
            "DISABILITAS | DISABILITAS BERAT | DIFABEL | PENYANDANG DISABILITAS | "
            "PENYANDANG DISABILITAS BERAT | DISABILITAS BRT"
        ),
        component=True,
    ),
    Column(
        "disabled",
        _("Penyandang disabilitas"),
        _said("PENERIMA DISABILITAS | DISABILITAS PENERIMA | STATUS DISABILITAS"),
    ),
    Column("bank", _("Bank"), _said("BANK | NAMA BANK | BANK PENYALUR | KODE BANK")),
    Column("account", _("Nomor rekening"), _said("NO REKENING | REKENING | NOREK | NO REK")),
    Column(
        "ministry_status",
        _("Status kementerian"),
        _said("STATUS | KETERANGAN | KET | STATUS SPM | STATUS KEMENSOS | STATUS SIKS"),
    ),
)

BY_KEY: dict[str, Column] = {column.key: column for column in COLUMNS}
COMPONENT_KEYS: tuple[str, ...] = tuple(column.key for column in COLUMNS if column.component)

# Without these a row cannot become an entitlement. A village may come by code or by names.
REQUIRED: tuple[str, ...] = ("family_card", "nik", "name", "amount")

_SAME_WORD = {
    "NOMOR": "NO", "NOMER": "NO", "NMR": "NO", "NUMBER": "NO",
    "TANGGAL": "TGL", "TANGAL": "TGL",
    "PROVINSI": "PROV", "PROPINSI": "PROV", "PROP": "PROV",
    "KABUPATEN": "KAB", "KODYA": "KOTA",
    "KECAMATAN": "KEC",
    "KELURAHAN": "KEL",
    "TELEPON": "TELP", "TELPON": "TELP", "TLP": "TELP", "PONSEL": "HP", "HANDPHONE": "HP",
    "JML": "JUMLAH", "JUML": "JUMLAH", "JLH": "JUMLAH",
    "PENGURUS": "PENERIMA",
    "KD": "KODE",
}  # fmt: skip
_PHRASES_SHORTENED = (
    ("NO KARTU KELUARGA", "NO KK"),
    ("KARTU KELUARGA", "KK"),
    ("KELUARGA PENERIMA MANFAAT", "KPM"),
    ("PENERIMA MANFAAT", "PENERIMA"),
    ("PENERIMA BANTUAN", "PENERIMA"),
    ("PENERIMA BANSOS", "PENERIMA"),
)
# Units and polite additions that say nothing about which column it is.
_NOISE = frozenset({"RP", "RUPIAH", "IDR", "ORANG", "JIWA", "DALAM"})


def title_key(title: str) -> str:
    """The form in which two titles of the same column are the same text.

    Idempotent; empty for a title without letters or digits.
    """
    text = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().upper()
    words = [_SAME_WORD.get(word, word) for word in re.findall(r"[A-Z0-9]+", text)]
    phrase = " ".join(word for word in words if word not in _NOISE)
    for long, short in _PHRASES_SHORTENED:
        phrase = phrase.replace(long, short)
    words = phrase.split()
    # "NO KK KK", "NIK NIK": the abbreviation repeated in brackets
    return " ".join(word for at, word in enumerate(words) if at == 0 or word != words[at - 1])


def _phrase_index() -> dict[str, str]:
    index: dict[str, str] = {}
    for column in COLUMNS:
        for phrase in column.phrases:
            key = title_key(phrase)
            if index.setdefault(key, column.key) != column.key:
                raise ValueError(f"{phrase!r} stands for two columns")
    return index


BY_PHRASE: dict[str, str] = _phrase_index()


def column_for(title: str) -> str | None:
    """The key of the column that this title certainly means, or None."""
    key = title_key(title)
    return BY_PHRASE.get(key) or BY_PHRASE.get(key.replace(" ", "")) if key else None
