"""Who may pay which visits without a network: one device, or the devices of one session."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from salur.access.models import Device
from salur.disbursement.models.points import PaySession


class Lease(models.Model):
    """The right of one device, or of one group of desks, to pay its visits without a network until
    ``until``."""

    class Kind(models.TextChoices):
        DEVICE = "device"
        GROUP = "group"

    class Status(models.TextChoices):
        ACTIVE = "active"
        RELEASED = "released"
        ENDED = "ended"
        BROKEN = "broken"

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(
        max_length=6, choices=Kind.choices, default=Kind.DEVICE, db_default="device"
    )
    device = models.ForeignKey(Device, null=True, on_delete=models.PROTECT, related_name="leases")
    """The one device; null for a group, whose devices stand in ``LeaseDevice``."""
    session = models.ForeignKey(PaySession, on_delete=models.PROTECT, related_name="leases")
    until = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    issued_by = models.TextField()
    issued_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    collector_key_sealed = models.BinaryField(null=True)
    """field="disbursement.lease.collector_key", subject=id: what collectors' numbers are hashed
    under on the devices of this lease."""
    seals = models.JSONField(default=dict, db_default={})
    """Desk > SHA-256 of every sealed code that was ever printed for it, the newest last."""
    unleased_most = models.PositiveSmallIntegerField(default=0, db_default=0)
    """How many walk-ins may be paid without a lease of their visits, by the policy at issue."""
    unleased_most_rupiah = models.BigIntegerField(default=0, db_default=0)
    unleased_codes = models.JSONField(default=list, db_default=[])
    """SHA-256 of the supervisor's codes for them, one for each family."""

    class Meta:
        db_table = "disbursement_lease"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="group", device__isnull=True)
                | Q(kind="device", device__isnull=False),
                name="disbursement_lease_one_or_group",
            )
        ]

    def __str__(self) -> str:
        return f"{self.device_id or 'group'} until {self.until}"


class LeaseDevice(models.Model):
    """A device of a group and what it does there."""

    class Role(models.TextChoices):
        PAYER = "payer"
        VERIFIER = "verifier"
        CHECK_IN = "check_in"
        ALL = "all"

    lease = models.ForeignKey(Lease, on_delete=models.PROTECT, related_name="members")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="memberships")
    desk = models.PositiveSmallIntegerField(null=True)
    """Null for a device at the entrance, which belongs to no desk."""
    role = models.CharField(max_length=8, choices=Role.choices)
    joined_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    """When it gave its part of the lease back, signed."""

    class Meta:
        db_table = "disbursement_lease_device"
        constraints = [
            models.UniqueConstraint(
                fields=["lease", "device"], name="disbursement_lease_device_once"
            ),
            models.CheckConstraint(
                condition=Q(role="check_in") | Q(desk__isnull=False),
                name="disbursement_lease_device_has_desk",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.desk} {self.device_id}"


class LeaseDeparture(models.Model):
    """Visits that left a lease before anybody paid them: what its devices are told is gone."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    lease = models.ForeignKey(Lease, on_delete=models.PROTECT, related_name="departures")
    visits = ArrayField(models.UUIDField())
    at = models.DateTimeField()

    class Meta:
        db_table = "disbursement_lease_departure"

    def __str__(self) -> str:
        return f"{len(self.visits)} of {self.lease_id}"


class LeasePassing(models.Model):
    """One visit (or, for a seal, one desk) that a device said it gave away or took over.

    A fact, kept also when it is worth nothing; who holds a visit follows from the whole set,
    in whatever order it arrived (``rules.leases.holding_desk``).
    """

    class Kind(models.TextChoices):
        RELEASE = "release"
        ACCEPT = "accept"
        SEAL = "seal"

    append_only = True

    id = models.BigAutoField(primary_key=True)
    event_id = models.UUIDField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    lease = models.ForeignKey(Lease, on_delete=models.PROTECT, related_name="passings")
    visit_id = models.UUIDField(null=True)
    """Null for a seal, which takes over whatever its desk still holds."""
    device_id = models.UUIDField()
    sequence = models.BigIntegerField()
    """The event's place in its device's chain: what the device knew when it paid."""
    desk = models.PositiveSmallIntegerField()
    """Of the device that says so."""
    from_desk = models.PositiveSmallIntegerField(null=True)
    """Whose visits are taken over; null for a release."""
    slip_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    """By the device's reckoning: never by arrival, which may come in any order."""

    class Meta:
        db_table = "disbursement_lease_passing"
        constraints = [
            models.UniqueConstraint(
                fields=["event_id", "visit_id"],
                nulls_distinct=False,
                name="disbursement_lease_passing_once",
            )
        ]
        indexes = [
            models.Index(fields=["device_id", "visit_id"], name="disbursement_lease_passed_by")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.visit_id or self.from_desk}"


class UnleasedPayout(models.Model):
    """A family that was paid without a lease, against its letter and a supervisor's code."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    """The hand-over's."""
    lease = models.ForeignKey(Lease, on_delete=models.PROTECT, related_name="unleased_payouts")
    """Under whose codes."""
    code_hash = models.CharField(max_length=64)
    good = models.BooleanField()
    """The code is one of the lease's and the letter is ours and this family's."""
    amount = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "disbursement_unleased_payout"

    def __str__(self) -> str:
        return f"{self.amount} {self.id}"
