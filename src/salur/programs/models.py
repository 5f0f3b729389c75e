"""Who is owed what, for which tranche: programs, orders, lists as they came, entitlements."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from salur.intake.models import StoredFile
from salur.places.models import Region
from salur.registry.models import Household, Person


class Program(models.Model):
    code = models.CharField(primary_key=True, max_length=20)
    name_id = models.TextField()
    name_en = models.TextField()
    most_people = models.PositiveSmallIntegerField(null=True)
    """How many members of one family may bring a benefit at once."""

    class Meta:
        db_table = "programs_program"

    def __str__(self) -> str:
        return self.code


class BenefitAmount(models.Model):
    """What a component is worth in a period, in rupiah; dated, never edited."""

    class Per(models.TextChoices):
        MONTH = "month"
        QUARTER = "quarter"
        ONCE = "once"

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="benefits")
    component = models.CharField(max_length=30)
    name_id = models.TextField()
    name_en = models.TextField()
    amount = models.BigIntegerField()
    per = models.CharField(max_length=8, choices=Per.choices)
    most_per_family = models.PositiveSmallIntegerField(null=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        db_table = "programs_benefit_amount"
        constraints = [
            models.UniqueConstraint(
                fields=["program", "component", "valid_from"], name="programs_benefit_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="programs_benefit_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.program_id} {self.component}"


class Tranche(models.Model):
    """A round of payments over all programs; a family's payments in it form one visit."""

    id = models.UUIDField(primary_key=True)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    name = models.TextField()
    opens_on = models.DateField()
    planned_end_on = models.DateField()
    return_by = models.DateField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "programs_tranche"
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="programs_tranche_once")
        ]

    def __str__(self) -> str:
        return self.name


class PaymentOrder(models.Model):
    """The ministry's order (SP2D) whose money the lists of one program are paid from."""

    id = models.UUIDField(primary_key=True)
    tranche = models.ForeignKey(Tranche, on_delete=models.PROTECT, related_name="orders")
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="orders")
    number = models.CharField(max_length=60, unique=True)
    amount = models.BigIntegerField()
    dated_on = models.DateField()
    recorded_by = models.TextField()
    recorded_at = models.DateTimeField()
    funds_received_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "programs_payment_order"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="programs_order_positive")
        ]

    def __str__(self) -> str:
        return self.number


