"""The planner's set statements, in the order in which they run. Temporary tables, one transaction.

`plan_place` villages of this chunk · `plan_open` their open entitlements · `plan_family` one row
per family with what decides its channel · `plan_seat` its place in the queue of its pay point ·
`plan_share` which session serves which stretch of a queue · `plan_ready` what will be written.
"""

from __future__ import annotations

from typing import Final

from salur.disbursement.rules.channels import Rule, channel_sql
from salur.disbursement.rules.numbers import payment_number_sql

PLACES: Final = """
CREATE TEMPORARY TABLE plan_place (
    village text PRIMARY KEY, office text NOT NULL, zone text NOT NULL, office_village text NOT NULL
) ON COMMIT DROP
"""

OPEN: Final = """
CREATE TEMPORARY TABLE plan_open ON COMMIT DROP AS
SELECT e.id, e.version, e.household_id, e.recipient_id, e.program_id, e.order_id, e.amount,
       e.months, e.components, e.bank_code <> '' AS bank, h.village_id
FROM programs_entitlement e
JOIN registry_household h ON h.id = e.household_id
JOIN plan_place p ON p.village = h.village_id
WHERE e.tranche_id = %(tranche)s AND e.state = 'open'
  AND (%(lists)s::uuid[] IS NULL OR e.nominative_list_id = ANY(%(lists)s::uuid[]))
"""


def families(rules: tuple[Rule, ...]) -> str:
    """One row per family; `skip` says why a family cannot be planned now."""
    return f"""
CREATE TEMPORARY TABLE plan_family ON COMMIT DROP AS
WITH family AS (
    SELECT household_id, (array_agg(recipient_id ORDER BY program_id))[1] AS recipient_id,
           min(village_id) AS village, count(*) AS payments, sum(amount) AS total,
           bool_and(bank) AS bank_account
    FROM plan_open GROUP BY household_id
), counted AS (
    SELECT h.village_id, count(DISTINCT e.household_id) AS village_families
    FROM programs_entitlement e
    JOIN registry_household h ON h.id = e.household_id
    JOIN plan_place p ON p.village = h.village_id
    WHERE e.tranche_id = %(tranche)s AND e.state <> 'withdrawn' AND e.bank_code = ''
    GROUP BY h.village_id
), people AS (
    SELECT p.household_id, count(*) AS known
    FROM registry_person p JOIN family f ON f.household_id = p.household_id
    WHERE p.vital_status <> 'deceased' GROUP BY p.household_id
), others AS (
    SELECT o.household_id, count(*) AS shown
    FROM plan_open o CROSS JOIN LATERAL jsonb_array_elements(o.components) c
    WHERE c ->> 'code' = ANY(%(others)s) GROUP BY o.household_id
), facts AS (
    SELECT f.*, place.office, place.zone, place.office_village,
           r.name, r.birth_date, r.sex, r.nik_last4, h.card_last4, h.rt, h.rw,
           -- Lists that write RT and RW into the address have said it already.
           concat_ws(', ', nullif(h.address, ''), CASE WHEN h.address !~* '\\mRT\\M' THEN
               nullif(concat_ws('/', 'RT ' || nullif(h.rt, ''), 'RW ' || nullif(h.rw, '')), '')
           END) AS address,
           extract(year FROM age(%(today)s::date, r.birth_date))::int AS recipient_age,
           r.disabled, r.ill, h.remote,
           greatest(coalesce(people.known, 1), 1 + coalesce(others.shown, 0)) AS people_on_card,
           coalesce(counted.village_families, 0) AS village_families,
           v.id AS visit_id, v.status AS visit_status, v.channel AS visit_channel,
           coalesce(v.status = 'planned' AND (v.channel = 'bank' OR s.starts_at > %(now)s), false)
               AS keep,
           CASE WHEN r.vital_status = 'deceased' THEN 'deceased'
                WHEN r.ineligible_reason <> '' THEN 'not_eligible'
                WHEN v.in_doubt THEN 'in_doubt'
                WHEN l.status = 'active' AND l.until > %(now)s THEN 'leased'
                ELSE '' END AS skip
    FROM family f
    JOIN plan_place place ON place.village = f.village
    JOIN registry_person r ON r.id = f.recipient_id
    JOIN registry_household h ON h.id = f.household_id
    LEFT JOIN people ON people.household_id = f.household_id
    LEFT JOIN others ON others.household_id = f.household_id
    LEFT JOIN counted ON counted.village_id = f.village
    LEFT JOIN disbursement_visit v ON v.tranche_id = %(tranche)s
        AND v.household_id = f.household_id AND v.status <> 'cancelled'
    LEFT JOIN disbursement_pay_session s ON s.id = v.session_id
    LEFT JOIN disbursement_lease l ON l.id = v.lease_id
), chosen AS (
    SELECT *, {channel_sql(rules, "channel")} AS rule_channel,
              {channel_sql(rules, "reason")} AS rule_reason
    FROM facts
)
SELECT *, CASE WHEN keep THEN visit_channel ELSE rule_channel END AS channel,
          CASE WHEN keep THEN 'kept' ELSE rule_reason END AS reason,
          coalesce(recipient_age >= %(elderly)s, false) OR disabled OR ill AS priority
FROM chosen
"""  # noqa: S608 - the rules are checked words and whole numbers


