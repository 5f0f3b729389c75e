"""A handful of regions, enough for names that collide and offices that stand in line."""

from __future__ import annotations

from salur.kernel.actor import SYSTEM
from salur.places.importing import RegionRow
from salur.places.operations import load_regions

ROWS = [
    RegionRow("16", "Sumatera Selatan"),
    RegionRow("16.71", "Kota Palembang"),
    RegionRow("16.71.02", "Ilir Barat Satu"),
    RegionRow("16.71.02.1001", "Bukit Lama", "30139"),
    RegionRow("16.71.02.1002", "Bukit Baru"),
    RegionRow("16.71.04", "Ilir Timur I"),
    RegionRow("16.71.04.1001", "13 Ilir"),
    RegionRow("32", "Jawa Barat"),
    RegionRow("32.04", "Kabupaten Bandung"),
    RegionRow("32.04.01", "Cileunyi"),
    RegionRow("32.04.01.2001", "Sukamaju"),
    RegionRow("32.73", "Kota Bandung"),
    RegionRow("32.73.01", "Sukasari"),
    RegionRow("32.73.01.1001", "Sukarasa"),
    RegionRow("64", "Kalimantan Timur"),
    RegionRow("64.71", "Kota Balikpapan"),
    RegionRow("91", "Papua"),
    RegionRow("91.71", "Kota Jayapura"),
]
SOURCE = "uji 1"

OFFICES = """KODE;NAMA;JENIS;KODE INDUK;KODE WILAYAH;WILAYAH LAYANAN;ALAMAT
10000;Kantor Pusat;PUSAT;;32.73;;Bandung
20000;Regional 1;REGIONAL;10000;16.71;;
30000;KCU Palembang;KCU;20000;16.71;16;Jl. Merdeka
30100;KC Ilir Barat;KC;30000;16.71.02;1671;
30101;KCP Bukit Lama;KCP;30100;16.71.02.1001;1671021001;
"""


def load(rows: list[RegionRow] = ROWS, source: str = SOURCE, **more: object):
    return load_regions(rows, source=source, by=SYSTEM, **more)
