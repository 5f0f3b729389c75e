"""What codes are called on pages."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CHANNELS: dict[str, str | Promise] = {
    "post_office": _("Kantor pos"),
    "community": _("Komunitas"),
    "doorstep": _("Antar ke rumah"),
    "bank": _("Bank"),
}

REASONS: dict[str, str | Promise] = {
    "absent": _("Tidak hadir"),
    "away": _("Sedang bepergian"),
    "ill": _("Sakit"),
    "moved": _("Pindah"),
    "not_found": _("Tidak ditemukan"),
    "no_document": _("Tanpa dokumen"),
    "face_not_matched": _("Wajah belum cocok"),
    "nik_mismatch": _("NIK belum cocok"),
    "force_majeure": _("Cuaca atau bencana"),
    "deceased_heir": _("Meninggal, ada ahli waris"),
    "deceased_single": _("Meninggal"),
    "duplicate_family": _("Ganda dalam keluarga"),
    "duplicate_program": _("Ganda dengan program lain"),
    "not_eligible": _("Tidak layak"),
    "refused": _("Menolak"),
    "graduated": _("Graduasi"),
    "no_component": _("Tanpa komponen"),
    "expired_unresolved": _("Lewat batas waktu"),
    "bank_rejected": _("Ditolak bank"),
    "waiting": _("Menunggu giliran"),
    "unassigned": _("Belum dijadwalkan"),
    "held": _("Ditahan saat pemeriksaan daftar"),
}

STATUSES: dict[str, tuple[str, str | Promise]] = {
    "planned": ("wait", _("Terjadwal")),
    "instructed": ("wait", _("Diperintahkan ke bank")),
    "paid": ("good", _("Tersalur")),
    "partly": ("attention", _("Tersalur sebagian")),
    "failed": ("bad", _("Gagal akhir")),
    "cancelled": ("wait", _("Dibatalkan")),
}

METHODS: dict[str, str | Promise] = {
    "face": _("wajah dengan rujukan"),
    "registry": _("wajah dengan data kependudukan"),
    "enrolment": _("wajah pertama, direkam"),
    "witness": _("saksi"),
    "document": _("dokumen"),
    "proxy": _("kuasa"),
    "unverified": _("tanpa verifikasi"),
}

VERDICTS: dict[str, tuple[str, str | Promise]] = {
    "evidence_pending": ("wait", _("Bukti belum lengkap diterima")),
    "complete": ("good", _("Bukti lengkap")),
    "review": ("attention", _("Bukti perlu ditinjau")),
    "accepted": ("good", _("Bukti diterima peninjau")),
    "doubtful": ("bad", _("Bukti diragukan peninjau")),
}

OUTCOMES: dict[str, tuple[str, str | Promise]] = {
    "paid": ("good", _("dibayar")),
    "short": ("attention", _("dibayar kurang")),
    "excess": ("attention", _("kelebihan, ke rekening penampungan")),
    "second": ("bad", _("penyerahan kedua, ke rekening penampungan")),
    "not_payable": ("bad", _("tidak dapat dibayar, ke rekening penampungan")),
}

RELATIONS: dict[str, str | Promise] = {
    "self": _("penerima sendiri"),
    "head": _("kepala keluarga"),
    "spouse": _("pasangan"),
    "child": _("anak"),
    "parent": _("orang tua"),
    "heir": _("ahli waris"),
    "other": _("anggota keluarga"),
}

ACCOUNTS: dict[str, str | Promise] = {
    "treasury": _("Kas Negara"),
    "order_fund": _("dana perintah bayar"),
    "vault": _("kas kantor"),
    "in_transit": _("kas dalam perjalanan"),
    "cash": _("kas petugas"),
    "paid": _("tersalur"),
    "bank_clearing": _("kliring bank"),
    "returned": _("dikembalikan"),
    "suspense": _("penampungan"),
    "shortage": _("kekurangan kas"),
    "surplus": _("kelebihan kas"),
    "receivable": _("piutang"),
    "agency_advance": _("talangan kantor"),
    "agency_loss": _("kerugian kantor"),
}


def reason_word(code: str) -> str:
    return str(REASONS.get(code, code.replace("_", " ")))
