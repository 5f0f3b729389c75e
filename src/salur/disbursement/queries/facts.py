"""What was on record of a family when its visit was planned: the same answer today and later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from salur.disbursement.rules.sop.facts import risk_of

_FACTS = """
    WITH asked AS (
        SELECT id, household_id, recipient_id, planned_at, birth_year
        FROM disbursement_visit WHERE id = ANY(%(visits)s)
    ),
    -- What was booked and judged after the plan was made is left out, so that a phone that was told
    -- these facts and a server that judges by them weeks later mean the same.
    earlier AS (
        SELECT a.id AS asked_id, a.recipient_id, h.id, h.verification_id, h.visit_id,
            h.collector_id, h.relation, h.handed_over_at,
            CASE WHEN j.reviewed_at < a.planned_at THEN j.verdict
                 WHEN j.judged_at IS NULL OR j.judged_at >= a.planned_at THEN ''
                 WHEN j.reviewed_at IS NULL THEN j.verdict ELSE 'review' END AS verdict
        FROM asked a
        JOIN disbursement_visit v ON v.household_id = a.household_id AND v.id <> a.id
        JOIN disbursement_hand_over h ON h.visit_id = v.id AND h.booked_at < a.planned_at
        JOIN disbursement_judgement j ON j.hand_over_id = h.id
    ),
    summed AS (
        SELECT asked_id, count(*) FILTER (WHERE verdict = 'doubtful') AS doubtful,
            count(*) FILTER (WHERE verdict = 'review') AS under_review,
            max(handed_over_at) FILTER (WHERE relation = 'self') AS seen_at,
            bool_or(relation = 'self' AND collector_id = recipient_id
                AND verdict IN ('complete', 'accepted')
                AND EXISTS (SELECT 1 FROM intake_expected_evidence x
                    JOIN intake_stored_file f ON f.sha256 = x.sha256
                    WHERE x.kind = 'ktp'
                      AND x.event_id IN (earlier.id, earlier.verification_id))) AS card_photo
        FROM earlier GROUP BY asked_id
    )
    SELECT a.id, date_part('year', a.planned_at)::int - a.birth_year,
        NOT EXISTS (SELECT 1 FROM identity_reference_face r
            WHERE r.person_id = a.recipient_id AND r.created_at < a.planned_at),
        coalesce(s.card_photo, false), coalesce(s.doubtful, 0), coalesce(s.under_review, 0),
        (SELECT count(DISTINCT e.visit_id) FROM earlier e WHERE e.asked_id = a.id
            AND e.relation <> 'self' AND (s.seen_at IS NULL OR e.handed_over_at > s.seen_at))
    FROM asked a LEFT JOIN summed s ON s.asked_id = a.id
"""


def facts_of_visits_for_system(visit_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """``first_time``, ``age``, ``card_photo``, ``risk`` and ``proxy_streak`` of each, as they stood
    when it was planned; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, {"visits": list(visit_ids)})
        rows = cursor.fetchall()
    return {
        visit_id: {
            "age": age,
            "first_time": first_time,
            "card_photo": card_photo,
            "proxy_streak": streak,
            "risk": risk_of(
                doubtful=doubtful,
                under_review=under_review,
                proxy_streak=streak,
                first_time=first_time,
            ),
        }
        for visit_id, age, first_time, card_photo, doubtful, under_review, streak in rows
    }
