"""What arrived, exactly as it arrived: files by their hash, events raw, quarantine beside them."""

from __future__ import annotations

from django.db import models


class StoredFile(models.Model):
    """A list file, an evidence photo or a printed batch, by its SHA-256; sealed on the disk."""

    class Kind(models.TextChoices):
        LIST = "list"
        EVIDENCE = "evidence"
        PRINT = "print"
        REPORT = "report"
        PICTURE = "picture"

    sha256 = models.CharField(primary_key=True, max_length=64)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    media_type = models.CharField(max_length=100)
    length = models.BigIntegerField()
    name = models.TextField(blank=True)
    path = models.TextField()
    """Where the sealed bytes lie, relative to the file store."""
    received_at = models.DateTimeField()
    received_from = models.TextField()

    class Meta:
        db_table = "intake_stored_file"
        indexes = [
            models.Index(
                fields=["received_at"],
                name="intake_evidence_received",
                condition=models.Q(kind="evidence"),
            )
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class Picture(models.Model):
    """What people are shown of a photo: drawn anew, without metadata. The original stays sealed.

    ``taken_at`` and the position are what the original's metadata said, as the phone wrote it.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        DRAWN = "drawn"
        UNDRAWABLE = "undrawable"

    sha256 = models.CharField(primary_key=True, max_length=64)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=20, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    shown_sha256 = models.CharField(max_length=64, blank=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    taken_at = models.CharField(max_length=40, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    arrived_at = models.DateTimeField()
    drawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "intake_picture"
        indexes = [
            models.Index(
                fields=["arrived_at"],
                name="intake_picture_waiting",
                condition=models.Q(state="waiting"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.sha256[:12]} {self.state}"


class Upload(models.Model):
    """A file on its way, in sealed parts: what a device has sent of it so far.

    One for each device and hash, so that a phone finds it again by what it knows anyway. The row
    goes when the file is whole, withdrawn or expired.
    """

    id = models.UUIDField(primary_key=True)
    device_id = models.UUIDField()
    sha256 = models.CharField(max_length=64)
    length = models.BigIntegerField()
    offset = models.BigIntegerField(default=0)
    """Bytes that lie on the disk for certain: written after the part was synced."""
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "intake_upload"
        constraints = [
            models.UniqueConstraint(fields=["device_id", "sha256"], name="intake_upload_once"),
            models.CheckConstraint(
                condition=models.Q(offset__gte=0) & models.Q(offset__lte=models.F("length")),
                name="intake_upload_within_length",
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="intake_upload_expiry")]

    def __str__(self) -> str:
        return f"{self.sha256[:12]} {self.offset}/{self.length}"


class SignedEvent(models.Model):
    """One event with a good signature of a known device. Stored before it is acknowledged.

    ``id`` is the order of arrival. ``revoked`` marks events of a device that was revoked when they
    arrived: they are facts all the same.
    """

    append_only = True

    id = models.BigAutoField(primary_key=True)
    event_id = models.UUIDField(unique=True)
    kind = models.CharField(max_length=30)
    device_id = models.UUIDField()
    sequence = models.BigIntegerField()
    previous_hash = models.BinaryField(null=True)
    hash = models.BinaryField()
    raw = models.BinaryField()
    signature = models.BinaryField()
    visit_id = models.UUIDField(null=True)
    revoked = models.BooleanField(default=False)
    cloned = models.BooleanField(default=False)
    received_at = models.DateTimeField()

    class Meta:
        db_table = "intake_signed_event"
        indexes = [
            models.Index(fields=["device_id", "sequence"], name="intake_event_sequence"),
            models.Index(fields=["visit_id"], name="intake_event_visit"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"


class WaitingEvent(models.Model):
    """The queue of stored events without an outcome. ``parked`` says what one waits for."""

    event = models.OneToOneField(
        SignedEvent, primary_key=True, on_delete=models.PROTECT, db_constraint=False
    )
    lane = models.PositiveSmallIntegerField(default=0, db_default=0)
    """Follows from the device: who applies events in parallel keeps each device's in order."""
    parked = models.CharField(max_length=40, blank=True)
    retry_after = models.DateTimeField(null=True)

    class Meta:
        db_table = "intake_waiting_event"

    def __str__(self) -> str:
        return str(self.event_id)


class Outcome(models.Model):
    """What became of an event: exactly one row for each, the primary key sees to it."""

    class Result(models.TextChoices):
        APPLIED = "applied"
        CONFLICT = "conflict"
        NOTED = "noted"

    append_only = True

    event = models.OneToOneField(
        SignedEvent, primary_key=True, on_delete=models.PROTECT, db_constraint=False
    )
    result = models.CharField(max_length=10, choices=Result.choices)
    code = models.CharField(max_length=40, blank=True)
    decided_at = models.DateTimeField()

    class Meta:
        db_table = "intake_outcome"

    def __str__(self) -> str:
        return f"{self.event_id} {self.result}"


class Quarantined(models.Model):
    """What could not be trusted or read: kept for people to look at, never booked or deleted."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    claimed_event_id = models.UUIDField(null=True)
    claimed_device_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=40)
    raw = models.BinaryField()
    signature = models.BinaryField()
    received_at = models.DateTimeField()

    class Meta:
        db_table = "intake_quarantined"

    def __str__(self) -> str:
        return f"{self.reason} {self.id}"


class ExpectedEvidence(models.Model):
    """A file that an event names; it has arrived when a ``StoredFile`` of that hash exists."""

    append_only = True

    event_id = models.UUIDField()
    visit_id = models.UUIDField(null=True)
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=30)
    length = models.BigIntegerField()

    class Meta:
        db_table = "intake_expected_evidence"
        constraints = [
            models.UniqueConstraint(
                fields=["event_id", "sha256", "kind"], name="intake_evidence_named_once"
            )
        ]
        indexes = [
            models.Index(fields=["visit_id"], name="intake_evidence_visit"),
            models.Index(fields=["sha256"], name="intake_evidence_hash"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:12]}"
