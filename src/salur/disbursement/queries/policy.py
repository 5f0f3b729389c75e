"""Which settings a tranche is planned, leased and judged by."""

from __future__ import annotations

from django.db.models import F, Q

from salur.disbursement.models import PolicyVersion
from salur.disbursement.rules.policy import PlanPolicy, read_policy
from salur.programs.models import Tranche


def current_policy(tranche: Tranche) -> PlanPolicy:
    """The settings that count for a tranche: its newest, else the newest of all, else ours."""
    versions = PolicyVersion.objects.filter(Q(tranche=tranche) | Q(tranche=None))
    newest = versions.order_by(F("tranche").asc(nulls_last=True), "-id")
    for document in newest.values_list("document", flat=True)[:1]:
        return read_policy(document)
    return PlanPolicy()
