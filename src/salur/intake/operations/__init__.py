"""The only writers of intake."""

from salur.intake.operations.events import (
    Kept,
    Receipt,
    Verdict,
    Waiting,
    claim_waiting,
    keep_events,
    park_events,
    record_outcomes,
    sign_receipt,
)
from salur.intake.operations.files import keep_file, keep_stream

__all__ = [
    "Kept",
    "Receipt",
    "Verdict",
    "Waiting",
    "claim_waiting",
    "keep_events",
    "keep_file",
    "keep_stream",
    "park_events",
    "record_outcomes",
    "sign_receipt",
]
