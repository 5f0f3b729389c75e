"""Who people are. Identity numbers are sealed; a blind index finds the exact one."""

from __future__ import annotations

from django.db import models

from salur.places.models import Region


class Household(models.Model):
    """A family with one family card."""

    id = models.UUIDField(primary_key=True)
    card_index = models.BinaryField(unique=True)
    card_sealed = models.BinaryField()
    """field="registry.household.card", subject=id"""
    card_last4 = models.CharField(max_length=4)
    village = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    address = models.TextField(blank=True)
    rt = models.CharField(max_length=4, blank=True)
    rw = models.CharField(max_length=4, blank=True)
    remote = models.BooleanField(default=False)
    phone_sealed = models.BinaryField(null=True)
    """field="registry.household.phone", subject=id"""
    house_latitude = models.FloatField(null=True)
    house_longitude = models.FloatField(null=True)
    house_accuracy_m = models.FloatField(null=True)
    house_located_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "registry_household"

    def __str__(self) -> str:
        return f"KK ••••{self.card_last4}"


class Person(models.Model):
    """One person on a family card."""

    class Sex(models.TextChoices):
        FEMALE = "f"
        MALE = "m"

    class VitalStatus(models.TextChoices):
        ALIVE = "alive"
        DECEASED = "deceased"
        UNKNOWN = "unknown"

    id = models.UUIDField(primary_key=True)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="people")
    nik_index = models.BinaryField(unique=True)
    nik_sealed = models.BinaryField()
    """field="registry.person.nik", subject=id"""
    nik_last4 = models.CharField(max_length=4)
    name = models.TextField()
    birth_date = models.DateField(null=True)
    sex = models.CharField(max_length=1, choices=Sex.choices, blank=True)
    relation = models.CharField(max_length=20, blank=True)
    """To the head of the card: head, spouse, child, parent, other."""
    disabled = models.BooleanField(default=False)
    ill = models.BooleanField(default=False)
    ineligible_reason = models.CharField(max_length=40, blank=True)
    vital_status = models.CharField(
        max_length=10, choices=VitalStatus.choices, default=VitalStatus.ALIVE
    )
    last_seen_alive_at = models.DateTimeField(null=True)
    last_seen_by = models.TextField(blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "registry_person"

    def __str__(self) -> str:
        return self.name


class Change(models.Model):
    """One applied change to a person or household: what, by whose proposal and whose approval."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    household_id = models.UUIDField()
    person_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=30)
    source = models.TextField()
    proposed_by = models.TextField()
    approved_by = models.TextField()
    applied_at = models.DateTimeField()

    class Meta:
        db_table = "registry_change"
        indexes = [models.Index(fields=["household_id"], name="registry_change_household")]

    def __str__(self) -> str:
        return f"{self.kind} {self.household_id}"
