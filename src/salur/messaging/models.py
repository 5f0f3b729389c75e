"""What we told people: a row is the work order, the gateway claims it."""

from __future__ import annotations

from django.db import models


class Template(models.Model):
    """A text in two languages with named places, for example ``{amount}``."""

    code = models.CharField(primary_key=True, max_length=40)
    text_id = models.TextField()
    text_en = models.TextField()

    class Meta:
        db_table = "messaging_template"

    def __str__(self) -> str:
        return self.code


class Message(models.Model):
    """One message to one family. ``params`` never hold an identity number."""

    class Status(models.TextChoices):
        QUEUED = "queued"
        SENT = "sent"
        DELIVERED = "delivered"
        FAILED = "failed"
        BY_HAND = "by_hand"
        """No phone is known: the letter, the officer or the companion tells the family."""

    id = models.UUIDField(primary_key=True)
    reference = models.TextField()
    """What it is about, once: ``hand_over:<id>``; a second one with it is not queued."""
    template = models.CharField(max_length=40)
    household_id = models.UUIDField()
    phone_sealed = models.BinaryField(null=True)
    """field="registry.household.phone", subject=household; null when no phone is known."""
    village_code = models.CharField(max_length=13, blank=True)
    """For whom may read it: messages are seen by whoever sees the village."""
    params = models.JSONField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "messaging_message"
        constraints = [models.UniqueConstraint(fields=["reference"], name="messaging_message_once")]
        indexes = [
            models.Index(
                fields=["created_at"],
                name="messaging_message_queue",
                condition=models.Q(status="queued"),
            ),
            models.Index(fields=["household_id"], name="messaging_message_household"),
            models.Index(fields=["-created_at"], name="messaging_message_newest"),
        ]

    def __str__(self) -> str:
        return self.reference
