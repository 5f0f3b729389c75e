"""What this room's codes are called on pages."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from salur.identity.words import REASON_WORDS

DOUBTS: dict[str, str | Promise] = {
    "no_verification": _("Tanpa pemeriksaan penerima"),
    "face_not_convincing": _("Wajah belum meyakinkan"),
    "missing_ktp": _("Foto KTP belum ada"),
    "missing_kk": _("Foto kartu keluarga belum ada"),
    "missing_face": _("Foto wajah belum ada"),
    "missing_recipient_photo": _("Foto penerima dengan uang belum ada"),
    "missing_receipt_mark": _("Tanda tangan atau cap jempol belum ada"),
    "missing_house": _("Foto rumah belum ada"),
    "missing_authority": _("Surat kuasa belum ada"),
    "missing_documents": _("Foto KTP atau kartu keluarga belum ada"),
    "missing_letter": _("Foto surat undangan belum ada"),
    "missing_signature": _("Tanda tangan belum ada"),
    "missing_thumbprint": _("Cap jempol belum ada"),
    "missing_other": _("Foto tambahan belum ada"),
    "collector_not_recipient": _("Yang tercatat sebagai penerima bukan penerimanya"),
    "collector_not_listed": _("Pengambil tidak ada di kartu keluarga"),
    "collector_is_staff": _("Pengambil adalah petugas atau pendamping"),
    "no_authority": _("Wakil tanpa surat kuasa atau surat ahli waris"),
    "relation_not_allowed": _("Hubungan keluarga pengambil tidak termasuk yang boleh"),
    "nik_not_checked": _("NIK pengambil tidak dicocokkan"),
    "unknown_procedure": _("Versi prosedur tidak dikenal, dinilai dengan versi pertama"),
    "clock_off": _("Jam ponsel tidak tepat"),
    "clock_ahead": _("Waktu ponsel mendahului server"),
    "clock_unbounded": _("Waktu kejadian tidak dapat dipastikan"),
    "revoked_device": _("Perangkat sudah dicabut"),
    "cloned_device": _("Perangkat diduga digandakan"),
    "total_differs": _("Jumlah uang tidak sama dengan rinciannya"),
    "wrong_desk": _("Dibayar meja yang tidak memegang keluarga ini"),
    "group_token": _("Dibayar meja lain dengan potongan surat asli"),
    "no_money_rights": _("Dibayar perangkat yang tidak boleh membayar"),
    "no_ticket": _("Tanpa tiket dari meja pemeriksa"),
    "bad_ticket": _("Tiket dari meja pemeriksa tidak sah"),
    "unleased": _("Dibayar tanpa titipan, dengan kode pengawas"),
    "unleased_beyond": _("Dibayar tanpa titipan, di luar batas atau kodenya tidak sah"),
    "online_only": _("Dibayar luring padahal titipannya sudah diputus"),
}


MISSING_REASONS: dict[str, str | Promise] = {
    "camera_broken": _("kamera rusak"),
    "too_dark": _("terlalu gelap"),
    "no_document": _("dokumen tidak ada"),
    "document_damaged": _("dokumen rusak"),
    "person_cannot": _("orangnya tidak mampu"),
    "unsafe": _("keadaan tidak aman"),
    "refused": _("menolak"),
    "other": _("alasan lain"),
}


def doubt_label(code: str) -> str:
    """The doubt in the reader's language; an unknown code answers itself.

    ``excused_ktp:no_document`` is what the officer gave a reason for.
    """
    if code.startswith("excused_"):
        name, _colon, reason = code.removeprefix("excused_").partition(":")
        return _("%(evidence)s tidak ada: %(reason)s") % {
            "evidence": word_for(PROOFS, name).capitalize(),
            "reason": word_for(MISSING_REASONS, reason),
        }
    word = DOUBTS.get(code) or REASON_WORDS.get(code)
    return str(word) if word else code


def doubts_of(codes: Iterable[str]) -> list[tuple[str, bool]]:
    """(doubt in words, whether nobody explained it): what is missing in silence comes first."""
    told = [(doubt_label(code), code.startswith("missing_")) for code in codes]
    return sorted(told, key=lambda doubt: not doubt[1])


CHANNEL_REASONS: dict[str, str | Promise] = {
    "bank_account": _("punya rekening bank"),
    "ill": _("sakit"),
    "disabled": _("penyandang disabilitas"),
    "elderly": _("lanjut usia"),
    "elderly_alone": _("lanjut usia, sendirian di kartu keluarga"),
    "remote": _("tempat tinggal terpencil"),
    "many_in_village": _("banyak keluarga di satu desa"),
    "few_in_village": _("sedikit keluarga di satu desa"),
    "default": _("paling dekat ke kantor pos"),
    "kept": _("ikut jadwal yang sudah ada"),
    "replanned": _("dijadwalkan ulang"),
}
SKIPS: dict[str, str | Promise] = {
    "no_office": _("desa belum dilayani kantor mana pun"),
    "no_day_left": _("tidak ada hari kosong sebelum batas setor"),
    "deceased": _("penerima tercatat meninggal"),
    "not_eligible": _("penerima tercatat tidak layak"),
    "leased": _("sedang dipegang perangkat petugas"),
    "in_doubt": _("serah terima belum jelas"),
    "waiting_decision": _("menunggu putusan akhir"),
    "changed": _("berubah saat dihitung"),
    "elsewhere": _("milik kantor lain"),
}
CHANGES: dict[str, str | Promise] = {
    "replanned": _("dilepas dan direncanakan lagi"),
    "withdrawn": _("ditarik, tidak dibayar"),
    "discrepancy": _("sudah dibayar, menjadi selisih"),
    **{code: SKIPS[code] for code in ("leased", "in_doubt", "elsewhere")},
}
STEPS: dict[str, str | Promise] = {
    "letter": _("Pindai surat atau ketik nomornya"),
    "documents": _("Periksa dan foto KTP dan kartu keluarga"),
    "face": _("Ambil foto wajah dan cocokkan"),
    "hand_over": _("Hitung bersama dan serahkan uang utuh"),
    "recipient_photo": _("Foto penerima dengan uang dan KTP"),
    "receipt_mark": _("Tanda tangan atau cap jempol"),
    "house": _("Foto dan titik rumah"),
    "receipt": _("Tanda terima"),
}
EVIDENCE: dict[str, str | Promise] = {
    "ktp": _("foto KTP"),
    "kk": _("foto kartu keluarga"),
    "face": _("foto wajah"),
    "recipient_photo": _("foto penerima"),
    "signature": _("tanda tangan"),
    "thumbprint": _("cap jempol"),
    "house": _("foto rumah"),
    "authority": _("surat kuasa"),
    "letter": _("foto surat"),
    "other": _("foto lain"),
}
PROOFS: dict[str, str | Promise] = {
    **EVIDENCE,
    "receipt_mark": _("tanda tangan atau cap jempol"),
    "documents": _("foto KTP atau kartu keluarga"),
    "nik": _("pencocokan NIK"),
}
"""What asks are called in reviews: by their kind, or by their step where several kinds do."""


PROBLEMS: dict[str, str | Promise] = {
    "name_differs": _("nama di KTP berbeda"),
    "no_id": _("KTP tidak dibawa"),
    "no_card": _("kartu keluarga tidak dibawa"),
    "not_on_list": _("tidak ada di daftar"),
    "other_day": _("jadwalnya hari lain"),
    "other_place": _("jadwalnya di tempat lain"),
    "proxy": _("diwakilkan"),
    "already_paid": _("sudah dibayar"),
}
LEASE_ROLES: dict[str, str | Promise] = {
    "payer": _("membayar"),
    "verifier": _("memeriksa"),
    "check_in": _("menyambut di pintu"),
    "all": _("memeriksa dan membayar"),
}


def word_for(words: dict[str, str | Promise], code: str) -> str:
    """The word in the reader's language; an unknown code answers itself."""
    return str(words.get(code, code))
