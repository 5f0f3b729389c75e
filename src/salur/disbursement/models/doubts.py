"""What became of hand-overs that were begun and of which nobody heard the end."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from salur.access.models import User
from salur.places.models import Office


class DoubtSettlement(models.Model):
    """Two people say, from the counted cash, whether a begun hand-over was ended.

    Nobody's device signed that the family has the cash, so a paid one has no hand-over and no
    evidence: its lines are of source ``settled``. The device's own event, should it come after
    all, takes their place (``replaced_by``).
    """

    id = models.UUIDField(primary_key=True)
    """The ``hand_over_begun`` event."""
    visit_id = models.UUIDField()
    officer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    paid = models.BooleanField()
    total = models.BigIntegerField()
    expected = models.BigIntegerField()
    """What the books expected in the bag when it was proposed, the hand-over not counted."""
    counted = models.BigIntegerField(null=True)
    note = models.TextField()
    proposed_by = models.TextField()
    proposed_at = models.DateTimeField()
    decided_by = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)
    lines = models.JSONField(default=list)
    replaced_by = models.UUIDField(null=True)

    class Meta:
        db_table = "disbursement_doubt_settlement"
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by="") | ~Q(decided_by=F("proposed_by")),
                name="disbursement_doubt_four_eyes",
            )
        ]

    def __str__(self) -> str:
        return f"{self.id} {'paid' if self.paid else 'not paid'}"
