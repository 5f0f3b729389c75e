"""Floats: notes in an officer's bag, from the vault and back."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from salur.access.models import User
from salur.disbursement.models.points import PaySession
from salur.places.models import Office
from salur.programs.models import PaymentOrder


class FloatSession(models.Model):
    """The unit of closing: issued > accepted > paid out of > counted > closed."""

    class Status(models.TextChoices):
        ISSUED = "issued"
        ACCEPTED = "accepted"
        COUNTED = "counted"
        CLOSED = "closed"
        WITHDRAWN = "withdrawn"

    id = models.UUIDField(primary_key=True)
    officer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="float_sessions")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey(
        PaySession, null=True, on_delete=models.PROTECT, related_name="float_sessions"
    )
    business_date = models.DateField()
    amount = models.BigIntegerField()
    notes = models.JSONField(default=list)
    """[[denomination, count], ...], adding up to ``amount``."""
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ISSUED)
    issued_by = models.TextField()
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    """When an offer that nobody accepted falls back to the vault, by the server's clock."""
    accepted_at = models.DateTimeField(null=True)
    counted_notes = models.JSONField(null=True)
    counted_amount = models.BigIntegerField(null=True)
    counted_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    idempotency_key = models.CharField(max_length=64, unique=True)

    class Meta:
        db_table = "disbursement_float_session"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="disbursement_float_positive")
        ]
        indexes = [
            models.Index(fields=["officer", "status"], name="disbursement_float_officer"),
            models.Index(fields=["office", "business_date"], name="disbursement_float_day"),
        ]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.amount}"


class FloatAllocation(models.Model):
    """Whose money the notes are: one pending transfer per order of the float."""

    float_session = models.ForeignKey(
        FloatSession, on_delete=models.CASCADE, related_name="allocations"
    )
    order = models.ForeignKey(PaymentOrder, on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    transfer_id = models.UUIDField(unique=True)

    class Meta:
        db_table = "disbursement_float_allocation"
        constraints = [
            models.UniqueConstraint(
                fields=["float_session", "order"], name="disbursement_allocation_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.float_session_id} {self.order_id}"


class UnsyncedCash(models.Model):
    """What a bag lacked, or held beyond the books, when it was closed before its officer's devices
    had told everything. What they tell later explains it; the rest grows old in sight.
    """

    float_session = models.OneToOneField(
        FloatSession, primary_key=True, on_delete=models.PROTECT, related_name="unsynced"
    )
    officer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    """Rupiah that were missing (in ``suspense/unsynced``); below zero: beyond (in ``surplus``)."""
    legs = models.JSONField()
    """[[order, rupiah], ...], explained in this order."""
    sessions = models.JSONField()
    """Pay sessions whose later hand-overs belong before this close."""
    devices = models.JSONField()
    """device > the highest sequence heard of it: what lies below belongs before this close."""
    explained = models.BigIntegerField(default=0)
    """Rupiah of ``amount`` that later facts accounted for, without its sign."""
    settled = models.BigIntegerField(default=0)
    """Rupiah of ``amount`` that a head booked as a shortage after all."""
    settled_by = models.TextField(blank=True)
    note = models.TextField(blank=True)
    closed_at = models.DateTimeField()

    class Meta:
        db_table = "disbursement_unsynced_cash"
        constraints = [
            models.CheckConstraint(
                condition=~Q(amount=0)
                & Q(explained__gte=0, settled__gte=0)
                & (
                    Q(amount__gte=models.F("explained") + models.F("settled"))
                    | Q(amount__lte=-models.F("explained") - models.F("settled"))
                ),
                name="disbursement_unsynced_within",
            )
        ]
        indexes = [models.Index(fields=["officer"], name="disbursement_unsynced_officer")]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.amount}"

    @property
    def left(self) -> int:
        """Rupiah that nothing accounts for yet, without a sign."""
        return abs(self.amount) - self.explained - self.settled

    @property
    def size(self) -> int:
        """Rupiah of the difference, without its sign."""
        return abs(self.amount)
