"""Disbursement in the left rail."""

from django.utils.translation import gettext_lazy as _

from salur.disbursement.queries.desks import attempts_to_decide, judgements_to_review
from salur.identity.queries import questions_waiting
from salur.kernel.actor import Actor
from salur.theme.rail import Entry


def final_codes(actor: Actor) -> int:
    return attempts_to_decide(actor).count()


def weak_evidence(actor: Actor) -> int:
    return judgements_to_review(actor).count()


def waiting_faces(actor: Actor) -> int:
    return questions_waiting(actor).count() if actor.may("identity.review") else 0


ENTRIES = [
    Entry(
        _("Persiapan"),
        "disbursement:board",
        "checklist",
        "disbursement.view_plans",
        order=27,
        pages=("disbursement:plan", "disbursement:replan", "disbursement:banks"),
    ),
    Entry(
        _("Sesi"),
        "disbursement:sessions",
        "calendar-time",
        "disbursement.view_plans",
        order=28,
        pages=(
            "disbursement:session",
            "disbursement:houses",
            "disbursement:points",
            "disbursement:procedures",
            "disbursement:procedure",
            "disbursement:new_procedure",
        ),
    ),
    Entry(
        _("Lapangan"),
        "disbursement:control",
        "broadcast",
        "disbursement.instruct_field",
        order=29,
        count=waiting_faces,
    ),
    Entry(_("Surat"), "disbursement:letters", "printer", "disbursement.print_letters", order=29),
    Entry(
        _("Panjar"),
        "disbursement:floats",
        "wallet",
        "disbursement.issue_float",
        order=30,
        pages=("disbursement:issue_float", "disbursement:hand_back"),
    ),
    Entry(
        _("Putusan akhir"),
        "disbursement:decide_final",
        "gavel",
        "disbursement.approve_final",
        order=35,
        count=final_codes,
    ),
    Entry(
        _("Tinjauan bukti"),
        "disbursement:review_evidence",
        "photo-check",
        "identity.review",
        order=36,
        count=weak_evidence,
    ),
]
