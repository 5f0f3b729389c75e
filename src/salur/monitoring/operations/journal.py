"""Rollups follow the disbursement journal by position, and by nothing else."""

from __future__ import annotations

from django.db import connection, transaction

from salur.kernel.actor import Actor
from salur.kernel.clock import now
from salur.monitoring.models import FollowedPosition, PaymentWave, PlannedDay, Rollup

FOLLOWER = "rollups"
BATCH = 20_000
"""Journal rows per transaction: well below ten seconds, so that no other follower waits."""

_REMEMBER_WAVES = """
    INSERT INTO monitoring_payment_wave (payment_id, wave)
    SELECT DISTINCT ON (j.payment_id) j.payment_id, l.wave
    FROM disbursement_journal j
    JOIN disbursement_payment p ON p.id = j.payment_id
    JOIN programs_entitlement e ON e.id = p.entitlement_id
    JOIN programs_nominative_list l ON l.id = e.nominative_list_id
    WHERE j.position > %(after)s AND j.position <= %(until)s AND j.from_status IS NULL
    ON CONFLICT (payment_id) DO NOTHING
"""

# A row of the journal takes a payment out of one cell and puts it into another. What cancels out
# within the batch never touches the table.
_MOVE_CELLS = """
    WITH batch AS (
        SELECT j.*, coalesce(w.wave, 0) AS wave
        FROM disbursement_journal j
        LEFT JOIN monitoring_payment_wave w ON w.payment_id = j.payment_id
        WHERE j.position > %(after)s AND j.position <= %(until)s
    ), moves AS (
        SELECT tranche_id, program_id, wave, village_id, to_office_id AS office_id,
               to_channel AS channel, to_date AS business_date, to_status AS status,
               to_reason AS reason, 1 AS payments, families::bigint AS families, amount AS rupiah
        FROM batch
        UNION ALL
        SELECT tranche_id, program_id, wave, village_id, from_office_id, from_channel, from_date,
               from_status, from_reason, -1, -families::bigint, -amount
        FROM batch WHERE from_status IS NOT NULL
    )
    INSERT INTO monitoring_rollup AS cell (tranche_id, program_id, wave, village_id, office_id,
        channel, business_date, status, reason, payments, families, rupiah)
    SELECT tranche_id, program_id, wave, village_id, office_id, channel, business_date, status,
           reason, sum(payments), sum(families), sum(rupiah)
    FROM moves
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
    HAVING sum(payments) <> 0 OR sum(families) <> 0 OR sum(rupiah) <> 0
    ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9
    ON CONFLICT ON CONSTRAINT monitoring_rollup_cell DO UPDATE SET
        payments = cell.payments + excluded.payments,
        families = cell.families + excluded.families,
        rupiah = cell.rupiah + excluded.rupiah
"""

_MOVE_PLAN = """
    WITH moves AS (
        SELECT j.tranche_id, j.program_id, coalesce(w.wave, 0) AS wave, j.village_id,
               CASE WHEN j.from_status IS NULL THEN j.to_office_id ELSE j.from_office_id END
                   AS office_id,
               CASE WHEN j.from_status IS NULL THEN j.to_channel ELSE j.from_channel END AS channel,
               CASE WHEN j.from_status IS NULL THEN j.to_date ELSE j.from_date END AS business_date,
               CASE WHEN j.from_status IS NULL THEN 1 ELSE -1 END AS sign, j.families, j.amount
        FROM disbursement_journal j
        LEFT JOIN monitoring_payment_wave w ON w.payment_id = j.payment_id
        WHERE j.position > %(after)s AND j.position <= %(until)s
          AND ((j.from_status IS NULL AND j.to_status <> 'cancelled')
               OR (j.from_status <> 'cancelled' AND j.to_status = 'cancelled'))
    )
    INSERT INTO monitoring_planned_day AS cell (tranche_id, program_id, wave, village_id, office_id,
        channel, business_date, payments, families, rupiah)
    SELECT tranche_id, program_id, wave, village_id, office_id, channel, business_date,
           sum(sign), sum(sign * families), sum(sign * amount)
    FROM moves
    GROUP BY 1, 2, 3, 4, 5, 6, 7
    ORDER BY 1, 2, 3, 4, 5, 6, 7
    ON CONFLICT ON CONSTRAINT monitoring_planned_day_cell DO UPDATE SET
        payments = cell.payments + excluded.payments,
        families = cell.families + excluded.families,
        rupiah = cell.rupiah + excluded.rupiah
"""


def follow_journal(*, by: Actor, batch: int = BATCH, most: int | None = None) -> int:
    """Brings the rollups up to the journal's last position; how many rows it read.

    ``most`` ends it after so many batches.

    Idempotent: position and counts move in one transaction. One follower at a time; a second one
    returns 0 at once.
    """
    read = done = 0
    while (most is None or done < most) and (rows := _follow_once(batch)) > 0:
        read += rows
        done += 1
    return read


@transaction.atomic
def _follow_once(batch: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"follower {FOLLOWER}"]
        )
        if not cursor.fetchone()[0]:
            return 0
        followed, _ = FollowedPosition.objects.get_or_create(name=FOLLOWER)
        after = followed.position
        cursor.execute(
            "SELECT coalesce(max(position), %s) FROM (SELECT position FROM disbursement_journal"
            " WHERE position > %s ORDER BY position LIMIT %s) next",
            [after, after, batch],
        )
        until = int(cursor.fetchone()[0])
        if until > after:
            span = {"after": after, "until": until}
            cursor.execute(_REMEMBER_WAVES, span)
            cursor.execute(_MOVE_CELLS, span)
            cursor.execute(_MOVE_PLAN, span)
        FollowedPosition.objects.filter(name=FOLLOWER, position=after).update(
            position=until, followed_at=now()
        )
        return until - after


@transaction.atomic
def rebuild_rollups(*, by: Actor) -> None:
    """Forgets all counts, so that the next ``follow_journal`` makes them anew from the journal."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"follower {FOLLOWER}"]
        )
    Rollup.objects.all().delete()
    PlannedDay.objects.all().delete()
    PaymentWave.objects.all().delete()
    FollowedPosition.objects.filter(name=FOLLOWER).update(position=0)
