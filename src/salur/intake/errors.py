"""Refusals of intake. Events are never refused; files and malformed requests can be."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from salur.kernel.errors import Invalid, Missing


class WrongHash(Invalid):
    code = "intake.wrong_hash"
    message = _("Berkas yang diterima tidak sama dengan berkas yang dikirim. Kirim ulang.")


class FileTooLarge(Invalid):
    code = "intake.file_too_large"
    message = _("Berkas terlalu besar (%(length)s byte, paling besar %(most)s byte).")


class NotAPhoto(Invalid):
    code = "intake.not_a_photo"
    message = _("Berkas ini bukan foto JPEG atau PNG.")


class NoSuchFile(Missing):
    code = "intake.no_such_file"
    message = _("Berkas tidak ditemukan.")


class TooManyEvents(Invalid):
    code = "intake.too_many_events"
    message = _("Paling banyak %(most)s kejadian dalam satu kiriman.")
