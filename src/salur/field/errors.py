"""Refusals at the devices' door."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from salur.kernel.errors import Invalid, Missing


class EvidenceNotExpected(Missing):
    code = "field.evidence_not_expected"
    message = _("Tidak ada kejadian dari perangkat ini yang menyebut berkas tersebut.")


class NotBase64(Invalid):
    code = "field.not_base64"
    message = _("Isi kiriman rusak: %(field)s.")


class PersonNotHere(Missing):
    code = "field.person_not_here"
    message = _("Orang ini tidak ada dalam daftar kunjungan perangkat.")
