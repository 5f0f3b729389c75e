"""Counts for dashboards; derived from the rooms below, re-derivable at any time."""

from __future__ import annotations

from django.db import models


class Rollup(models.Model):
    """One cell: where payments stand, counted in payments, families (lead payments) and rupiah.

    Fed from the disbursement journal alone. ``wave`` is the wave of the list that a payment was
    planned from; 0 where it is not known.
    """

    tranche_id = models.UUIDField()
    program_id = models.CharField(max_length=20)
    wave = models.PositiveSmallIntegerField(default=0)
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
                    "wave",
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
            models.Index(
                fields=["tranche_id", "village_id"],
                name="monitoring_rollup_village",
                opclasses=["uuid_ops", "text_pattern_ops"],
            ),
            models.Index(fields=["tranche_id", "office_id"], name="monitoring_rollup_office"),
        ]

    def __str__(self) -> str:
        return f"{self.village_id} {self.status} {self.payments}"


class PlannedDay(models.Model):
    """What was first planned for which day, kept when plans or facts move on: the plan to compare
    with. A cancelled payment leaves it again, on the day that it was last planned for."""

    tranche_id = models.UUIDField()
    program_id = models.CharField(max_length=20)
    wave = models.PositiveSmallIntegerField(default=0)
    village_id = models.CharField(max_length=13)
    office_id = models.CharField(max_length=20)
    channel = models.CharField(max_length=12)
    business_date = models.DateField(null=True)
    payments = models.BigIntegerField()
    families = models.BigIntegerField()
    rupiah = models.BigIntegerField()

    class Meta:
        db_table = "monitoring_planned_day"
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "tranche_id",
                    "program_id",
                    "wave",
                    "village_id",
                    "office_id",
                    "channel",
                    "business_date",
                ],
                nulls_distinct=False,
                name="monitoring_planned_day_cell",
            )
        ]
        indexes = [
            models.Index(
                fields=["tranche_id", "village_id"],
                name="monitoring_planned_village",
                opclasses=["uuid_ops", "text_pattern_ops"],
            )
        ]

    def __str__(self) -> str:
        return f"{self.village_id} {self.business_date} {self.payments}"


class PaymentWave(models.Model):
    """The wave under which a payment was first counted, so that it leaves a cell as it entered."""

    payment_id = models.UUIDField(primary_key=True)
    wave = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "monitoring_payment_wave"

    def __str__(self) -> str:
        return f"{self.payment_id} {self.wave}"


class Target(models.Model):
    """What the approved lists of a tranche hold for a village: the denominator "of the list".

    ``families`` counts a family once over all programs; ``payments`` once per program.
    """

    class State(models.TextChoices):
        ACCEPTED = "accepted"
        HELD = "held"

    tranche_id = models.UUIDField()
    program_id = models.CharField(max_length=20)
    wave = models.PositiveSmallIntegerField()
    village_id = models.CharField(max_length=13, blank=True)
    """Empty where the row names a village that nobody knows."""
    state = models.CharField(max_length=10, choices=State.choices)
    payments = models.BigIntegerField()
    families = models.BigIntegerField()
    rupiah = models.BigIntegerField()

    class Meta:
        db_table = "monitoring_target"
        constraints = [
            models.UniqueConstraint(
                fields=["tranche_id", "program_id", "wave", "village_id", "state"],
                name="monitoring_target_cell",
            )
        ]

    def __str__(self) -> str:
        return f"{self.village_id} {self.state} {self.payments}"


class Standing(models.Model):
    """What stands open now, counted again every few seconds from the rooms that keep it."""

    class Kind(models.TextChoices):
        REVIEW = "review"
        """Hand-overs whose evidence a person must look at."""
        CASH = "cash"
        """Officers with cash, and how much."""
        SILENT = "silent"
        """Devices unheard of for a day whose holder has cash, and how much."""
        FINAL = "final"
        """Final failures that wait for a second person."""
        CASE = "case"
        """Open cases past their day."""

    kind = models.CharField(max_length=10, choices=Kind.choices)
    tranche_id = models.UUIDField(null=True)
    village_id = models.CharField(max_length=13, blank=True)
    """The family's village; for cash and devices the region where their office stands."""
    office_id = models.CharField(max_length=20, blank=True)
    count = models.BigIntegerField()
    rupiah = models.BigIntegerField(default=0)

    class Meta:
        db_table = "monitoring_standing"
        indexes = [models.Index(fields=["kind"], name="monitoring_standing_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.office_id} {self.count}"


class FollowedPosition(models.Model):
    """How far a follower has read the journal."""

    name = models.CharField(primary_key=True, max_length=40)
    position = models.BigIntegerField(default=0)
    followed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "monitoring_followed_position"

    def __str__(self) -> str:
        return f"{self.name} {self.position}"
