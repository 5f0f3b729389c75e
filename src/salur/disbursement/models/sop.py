"""The standard procedure as data: steps per channel and the evidence that each needs."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from salur.disbursement.models.points import Channel


class SopVersion(models.Model):
    """``steps``: [{"code", "evidence": [...], "required": bool, "alternatives": [...]}]."""

    code = models.CharField(primary_key=True, max_length=40)
    """channel/number, as events name it: ``post_office/1``."""
    channel = models.CharField(max_length=12, choices=Channel.choices)
    number = models.PositiveSmallIntegerField()
    steps = models.JSONField()
    valid_from = models.DateTimeField()
    made_by = models.TextField()
    approved_by = models.TextField(blank=True)

    class Meta:
        db_table = "disbursement_sop_version"
        constraints = [
            models.UniqueConstraint(fields=["channel", "number"], name="disbursement_sop_once"),
            models.CheckConstraint(
                condition=Q(approved_by="") | ~Q(approved_by=F("made_by")),
                name="disbursement_sop_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return self.code
