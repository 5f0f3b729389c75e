"""What the codes of this room mean, for people. Kind, short, and never the fault of the family."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from salur.identity.rules import Decision, Reason, Strength

REASON_WORDS: dict[str, str | Promise] = {
    Reason.NO_FACE: _("Wajah belum terlihat di foto."),
    Reason.SEVERAL_FACES: _("Ada lebih dari satu wajah. Foto satu orang saja."),
    Reason.FACE_UNCLEAR: _("Wajah belum jelas."),
    Reason.FACE_SMALL: _("Wajah terlalu jauh. Dekatkan kamera."),
    Reason.FACE_CUT_OFF: _("Wajah terpotong. Geser kamera."),
    Reason.SIDEWAYS: _("Foto miring atau terbalik. Tegakkan kamera."),
    Reason.TILTED: _("Kepala atau kamera miring. Tegakkan."),
    Reason.TURNED_AWAY: _("Wajah menoleh. Mohon melihat ke kamera."),
    Reason.BLURRED: _("Foto buram. Tahan kamera sebentar."),
    Reason.DARK: _("Terlalu gelap. Cari tempat yang lebih terang."),
    Reason.BRIGHT: _("Terlalu terang. Hindari cahaya langsung."),
    Reason.GLARE: _("Ada pantulan cahaya di wajah."),
    Reason.NO_REFERENCE: _("Belum ada foto acuan untuk orang ini."),
    Reason.OTHER_MODEL: _("Foto acuan dibuat dengan cara lama dan perlu diperbarui."),
    Reason.CARD_PHOTO_ONLY: _("Hanya dibandingkan dengan foto KTP; perlu dilihat petugas."),
    Reason.LIKENESS_IN_DOUBT: _("Kemiripan belum cukup; perlu dilihat petugas."),
    Reason.LIKENESS_LOW: _("Wajah belum dapat dicocokkan."),
    Reason.ENROLLED_BY_PAYER: _("Foto acuan pertama diambil oleh pembayar tanpa saksi."),
    Reason.WITNESS_NOT_INDEPENDENT: _("Saksi bukan orang ketiga."),
    Reason.PHOTO_MISSING: _("Foto wajah belum diterima server."),
    Reason.PHOTO_UNREADABLE: _("Foto wajah tidak dapat dibuka."),
}

DECISION_WORDS: dict[str, str | Promise] = {
    Decision.MATCH: _("Wajah cocok"),
    Decision.REVIEW: _("Perlu dilihat petugas"),
    Decision.CAPTURE_AGAIN: _("Perlu difoto ulang"),
    Decision.NO_REFERENCE: _("Belum ada foto acuan"),
    Decision.UNREADABLE: _("Foto tidak terbaca"),
}

STRENGTH_WORDS: dict[str, str | Promise] = {
    Strength.REGISTRY: _("Wajah cocok dengan data kependudukan"),
    Strength.FACE: _("Wajah cocok dengan foto acuan"),
    Strength.ENROLMENT: _("Foto acuan pertama"),
    Strength.WITNESS: _("Disaksikan orang lain"),
    Strength.DOCUMENT: _("Dokumen"),
    Strength.PROXY: _("Diwakilkan"),
    Strength.UNVERIFIED: _("Belum terbukti"),
}