SEATS: Final = """
CREATE TEMPORARY TABLE plan_seat ON COMMIT DROP AS
SELECT household_id, office, zone, channel,
       CASE WHEN channel = 'post_office' THEN office_village ELSE village END AS point_village,
       row_number() OVER (
           PARTITION BY office, channel,
               CASE WHEN channel = 'post_office' THEN office_village ELSE village END
           ORDER BY village, priority DESC, rw, rt, name, household_id
       ) AS position
FROM plan_family
WHERE skip = '' AND NOT keep AND channel <> 'bank'
"""

SHARES: Final = """
CREATE TEMPORARY TABLE plan_share (
    office text, channel text, village text, first int, last int, taken int,
    session_id uuid, starts_at timestamptz, day date, desks int, seconds int, slot_seconds int
) ON COMMIT DROP
"""

_SERIAL: Final = """
    (last_serial.serial + row_number() OVER (
        PARTITION BY regency.digits ORDER BY f.office, share.starts_at, f.village, seat.position,
                                             f.household_id))
"""

READY: Final = f"""
CREATE TEMPORARY TABLE plan_ready ON COMMIT DROP AS
WITH placed AS (
    SELECT f.*, share.session_id, share.day, share.desks, regency.digits, last_serial.serial,
           (share.taken + seat.position - share.first)::int AS place, share.starts_at AS opens_at,
           share.seconds, share.slot_seconds,
           CASE WHEN f.visit_id IS NULL THEN {_SERIAL} END AS own_serial
    FROM plan_family f
    LEFT JOIN plan_seat seat ON seat.household_id = f.household_id
    LEFT JOIN plan_share share ON share.office = seat.office AND share.channel = seat.channel
        AND share.village = seat.point_village
        AND seat.position BETWEEN share.first AND share.last
    CROSS JOIN LATERAL (SELECT replace(left(f.village, 5), '.', '') AS digits) regency
    JOIN plan_serial last_serial ON last_serial.digits = regency.digits
    WHERE f.skip = '' AND (f.keep OR f.channel = 'bank' OR share.session_id IS NOT NULL)
)
SELECT *, {payment_number_sql("digits", "own_serial")} AS number,
       place % desks + 1 AS desk,
       opens_at + make_interval(secs => place / desks * seconds / slot_seconds * slot_seconds)
           AS slot_at,
       row_number() OVER (ORDER BY digits, own_serial NULLS LAST, household_id) AS n
FROM placed
"""  # noqa: S608 - made of constants alone

SERIALS: Final = """
CREATE TEMPORARY TABLE plan_serial ON COMMIT DROP AS
SELECT r.digits, coalesce((
    SELECT substr(v.number, 5, 8)::int FROM disbursement_visit v
    WHERE v.number > r.digits AND v.number <= r.digits || '999999999'
    ORDER BY v.number DESC LIMIT 1), 0) AS serial
FROM (SELECT DISTINCT replace(left(village, 5), '.', '') AS digits FROM plan_place) r
"""

IDS: Final = (
    "CREATE TEMPORARY TABLE plan_visit_id (n int PRIMARY KEY, id uuid) ON COMMIT DROP",
    "CREATE TEMPORARY TABLE plan_payment_id (n int PRIMARY KEY, id uuid) ON COMMIT DROP",
)

NEW_VISITS: Final = """
INSERT INTO disbursement_visit (
    id, tranche_id, household_id, recipient_id, number, channel, channel_reason, office_id,
    village_id, session_id, slot_at, desk, status, in_doubt, version, attempts, last_attempt_code,
    total, recipient_name, birth_year, sex, nik_last4, card_last4, address, collectors, priority,
    letter_version, planned_at, updated_at)
SELECT i.id, %(tranche)s, r.household_id, r.recipient_id, r.number, r.channel, r.reason, r.office,
       r.village, r.session_id, r.slot_at, coalesce(r.desk, 1), 'planned', false, 1, 0, '',
       r.total, r.name, extract(year FROM r.birth_date)::int, r.sex, r.nik_last4, r.card_last4,
       r.address, coalesce(c.collectors, '[]'::jsonb), r.priority, 0, %(now)s, %(now)s
FROM plan_ready r JOIN plan_visit_id i ON i.n = r.n
LEFT JOIN (
    SELECT p.household_id, jsonb_agg(jsonb_build_object(
               'person_id', p.id, 'name', p.name, 'relation', p.relation,
               'birth_year', extract(year FROM p.birth_date)::int, 'nik_last4', p.nik_last4)
               ORDER BY p.birth_date) AS collectors
    FROM registry_person p JOIN plan_ready r
        ON r.household_id = p.household_id AND r.visit_id IS NULL AND p.id <> r.recipient_id
    WHERE p.vital_status = 'alive'
      AND p.birth_date <= (%(today)s::date - make_interval(years => %(collector_age)s))
    GROUP BY p.household_id
) c ON c.household_id = r.household_id
WHERE r.visit_id IS NULL
ORDER BY r.n
"""

