"""One append-only table: who did what. The Merkle log reads it by position."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from salur.kernel.sequencing import TransactionIdField


class Entry(models.Model):
    """One audit entry. Everything but ``position`` is fixed when it is written.

    ``hash`` is SHA-256 over the canonical JSON of ``rules.leaf``; ``sealed`` holds old and new
    personal values, may be erased, and enters the hash only as its own SHA-256.
    """

    append_only_except = ("position",)

    id = models.UUIDField(primary_key=True)
    version = models.PositiveSmallIntegerField()
    kind = models.TextField()
    actor = models.TextField()
    subject = models.TextField()
    at = models.DateTimeField()
    payload = models.JSONField()
    sealed = models.BinaryField(null=True)
    sealed_hash = models.BinaryField(null=True)
    hash = models.BinaryField()
    xid = TransactionIdField()
    position = models.BigIntegerField(null=True)

    class Meta:
        db_table = "audit_entry"
        constraints = [
            models.UniqueConstraint(fields=["position"], name="audit_entry_position_unique"),
            models.CheckConstraint(
                condition=Q(sealed__isnull=True) | Q(sealed_hash__isnull=False),
                name="audit_entry_sealed_is_hashed",
            ),
        ]
        indexes = [
            models.Index(fields=["subject"], name="audit_entry_subject"),
            models.Index(fields=["kind", "at"], name="audit_entry_kind_at"),
            models.Index(
                fields=["id"], name="audit_entry_waiting", condition=Q(position__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
