"""What messages say. Pure: a template and its parameters in, a text out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from salur.kernel.money import format_rupiah

FIRST_TEMPLATES: Final = {
    "paid": (
        "Bantuan {amount} sudah Ibu/Bapak {name} terima pada {date}. Tidak ada potongan."
        " Bila jumlahnya kurang, hubungi 171.",
        "{name} received {amount} of assistance on {date}. Nothing is deducted."
        " If the sum was short, call 171.",
    ),
    "invited": (
        "Ibu/Bapak {name}, bantuan {amount} dibayarkan pada {date} di {place}."
        " Bawa surat undangan, KTP, dan KK. Tidak ada potongan.",
        "{name}, assistance of {amount} will be paid on {date} at {place}."
        " Bring the letter, identity card and family card. Nothing is deducted.",
    ),
    "moved": (
        "Ibu/Bapak {name}, hari pembayaran bantuan {amount} berubah menjadi {date} di {place}."
        " Surat undangan yang lama tetap berlaku.",
        "{name}, assistance of {amount} will now be paid on {date} at {place}."
        " The letter that you have stays valid.",
    ),
    "missed": (
        "Ibu/Bapak {name}, bantuan {amount} belum diterima. Bantuan tetap tersimpan;"
        " pendamping akan memberi tahu jadwal berikutnya.",
        "{name}, assistance of {amount} has not been received yet. It is kept for you;"
        " your companion will tell the next date.",
    ),
}
"""Code > (Indonesian, English). 171 is the ministry's public line."""

MONTHS: Final = (
    ("Januari", "January"),
    ("Februari", "February"),
    ("Maret", "March"),
    ("April", "April"),
    ("Mei", "May"),
    ("Juni", "June"),
    ("Juli", "July"),
    ("Agustus", "August"),
    ("September", "September"),
    ("Oktober", "October"),
    ("November", "November"),
    ("Desember", "December"),
)


def say_day(iso_date: str, language: str) -> str:
    """``30 November 2026`` in the language."""
    day = date.fromisoformat(iso_date)
    return f"{day.day} {MONTHS[day.month - 1][language == 'en']} {day.year}"


def write_message(text: str, params: Mapping[str, Any], language: str = "id") -> str:
    """The text with its places filled in. Amounts and dates are written for people.

    A place without a parameter stays empty rather than costing the message.
    """
    values: dict[str, str] = {}
    for name, value in params.items():
        if name == "amount":
            values[name] = format_rupiah(int(value))
        elif name == "date":
            values[name] = say_day(str(value), language)
        else:
            values[name] = str(value)

    class Filled(dict[str, str]):
        def __missing__(self, key: str) -> str:
            return ""

    return text.format_map(Filled(values))
