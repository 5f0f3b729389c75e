"""Words for states, as people read them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: Status of a list > (kind of sign, word).
LIST_STATUS: dict[str, tuple[str, str | Promise]] = {
    "received": ("wait", _("Menunggu pemeriksaan")),
    "checking": ("wait", _("Sedang diperiksa")),
    "checked": ("attention", _("Menunggu persetujuan")),
    "refused": ("bad", _("Ditolak: berkas bermasalah")),
    "approving": ("wait", _("Disetujui, sedang ditulis")),
    "approved": ("good", _("Disetujui")),
    "returned": ("bad", _("Dikembalikan")),
}

CHANGE: dict[str, str | Promise] = {
    "new": _("Baru"),
    "changed": _("Berubah"),
    "same": _("Sama"),
    "withdrawn": _("Ditarik"),
}

OTHER_LIST_BEING_WRITTEN = _("daftar lain sedang ditulis")
OTHER_LIST_APPROVED = _("daftar lain telah disetujui")
NOT_PAYABLE_ANY_MORE = _("%(count)s penerima meninggal, tidak layak, atau dicegah")


def list_status(value: str) -> str:
    return str(LIST_STATUS[value][1]) if value in LIST_STATUS else value
