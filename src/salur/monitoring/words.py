"""What codes are called on pages."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from salur.disbursement.rules.attempts import reason_label
from salur.disbursement.words import doubt_label
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

EVIDENCE: dict[str, str | Promise] = {
    "recipient_photo": _("Penerima dengan uang dan KTP"),
    "signature": _("Tanda tangan"),
    "thumbprint": _("Cap jempol"),
    "ktp": _("KTP"),
    "kk": _("Kartu keluarga"),
    "face": _("Wajah"),
    "house": _("Rumah"),
    "letter": _("Surat"),
}

EVENTS: dict[str, str | Promise] = {
    "verification": _("Pemeriksaan penerima"),
    "hand_over_begun": _("Serah terima dimulai"),
    "handed_over": _("Serah terima"),
    "hand_over_cancelled": _("Serah terima dibatalkan"),
    "attempt_failed": _("Percobaan gagal"),
    "geotag": _("Letak rumah"),
}

DOUBTS: dict[str, str | Promise] = {
    "no_verification": _("tanpa pemeriksaan penerima"),
    "face_not_convincing": _("wajah belum meyakinkan"),
    "no_face": _("wajah tidak tampak"),
    "several_faces": _("lebih dari satu wajah"),
    "face_unclear": _("wajah tidak jelas"),
    "face_small": _("wajah terlalu kecil"),
    "face_cut_off": _("wajah terpotong"),
    "sideways": _("foto miring"),
    "tilted": _("kepala miring"),
    "turned_away": _("wajah menoleh"),
    "blurred": _("foto kabur"),
    "dark": _("foto gelap"),
    "bright": _("foto terlalu terang"),
    "glare": _("foto silau"),
    "revoked_device": _("perangkat sudah dicabut"),
    "cloned_device": _("perangkat diduga digandakan"),
    "total_differs": _("jumlah berbeda dari rinciannya"),
    "clock_off": _("jam perangkat salah"),
    "clock_ahead": _("jam perangkat terlalu maju"),
    "clock_unbounded": _("jam perangkat tidak dapat dipastikan"),
}

DEEDS: dict[str, str | Promise] = {
    "order.recorded": _("Perintah bayar dicatat"),
    "order.funded": _("Dana perintah bayar diterima"),
    "nominative_list.received": _("Daftar diterima"),
    "nominative_list.mapped": _("Kolom daftar dicocokkan"),
    "nominative_list.checked": _("Daftar diperiksa"),
    "nominative_list.approved": _("Daftar disetujui"),
    "nominative_list.applied": _("Daftar diterapkan"),
    "nominative_list.returned": _("Daftar dikembalikan"),
    "visits.leased": _("Dipinjamkan ke perangkat"),
    "session.moved": _("Sesi dipindah ke hari lain"),
    "lease.sealed": _("Amplop kode meja dicetak"),
    "visits.release": _("Dilepas ke meja lain"),
    "visits.accept": _("Diterima meja lain"),
    "visits.seal": _("Diambil alih dengan kode amplop"),
    "visits.replanned": _("Dijadwalkan ulang"),
    "attempt.recorded": _("Percobaan dicatat"),
    "attempt.approved": _("Gagal akhir disetujui"),
    "attempt.rejected": _("Gagal akhir ditolak"),
    "attempt.explained": _("Percobaan dijelaskan pendamping"),
    "hand_over.recorded": _("Serah terima dicatat"),
    "hand_over.judged": _("Bukti dinilai"),
    "hand_over.reviewed": _("Bukti ditinjau"),
    "payments.cancelled": _("Pembayaran dibatalkan"),
    "evidence.shown": _("Foto dilihat"),
    "invitation.handed_out": _("Undangan diserahkan"),
    "identity.face_checked": _("Wajah diperiksa"),
    "case.opened": _("Kasus dibuka"),
    "case.settled": _("Kasus diselesaikan"),
}
"""Audit kinds that a story meets; another kind is shown by its code."""

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


def doubt_word(code: str) -> str:
    """Why evidence must be looked at; ``missing_<kind>`` names what is not there."""
    if code.startswith("missing_"):
        kind = code.removeprefix("missing_")
        return gettext("%(evidence)s belum ada") % {"evidence": EVIDENCE.get(kind, kind)}
    if code in DOUBTS:
        return str(DOUBTS[code])
    told = doubt_label(code)
    return told if told != code else code.replace("_", " ")


def held_reason_word(code: str) -> str:
    """Why a list row is held."""
    return str(HELD_REASONS[code].name) if code in HELD_REASONS else code.replace("_", " ")
