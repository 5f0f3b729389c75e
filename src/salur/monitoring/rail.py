"""This room's lines in the left rail."""

from django.utils.translation import gettext_lazy as _

from salur.theme.rail import Entry

ENTRIES = [
    Entry(_("Penyaluran"), "monitoring:dashboard", "map-2", "monitoring.view_dashboard", order=10),
    Entry(
        _("Pembayaran"),
        "monitoring:payments",
        "list-details",
        "monitoring.view_story",
        order=15,
        pages=("monitoring:story", "monitoring:photos"),
    ),
]
