"""Refusals of this room, by name. Codes are stable: app and pages translate by them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext
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


class FloatUnknown(Missing):
    code = "float_unknown"
    message = _("Panjar atau kantor ini tidak ada di wilayah kerja Anda.")


class FloatNotOpen(Conflict):
    code = "float_not_open"
    message = _("Panjar ini tidak lagi dapat diubah: statusnya %(status)s.")


class NotAnOfficer(Invalid):
    code = "not_an_officer"
    message = _(
        "Panjar hanya dapat diberikan kepada juru bayar kantor ini, bukan kepada diri sendiri."
    )


class NotesDiffer(Invalid):
    code = "notes_differ"
    message = _("Rincian lembar uang tidak sama dengan jumlahnya (%(amount)s).")


class CashLimit(Conflict):
    code = "cash_limit"
    message = _(
        "Batas uang tunai juru bayar %(limit)s terlampaui: sudah memegang %(in_hand)s,"
        " ditambah %(amount)s."
    )


class VaultShort(Conflict):
    code = "vault_short"
    message = _("Uang di brankas kurang %(short)s untuk panjar ini.")


class KeyReused(Conflict):
    code = "key_reused"
    message = _("Formulir ini sudah pernah dikirim dengan isi yang berbeda. Buka lagi halamannya.")


class UnknownOrder(Missing):
    code = "unknown_order"
    message = _("Surat perintah ini tidak ada.")


class VisitLeased(Conflict):
    code = "visit_leased"
    message = _("Kunjungan ini sedang dipegang perangkat lain sampai sewanya berakhir.")


class DeviceUnfit(Conflict):
    code = "device_unfit"
    message = _("Perangkat ini tidak aktif atau bukan milik kantor ini.")


class GroupWrong(Invalid):
    code = "group_wrong"
    message = _("Kelompok meja ini tidak dapat dipakai: %(problem)s.")


class LeaseOver(Conflict):
    code = "lease_over"
    message = _("Titipan ini sudah berakhir.")


class NothingToMove(Conflict):
    code = "nothing_to_move"
    message = _("Sesi ini sudah selesai, atau hari itu di luar masa tahap ini.")


class SessionTaken(Conflict):
    code = "session_taken"
    message = _("Titik bayar ini sudah punya sesi pada hari itu.")


class NothingToReplan(Conflict):
    code = "nothing_to_replan"
    message = _("Tidak ada kunjungan yang dapat dijadwalkan ulang.")


class NoRoom(Conflict):
    code = "no_room"
    message = _("Sesi ini tidak punya tempat lagi untuk %(families)s keluarga.")


class UnknownPoint(Missing):
    code = "unknown_point"
    message = _("Titik bayar ini tidak ada di wilayah kerja Anda.")


@dataclass(frozen=True, slots=True)
class PointProblem:
    """What is wrong in a file of pay points, by row and column as the spreadsheet counts."""

    row: int
    column: str
    value: str = ""

    def __str__(self) -> str:
        if not self.value:
            return gettext("Baris %(row)s: kolom %(column)s kosong atau tidak ada.") % {
                "row": self.row,
                "column": self.column,
            }
        return gettext("Baris %(row)s, kolom %(column)s: “%(value)s” tidak dapat dipakai.") % {
            "row": self.row,
            "column": self.column,
            "value": self.value,
        }


class WrongPoints(Invalid):
    code = "wrong_points"
    message = _("Berkas titik bayar belum benar. Perbaiki baris yang disebut, lalu unggah lagi.")


class UnknownProcedure(Missing):
    code = "unknown_procedure"
    message = _("Versi prosedur ini tidak ada.")


class NothingToInstruct(Conflict):
    code = "nothing_to_instruct"
    message = _("Tidak ada pembayaran bank yang menunggu perintah.")


class UnknownFile(Missing):
    code = "unknown_file"
    message = _("Berkas cetak ini tidak ada di wilayah kerja Anda.")


class EmptyInstruction(Invalid):
    code = "empty_instruction"
    message = _("Tulis pesan untuk petugas, paling panjang %(most)s huruf.")


class UnknownTarget(Missing):
    code = "unknown_target"
    message = _("Perangkat atau sesi ini tidak ada di wilayah kerja Anda.")


class PassingUnknown(Missing):
    code = "passing_unknown"
    message = _("Serah terima antarpetugas ini tidak ada di wilayah kerja Anda.")


class DoubtUnknown(Missing):
    code = "doubt_unknown"
    message = _("Penyerahan ini tidak dalam keraguan, atau bukan di wilayah kerja Anda.")


class DoubtSettled(Conflict):
    code = "doubt_settled"
    message = _("Belum ada usulan untuk penyerahan ini, atau sudah diputuskan.")


class PassingSettled(Conflict):
    code = "passing_settled"
    message = _("Serah terima antarpetugas ini tidak menunggu keputusan.")


class UnknownVillage(Missing):
    code = "unknown_village"
    message = _("Desa ini tidak dilayani kantor Anda, atau petugasnya bukan dari kantor itu.")


class NothingUnsynced(Conflict):
    code = "nothing_unsynced"
    message = _("Tidak ada selisih yang masih menunggu kabar ponsel untuk panjar ini.")
