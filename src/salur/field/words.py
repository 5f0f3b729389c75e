"""Words for what happened to an event, as the office reads them."""

from django.utils.translation import gettext_lazy as _

HELD_BECAUSE = {
    "unknown_device": _("Perangkat tidak dikenal"),
    "bad_signature": _("Tanda tangan digital tidak cocok"),
    "id_reused": _("Nomor catatan dipakai untuk isi yang lain"),
}
UNREADABLE = _("Isinya tidak terbaca")
"""Every other reason says which part of the envelope made no sense."""
