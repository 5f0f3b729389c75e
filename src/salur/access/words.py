"""Names of roles and scopes, as people read them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from salur.access import rules

ROLE_NAMES = {
    rules.MINISTRY_VIEWER: _("Pemantau kementerian"),
    rules.LIST_CLERK: _("Petugas daftar"),
    rules.LIST_APPROVER: _("Penyetuju daftar"),
    rules.PLANNER: _("Perencana"),
    rules.CASHIER: _("Kasir"),
    rules.BRANCH_HEAD: _("Kepala kantor cabang"),
    rules.REGIONAL_HEAD: _("Kepala kantor regional"),
    rules.OFFICER: _("Juru bayar"),
    rules.VERIFIER: _("Petugas verifikasi"),
    rules.COMPANION: _("Pendamping"),
    rules.AUDITOR: _("Auditor"),
    rules.ADMIN: _("Administrator akun"),
}

SCOPE_NAMES = {
    "country": _("seluruh Indonesia"),
    "region": _("wilayah"),
    "office": _("kantor"),
}
