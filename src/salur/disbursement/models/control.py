"""What the back office tells people in the field while they work."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from salur.access.models import Device
from salur.disbursement.models.points import PaySession
from salur.places.models import Office


class Instruction(models.Model):
    """A word to one device, to all devices of a session, or to those of an office.

    The newest ``stop`` or ``resume`` decides whether new hand-overs may begin; what has begun may
    be ended, because the notes are on the table.
    """

    class Kind(models.TextChoices):
        MESSAGE = "message"
        STOP = "stop"
        RESUME = "resume"

    append_only = True

    id = models.UUIDField(primary_key=True)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey(
        PaySession, null=True, on_delete=models.PROTECT, related_name="instructions"
    )
    device = models.ForeignKey(
        Device, null=True, on_delete=models.PROTECT, related_name="instructions"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.TextField()
    sent_by = models.TextField()
    sent_at = models.DateTimeField()

    class Meta:
        db_table = "disbursement_instruction"
        indexes = [models.Index(fields=["office", "sent_at"], name="disbursement_instruction_sent")]
        constraints = [
            models.CheckConstraint(
                condition=Q(device__isnull=True) | Q(session__isnull=True),
                name="disbursement_instruction_one_target",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class SeenInstruction(models.Model):
    """A device showed the instruction to its holder, who said so."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    """The id of the event that says so."""
    instruction = models.ForeignKey(Instruction, on_delete=models.PROTECT, related_name="seen")
    device_id = models.UUIDField()
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "disbursement_seen_instruction"
        constraints = [
            models.UniqueConstraint(
                fields=["instruction", "device_id"], name="disbursement_seen_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.instruction_id} {self.device_id}"
