"""What places refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from salur.kernel.errors import Invalid, Missing


class UnknownRegion(Missing):
    code = "unknown_region"
    message = _("Wilayah %(region)s tidak dikenal.")


class UnknownOffice(Missing):
    code = "unknown_office"
    message = _("Kantor %(office)s tidak dikenal.")


class OfficesRefused(Invalid):
    """The spreadsheet of offices has errors; ``problems`` names each by row and column."""

    code = "offices_refused"
    message = _("Daftar kantor memuat %(count)s kesalahan; tidak ada yang disimpan.")


class RegionsRefused(Invalid):
    """The region files cannot be read; ``file`` and ``row`` say where."""

    code = "regions_refused"
    message = _("Data wilayah tidak dapat dibaca: %(file)s, baris %(row)s: %(problem)s")
