"""What codes are called on pages."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from salur.disbursement.rules.attempts import reason_label
from salur.programs.reasons import REASONS as HELD_REASONS

CHANNELS: dict[str, str | Promise] = {
    "post_office": _("Kantor pos"),
    "community": _("Komunitas"),
    "doorstep": _("Antar ke rumah"),
    "bank": _("Bank"),
}

WAITING_REASONS: dict[str, str | Promise] = {
    "waiting": _("Menunggu giliran"),
    "unassigned": _("Belum dijadwalkan"),
    "held": _("Ditahan saat pemeriksaan daftar"),
    "expired_unresolved": _("Lewat batas waktu"),
}
"""Why nobody was there yet; why somebody was and could not pay is disbursement's to say."""

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
    """Why a family has not received yet."""
    if code in WAITING_REASONS:
        return str(WAITING_REASONS[code])
    return reason_label(code)


def held_reason_word(code: str) -> str:
    """Why a list row is held."""
    return str(HELD_REASONS[code].name) if code in HELD_REASONS else code.replace("_", " ")
