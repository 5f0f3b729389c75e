"""Reconciliation in the left rail."""

from django.utils.translation import gettext_lazy as _

from salur.kernel.actor import Actor
from salur.reconciliation.queries.matters import matters_of
from salur.theme.rail import Entry


def not_clear(actor: Actor) -> int:
    return matters_of(actor).count


ENTRIES = [
    Entry(
        _("Tutup kas"), "reconciliation:cash_desk", "cash", "reconciliation.close_session", order=31
    ),
    Entry(
        _("Kas belum jelas"),
        "reconciliation:matters",
        "cash",
        "reconciliation.sign_variance",
        order=37,
        count=not_clear,
        pages=("reconciliation:cash_desk",),
    ),
    Entry(_("Buku"), "reconciliation:orders", "book", "reconciliation.view_books", order=40),
]
