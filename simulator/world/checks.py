"""What must be true: the invariants at any moment, and what must have come out when all is in."""

from collections.abc import Iterator

from salur.reconciliation.queries import (
    audit_breaks_for_system,
    books_breaks_for_system,
    order_figures_for_system,
)
from simulator.world.desk import Desk
from simulator.world.stage import rows

_OUTCOMES = """
    SELECT e.event_id::text, encode(e.hash, 'hex'), o.result, o.code, w.parked
    FROM intake_signed_event e LEFT JOIN intake_outcome o ON o.event_id = e.id
    LEFT JOIN intake_waiting_event w ON w.event_id = e.id
"""

_LINES = """
    SELECT officer_id::text, sum(amount)::bigint FROM disbursement_payout_line
    WHERE officer_id IS NOT NULL GROUP BY 1
"""

_FLOATS = """
    SELECT officer_id::text, sum(amount)::bigint FROM disbursement_float_session
    WHERE status IN ('accepted', 'counted', 'closed') GROUP BY 1
"""

_OWED_WHILE_SECOND = """
    SELECT p.entitlement_id, sum(l.amount) FILTER (WHERE l.outcome IN ('paid', 'short')),
           max(p.amount) FILTER (WHERE p.part = 1)
    FROM disbursement_payment p JOIN disbursement_payout_line l ON l.payment_id = p.id
    WHERE NOT EXISTS (SELECT 1 FROM disbursement_payment q
                      WHERE q.entitlement_id = p.entitlement_id
                        AND q.status IN ('failed', 'cancelled'))
    GROUP BY 1
    HAVING bool_or(l.outcome = 'second')
       AND sum(l.amount) FILTER (WHERE l.outcome IN ('paid', 'short'))
           <> max(p.amount) FILTER (WHERE p.part = 1)
"""

_CLONES = """
    SELECT d.id, e.sequence FROM access_device d JOIN (
        SELECT device_id, sequence FROM intake_signed_event
        GROUP BY 1, 2 HAVING count(*) > 1) e ON e.device_id = d.id
    WHERE d.status = 'active'
"""


def invariants() -> Iterator[str]:
    """I1 to I8, at any moment."""
    for item in books_breaks_for_system():
        yield f"{item.invariant} {item.subject}: expected {item.expected}, found {item.found}"


def final(world: Desk) -> Iterator[str]:
    """When every outbox is empty and nothing waits: all that was signed is in the books, once."""
    yield from invariants()
    for item in audit_breaks_for_system():
        yield f"audit {item.subject}: expected {item.expected}, found {item.found}"
    for order in order_figures_for_system(world.country.tranche):
        if order.difference:
            yield f"order {order.number}: {order.difference} rupiah are nowhere"
    yield from _each_event_once(world)
    yield from _cash_as_signed(world)
    for device, sequence in rows(_CLONES):
        yield f"device {device}: sequence {sequence} has two events, and nobody was told"
    for entitlement, paid, owed in rows(_OWED_WHILE_SECOND):
        yield f"entitlement {entitlement}: {paid} of {owed} paid, and more lies in suspense"


def _each_event_once(world: Desk) -> Iterator[str]:
    stored = {row[0]: row[1:] for row in rows(_OUTCOMES)}
    for event_id in world.book.acknowledged - stored.keys():
        yield f"I6 event {event_id}: acknowledged and not stored"
    for event_id, signed in world.book.signed.items():
        if event_id not in stored:
            yield f"I6 event {event_id} ({signed.event.kind}): signed and never arrived"
            continue
        _, result, _, parked = stored[event_id]
        if result is None:
            yield f"I6 event {event_id} ({signed.event.kind}): no outcome, {parked or 'waiting'}"
    for event_id in stored.keys() - world.book.signed.keys():
        yield f"I6 event {event_id}: stored, and nobody signed it"


def _cash_as_signed(world: Desk) -> Iterator[str]:
    lines, floats = dict(rows(_LINES)), dict(rows(_FLOATS))
    signed = world.book.cash_signed()
    for officer in sorted(signed.keys() | lines.keys() | floats.keys()):
        accepted, given = signed.get(officer, (0, 0))
        if accepted != floats.get(officer, 0):
            yield f"I8 officer {officer}: accepted {accepted}, books say {floats.get(officer, 0)}"
        if given != lines.get(officer, 0):
            yield f"I8 officer {officer}: handed over {given}, lines say {lines.get(officer, 0)}"
