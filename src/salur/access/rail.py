"""Access in the left rail."""

from django.utils.translation import gettext_lazy as _

from salur.theme.rail import Entry

ENTRIES = [
    Entry(_("Perangkat"), "access:devices", "device-mobile", "access.view_devices", order=70),
    Entry(_("Ponsel saya"), "access:own_devices", "device-mobile", "access.view_own_devices", 70),
    Entry(_("Pengguna"), "access:users", "users", "access.view_users", order=80),
    Entry(_("Kantor"), "access:offices", "building", "places.view_offices", order=90),
]
