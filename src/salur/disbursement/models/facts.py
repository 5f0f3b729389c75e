"""What happened at the desk and at the door. Facts are never refused and never changed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from salur.disbursement.models.payments import Payment, Visit
from salur.disbursement.models.points import Channel
from salur.places.models import Office
from salur.programs.models import PaymentOrder, Program


class HandOver(models.Model):
    """Cash left the bag: one signed ``handed_over`` event, judged beside in ``Judgement``."""

    class Method(models.TextChoices):
        FACE = "face"
        REGISTRY = "registry"
        ENROLMENT = "enrolment"
        WITNESS = "witness"
        DOCUMENT = "document"
        PROXY = "proxy"
        UNVERIFIED = "unverified"

    append_only = True

    id = models.UUIDField(primary_key=True)
    """The id of the event that says so."""
    # What facts name is asked for in sets, by triggers: a foreign key asks for each row.
    visit = models.ForeignKey(
        Visit,
        null=True,
        on_delete=models.PROTECT,
        related_name="hand_overs",
        db_index=False,
        db_constraint=False,
    )
    """Null when nobody here knows the visit that the event names; the cash left the bag."""
    device_id = models.UUIDField()
    officer_id = models.UUIDField()
    office = models.ForeignKey(
        Office, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    session_id = models.UUIDField(null=True)
    channel = models.CharField(max_length=12, choices=Channel.choices)
    collector_id = models.UUIDField(null=True)
    relation = models.CharField(max_length=20)
    method = models.CharField(max_length=12, choices=Method.choices)
    """Strength of authentication, as the verification event named by the hand-over said."""
    verification_id = models.UUIDField(null=True)
    receipt_mark = models.CharField(max_length=12)
    sop = models.CharField(max_length=40)
    total = models.BigIntegerField()
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    accuracy_m = models.FloatField(null=True)
    handed_over_at = models.DateTimeField()
    """By the device, corrected to the server's clock where that can be bounded."""
    business_date = models.DateField()
    received_at = models.DateTimeField()
    booked_at = models.DateTimeField()
    flags = models.JSONField(default=list)

    class Meta:
        db_table = "disbursement_hand_over"
        indexes = [
            models.Index(fields=["visit"], name="disbursement_handover_visit"),
            models.Index(fields=["booked_at"], name="disbursement_handover_booked"),
            models.Index(fields=["office", "booked_at"], name="disbursement_handover_office"),
            models.Index(fields=["officer_id", "business_date"], name="disbursement_handover_day"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class BegunHandOver(models.Model):
    """Notes were about to leave the bag. Without an end the visit is in doubt.

    Made by whichever arrives first, the beginning or the end, so that their order does not matter.
    """

    id = models.UUIDField(primary_key=True)
    """The id of the ``hand_over_begun`` event."""
    visit_id = models.UUIDField()
    begun_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)

    class Meta:
        db_table = "disbursement_begun_hand_over"
        indexes = [
            models.Index(
                fields=["visit_id"],
                name="disbursement_begun_open",
                condition=Q(ended_by__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class PayoutLine(models.Model):
    """What one hand-over (or one bank statement entry) meant for one payment, in rupiah."""

    class Outcome(models.TextChoices):
        PAID = "paid"
        SHORT = "short"
        EXCESS = "excess"
        SECOND = "second"
        NOT_PAYABLE = "not_payable"
        UNIDENTIFIED = "unidentified"

    append_only_except = ("reversed_by",)

    id = models.UUIDField(primary_key=True)
    hand_over = models.ForeignKey(
        HandOver,
        null=True,
        on_delete=models.PROTECT,
        related_name="lines",
        db_index=False,
        db_constraint=False,
    )
    payment = models.ForeignKey(
        Payment, null=True, on_delete=models.PROTECT, related_name="lines", db_constraint=False
    )
    # Order and program repeat what the locked payment says, so the database need not look again.
    order = models.ForeignKey(
        PaymentOrder,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    program = models.ForeignKey(
        Program,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    officer_id = models.UUIDField(null=True)
    amount = models.BigIntegerField()
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    source = models.CharField(max_length=10, default="app")
    business_date = models.DateField()
    transfer_id = models.UUIDField(unique=True)
    reversed_by = models.UUIDField(null=True)

    class Meta:
        db_table = "disbursement_payout_line"
        constraints = [
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(outcome__in=["paid", "short"], reversed_by__isnull=True),
                name="disbursement_paid_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="disbursement_line_positive"),
            models.CheckConstraint(
                condition=Q(outcome="unidentified")
                | Q(payment__isnull=False, order__isnull=False, program__isnull=False),
                name="disbursement_line_names_its_payment",
            ),
        ]
        indexes = [
            models.Index(fields=["hand_over"], name="disbursement_line_hand_over"),
            models.Index(fields=["order", "outcome"], name="disbursement_line_order"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.amount}"


class Attempt(models.Model):
    """A family that could not be paid this time, with a coded reason.

    A final code counts only after ``decided_by``, a second person, approved it.
    """

    class Decision(models.TextChoices):
        NOT_NEEDED = "not_needed"
        WAITING = "waiting"
        APPROVED = "approved"
        REJECTED = "rejected"

    id = models.UUIDField(primary_key=True)
    """The id of the event, or a new one when the back office recorded it."""
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="attempt_rows")
    code = models.CharField(max_length=30)
    final = models.BooleanField()
    note = models.TextField(blank=True)
    recorded_by = models.TextField()
    officer_id = models.UUIDField(null=True)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    attempted_at = models.DateTimeField()
    business_date = models.DateField()
    decision = models.CharField(max_length=10, choices=Decision.choices)
    decided_by = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "disbursement_attempt"
        indexes = [
            models.Index(fields=["visit"], name="disbursement_attempt_visit"),
            models.Index(fields=["office", "decision"], name="disbursement_attempt_desk"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by="") | ~Q(decided_by=models.F("recorded_by")),
                name="disbursement_attempt_four_eyes",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.visit_id}"


class Judgement(models.Model):
    """How well a hand-over was proven; weak or missing evidence goes to review, never refused."""

    class Verdict(models.TextChoices):
        EVIDENCE_PENDING = "evidence_pending"
        COMPLETE = "complete"
        REVIEW = "review"
        ACCEPTED = "accepted"
        DOUBTFUL = "doubtful"

    hand_over = models.OneToOneField(
        HandOver,
        primary_key=True,
        on_delete=models.PROTECT,
        related_name="judgement",
        db_constraint=False,
    )
    verdict = models.CharField(max_length=16, choices=Verdict.choices)
    method = models.CharField(max_length=12, choices=HandOver.Method.choices)
    """Strength of authentication as the server found it, once the verification had arrived."""
    reasons = models.JSONField(default=list)
    due_at = models.DateTimeField()
    """When it is judged even if evidence is still missing."""
    judged_at = models.DateTimeField(null=True)
    reviewed_by = models.TextField(blank=True)
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "disbursement_judgement"
        indexes = [models.Index(fields=["verdict", "due_at"], name="disbursement_judgement_queue")]

    def __str__(self) -> str:
        return f"{self.verdict} {self.hand_over_id}"
