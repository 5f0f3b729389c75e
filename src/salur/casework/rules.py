"""Groups, tickets, deadlines and the answers that a companion can give. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Item = TypeVar("Item")

GROUP_SIZE: Final = 25
CASE_DAYS: Final = {
    "second_hand_over": timedelta(days=3),
    "not_payable": timedelta(days=3),
    "excess": timedelta(days=3),
    "no_money_rights": timedelta(days=3),
    "grievance": timedelta(days=7),
    "data_differs": timedelta(days=14),
    "supervisor": timedelta(days=1),
    "proxy_streak": timedelta(days=30),
}
"""How long somebody has to settle a case, by its kind: policies of ours."""

EXPLANATIONS: Final[dict[str, str | Promise]] = {
    "informed_will_come": _("Sudah diberi tahu, akan datang di jadwal berikutnya"),
    "needs_doorstep": _("Tidak dapat datang: perlu diantar ke rumah"),
    "working_away": _("Bekerja di luar daerah, pulang sebelum batas waktu"),
    "moved_new_address": _("Pindah, alamat baru diketahui"),
    "moved_unknown": _("Pindah, alamat baru tidak diketahui"),
    "passed_away": _("Meninggal dunia"),
    "letter_not_received": _("Surat undangan tidak sampai"),
    "does_not_want": _("Tidak mau menerima bantuan"),
    "could_not_reach": _("Belum dapat dihubungi"),
}

SUBJECTS: Final[dict[str, str | Promise]] = {
    "name": _("Nama"),
    "nik": _("NIK"),
    "family_card": _("Kartu keluarga"),
    "address": _("Alamat"),
    "phone": _("Nomor telepon"),
    "members": _("Anggota keluarga"),
    "alive": _("Penerima sudah meninggal"),
    "house": _("Letak rumah"),
    "supervisor": _("Penyelia diminta membantu"),
    "other": _("Hal lain"),
}
"""What somebody in front of the family says is different, by the code of the event."""

NEEDED: Final[dict[str, tuple[str, ...]]] = {
    "died": ("person",),
    "moved": ("address",),
    "new_recipient": ("person",),
}


def deal_groups(families: Sequence[Item], size: int = GROUP_SIZE) -> list[list[Item]]:
    """Families in groups of about ``size`` that differ by one at most, in the given order."""
    if not families:
        return []
    count = max(1, round(len(families) / size))
    base, extra = divmod(len(families), count)
    groups, start = [], 0
    for number in range(count):
        end = start + base + (number < extra)
        groups.append(list(families[start:end]))
        start = end
    return groups


def ticket_of(number: int, year: int) -> str:
    """``K26-000123``: what a family can read aloud on the telephone."""
    return f"K{year % 100:02d}-{number:06d}"


def missing_parts(kind: str, person: object, payload: Mapping[str, Any]) -> list[str]:
    """What a proposal of this kind still lacks."""
    given = {"person": person, **payload}
    return [name for name in NEEDED.get(kind, ("kind",)) if not given.get(name)]
