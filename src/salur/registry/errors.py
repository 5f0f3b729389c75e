"""What the registry refuses."""

from django.utils.translation import gettext_lazy as _

from salur.kernel.errors import Conflict, Invalid, Missing


class UnknownPerson(Missing):
    code = "person_unknown"
    message = _("Orang ini tidak ada dalam register.")


class UnknownHousehold(Missing):
    code = "household_unknown"
    message = _("Keluarga ini tidak ada dalam register.")


class ChangeUnknown(Invalid):
    code = "change_unknown"
    message = _("Jenis perubahan data ini tidak dikenal: %(kind)s.")


class DeathRecorded(Conflict):
    code = "death_recorded"
    message = _("Orang ini sudah tercatat meninggal; pembatalannya memerlukan surat.")
