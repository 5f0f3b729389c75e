"""Every change of a payment's state, in commit order, for whoever follows."""

from __future__ import annotations

from django.db import models

from salur.kernel.sequencing import TransactionIdField


class JournalEntry(models.Model):
    """One payment left one cell of the rollups and entered another.

    ``to_*`` are its dimensions after, ``from_*`` before (null at the first entry). Dates are
    business dates: of the plan while planned, of the fact afterwards. ``families`` is 1 on the
    visit's lead payment, 0 on the others.
    """

    append_only_except = ("position",)

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=20)
    """planned, paid, second, failed, replanned, cancelled, attempted, reversed."""
    payment_id = models.UUIDField()
    visit_id = models.UUIDField()
    tranche_id = models.UUIDField()
    program_id = models.CharField(max_length=20)
    order_id = models.UUIDField()
    village_id = models.CharField(max_length=13)
    amount = models.BigIntegerField()
    families = models.PositiveSmallIntegerField()
    from_status = models.CharField(max_length=10, null=True)
    from_office_id = models.CharField(max_length=20, null=True)
    from_channel = models.CharField(max_length=12, null=True)
    from_date = models.DateField(null=True)
    from_reason = models.CharField(max_length=30, blank=True)
    to_status = models.CharField(max_length=10)
    to_office_id = models.CharField(max_length=20)
    to_channel = models.CharField(max_length=12)
    to_date = models.DateField(null=True)
    to_reason = models.CharField(max_length=30, blank=True)
    event_id = models.UUIDField(null=True)
    officer_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    xid = TransactionIdField()
    position = models.BigIntegerField(null=True)

    class Meta:
        db_table = "disbursement_journal"
        constraints = [
            models.UniqueConstraint(fields=["position"], name="disbursement_journal_position")
        ]
        indexes = [
            models.Index(fields=["payment_id", "id"], name="disbursement_journal_payment"),
            models.Index(
                fields=["id"],
                name="disbursement_journal_waiting",
                condition=models.Q(position__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.payment_id}"


class FollowedPosition(models.Model):
    """How far a follower of this room has read its own journal, and when it last looked."""

    name = models.CharField(primary_key=True, max_length=40)
    position = models.BigIntegerField(default=0)
    followed_at = models.DateTimeField()

    class Meta:
        db_table = "disbursement_followed_position"

    def __str__(self) -> str:
        return f"{self.name} {self.position}"
