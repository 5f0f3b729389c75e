"""What stands open now: counted anew in sets, at most every few seconds."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection, transaction

from salur.kernel.actor import Actor
from salur.kernel.clock import now
from salur.monitoring.models import FollowedPosition, Standing

FOLLOWER = "standing"
REST = timedelta(seconds=10)
SILENT_AFTER = timedelta(hours=24)

_COUNTS = (
    """
    SELECT 'review', v.tranche_id, v.village_id, h.office_id, count(*), sum(h.total)
    FROM disbursement_judgement g
    JOIN disbursement_hand_over h ON h.id = g.hand_over_id
    JOIN disbursement_visit v ON v.id = h.visit_id
    WHERE g.verdict = 'review' GROUP BY 2, 3, 4
    """,
    """
    SELECT 'final', v.tranche_id, v.village_id, a.office_id, count(*), sum(v.total)
    FROM disbursement_attempt a JOIN disbursement_visit v ON v.id = a.visit_id
    WHERE a.decision = 'waiting' GROUP BY 2, 3, 4
    """,
    """
    SELECT 'case', tranche_id, coalesce(village_id, ''), regexp_replace(office_path, '^.*/', ''),
           count(*), coalesce(sum(amount), 0)
    FROM casework_case WHERE status = 'open' AND due_at < %(now)s GROUP BY 2, 3, 4
    """,
    """
    WITH bags AS (
        SELECT u.id AS officer_id, coalesce(f.office_id, u.home_office_id) AS office_id,
               a.posted_in - a.posted_out AS rupiah
        FROM ledger_account a
        JOIN access_user u ON u.id::text = a.custodian
        LEFT JOIN LATERAL (
            SELECT office_id FROM disbursement_float_session f
            WHERE f.officer_id = u.id ORDER BY f.issued_at DESC LIMIT 1
        ) f ON true
        WHERE a.kind = 'cash' AND a.posted_in <> a.posted_out
    )
    SELECT 'cash', NULL::uuid, o.region_id, o.code, count(*), sum(b.rupiah)
    FROM bags b JOIN places_office o ON o.code = b.office_id GROUP BY 3, 4
    UNION ALL
    SELECT 'silent', NULL::uuid, o.region_id, o.code, count(*), sum(b.rupiah)
    FROM bags b JOIN places_office o ON o.code = b.office_id
    JOIN access_device d ON d.holder_id = b.officer_id AND d.status = 'active'
    WHERE coalesce(d.last_seen_at, d.enrolled_at) < %(silent)s GROUP BY 3, 4
    """,
)


@transaction.atomic
def count_standing(*, by: Actor, rest: timedelta = REST) -> bool:
    """Counts anew unless somebody just did; whether it counted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"follower {FOLLOWER}"]
        )
        if not cursor.fetchone()[0]:
            return False
        moment = now()
        seen, _ = FollowedPosition.objects.get_or_create(name=FOLLOWER)
        if seen.followed_at and moment - seen.followed_at < rest and moment >= seen.followed_at:
            return False
        Standing.objects.all().delete()
        for count in _COUNTS:
            cursor.execute(
                "INSERT INTO monitoring_standing"
                f" (kind, tranche_id, village_id, office_id, count, rupiah) {count}",
                {"now": moment, "silent": moment - SILENT_AFTER},
            )
        FollowedPosition.objects.filter(name=FOLLOWER).update(followed_at=moment)
        return True
