"""The table: which kind of event is whose business. A handler answers for each of a batch."""

from collections.abc import Callable, Sequence

from salur.field.handlers.arrivals import apply_check_ins
from salur.field.handlers.cash import apply_cash_counts, apply_cash_transfers
from salur.field.handlers.handovers import (
    apply_attempts,
    apply_beginnings,
    apply_cancellations,
    apply_handovers,
)
from salur.field.handlers.instructions import apply_seen
from salur.field.handlers.leases import apply_acceptances, apply_releases
from salur.field.handlers.notes import apply_geotags, note_only
from salur.field.handlers.proposals import apply_proposals
from salur.field.reading import Answer, FieldEvent

HANDLERS: dict[str, Callable[[Sequence[FieldEvent]], list[Answer]]] = {
    "cash_transfer": apply_cash_transfers,
    "verification": note_only,
    "handed_over": apply_handovers,
    "hand_over_cancelled": apply_cancellations,
    "hand_over_begun": apply_beginnings,
    "attempt_failed": apply_attempts,
    "geotag": apply_geotags,
    "cash_count": apply_cash_counts,
    "lease_release": apply_releases,
    "lease_accept": apply_acceptances,
    "check_in": apply_check_ins,
    "data_proposal": apply_proposals,
    "instruction_seen": apply_seen,
    "meeting": note_only,
}
"""In the order in which kinds of one batch are applied: vaults before bags, as a cashier who
issues a float locks them, or the two would deadlock; ends before beginnings, which then leave
nobody in doubt. ``note_only`` keeps an event for the story and changes nothing: meetings wait for
their room.
"""
