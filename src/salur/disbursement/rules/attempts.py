"""Why a family was not paid: coded, and whether the code can be the last word. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Reason:
    """``final`` codes end the payment after a second person's approval; others are tried again."""

    code: str
    label: str | Promise
    final: bool
    programs: frozenset[str] = frozenset()


REASONS: Final[dict[str, Reason]] = {
    reason.code: reason
    for reason in (
        Reason("absent", _("Tidak hadir"), final=False),
        Reason("away", _("Sedang bepergian"), final=False),
        Reason("ill", _("Sakit"), final=False),
        Reason("no_document", _("Tidak membawa dokumen"), final=False),
        Reason("face_not_matched", _("Wajah belum cocok"), final=False),
        Reason("nik_mismatch", _("NIK tidak sesuai"), final=False),
        Reason("moved", _("Pindah"), final=False),
        Reason("not_found", _("Tidak ditemukan"), final=False),
        Reason("deceased_heir", _("Meninggal, ada ahli waris"), final=False),
        Reason("force_majeure", _("Cuaca atau bencana"), final=False),
        Reason("deceased_single", _("Meninggal, tanpa ahli waris"), final=True),
        Reason("duplicate_family", _("Keluarga ganda"), final=True),
        Reason("duplicate_program", _("Program ganda"), final=True),
        Reason("not_eligible", _("Tidak layak"), final=True),
        Reason("refused", _("Menolak bantuan"), final=True),
        Reason("graduated", _("Graduasi"), final=True),
        Reason("no_component", _("Tanpa komponen"), final=True, programs=frozenset({"PKH"})),
        Reason("expired_unresolved", _("Sampai batas waktu belum selesai"), final=True),
    )
}
"""The reasons of the field; docs/words.md explains them."""


def is_final(code: str) -> bool:
    """Raises KeyError for a code that nobody defined."""
    return REASONS[code].final


def reason_label(code: str) -> str:
    """The reason in the reader's language; an unknown code answers itself."""
    return str(REASONS[code].label) if code in REASONS else code
