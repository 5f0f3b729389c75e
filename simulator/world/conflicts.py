"""How often each conflict really occurred in a run, counted in what the database kept."""

from collections import Counter

from simulator.world.desk import World
from simulator.world.stage import rows

_COUNTS = """
    SELECT outcome, count(*) FROM disbursement_payout_line
    WHERE outcome <> 'paid' GROUP BY 1
    UNION ALL
    SELECT flag, count(*) FROM disbursement_hand_over, jsonb_array_elements_text(flags) AS flag
    GROUP BY 1
    UNION ALL
    SELECT 'attempt_after_payment', count(*) FROM intake_outcome WHERE code = 'visit_not_open'
    UNION ALL
    SELECT 'out_of_order', count(*) FROM intake_signed_event e
    WHERE EXISTS (SELECT 1 FROM intake_signed_event f WHERE f.device_id = e.device_id
                  AND f.id < e.id AND f.sequence > e.sequence)
    UNION ALL
    SELECT 'device_quarantined', count(*) FROM access_device WHERE status = 'quarantined'
    UNION ALL
    SELECT 'close_with_variance', count(*) FROM reconciliation_session_close WHERE variance <> 0
    UNION ALL
    SELECT 'late_after_close', count(*) FROM disbursement_hand_over h
    WHERE EXISTS (SELECT 1 FROM reconciliation_session_close c JOIN disbursement_float_session f
                  ON f.id = c.float_session_id WHERE f.officer_id = h.officer_id
                  AND h.handed_over_at < c.closed_at AND h.booked_at > c.closed_at)
    UNION ALL
    SELECT 'paid_without_lease', count(*) FROM disbursement_hand_over h
    JOIN intake_signed_event e ON e.event_id = h.id
    WHERE NOT EXISTS (
        SELECT 1 FROM disbursement_lease l
        WHERE l.device_id = h.device_id AND l.until >= h.handed_over_at
        AND l.id::text = convert_from(e.raw, 'UTF8')::jsonb ->> 'lease')
    UNION ALL
    SELECT 'desk_' || o.code, count(*) FROM intake_outcome o
    JOIN intake_signed_event e ON e.id = o.event_id
    WHERE e.kind IN ('lease_release', 'lease_accept') AND o.result = 'conflict' GROUP BY 1
    UNION ALL
    SELECT 'cash_passing_' || status, count(*) FROM disbursement_passing GROUP BY 1
    UNION ALL
    SELECT 'float_taken_late', count(*) FROM ledger_transfer WHERE reason = 'float_taken_late'
"""

_COUNTED_BY_THE_WORLD = (
    "duplicate_acknowledged",
    "lost_ack_resent",
    "gap_blocked_close",
    "in_doubt",
    "lease_broken",
    "batch_crash",
    "wave_discrepancy",
    "wave_replanned",
    "wave_withdrawn",
    "wave_leased",
    "float_expired",
    "cash_passed_giver",
    "cash_passed_taker",
    "cash_passed_differs",
)


def conflicts(world: World) -> Counter[str]:
    found = Counter({name: int(count) for name, count in rows(_COUNTS)})
    for name in _COUNTED_BY_THE_WORLD:
        found[name] += world.book.counts[name]
    for name, count in world.book.counts.items():
        action, _, result = name.partition(">")
        if result.startswith("refused:") and action in ("lease", "issue", "close", "break"):
            found[f"{action}_refused"] += count
    found["server_crash"] += world.book.counts["no_answer"]
    return +found
