"""Refusals at the devices' door."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from salur.kernel.errors import Busy, Invalid, Missing


class EvidenceNotExpected(Missing):
    code = "field.evidence_not_expected"
    message = _("Tidak ada kejadian dari perangkat ini yang menyebut berkas tersebut.")


class NotBase64(Invalid):
    code = "field.not_base64"
    message = _("Isi kiriman rusak: %(field)s.")


class PersonNotHere(Missing):
    code = "field.person_not_here"
    message = _("Orang ini tidak ada dalam daftar kunjungan perangkat.")


class OtherTusVersion(Invalid):
    code = "field.other_tus_version"
    message = _("Kiriman berkas memakai tus 1.0.0.")


class NotAPiece(Invalid):
    code = "field.not_a_piece"
    message = _("Potongan berkas dikirim sebagai application/offset+octet-stream.")


class PieceTooLarge(Invalid):
    code = "field.piece_too_large"
    message = _("Kiriman terlalu besar, paling besar %(most)s byte.")


class BadUploadHeader(Invalid):
    code = "field.bad_upload_header"
    message = _("Kepala kiriman berkas tidak benar: %(header)s.")


class WrongChecksum(Invalid):
    code = "field.wrong_checksum"
    message = _("Potongan berkas rusak di jalan. Kirim ulang potongan ini.")


class TooBusy(Busy):
    """Other devices are being served, and what this request is about may wait."""

    code = "field.busy"