class SenderMapping(models.Model):
    """Which column means what in the files of one sender; a mend makes a new version."""

    append_only = True

    sender = models.TextField()
    header_hash = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    columns = models.JSONField()
    made_by = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "programs_sender_mapping"
        constraints = [
            models.UniqueConstraint(
                fields=["sender", "header_hash", "version"], name="programs_mapping_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sender} v{self.version}"


class NominativeList(models.Model):
    """One file of one wave, with the control totals that came with it."""

    class Status(models.TextChoices):
        RECEIVED = "received"
        CHECKING = "checking"
        CHECKED = "checked"
        REFUSED = "refused"
        APPROVING = "approving"
        APPROVED = "approved"
        RETURNED = "returned"

    class Kind(models.TextChoices):
        DELTA = "delta"
        FULL = "full"

    class Source(models.TextChoices):
        MINISTRY = "ministry"
        EXTERNAL = "external"
        PAPER = "paper"

    id = models.UUIDField(primary_key=True)
    tranche = models.ForeignKey(Tranche, on_delete=models.PROTECT, related_name="lists")
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="lists")
    order = models.ForeignKey(PaymentOrder, on_delete=models.PROTECT, related_name="lists")
    wave = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=5, choices=Kind.choices, default=Kind.DELTA)
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.MINISTRY)
    sender = models.TextField()
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    file_name = models.TextField()
    mapping = models.ForeignKey(SenderMapping, null=True, on_delete=models.PROTECT)
    mapping_version = models.PositiveIntegerField(default=0)
    control_rows = models.PositiveIntegerField()
    control_rupiah = models.BigIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RECEIVED)
    progress = models.JSONField(default=dict)
    """Step and counts while work is under way, for the page."""
    counts = models.JSONField(default=dict)
    """What checking found: rows, rupiah, new, changed, same, withdrawn, held by reason."""
    refusal = models.JSONField(null=True)
    note = models.TextField(blank=True)
    received_by = models.TextField()
    received_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)
    decided_by = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "programs_nominative_list"
        constraints = [
            models.UniqueConstraint(
                fields=["tranche", "program", "file", "mapping_version"],
                condition=~Q(status__in=["refused", "returned"]),
                name="programs_list_file_once",
            ),
            models.UniqueConstraint(
                fields=["tranche", "program", "wave"],
                condition=~Q(status__in=["refused", "returned"]),
                name="programs_list_wave_once",
            ),
            models.CheckConstraint(
                condition=Q(decided_by="") | ~Q(decided_by=F("received_by")),
                name="programs_list_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program_id} wave {self.wave}"


class ListRow(models.Model):
    """One row of a list: staging first, then the record of what was approved or held, and why.

    Identity numbers are only here as sealed values and blind indexes; ``card_id`` and
    ``person_id`` are the UUIDs they are sealed under (the known ones when matched).
    """

    class Change(models.TextChoices):
        NEW = "new"
        CHANGED = "changed"
        SAME = "same"
        WITHDRAWN = "withdrawn"

    class Verdict(models.TextChoices):
        WAITING = "waiting"
        ACCEPTED = "accepted"
        HELD = "held"

    id = models.BigAutoField(primary_key=True)
    nominative_list = models.ForeignKey(
        NominativeList, on_delete=models.CASCADE, related_name="rows"
    )
    row_number = models.PositiveIntegerField()
    """As the sender sees it in the spreadsheet, counted from 1."""
    sender_key = models.TextField(blank=True)
    card_id = models.UUIDField()
    card_index = models.BinaryField(null=True)
    card_sealed = models.BinaryField(null=True)
    card_last4 = models.CharField(max_length=4, blank=True)
    person_id = models.UUIDField()
    nik_index = models.BinaryField(null=True)
    nik_sealed = models.BinaryField(null=True)
    nik_last4 = models.CharField(max_length=4, blank=True)
    name = models.TextField(blank=True)
    birth_date = models.DateField(null=True)
    sex = models.CharField(max_length=1, blank=True)
    disabled = models.BooleanField(default=False)
    address = models.TextField(blank=True)
    rt = models.CharField(max_length=4, blank=True)
    rw = models.CharField(max_length=4, blank=True)
    phone_sealed = models.BinaryField(null=True)
    village_code = models.CharField(max_length=13, blank=True)
    village_text = models.TextField(blank=True)
    amount = models.BigIntegerField(null=True)
    months = models.PositiveSmallIntegerField(default=0)
    components = models.JSONField(default=list)
    bank_code = models.CharField(max_length=12, blank=True)
    account_sealed = models.BinaryField(null=True)
    """field="programs.account", subject=person_id"""
    ministry_status = models.TextField(blank=True)
    withdrawn = models.BooleanField(default=False)
    content_hash = models.BinaryField(null=True)
    """Over what matters of the row: equal in two waves means nothing changed."""
    entitlement_id = models.UUIDField()
    """Allotted in staging; the earlier wave's when the row is a correction of it."""
    known_household = models.BooleanField(default=False)
    known_person = models.BooleanField(default=False)
    change = models.CharField(max_length=10, choices=Change.choices, blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict.choices, default=Verdict.WAITING)
    reasons = ArrayField(models.TextField(), default=list)
    warnings = ArrayField(models.TextField(), default=list)
    earlier_row_id = models.BigIntegerField(null=True)
    """The row of an earlier wave that this one corrects, repeats or withdraws."""

    class Meta:
        db_table = "programs_list_row"
        indexes = [
            models.Index(
                fields=["nominative_list", "row_number"],
                condition=Q(verdict="held"),
                name="programs_row_held",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["nominative_list", "row_number"], name="programs_row_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.nominative_list_id}:{self.row_number}"


class Entitlement(models.Model):
    """What one family is owed from one program in one tranche: at most one row, ever."""

    class State(models.TextChoices):
        OPEN = "open"
        CLAIMED = "claimed"
        SETTLED = "settled"
        WITHDRAWN = "withdrawn"

    id = models.UUIDField(primary_key=True)
    # Tranche, program and village are looked for together, by the indexes below.
    tranche = models.ForeignKey(Tranche, on_delete=models.PROTECT, db_index=False)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, db_index=False)
    order = models.ForeignKey(PaymentOrder, on_delete=models.PROTECT, related_name="entitlements")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="entitlements")
    recipient = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="entitlements")
    village = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", db_index=False)
    amount = models.BigIntegerField()
    months = models.PositiveSmallIntegerField(default=0)
    components = models.JSONField(default=list)
    """[{"code", "name", "amount"}] in rupiah, adding up to ``amount``."""
    bank_code = models.CharField(max_length=12, blank=True)
    account_sealed = models.BinaryField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    version = models.PositiveIntegerField(default=1)
    nominative_list = models.ForeignKey(NominativeList, on_delete=models.PROTECT, related_name="+")
    row_number = models.PositiveIntegerField()
    sender_key = models.TextField(blank=True)
    """How the ministry's system names the family, if its lists say so: what corrections go by."""
    content_hash = models.BinaryField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "programs_entitlement"
        constraints = [
            models.UniqueConstraint(
                fields=["tranche", "program", "household"], name="programs_entitlement_household"
            ),
            models.UniqueConstraint(
                fields=["tranche", "program", "recipient"], name="programs_entitlement_recipient"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="programs_entitlement_positive"),
        ]
        indexes = [
            # Without the state, so that paying a family moves no index entry.
            models.Index(fields=["tranche", "village"], name="programs_entitlement_place"),
            models.Index(
                fields=["tranche", "program", "sender_key"],
                condition=~Q(sender_key=""),
                name="programs_entitlement_sender",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program_id} {self.id}"


class PendingChange(models.Model):
    """A later wave's correction of an entitlement that is claimed or settled already.

    Disbursement applies it (release, re-plan, top-up) or turns it into a discrepancy.
    """

    class Kind(models.TextChoices):
        CORRECTION = "correction"
        WITHDRAWAL = "withdrawal"

    class Status(models.TextChoices):
        PENDING = "pending"
        APPLIED = "applied"
        DISCREPANCY = "discrepancy"

    id = models.UUIDField(primary_key=True)
    entitlement = models.ForeignKey(Entitlement, on_delete=models.PROTECT, related_name="changes")
    nominative_list = models.ForeignKey(NominativeList, on_delete=models.PROTECT, related_name="+")
    row_number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PENDING)
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "programs_pending_change"
        constraints = [
            models.UniqueConstraint(
                fields=["entitlement", "nominative_list"], name="programs_change_once_per_list"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.entitlement_id}"


class BlockEntry(models.Model):
    """Carry-over block list: a person or card that must not be paid before someone lifts it."""

    id = models.UUIDField(primary_key=True)
    nik_index = models.BinaryField(null=True)
    card_index = models.BinaryField(null=True)
    program = models.ForeignKey(Program, null=True, on_delete=models.PROTECT)
    reason = models.CharField(max_length=40)
    since = models.ForeignKey(Tranche, null=True, on_delete=models.PROTECT)
    made_by = models.TextField()
    made_at = models.DateTimeField()
    lifted_by = models.TextField(blank=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "programs_block_entry"
        indexes = [
            models.Index(fields=["nik_index"], name="programs_block_nik"),
            models.Index(fields=["card_index"], name="programs_block_card"),
        ]

    def __str__(self) -> str:
        return self.reason
