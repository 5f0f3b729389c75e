"""Messaging in the left rail."""

from django.utils.translation import gettext_lazy as _

from salur.theme.rail import Entry

ENTRIES = [
    Entry(_("Pesan"), "messaging:messages", "message", "messaging.view_messages", order=60),
]