GROWN_VISITS: Final = """
UPDATE disbursement_visit v SET
    total = open.total + r.total,
    version = v.version + 1,
    letter_printed_at = NULL,
    status = CASE WHEN open.paid THEN 'partly' ELSE 'planned' END,
    session_id = CASE WHEN r.keep THEN v.session_id ELSE r.session_id END,
    slot_at = CASE WHEN r.keep THEN v.slot_at ELSE r.slot_at END,
    desk = CASE WHEN r.keep THEN v.desk ELSE coalesce(r.desk, 1) END,
    channel = r.channel,
    channel_reason = CASE WHEN r.keep THEN v.channel_reason ELSE r.reason END,
    updated_at = %(now)s
FROM plan_ready r
CROSS JOIN LATERAL (
    SELECT coalesce(sum(p.amount) FILTER (WHERE p.status IN ('planned', 'instructed')), 0) AS total,
           coalesce(bool_or(p.status = 'paid'), false) AS paid
    FROM disbursement_payment p WHERE p.visit_id = r.visit_id
) open
WHERE v.id = r.visit_id
"""
"""A later wave's program joins the family's visit; what the visit still owes is its total."""

PAYMENTS: Final = """
WITH numbered AS (
    SELECT o.*, coalesce(r.visit_id, i.id) AS visit, r.visit_id IS NULL AS fresh,
           row_number() OVER (ORDER BY r.n, o.program_id) AS number,
           row_number() OVER (PARTITION BY o.household_id ORDER BY o.program_id) AS nth
    FROM plan_open o
    JOIN plan_ready r ON r.household_id = o.household_id
    LEFT JOIN plan_visit_id i ON i.n = r.n
)
INSERT INTO disbursement_payment (
    id, visit_id, entitlement_id, entitlement_version, part, program_id, order_id, amount,
    components, months, lead, status, failed_code, updated_at)
SELECT i.id, n.visit, n.id, n.version,
       1 + (SELECT count(*) FROM disbursement_payment p
            WHERE p.entitlement_id = n.id AND p.status <> 'cancelled'),
       n.program_id, n.order_id, n.amount, n.components, n.months,
       n.nth = 1 AND (n.fresh OR NOT EXISTS (
           SELECT 1 FROM disbursement_payment p
           WHERE p.visit_id = n.visit AND p.lead AND p.status <> 'cancelled')),
       'planned', '', %(now)s
FROM numbered n JOIN plan_payment_id i ON i.n = n.number
"""

WRITTEN: Final = """
SELECT p.entitlement_id, sha256(convert_to(
    p.id || '|' || p.entitlement_id || '|' || p.entitlement_version || '|' || p.amount, 'UTF8'))
FROM disbursement_payment p JOIN plan_payment_id i ON i.id = p.id ORDER BY p.id
"""

JOURNAL: Final = """
INSERT INTO disbursement_journal (
    kind, payment_id, visit_id, tranche_id, program_id, order_id, village_id, amount, families,
    from_reason, to_status, to_office_id, to_channel, to_date, to_reason, at)
SELECT 'planned', p.id, p.visit_id, v.tranche_id, p.program_id, p.order_id, v.village_id, p.amount,
       p.lead::int, '', p.status, v.office_id, v.channel, s.business_date, '', %(now)s
FROM disbursement_payment p
JOIN plan_payment_id i ON i.id = p.id
JOIN disbursement_visit v ON v.id = p.visit_id
LEFT JOIN disbursement_pay_session s ON s.id = v.session_id
ORDER BY p.id
"""

COUNTS: Final = """
SELECT f.channel, f.reason, f.skip, r.household_id IS NOT NULL AS ready,
       count(*)::int AS families, sum(f.payments)::int AS payments, sum(f.total)::bigint AS rupiah,
       count(*) FILTER (WHERE f.visit_id IS NOT NULL)::int AS grown
FROM plan_family f LEFT JOIN plan_ready r ON r.household_id = f.household_id
GROUP BY 1, 2, 3, 4
"""
