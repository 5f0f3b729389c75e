"""Refusals of casework."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from salur.kernel.errors import Conflict, Invalid, Missing


class FamilyNotYours(Missing):
    code = "family_not_yours"
    message = _("Keluarga ini tidak ada dalam kelompok Anda.")


class CompanionUnknown(Missing):
    code = "companion_unknown"
    message = _("Pendamping ini tidak dikenal.")


class AlreadyExplained(Conflict):
    code = "already_explained"
    message = _("Kegagalan bayar ini sudah dijelaskan.")


class ProposalUnknown(Missing):
    code = "proposal_unknown"
    message = _("Usulan ini tidak ada di wilayah kerja Anda.")


class ProposalDecided(Conflict):
    code = "proposal_decided"
    message = _("Usulan ini sudah diputuskan.")


class WrongProposal(Invalid):
    code = "wrong_proposal"
    message = _("Usulan belum lengkap: %(missing)s.")


class WrongCode(Invalid):
    code = "wrong_code"
    message = _("Pilih salah satu alasan yang tersedia.")


class CaseUnknown(Missing):
    code = "case_unknown"
    message = _("Kasus ini tidak ada di wilayah kerja Anda.")


class CaseSettled(Conflict):
    code = "case_settled"
    message = _("Kasus ini sudah selesai.")


class NothingWritten(Invalid):
    code = "nothing_written"
    message = _("Tuliskan keluhannya dengan kata-kata Anda.")
