"""Who needs help: companions and their families, failed payments, proposals, complaints."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from salur.access.models import User
from salur.disbursement.models import Attempt, Payment, Visit
from salur.places.models import Region
from salur.programs.models import Tranche
from salur.registry.models import Household, Person


class Group(models.Model):
    """About 25 families of a companion, with a leader among them."""

    id = models.UUIDField(primary_key=True)
    companion = models.ForeignKey(User, on_delete=models.PROTECT, related_name="companion_groups")
    village = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    name = models.TextField()
    leader = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "casework_group"

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="memberships")
    household = models.OneToOneField(
        Household, on_delete=models.PROTECT, related_name="companion_membership"
    )

    class Meta:
        db_table = "casework_membership"

    def __str__(self) -> str:
        return f"{self.group_id} {self.household_id}"


class Invitation(models.Model):
    """A letter that reached its family, by whose hand."""

    visit = models.OneToOneField(
        Visit, primary_key=True, on_delete=models.PROTECT, related_name="invitation"
    )
    handed_out_by = models.TextField()
    handed_out_at = models.DateTimeField()

    class Meta:
        db_table = "casework_invitation"

    def __str__(self) -> str:
        return str(self.visit_id)


class Explanation(models.Model):
    """A companion's coded answer why a family was not paid."""

    id = models.UUIDField(primary_key=True)
    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, related_name="explanation")
    code = models.CharField(max_length=30)
    note = models.TextField(blank=True)
    answered_by = models.TextField()
    answered_at = models.DateTimeField()

    class Meta:
        db_table = "casework_explanation"

    def __str__(self) -> str:
        return f"{self.code} {self.attempt_id}"


class Proposal(models.Model):
    """A change of a family's data that a companion proposes and another person decides."""

    class Kind(models.TextChoices):
        DIED = "died"
        MOVED = "moved"
        NEW_RECIPIENT = "new_recipient"

    class Status(models.TextChoices):
        PROPOSED = "proposed"
        APPROVED = "approved"
        REJECTED = "rejected"

    id = models.UUIDField(primary_key=True)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="proposals")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    payload = models.JSONField(default=dict)
    note = models.TextField(blank=True)
    evidence_sha256 = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PROPOSED)
    proposed_by = models.TextField()
    proposed_at = models.DateTimeField()
    decided_by = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "casework_proposal"
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by="") | ~Q(decided_by=F("proposed_by")),
                name="casework_proposal_four_eyes",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.household_id}"


class Case(models.Model):
    """Something that somebody must settle by a day: a second hand-over, a complaint."""

    class Kind(models.TextChoices):
        SECOND_HAND_OVER = "second_hand_over"
        NOT_PAYABLE = "not_payable"
        EXCESS = "excess"
        NO_MONEY_RIGHTS = "no_money_rights"
        GRIEVANCE = "grievance"
        DATA_DIFFERS = "data_differs"
        SUPERVISOR = "supervisor"
        PROXY_STREAK = "proxy_streak"

    class Status(models.TextChoices):
        OPEN = "open"
        SETTLED = "settled"

    id = models.UUIDField(primary_key=True)
    ticket = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    reference = models.TextField(unique=True)
    """What opened it, once: ``line:<id>``, ``grievance:<id>`` or ``event:<id>``."""
    tranche = models.ForeignKey(Tranche, null=True, on_delete=models.PROTECT)
    village = models.ForeignKey(Region, null=True, on_delete=models.PROTECT, related_name="+")
    office_path = models.TextField(blank=True)
    visit = models.ForeignKey(Visit, null=True, on_delete=models.PROTECT, related_name="cases")
    payment = models.ForeignKey(Payment, null=True, on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField(null=True)
    subject = models.CharField(max_length=20, blank=True, default="", db_default="")
    """What the officer says is different, where one opened it (``rules.SUBJECTS``)."""
    text = models.TextField(blank=True)
    anonymous = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.TextField(blank=True)
    resolution = models.TextField(blank=True)

    class Meta:
        db_table = "casework_case"
        indexes = [
            models.Index(fields=["status", "due_at"], name="casework_case_desk"),
            models.Index(fields=["opened_at"], name="casework_case_opened"),
        ]

    def __str__(self) -> str:
        return self.ticket


class FollowedPosition(models.Model):
    """How far the case opener has read the disbursement journal."""

    name = models.CharField(primary_key=True, max_length=40)
    position = models.BigIntegerField(default=0)

    class Meta:
        db_table = "casework_followed_position"

    def __str__(self) -> str:
        return f"{self.name} {self.position}"
