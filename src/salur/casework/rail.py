"""Casework in the left rail."""

from django.utils.translation import gettext_lazy as _

from salur.casework.models import Case
from salur.casework.queries import (
    cases_visible_to,
    failures_to_explain,
    proposals_visible_to,
)
from salur.kernel.actor import Actor
from salur.theme.rail import Entry


def open_cases(actor: Actor) -> int:
    return cases_visible_to(actor).filter(status=Case.Status.OPEN).count()


def waiting_proposals(actor: Actor) -> int:
    return proposals_visible_to(actor).filter(status="proposed").count()


def failures(actor: Actor) -> int:
    return failures_to_explain(actor).count()


ENTRIES = [
    Entry(
        _("Keluarga saya"),
        "casework:families",
        "users",
        "casework.view_families",
        order=5,
        pages=("casework:family", "casework:propose"),
    ),
    Entry(
        _("Belum menerima"),
        "casework:failures",
        "user-question",
        "casework.explain_failure",
        order=6,
        count=failures,
    ),
    Entry(
        _("Usulan data"),
        "casework:proposals",
        "edit",
        "casework.approve_change",
        order=50,
        count=waiting_proposals,
    ),
    Entry(_("Kasus"), "casework:cases", "alert-triangle", "casework.view_cases", 45, open_cases),
    Entry(
        _("Para pendamping"),
        "casework:companions",
        "friends",
        "casework.manage_companions",
        order=56,
    ),
    Entry(_("Catat keluhan"), "casework:grievance", "message", "casework.open_grievance", 55),
]
