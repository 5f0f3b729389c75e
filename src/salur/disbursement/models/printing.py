"""What was printed: sealed files of letters and signature sheets."""

from __future__ import annotations

from django.db import models

from salur.disbursement.models.points import PaySession
from salur.intake.models import StoredFile
from salur.places.models import Office
from salur.programs.models import Tranche


class PrintRun(models.Model):
    """One file of one office, ready to be downloaded and printed again as it was."""

    class Kind(models.TextChoices):
        LETTERS = "letters"
        DANOM = "danom"
        BANK = "bank"

    append_only = True

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    tranche = models.ForeignKey(Tranche, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey(PaySession, null=True, on_delete=models.PROTECT, related_name="+")
    """Only for signature sheets, or when the letters of one session were asked for."""
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    file_name = models.TextField()
    visits = models.PositiveIntegerField()
    amount = models.BigIntegerField()
    printed_by = models.TextField()
    printed_at = models.DateTimeField()

    class Meta:
        db_table = "disbursement_print_run"
        indexes = [
            models.Index(fields=["tranche", "office"], name="disbursement_print_office"),
        ]

    def __str__(self) -> str:
        return self.file_name
