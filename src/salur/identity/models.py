"""Reference faces and what was checked against them. Templates are sealed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from salur.places.models import Office
from salur.registry.models import Person


class ReferenceFace(models.Model):
    """A face template: 128 float32, sealed (field="identity.template", subject=person)."""

    class Strength(models.TextChoices):
        FIRST_ENROLMENT = "first_enrolment"
        WITNESSED = "witnessed"
        REGISTRY = "registry"
        CARD = "card"

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="reference_faces")
    template_sealed = models.BinaryField()
    model_version = models.CharField(max_length=40)
    photo_sha256 = models.CharField(max_length=64)
    strength = models.CharField(max_length=20, choices=Strength.choices)
    enrolled_by = models.TextField()
    witness = models.TextField(blank=True)
    event_id = models.UUIDField(null=True)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(blank=True)

    class Meta:
        db_table = "identity_reference_face"
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(active=True), name="identity_one_live_reference"
            ),
            models.CheckConstraint(
                condition=~Q(strength="witnessed") | ~Q(witness=""),
                name="identity_witnessed_names_witness",
            ),
        ]
        indexes = [models.Index(fields=["person", "active"], name="identity_reference_person")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.model_version}"


class FaceCheck(models.Model):
    """One comparison of a live photo with a person's references, by a device or by the server."""

    class Verdict(models.TextChoices):
        MATCH = "match"
        REVIEW = "review"
        CAPTURE_AGAIN = "capture_again"
        NO_REFERENCE = "no_reference"
        UNREADABLE = "unreadable"

    class Origin(models.TextChoices):
        ONLINE = "online"
        EVIDENCE = "evidence"

    append_only = True

    id = models.UUIDField(primary_key=True)
    person_id = models.UUIDField()
    visit_id = models.UUIDField(null=True)
    event_id = models.UUIDField(null=True)
    photo_sha256 = models.CharField(max_length=64)
    reference_id = models.UUIDField(null=True)
    score = models.FloatField(null=True)
    verdict = models.CharField(max_length=14, choices=Verdict.choices)
    reasons = models.JSONField(default=list)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    model_version = models.CharField(max_length=40)
    checked_by = models.TextField()
    checked_at = models.DateTimeField()

    class Meta:
        db_table = "identity_face_check"
        constraints = [
            models.UniqueConstraint(
                fields=["event_id", "photo_sha256", "model_version"],
                condition=Q(origin="evidence"),
                name="identity_evidence_checked_once",
            )
        ]
        indexes = [
            models.Index(fields=["visit_id"], name="identity_check_visit"),
            models.Index(fields=["person_id", "checked_at"], name="identity_check_person"),
            models.Index(fields=["photo_sha256"], name="identity_check_photo"),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} {self.person_id}"


class FaceQuestion(models.Model):
    """A face that the machine doubts, shown to a person while the family waits.

    Nobody who asked answers; an answer is given once. Unanswered in time, the officer goes on with
    a witness, as without a network.
    """

    class Answer(models.TextChoices):
        SAME = "same"
        DIFFERENT = "different"
        UNCLEAR = "unclear"

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    visit_id = models.UUIDField()
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    photo_sha256 = models.CharField(max_length=64)
    reference_sha256 = models.CharField(max_length=64, blank=True)
    """The photo of the live reference, where there is one."""
    score = models.FloatField(null=True)
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=Answer.choices, blank=True)
    note = models.TextField(blank=True)
    answered_by = models.TextField(blank=True)
    answered_name = models.TextField(blank=True)
    """As the officer and the family are told who decided."""
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_face_question"
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="") | ~Q(answered_by=models.F("asked_by")),
                name="identity_question_four_eyes",
            )
        ]
        indexes = [
            models.Index(
                fields=["office", "expires_at"],
                name="identity_question_waiting",
                condition=Q(answer=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.answer or 'waiting'}"
