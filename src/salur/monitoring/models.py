"""Counts for dashboards; derived from the journal, re-derivable at any time."""

from __future__ import annotations

from django.db import models


class Rollup(models.Model):
    """One cell: where payments stand, counted in payments, families (lead payments) and rupiah."""

    tranche_id = models.UUIDField()
    program_id = models.CharField(max_length=20)
    village_id = models.CharField(max_length=13)
    office_id = models.CharField(max_length=20)
    channel = models.CharField(max_length=12)
    business_date = models.DateField(null=True)
    status = models.CharField(max_length=10)
    reason = models.CharField(max_length=30, blank=True)
    payments = models.BigIntegerField()
    families = models.BigIntegerField()
    rupiah = models.BigIntegerField()

    class Meta:
        db_table = "monitoring_rollup"
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "tranche_id",
                    "program_id",
                    "village_id",
                    "office_id",
                    "channel",
                    "business_date",
                    "status",
                    "reason",
                ],
                nulls_distinct=False,
                name="monitoring_rollup_cell",
            )
        ]
        indexes = [
            models.Index(fields=["tranche_id", "village_id"], name="monitoring_rollup_village")
        ]

    def __str__(self) -> str:
        return f"{self.village_id} {self.status} {self.payments}"


class FollowedPosition(models.Model):
    """How far a follower has read the journal."""

    name = models.CharField(primary_key=True, max_length=40)
    position = models.BigIntegerField(default=0)
    followed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "monitoring_followed_position"

    def __str__(self) -> str:
        return f"{self.name} {self.position}"
