"""Families that came to a session, in the order of their numbers."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class CheckIn(models.Model):
    """A family at the entrance: its number and what was seen before the desk. A fact; no money."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    """The id of the event that says so."""
    session_id = models.UUIDField()
    visit_id = models.UUIDField(null=True)
    """Null for who is on no list."""
    number = models.PositiveSmallIntegerField()
    letter = models.CharField(max_length=10)
    priority = ArrayField(models.CharField(max_length=20))
    problems = ArrayField(models.CharField(max_length=20))
    device_id = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        db_table = "disbursement_check_in"
        indexes = [models.Index(fields=["session_id", "at"], name="disbursement_check_in_session")]

    def __str__(self) -> str:
        return f"{self.number} {self.visit_id}"
