"""Reconciliation in the left rail."""

from django.utils.translation import gettext_lazy as _

from salur.theme.rail import Entry

ENTRIES = [
    Entry(
        _("Tutup kas"), "reconciliation:cash_desk", "cash", "reconciliation.close_session", order=31
    ),
    Entry(_("Buku"), "reconciliation:orders", "book", "reconciliation.view_books", order=40),
]
