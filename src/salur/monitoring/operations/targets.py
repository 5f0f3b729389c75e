"""The denominators: what the approved lists hold, counted when a list is approved."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, Max

from salur.kernel.actor import Actor
from salur.monitoring.models import FollowedPosition, Target
from salur.programs.models import NominativeList, PendingChange, Tranche

# A family is counted with the first of its programs; a row held in several waves once.
_COUNT = """
    INSERT INTO monitoring_target
        (tranche_id, program_id, wave, village_id, state, payments, families, rupiah)
    SELECT %(tranche)s, e.program_id, l.wave, e.village_id, 'accepted', count(*),
           count(*) FILTER (WHERE NOT EXISTS (
               SELECT 1 FROM programs_entitlement o
               WHERE o.tranche_id = e.tranche_id AND o.household_id = e.household_id
                 AND o.program_id < e.program_id AND o.state <> 'withdrawn')),
           sum(e.amount)
    FROM programs_entitlement e JOIN programs_nominative_list l ON l.id = e.nominative_list_id
    WHERE e.tranche_id = %(tranche)s AND e.state <> 'withdrawn'
    GROUP BY e.program_id, l.wave, e.village_id
    UNION ALL
    SELECT %(tranche)s, program_id, wave, village_code, 'held', count(*), count(*), sum(amount)
    FROM (
        SELECT DISTINCT ON (r.entitlement_id) l.program_id, l.wave, r.village_code,
               coalesce(r.amount, 0) AS amount
        FROM programs_list_row r JOIN programs_nominative_list l ON l.id = r.nominative_list_id
        WHERE l.tranche_id = %(tranche)s AND l.status = 'approved' AND r.verdict = 'held'
          AND NOT r.withdrawn
          AND NOT EXISTS (SELECT 1 FROM programs_entitlement e WHERE e.id = r.entitlement_id)
        ORDER BY r.entitlement_id, l.wave DESC
    ) held
    GROUP BY program_id, wave, village_code
"""


def count_targets(*, by: Actor) -> int:
    """Counts anew the tranches whose lists changed since the last time; how many those were."""
    return sum(
        _count_if_changed(tranche) for tranche in Tranche.objects.values_list("id", flat=True)
    )


def _state_of(tranche: UUID) -> tuple[int, datetime | None]:
    lists = NominativeList.objects.filter(tranche=tranche, status="approved").aggregate(
        count=Count("id"), at=Max("decided_at")
    )
    changes = PendingChange.objects.filter(
        nominative_list__tranche=tranche, decided_at__isnull=False
    ).aggregate(count=Count("id"), at=Max("decided_at"))
    moments = [moment for moment in (lists["at"], changes["at"]) if moment]
    return lists["count"] + changes["count"], max(moments, default=None)


@transaction.atomic
def _count_if_changed(tranche: UUID) -> bool:
    name = f"targets {str(tranche)[-24:]}"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"follower {name}"]
        )
        if not cursor.fetchone()[0]:
            return False
        count, at = _state_of(tranche)
        seen, _ = FollowedPosition.objects.get_or_create(name=name)
        if (count, at) == (seen.position, seen.followed_at):
            return False
        Target.objects.filter(tranche_id=tranche).delete()
        cursor.execute(_COUNT, {"tranche": tranche})
        FollowedPosition.objects.filter(name=name).update(
            position=count, followed_at=at or datetime.min.replace(tzinfo=UTC)
        )
        return True
