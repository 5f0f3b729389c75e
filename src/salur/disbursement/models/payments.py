"""A visit is what a family comes for; a payment is one program's share of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from salur.disbursement.models.leases import Lease
from salur.disbursement.models.points import Channel, PaySession
from salur.places.models import Office, Region
from salur.programs.models import Entitlement, PaymentOrder, Program, Tranche
from salur.registry.models import Household, Person


def live_column() -> models.GeneratedField:
    """Whether the row was not cancelled.

    Indexes name this column and never the status: paying a family then moves no index entry.
    """
    return models.GeneratedField(
        expression=~Q(status="cancelled"),  # type: ignore[arg-type]  # the stubs know no conditions
        output_field=models.BooleanField(),
        db_persist=True,
    )


class Visit(models.Model):
    """A family's payments of one tranche, with everything that was frozen when it was planned."""

    class Status(models.TextChoices):
        PLANNED = "planned"
        PAID = "paid"
        PARTLY = "partly"
        FAILED = "failed"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True)
    tranche = models.ForeignKey(Tranche, on_delete=models.PROTECT, db_index=False)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="visits")
    recipient = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=13)
    """Thirteen digits, the last one the check digit; printed 1671-0412-8837-5."""
    channel = models.CharField(max_length=12, choices=Channel.choices)
    channel_reason = models.CharField(max_length=30)
    # Office, village, session and lease are looked for by the indexes below.
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", db_index=False)
    village = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", db_index=False)
    session = models.ForeignKey(
        PaySession, null=True, on_delete=models.PROTECT, related_name="visits", db_index=False
    )
    slot_at = models.DateTimeField(null=True)
    desk = models.PositiveSmallIntegerField(default=1)
    """Its home desk: where the family is expected, as the letter or the group's lease says."""
    held_desk = models.PositiveSmallIntegerField(null=True)
    """The desk of a group that took it over from its home desk; null while it is at home."""
    passing = models.BooleanField(default=False, db_default=False)
    """Released by the desk that holds it and not accepted by another yet."""
    online_only_until = models.DateTimeField(null=True)
    """A lease of it was broken: until this device's time is over another pays it only online."""
    round = models.PositiveSmallIntegerField(null=True)
    """The house's place in the doorstep round, from 1; null where no round was planned."""
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PLANNED)
    live = live_column()
    in_doubt = models.BooleanField(default=False)
    """A hand-over was begun and neither ended nor cancelled."""
    version = models.PositiveIntegerField(default=1)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_attempt_code = models.CharField(max_length=30, blank=True)
    total = models.BigIntegerField()
    recipient_name = models.TextField()
    birth_year = models.PositiveSmallIntegerField(null=True)
    sex = models.CharField(max_length=1, blank=True)
    nik_last4 = models.CharField(max_length=4)
    card_last4 = models.CharField(max_length=4)
    address = models.TextField()
    collectors = models.JSONField(default=list)
    """[{"person_id", "name", "birth_year", "relation", "nik_last4"}], the recipient left out."""
    priority = models.BooleanField(default=False)
    lease = models.ForeignKey(
        Lease, null=True, on_delete=models.PROTECT, related_name="visits", db_index=False
    )
    letter_version = models.PositiveSmallIntegerField(default=0)
    """0: no letter printed yet."""
    letter_printed_at = models.DateTimeField(null=True)
    invited_at = models.DateTimeField(null=True)
    planned_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "disbursement_visit"
        constraints = [
            models.UniqueConstraint(
                fields=["tranche", "household"],
                condition=Q(live=True),
                name="disbursement_visit_once",
            ),
            models.UniqueConstraint(fields=["number"], name="disbursement_visit_number"),
        ]
        indexes = [
            models.Index(fields=["session", "slot_at"], name="disbursement_visit_session"),
            models.Index(fields=["tranche", "office"], name="disbursement_visit_office"),
            models.Index(fields=["village"], name="disbursement_visit_village"),
            models.Index(fields=["lease"], name="disbursement_visit_lease"),
        ]

    def __str__(self) -> str:
        return self.number


class Payment(models.Model):
    """One part of one entitlement with its amount frozen; paid at most once."""

    class Status(models.TextChoices):
        PLANNED = "planned"
        INSTRUCTED = "instructed"
        PAID = "paid"
        FAILED = "failed"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True)
    visit = models.ForeignKey(
        Visit, on_delete=models.PROTECT, related_name="payments", db_index=False
    )
    entitlement = models.ForeignKey(Entitlement, on_delete=models.PROTECT, related_name="payments")
    entitlement_version = models.PositiveIntegerField()
    part = models.PositiveSmallIntegerField(default=1)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey(PaymentOrder, on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    components = models.JSONField(default=list)
    months = models.PositiveSmallIntegerField(default=0)
    lead = models.BooleanField(default=False)
    """True for exactly one payment of a visit: with it the family is counted."""
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PLANNED)
    live = live_column()
    failed_code = models.CharField(max_length=30, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "disbursement_payment"
        constraints = [
            models.UniqueConstraint(
                fields=["entitlement", "part"],
                condition=Q(live=True),
                name="disbursement_payment_once",
            ),
            models.UniqueConstraint(
                fields=["visit"],
                condition=Q(lead=True, live=True),
                name="disbursement_payment_one_lead",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="disbursement_payment_positive"),
        ]
        indexes = [
            models.Index(fields=["visit"], name="disbursement_payment_visit"),
        ]

    def __str__(self) -> str:
        return f"{self.program_id} {self.id}"
