"""Cash from one officer's bag into another's, as both of them signed for it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from salur.access.models import User
from salur.places.models import Office


class Passing(models.Model):
    """What giver and taker said of one transfer. Made by whichever word arrives first.

    The books follow the taker, who answers for what was taken, once the giver has signed too.
    ``given`` holds the giver's word alone (the sum is held in the ledger), ``claimed`` the
    taker's; ``asked`` waits for a person, because the other word did not come in time or the
    taker's device was revoked; ``dropped`` was found not to have happened.
    """

    class Status(models.TextChoices):
        GIVEN = "given"
        CLAIMED = "claimed"
        BOOKED = "booked"
        ASKED = "asked"
        DROPPED = "dropped"

    id = models.UUIDField(primary_key=True)
    transfer_id = models.UUIDField()
    """The id that the giver's device made and both devices sign."""
    giver_device_id = models.UUIDField()
    taker_device_id = models.UUIDField()
    giver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    taker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    """The giver's."""
    taker_office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    given = models.BigIntegerField(null=True)
    given_notes = models.JSONField(default=list)
    taken = models.BigIntegerField(null=True)
    taken_notes = models.JSONField(default=list)
    giver_session_id = models.UUIDField(null=True)
    taker_session_id = models.UUIDField(null=True)
    """The pay session in which each of them signed."""
    flags = models.JSONField(default=list)
    status = models.CharField(max_length=8, choices=Status.choices)
    held = models.JSONField(default=list)
    """[[pending transfer, rupiah], ...] while the giver's word stands alone."""
    booked = models.BigIntegerField(default=0)
    """Rupiah moved from giver to taker in the books."""
    heard_at = models.DateTimeField()
    asked_at = models.DateTimeField()
    """When a person is asked, by the server's clock, if the other word has not come."""
    booked_at = models.DateTimeField(null=True)
    business_date = models.DateField(null=True)
    settled_by = models.TextField(blank=True)
    """Who decided what nobody else said, or has looked at what differed."""
    settled_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)

    class Meta:
        db_table = "disbursement_passing"
        constraints = [
            models.UniqueConstraint(
                fields=["transfer_id", "giver_device_id", "taker_device_id"],
                name="disbursement_passing_once",
            ),
            models.CheckConstraint(
                condition=~Q(giver=F("taker")), name="disbursement_passing_two_people"
            ),
            models.CheckConstraint(
                condition=Q(booked__gte=0), name="disbursement_passing_not_negative"
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"],
                name="disbursement_passing_open",
                condition=Q(status__in=["given", "claimed"]),
            ),
            models.Index(fields=["giver", "status"], name="disbursement_passing_giver"),
            models.Index(fields=["taker", "status"], name="disbursement_passing_taker"),
        ]

    def __str__(self) -> str:
        return f"{self.transfer_id} {self.status}"

    @property
    def differs(self) -> bool:
        """Both signed, for different sums or different notes."""
        return self.given is not None and self.taken is not None and "differs" in self.flags
