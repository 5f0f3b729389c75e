"""What this room's codes are called on pages."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from salur.identity.words import REASON_WORDS

DOUBTS: dict[str, str | Promise] = {
    "no_verification": _("Tanpa pemeriksaan penerima"),
    "face_not_convincing": _("Wajah belum meyakinkan"),
    "missing_ktp": _("Foto KTP belum ada"),
    "missing_kk": _("Foto kartu keluarga belum ada"),
    "missing_face": _("Foto wajah belum ada"),
    "missing_recipient_photo": _("Foto penerima dengan uang belum ada"),
    "missing_receipt_mark": _("Tanda tangan atau cap jempol belum ada"),
    "missing_house": _("Foto rumah belum ada"),
    "missing_authority": _("Surat kuasa belum ada"),
    "clock_off": _("Jam ponsel tidak tepat"),
    "clock_ahead": _("Waktu ponsel mendahului server"),
    "clock_unbounded": _("Waktu kejadian tidak dapat dipastikan"),
    "revoked_device": _("Perangkat sudah dicabut"),
    "cloned_device": _("Perangkat diduga digandakan"),
    "total_differs": _("Jumlah uang tidak sama dengan rinciannya"),
}


def doubt_label(code: str) -> str:
    """The doubt in the reader's language; an unknown code answers itself."""
    word = DOUBTS.get(code) or REASON_WORDS.get(code)
    return str(word) if word else code
