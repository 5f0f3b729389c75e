"""Closing: what was counted against what the books say, signed by two."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from salur.disbursement.models import FloatSession
from salur.places.models import Office


class SessionClose(models.Model):
    """One float session closed; ``variance`` = counted − expected rupiah: booked, not hidden."""

    append_only = True

    float_session = models.OneToOneField(
        FloatSession, primary_key=True, on_delete=models.PROTECT, related_name="close"
    )
    expected = models.BigIntegerField()
    counted = models.BigIntegerField()
    variance = models.BigIntegerField()
    counted_by = models.TextField()
    closed_by = models.TextField()
    note = models.TextField(blank=True)
    closed_at = models.DateTimeField()
    business_date = models.DateField()

    class Meta:
        db_table = "reconciliation_session_close"
        constraints = [
            models.CheckConstraint(
                condition=~Q(counted_by=F("closed_by")), name="reconciliation_close_two_people"
            ),
            models.CheckConstraint(
                condition=Q(variance=F("counted") - F("expected")),
                name="reconciliation_close_variance",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.float_session_id} {self.variance}"


class OfficeDay(models.Model):
    """One office's day, closed over its sessions; open ones are listed as cash in the field."""

    append_only = True

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    business_date = models.DateField()
    vault_balance = models.BigIntegerField()
    cash_in_field = models.BigIntegerField()
    open_sessions = models.PositiveIntegerField()
    variance = models.BigIntegerField()
    closed_by = models.TextField()
    closed_at = models.DateTimeField()

    class Meta:
        db_table = "reconciliation_office_day"
        constraints = [
            models.UniqueConstraint(
                fields=["office", "business_date"], name="reconciliation_office_day_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.office_id} {self.business_date}"
