"""What this room refuses, by name."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from salur.kernel.errors import Conflict, Forbidden, Invalid, Missing


class PhotoRefused(Invalid):
    """The file is not one whole JPEG or PNG picture within the limits."""

    code = "photo_unreadable"
    message = _("Foto tidak dapat dibuka. Ambil ulang fotonya.")

    MESSAGES: dict[str, str | Promise] = {
        "photo_unreadable": _("Foto tidak dapat dibuka. Ambil ulang fotonya."),
        "photo_empty": _("Berkas foto kosong. Ambil ulang fotonya."),
        "photo_too_large": _("Foto terlalu besar. Perkecil atau ambil ulang fotonya."),
        "photo_too_small": _("Foto terlalu kecil. Ambil ulang fotonya dari lebih dekat."),
    }

    @classmethod
    def because(cls, code: str, **details: Any) -> PhotoRefused:
        return cls(cls.MESSAGES[code], code=code, **details)


class PhotoNotGoodEnough(Invalid):
    """The photo opens but fails the quality gate; `details["reasons"]` says why, coded."""

    code = "photo_not_good_enough"
    message = _("Foto wajah belum cukup jelas. Ambil ulang fotonya.")


class EnrolledByPayer(Forbidden):
    """Nobody's first reference is made by the person who pays, unless a witness stands by."""

    code = "enrolled_by_payer"
    message = _(
        "Foto acuan pertama harus diambil oleh orang lain, bukan pembayar, atau di hadapan saksi."
    )


class WitnessNotIndependent(Invalid):
    """The witness must be a third person: not the payer, not the person photographed."""

    code = "witness_not_independent"
    message = _("Saksi harus orang lain: bukan pembayar dan bukan penerima.")


class ReferenceExists(Conflict):
    """The person has a live reference; replacing it is another, reasoned act."""

    code = "reference_exists"
    message = _("Orang ini sudah mempunyai foto acuan.")


class PersonUnknown(Missing):
    """No such person within the actor's scope."""

    code = "person_unknown"
    message = _("Orang ini tidak ditemukan.")


class QuestionUnknown(Missing):
    """No such question within the actor's scope."""

    code = "question_unknown"
    message = _("Pertanyaan ini tidak ada di wilayah kerja Anda.")


class QuestionOver(Conflict):
    """Somebody answered already, or the officer no longer waits."""

    code = "question_over"
    message = _("Pertanyaan ini sudah dijawab, atau petugas tidak lagi menunggu.")
