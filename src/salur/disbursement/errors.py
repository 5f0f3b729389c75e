"""Refusals of this room, by name. Codes are stable: app and pages translate by them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from salur.kernel.errors import Conflict, Invalid, Missing


class UnknownTranche(Missing):
    code = "unknown_tranche"
    message = _("Tahap ini tidak ada.")


class TrancheClosed(Conflict):
    code = "tranche_closed"
    message = _("Tahap %(tranche)s sudah ditutup: tidak ada lagi yang dapat direncanakan.")


class UnknownSession(Missing):
    code = "unknown_session"
    message = _("Sesi pembayaran ini tidak ada di wilayah kerja Anda.")


class UnknownVisit(Missing):
    code = "unknown_visit"
    message = _("Kunjungan ini tidak ada di wilayah kerja Anda.")


class WrongSettings(Invalid):
    code = "wrong_settings"
    message = _("Aturan perencanaan tidak dapat dipakai: %(problem)s")


class AttemptUnknown(Missing):
    code = "attempt_unknown"
    message = _("Laporan gagal bayar ini tidak ada di wilayah kerja Anda.")


class AlreadyDecided(Conflict):
    code = "already_decided"
    message = _("Laporan ini sudah diputuskan oleh orang lain.")


class HandOverUnknown(Missing):
    code = "hand_over_unknown"
    message = _("Serah terima ini tidak ada di wilayah kerja Anda.")
