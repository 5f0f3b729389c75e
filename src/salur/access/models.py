"""People who work with the system, their roles and scopes, and their devices."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q

from salur.places.models import Office, Region


class User(AbstractUser):
    """A person with an account. Temporary officers' accounts end by themselves."""

    id = models.UUIDField(primary_key=True)
    name = models.TextField()
    staff_number = models.CharField(max_length=30, blank=True)
    nik_index = models.BinaryField(null=True)
    """Blind index of the own national id: who works here may not collect for a family."""
    language = models.CharField(max_length=5, default="id")
    valid_until = models.DateTimeField(null=True, blank=True)
    home_office = models.ForeignKey(Office, null=True, blank=True, on_delete=models.PROTECT)

    class Meta:
        db_table = "access_user"

    def __str__(self) -> str:
        return self.name or self.username


class Assignment(models.Model):
    """A role of a user, for a region or an office and everything below it.

    Neither region nor office given means the whole country; that is granted to head-office roles.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="assignments")
    role = models.CharField(max_length=30)
    region = models.ForeignKey(Region, null=True, on_delete=models.PROTECT)
    office = models.ForeignKey(Office, null=True, on_delete=models.PROTECT)
    valid_until = models.DateTimeField(null=True)
    granted_at = models.DateTimeField()
    granted_by = models.TextField()

    class Meta:
        db_table = "access_assignment"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "region", "office"],
                nulls_distinct=False,
                name="access_assignment_once",
            ),
            models.CheckConstraint(
                condition=Q(region__isnull=True) | Q(office__isnull=True),
                name="access_assignment_region_or_office",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"


class Device(models.Model):
    """A phone or tablet with a signing key that cannot leave it."""

    class Status(models.TextChoices):
        ACTIVE = "active"
        REVOKED = "revoked"
        QUARANTINED = "quarantined"

    id = models.UUIDField(primary_key=True)
    holder = models.ForeignKey(User, on_delete=models.PROTECT, related_name="devices")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="devices")
    name = models.TextField()
    public_key = models.BinaryField()
    """Uncompressed P-256 point, 65 bytes."""
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.ACTIVE)
    app_version = models.CharField(max_length=20, blank=True)
    enrolled_at = models.DateTimeField()
    enrolled_by = models.TextField()
    revoked_at = models.DateTimeField(null=True)
    wipe_asked_at = models.DateTimeField(null=True)
    """Since when the phone is told, at each contact, to give up its records."""
    last_seen_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_device"
        constraints = [
            models.UniqueConstraint(fields=["public_key"], name="access_device_key_once"),
        ]

    def __str__(self) -> str:
        return self.name


class EnrolmentCode(models.Model):
    """A one-time code for one officer's device; only its SHA-256 is kept."""

    id = models.UUIDField(primary_key=True)
    code_hash = models.BinaryField(unique=True)
    holder = models.ForeignKey(User, on_delete=models.CASCADE)
    office = models.ForeignKey(Office, on_delete=models.PROTECT)
    issued_by = models.TextField()
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    device = models.ForeignKey(Device, null=True, on_delete=models.PROTECT)

    class Meta:
        db_table = "access_enrolment_code"

    def __str__(self) -> str:
        return str(self.id)


class SeenNonce(models.Model):
    """A request nonce of a device, kept while its time window is open, so that none works twice."""

    device = models.ForeignKey(
        Device, on_delete=models.CASCADE, db_index=False, db_constraint=False
    )
    nonce = models.BinaryField()
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "access_seen_nonce"
        constraints = [
            models.UniqueConstraint(fields=["device", "nonce"], name="access_nonce_once")
        ]
        indexes = [models.Index(fields=["seen_at"], name="access_nonce_age")]

    def __str__(self) -> str:
        return f"{self.device_id} {self.seen_at}"
