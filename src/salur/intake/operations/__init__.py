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
from salur.intake.operations.pictures import draw_pictures
from salur.intake.operations.sealed import Opened, import_outbox, keep_sealed, sign_held
from salur.intake.operations.uploads import (
    append_to_upload,
    expire_uploads,
    open_upload,
    withdraw_upload,
)

__all__ = [
    "Kept",
    "Opened",
    "Receipt",
    "Verdict",
    "Waiting",
    "append_to_upload",
    "claim_waiting",
    "draw_pictures",
    "expire_uploads",
    "import_outbox",
    "keep_events",
    "keep_file",
    "keep_sealed",
    "keep_stream",
    "open_upload",
    "park_events",
    "record_outcomes",
    "sign_held",
    "sign_receipt",
    "withdraw_upload",
]
