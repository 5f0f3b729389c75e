"""Where and when people are paid."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from salur.access.models import User
from salur.places.models import Office, Region
from salur.programs.models import Tranche


class Channel(models.TextChoices):
    POST_OFFICE = "post_office"
    COMMUNITY = "community"
    DOORSTEP = "doorstep"
    BANK = "bank"


class PayPoint(models.Model):
    """A counter, a village hall or a round of houses, agreed with those who live there."""

    id = models.UUIDField(primary_key=True)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="pay_points")
    village = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=12, choices=Channel.choices)
    name = models.TextField()
    address = models.TextField(blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    desks = models.PositiveSmallIntegerField(default=1)
    seconds_per_family = models.PositiveSmallIntegerField(default=108)

    class Meta:
        db_table = "disbursement_pay_point"
        constraints = [
            models.UniqueConstraint(
                fields=["office", "channel", "village"], name="disbursement_point_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class PaySession(models.Model):
    """One point on one day: what letters name, what devices are leased for, what cash is for."""

    class Status(models.TextChoices):
        PLANNED = "planned"
        OPEN = "open"
        CLOSED = "closed"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True)
    tranche = models.ForeignKey(Tranche, on_delete=models.PROTECT)
    point = models.ForeignKey(PayPoint, on_delete=models.PROTECT, related_name="sessions")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=12, choices=Channel.choices)
    business_date = models.DateField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    desks = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PLANNED)
    officer = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    """The paying officer; null until somebody is assigned."""
    round_planned_at = models.DateTimeField(null=True)
    """When the houses of a doorstep session were last put in order."""

    class Meta:
        db_table = "disbursement_pay_session"
        constraints = [
            models.UniqueConstraint(
                fields=["tranche", "point", "business_date"], name="disbursement_session_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="disbursement_session_in_order"
            ),
        ]
        indexes = [
            models.Index(fields=["office", "business_date"], name="disbursement_session_day"),
            models.Index(fields=["officer", "business_date"], name="disbursement_session_officer"),
        ]

    def __str__(self) -> str:
        return f"{self.point_id} {self.business_date}"
