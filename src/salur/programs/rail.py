"""Programs in the left rail."""

from django.utils.translation import gettext_lazy as _

from salur.theme.rail import Entry

ENTRIES = [
    Entry(_("Daftar"), "programs:lists", "file-import", "programs.view_lists", order=20),
    Entry(_("Tahap"), "programs:tranches", "calendar-event", "programs.view_lists", order=25),
]
