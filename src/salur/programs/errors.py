"""What this room refuses. Problems of files are in `importing.problems`."""

from django.utils.translation import gettext_lazy as _

from salur.kernel.errors import Conflict, Invalid, Missing
from salur.programs.importing.problems import BrokenFile

__all__ = [
    "AbsentNotConfirmed",
    "BrokenFile",
    "CountsDiffer",
    "EntitlementsTaken",
    "FundsRecorded",
    "ListInWrongState",
    "ListOutdated",
    "ListReceivedAlready",
    "NoteMissing",
    "OrderNumberUsed",
    "TooManyAbsent",
    "TrancheClosed",
    "TrancheOverlaps",
    "UnknownList",
    "UnknownOrder",
    "UnknownProgram",
    "UnknownTranche",
    "WaveUsed",
]


class UnknownProgram(Missing):
    code = "program_unknown"
    message = _("Program %(program)s tidak dikenal.")


class UnknownTranche(Missing):
    code = "tranche_unknown"
    message = _("Tahap penyaluran ini tidak ada.")


class UnknownOrder(Missing):
    code = "order_unknown"
    message = _("Surat perintah ini tidak ada.")


class UnknownList(Missing):
    code = "list_unknown"
    message = _("Daftar ini tidak ada.")


class TrancheOverlaps(Conflict):
    code = "tranche_exists"
    message = _("Tahap %(number)s tahun %(year)s sudah ada.")


class TrancheClosed(Conflict):
    code = "tranche_closed"
    message = _("Tahap ini sudah ditutup; tidak ada lagi yang dapat disetujui.")


class OrderNumberUsed(Conflict):
    code = "order_number_used"
    message = _("Surat perintah nomor %(number)s sudah dicatat.")


class FundsRecorded(Conflict):
    code = "funds_recorded"
    message = _("Dana surat perintah ini sudah dicatat masuk.")


class ListReceivedAlready(Conflict):
    """The same bytes, program, tranche and mapping: nothing was changed. ``list`` names it."""

    code = "list_received_already"
    message = _("Berkas ini sudah diterima sebagai gelombang %(wave)s; tidak ada yang berubah.")


class WaveUsed(Conflict):
    code = "wave_used"
    message = _("Gelombang %(wave)s program ini sudah ada.")


class ListInWrongState(Conflict):
    code = "list_in_wrong_state"
    message = _("Daftar berstatus %(status)s; langkah ini tidak dapat dilakukan.")


class ListOutdated(Conflict):
    """Something that the check relied on has changed; the list was sent to be checked anew."""

    code = "list_outdated"
    message = _(
        "Sejak daftar diperiksa, data lain berubah (%(what)s). Periksa ulang, lalu lihat "
        "selisihnya sekali lagi."
    )


class CountsDiffer(Conflict):
    code = "counts_differ"
    message = _(
        "Angka pada halaman sudah lama: sekarang %(rows)s baris, %(rupiah)s. Muat ulang halaman."
    )


class AbsentNotConfirmed(Conflict):
    code = "absent_not_confirmed"
    message = _(
        "Daftar penuh ini tidak memuat %(count)s keluarga dari gelombang sebelumnya; penarikannya "
        "harus dikonfirmasi tersendiri."
    )


class TooManyAbsent(Conflict):
    code = "too_many_absent"
    message = _(
        "%(count)s keluarga (lebih dari %(percent)s%%) tidak ada lagi dalam daftar penuh ini. "
        "Diperlukan catatan pimpinan."
    )


class NoteMissing(Invalid):
    code = "note_missing"
    message = _("Tulis catatan: apa yang harus diperbaiki pengirim.")


class EntitlementsTaken(Conflict):
    code = "entitlements_taken"
    message = _("%(count)s hak bantuan sudah direncanakan, dibayar, atau ditarik.")
