"""Houses of families that were paid at a counter, to be visited later for their position."""

from __future__ import annotations

from django.db import models

from salur.access.models import User
from salur.places.models import Region
from salur.programs.models import Tranche


class HouseRound(models.Model):
    """A village whose houses one officer locates in a tranche; nothing is paid there."""

    id = models.UUIDField(primary_key=True)
    tranche = models.ForeignKey(Tranche, on_delete=models.PROTECT, related_name="+")
    village = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="house_rounds")
    assigned_by = models.TextField()
    assigned_at = models.DateTimeField()

    class Meta:
        db_table = "disbursement_house_round"
        constraints = [
            models.UniqueConstraint(
                fields=["tranche", "village"], name="disbursement_house_round_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.village_id} {self.officer_id}"
