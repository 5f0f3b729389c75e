"""The planner's settings as data: who set them, when, for which tranche."""

from __future__ import annotations

from django.db import models

from salur.programs.models import Tranche


class PolicyVersion(models.Model):
    """A change of the planner's settings. The newest of the tranche counts, else the newest of
    all; ``document`` holds only what differs from the defaults (``rules.policy.PlanPolicy``)."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    tranche = models.ForeignKey(Tranche, null=True, on_delete=models.PROTECT, related_name="+")
    document = models.JSONField()
    made_by = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "disbursement_policy_version"

    def __str__(self) -> str:
        return f"{self.made_by} {self.made_at:%Y-%m-%d}"
