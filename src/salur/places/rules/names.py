"""How two spellings of one region's name are told to be the same."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from salur.places.rules.codes import Level, RegionSort

# Names. The key is used on both sides, so it may be coarse: what it throws together comes out
# as ambiguous, never as a wrong region.

_SYNONYMS = {
    "KEP": "KEPULAUAN",
    "PERK": "PERKEBUNAN",
    "MNS": "MEUNASAH",
    "GP": "GAMPONG",
    "SEI": "SUNGAI",
    "TJ": "TANJUNG",
    "TG": "TANJUNG",
    "TJG": "TANJUNG",
    "TANJ": "TANJUNG",
    "GN": "GUNUNG",
    "KP": "KAMPUNG",
    "KAMPONG": "KAMPUNG",
    "PD": "PADANG",
    "BT": "BATU",
    "PS": "PASAR",
    "PSR": "PASAR",
    "SP": "SIMPANG",
    "LB": "LUBUK",
    "SBR": "SUMBER",
    "UTR": "UTARA",
    "SLT": "SELATAN",
    "BRT": "BARAT",
    "TMR": "TIMUR",
    "TGH": "TENGAH",
    "SATU": "1",
    "DUA": "2",
    "TIGA": "3",
    "EMPAT": "4",
    "LIMA": "5",
    "ENAM": "6",
    "TUJUH": "7",
    "DELAPAN": "8",
    "SEMBILAN": "9",
    "SEPULUH": "10",
}
_NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII")
_ROMAN = {numeral: str(n) for n, numeral in enumerate(_NUMERALS, start=1)}
_PROVINCE_ALIASES = {
    "NAD": "ACEH",
    "NANGGROE ACEH DARUSSALAM": "ACEH",
    "SUMUT": "SUMATERA UTARA",
    "SUMBAR": "SUMATERA BARAT",
    "SUMSEL": "SUMATERA SELATAN",
    "BABEL": "KEPULAUAN BANGKA BELITUNG",
    "BANGKA BELITUNG": "KEPULAUAN BANGKA BELITUNG",
    "KEPRI": "KEPULAUAN RIAU",
    "DKI": "DAERAH KHUSUS IBUKOTA JAKARTA",
    "DKI JAKARTA": "DAERAH KHUSUS IBUKOTA JAKARTA",
    "DKJ": "DAERAH KHUSUS IBUKOTA JAKARTA",
    "DAERAH KHUSUS JAKARTA": "DAERAH KHUSUS IBUKOTA JAKARTA",
    "JAKARTA": "DAERAH KHUSUS IBUKOTA JAKARTA",
    "JABAR": "JAWA BARAT",
    "JATENG": "JAWA TENGAH",
    "DIY": "DAERAH ISTIMEWA YOGYAKARTA",
    "DI YOGYAKARTA": "DAERAH ISTIMEWA YOGYAKARTA",
    "D I YOGYAKARTA": "DAERAH ISTIMEWA YOGYAKARTA",
    "YOGYAKARTA": "DAERAH ISTIMEWA YOGYAKARTA",
    "JATIM": "JAWA TIMUR",
    "NTB": "NUSA TENGGARA BARAT",
    "NTT": "NUSA TENGGARA TIMUR",
    "KALBAR": "KALIMANTAN BARAT",
    "KALTENG": "KALIMANTAN TENGAH",
    "KALSEL": "KALIMANTAN SELATAN",
    "KALTIM": "KALIMANTAN TIMUR",
    "KALTARA": "KALIMANTAN UTARA",
    "SULUT": "SULAWESI UTARA",
    "SULTENG": "SULAWESI TENGAH",
    "SULSEL": "SULAWESI SELATAN",
    "SULTRA": "SULAWESI TENGGARA",
    "SULBAR": "SULAWESI BARAT",
    "MALUT": "MALUKU UTARA",
}
#: Words before a name that say what kind of region it is, per level.
_DESIGNATORS: dict[Level, frozenset[str]] = {
    "province": frozenset({"PROV", "PROVINSI", "PROPINSI", "PROP"}),
    "regency": frozenset(
        {"KAB", "KABUPATEN", "KOTA", "KOTAMADYA", "KODYA", "ADM", "ADMINISTRASI", "ADMINISTRATIF"}
    ),
    "district": frozenset({"KEC", "KECAMATAN", "DISTRIK"}),
    "village": frozenset({"KEL", "KELURAHAN", "DESA", "DS", "KELDESA", "DESAKEL"}),
}
_MARKS = re.compile(r"[^A-Z0-9]+")
_APOSTROPHES = re.compile(r"['’‘`´]")


@dataclass(frozen=True, slots=True)
class NameKey:
    """What two spellings of one name share, and the kind of region the writer named, if any."""

    key: str
    sort: RegionSort = ""


@lru_cache(maxsize=200_000)
def name_key(name: str, level: Level) -> NameKey:
    """The key of a name at a level: upper case, without marks, spaces and the word for the level,
    abbreviations and numerals written one way. ``("KAB. OGAN ILIR", "regency")`` gives
    ``("OGANILIR", "regency")``."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    upper = _APOSTROPHES.sub("", ascii_name.upper())
    words = _MARKS.sub(" ", upper).split()
    words, sort = _without_designators(words, level)
    if level == "province":
        words = _PROVINCE_ALIASES.get(" ".join(words), " ".join(words)).split()
    words = [_SYNONYMS.get(word, word) for word in words]
    words = [_ROMAN.get(word, word) if n else word for n, word in enumerate(words)]
    return NameKey("".join(words), sort)


def _without_designators(words: list[str], level: Level) -> tuple[list[str], RegionSort]:
    designators = _DESIGNATORS[level]
    said = []
    while len(words) > 1 and words[0] in designators:
        said.append(words[0])
        words = words[1:]
    if level == "regency" and said:
        return words, "regency" if said[0].startswith("KAB") else "city"
    if level == "village" and len(said) == 1:
        return words, "urban" if said[0].startswith("KEL") else "rural"
    return words, ""
