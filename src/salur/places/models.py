"""Regions and offices."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Region(models.Model):
    """A region by its dotted Kemendagri code; a retired code stays, with its successor."""

    class Level(models.TextChoices):
        PROVINCE = "province"
        REGENCY = "regency"
        DISTRICT = "district"
        VILLAGE = "village"

    code = models.CharField(primary_key=True, max_length=13)
    name = models.TextField()
    search_name = models.TextField()
    """``rules.name_key(name, level).key``: for matching."""
    level = models.CharField(max_length=10, choices=Level.choices)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    zone = models.CharField(max_length=40)
    postcode = models.CharField(max_length=5, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    replaced_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    source = models.TextField()

    class Meta:
        db_table = "places_region"
        indexes = [models.Index(fields=["level", "search_name"], name="places_region_by_name")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=models.F("valid_from")),
                name="places_region_validity_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class FormerName(models.Model):
    """What a region was called until ``valid_to``: old lists still say so."""

    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="former_names")
    name = models.TextField()
    search_name = models.TextField()
    valid_to = models.DateField()

    class Meta:
        db_table = "places_former_name"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "search_name"], name="places_former_name_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.name}"


class Boundary(models.Model):
    """The simplified outline of a region, for maps only (GeoJSON geometry, longitude first)."""

    region = models.OneToOneField(Region, primary_key=True, on_delete=models.CASCADE)
    geometry = models.JSONField()
    source = models.TextField()

    class Meta:
        db_table = "places_boundary"

    def __str__(self) -> str:
        return self.region_id


class Office(models.Model):
    """An office of the pay agency; ``path`` holds the codes from the top, joined by ``/``."""

    class Kind(models.TextChoices):
        HEAD = "head"
        REGIONAL = "regional"
        MAIN = "kcu"
        BRANCH = "kc"
        SUB_BRANCH = "kcp"

    code = models.CharField(primary_key=True, max_length=20)
    name = models.TextField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    path = models.TextField(unique=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="offices")
    zone = models.CharField(max_length=40)
    address = models.TextField(blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        db_table = "places_office"
        indexes = [
            models.Index(
                fields=["path"], name="places_office_subtree", opclasses=["text_pattern_ops"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Service(models.Model):
    """A region (of any level) that an office serves; the most specific one wins for a village."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="services")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="services")

    class Meta:
        db_table = "places_service"
        constraints = [
            models.UniqueConstraint(fields=["region"], name="places_service_one_office_per_region"),
        ]

    def __str__(self) -> str:
        return f"{self.office_id} > {self.region_id}"
