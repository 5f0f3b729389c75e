"""Refusals of intake. Events are never refused; files and malformed requests can be."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from salur.kernel.errors import Conflict, Invalid, Missing


class WrongHash(Invalid):
    code = "intake.wrong_hash"
    message = _("Berkas yang diterima tidak sama dengan berkas yang dikirim. Kirim ulang.")


class FileTooLarge(Invalid):
    code = "intake.file_too_large"
    message = _("Berkas terlalu besar (%(length)s byte, paling besar %(most)s byte).")


class NotAPhoto(Invalid):
    code = "intake.not_a_photo"
    message = _("Berkas ini bukan foto JPEG atau PNG.")


class PictureUndrawable(Missing):
    code = "intake.picture_undrawable"
    message = _("Foto ini rusak atau terlalu besar untuk ditampilkan; aslinya tetap disimpan.")


class NoSuchFile(Missing):
    code = "intake.no_such_file"
    message = _("Berkas tidak ditemukan.")


class TooManyEvents(Invalid):
    code = "intake.too_many_events"
    message = _("Paling banyak %(most)s kejadian dalam satu kiriman.")


class LengthNotNamed(Invalid):
    code = "intake.length_not_named"
    message = _("Panjang berkas tidak sama dengan yang disebut kejadiannya.")


class NoSuchUpload(Missing):
    code = "intake.no_such_upload"
    message = _("Kiriman berkas tidak ada atau sudah kedaluwarsa. Mulai lagi.")


class UploadBusy(Conflict):
    code = "intake.upload_busy"
    message = _("Kiriman lain untuk berkas ini sedang berjalan. Coba lagi sebentar.")


class WrongOffset(Conflict):
    code = "intake.wrong_offset"
    message = _("Kiriman tidak menyambung: yang sudah diterima %(offset)s byte.")


class BeyondLength(Invalid):
    code = "intake.beyond_length"
    message = _("Kiriman lebih panjang daripada berkasnya (%(length)s byte).")


class TooManyUploads(Conflict):
    code = "intake.too_many_uploads"
    message = _("Terlalu banyak berkas yang belum selesai dikirim (%(most)s). Selesaikan dulu.")


class NotAnOutboxFile(Invalid):
    code = "intake.not_an_outbox_file"
    message = _("Ini bukan berkas kiriman darurat dari aplikasi petugas, atau berkasnya terpotong.")
