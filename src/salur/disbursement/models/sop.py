"""The standard procedure as data: steps per channel and the evidence that each needs."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from salur.disbursement.models.points import Channel


class SopVersion(models.Model):
    """``steps`` as `contract/sop.md` says; in force when approved and valid."""

    code = models.CharField(primary_key=True, max_length=40)
    """channel/number, as events name it: ``post_office/1``."""
    channel = models.CharField(max_length=12, choices=Channel.choices)
    number = models.PositiveSmallIntegerField()
    steps = models.JSONField()
    valid_from = models.DateTimeField()
    made_by = models.TextField()
    made_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True, default="", db_default="")
    """Why, in the words of whoever proposes it."""
    approved_by = models.TextField(blank=True)
    declined_by = models.TextField(blank=True, default="", db_default="")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "disbursement_sop_version"
        constraints = [
            models.UniqueConstraint(fields=["channel", "number"], name="disbursement_sop_once"),
            models.CheckConstraint(
                condition=Q(approved_by="") | ~Q(approved_by=F("made_by")),
                name="disbursement_sop_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(approved_by="") | Q(declined_by=""),
                name="disbursement_sop_decided_once",
            ),
        ]

    @property
    def state(self) -> str:
        if self.declined_by:
            return "declined"
        return "approved" if self.approved_by else "waiting"

    def __str__(self) -> str:
        return self.code
