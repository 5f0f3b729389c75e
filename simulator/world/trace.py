"""The trace of a run: everything that happened, and everything that the database kept of it.

ECDSA signatures are random and so is what was sealed: neither is looked at, nor a hash of them.
"""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

# Rows in the order of their own ids. What is left out is random (signatures, sealed values) or
# follows from it.
_KEPT = (
    "SELECT id, kind, source_id, destination_id, amount, order_id, reason, reference,"
    " business_date, posted_at, actor, closes_id, reverses_id FROM ledger_transfer ORDER BY id",
    "SELECT kind, custodian, posted_in, posted_out, pending_in, pending_out FROM ledger_account"
    " ORDER BY kind, custodian",
    "SELECT id, hand_over_id, payment_id, officer_id, amount, outcome, business_date,"
    " transfer_id, reversed_by FROM disbursement_payout_line ORDER BY id",
    "SELECT id, visit_id, device_id, officer_id, handed_over_at, business_date, flags, method,"
    " total FROM disbursement_hand_over ORDER BY id",
    "SELECT id, visit_id, part, amount, status, failed_code FROM disbursement_payment ORDER BY id",
    "SELECT id, status, in_doubt, attempts, last_attempt_code, session_id, lease_id, version"
    " FROM disbursement_visit ORDER BY id",
    "SELECT id, device_id, session_id, until, status FROM disbursement_lease ORDER BY id",
    "SELECT id, officer_id, amount, status, counted_amount, accepted_at, closed_at"
    " FROM disbursement_float_session ORDER BY id",
    "SELECT id, visit_id, code, decision, attempted_at FROM disbursement_attempt ORDER BY id",
    "SELECT id, visit_id, begun_at, ended_by FROM disbursement_begun_hand_over ORDER BY id",
    "SELECT float_session_id, expected, counted, closed_at FROM reconciliation_session_close"
    " ORDER BY 1",
    "SELECT e.id, e.event_id, e.kind, e.device_id, e.sequence, e.revoked, e.cloned, e.received_at,"
    " o.result, o.code, o.decided_at FROM intake_signed_event e"
    " LEFT JOIN intake_outcome o ON o.event_id = e.id ORDER BY e.id",
    # A spreadsheet carries the hour of its writing, and the entry about it the spreadsheet's hash.
    "SELECT kind, actor, subject, at FROM audit_entry WHERE kind <> 'places.offices_imported'"
    " ORDER BY id",
    "SELECT id, kind, payment_id, amount, from_status, to_status, to_date, at"
    " FROM disbursement_journal ORDER BY id",
    "SELECT id, status, revoked_at FROM access_device ORDER BY id",
)


@dataclass
class Trace:
    """`lines` are kept where somebody wants to read them."""

    digest: Any = field(default_factory=hashlib.sha256)
    lines: list[str] | None = None

    def add(self, moment: datetime, name: str, values: list[Any], result: str) -> None:
        line = json.dumps([moment.isoformat(), name, values, result], default=str)
        self.digest.update(line.encode() + b"\n")
        if self.lines is not None:
            self.lines.append(line)

    def add_database(self) -> None:
        """What the database kept, table by table."""
        with connection.cursor() as cursor:
            for statement in _KEPT:
                cursor.execute(statement)
                for row in cursor:
                    self.digest.update(repr(row).encode() + b"\n")

    @property
    def hash(self) -> str:
        return self.digest.hexdigest()
