"""The people everyone uses: in tests, and with random passwords in the demo.

One head office with two branches far from each other; whoever works at one of them must see
nothing of the other, and the outsider nothing at all.
"""

from __future__ import annotations

from dataclasses import dataclass

from salur.access.rules import (
    ADMIN,
    AUDITOR,
    BRANCH_HEAD,
    CASHIER,
    COMPANION,
    LIST_APPROVER,
    LIST_CLERK,
    MINISTRY_VIEWER,
    OFFICER,
    PLANNER,
    VERIFIER,
)


@dataclass(frozen=True, slots=True)
class Role:
    """One person of the cast. ``place`` is "country", "here" or "there": the two branches."""

    username: str
    name: str
    role: str
    place: str


CAST = (
    Role("rina", "Rina Wulandari", LIST_CLERK, "country"),
    Role("bambang", "Bambang Setiawan", LIST_APPROVER, "country"),
    Role("dewi", "Dewi Lestari", PLANNER, "country"),
    Role("kartini", "Kartini Halim", CASHIER, "here"),
    Role("hendra", "Hendra Gunawan", BRANCH_HEAD, "here"),
    Role("rudi", "Rudi Hartono", OFFICER, "here"),
    Role("vera", "Vera Siregar", VERIFIER, "here"),
    Role("yusuf", "Yusuf Rumbiak", OFFICER, "there"),
    Role("kasimir", "Kasimir Wanggai", CASHIER, "there"),
    Role("sari", "Sari Puspita", COMPANION, "here"),
    Role("maya", "Maya Kusuma", MINISTRY_VIEWER, "country"),
    Role("agus", "Agus Prasetyo", AUDITOR, "country"),
    Role("admin", "Putri Administrator", ADMIN, "country"),
)
OUTSIDER = Role("tamu", "Tamu Tanpa Hak", "", "")
