"""Where the money is. The database keeps the totals itself, by a trigger on transfers."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Account(models.Model):
    """Money by (kind, custodian). Totals are written by the trigger alone."""

    class Kind(models.TextChoices):
        TREASURY = "treasury"
        ORDER_FUND = "order_fund"
        VAULT = "vault"
        IN_TRANSIT = "in_transit"
        CASH = "cash"
        PAID = "paid"
        BANK_CLEARING = "bank_clearing"
        RETURNED = "returned"
        SUSPENSE = "suspense"
        SHORTAGE = "shortage"
        SURPLUS = "surplus"
        RECEIVABLE = "receivable"
        AGENCY_ADVANCE = "agency_advance"
        AGENCY_LOSS = "agency_loss"

    totals_by_database = True
    """The application role may insert accounts and read them, never write a total."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    custodian = models.TextField()
    posted_in = models.BigIntegerField(default=0)
    posted_out = models.BigIntegerField(default=0)
    pending_in = models.BigIntegerField(default=0)
    pending_out = models.BigIntegerField(default=0)

    append_only = True

    class Meta:
        db_table = "ledger_account"
        constraints = [
            models.UniqueConstraint(fields=["kind", "custodian"], name="ledger_account_once"),
            models.CheckConstraint(
                condition=~Q(kind__in=["order_fund", "vault"])
                | Q(posted_in__gte=F("posted_out") + F("pending_out")),
                name="ledger_account_not_overdrawn",
            ),
            models.CheckConstraint(
                condition=Q(pending_in__gte=0)
                & Q(pending_out__gte=0)
                & Q(posted_in__gte=0)
                & Q(posted_out__gte=0),
                name="ledger_account_totals_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}/{self.custodian}"

    @property
    def balance(self) -> int:
        """Posted rupiah at hand."""
        return self.posted_in - self.posted_out


class OrderTotal(models.Model):
    """The totals of one account for one payment order: notes are one pile, orders a dimension."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="order_totals")
    order_id = models.UUIDField()
    posted_in = models.BigIntegerField(default=0)
    posted_out = models.BigIntegerField(default=0)
    pending_in = models.BigIntegerField(default=0)
    pending_out = models.BigIntegerField(default=0)

    class Meta:
        db_table = "ledger_order_total"
        constraints = [
            models.UniqueConstraint(fields=["account", "order_id"], name="ledger_order_total_once")
        ]
        indexes = [models.Index(fields=["order_id"], name="ledger_order_total_order")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.order_id}"


class Transfer(models.Model):
    """One row, source to destination, amount above zero: balanced by construction.

    ``posted`` moves at once; ``pending`` holds until one second row closes it (``post``, ``void``,
    ``expire``); ``reversal`` undoes one posted row, once, in full.
    """

    class Kind(models.TextChoices):
        POSTED = "posted"
        PENDING = "pending"
        POST = "post"
        VOID = "void"
        EXPIRE = "expire"
        REVERSAL = "reversal"

    append_only = True

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # Accounts are looked for with the time, by the indexes below. That they exist is asked for each
    # set by way of ``OrderTotal``: the trigger opens a total for every leg, and it has the key.
    source = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    destination = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    amount = models.BigIntegerField()
    order_id = models.UUIDField()
    reason = models.CharField(max_length=40)
    reference = models.TextField()
    business_date = models.DateField()
    posted_at = models.DateTimeField()
    actor = models.TextField()
    closes = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="closed_by"
    )
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversed_by"
    )

    class Meta:
        db_table = "ledger_transfer"
        constraints = [
            models.UniqueConstraint(fields=["reference"], name="ledger_transfer_reference_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="ledger_transfer_amount_positive"
            ),
            models.CheckConstraint(
                condition=~Q(source=F("destination")), name="ledger_transfer_two_accounts"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["post", "void", "expire"], closes__isnull=False)
                | (~Q(kind__in=["post", "void", "expire"]) & Q(closes__isnull=True)),
                name="ledger_transfer_closing_names_its_pending",
            ),
            models.CheckConstraint(
                condition=Q(kind="reversal", reverses__isnull=False)
                | (~Q(kind="reversal") & Q(reverses__isnull=True)),
                name="ledger_transfer_reversal_names_its_row",
            ),
        ]
        indexes = [
            models.Index(fields=["order_id", "reason"], name="ledger_transfer_order"),
            models.Index(fields=["source", "posted_at"], name="ledger_transfer_source"),
            models.Index(fields=["destination", "posted_at"], name="ledger_transfer_destination"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} {self.reference}"
