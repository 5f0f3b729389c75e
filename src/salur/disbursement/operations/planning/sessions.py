"""From queues to sessions: what each office already holds, and what must be opened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Q

from salur.disbursement.models import PayPoint, PaySession
from salur.disbursement.rules.calendar import Calendar, Group, Session, Share, working_days
from salur.disbursement.rules.channels import COMMUNITY, DOORSTEP, POST_OFFICE
from salur.disbursement.rules.policy import PlanPolicy
from salur.disbursement.rules.slots import Timetable
from salur.kernel.batching import copy_rows
from salur.kernel.ids import new_ids
from salur.programs.models import Tranche

POINT_NAMES = {
    POST_OFFICE: "{office}",
    COMMUNITY: "Balai {village}",
    DOORSTEP: "Kunjungan rumah {village}",
}
"""Names of points that nobody has agreed yet; the office mends them on its page."""


def calendars_of(
    tranche: Tranche, offices: Iterable[str], today: date, moment: datetime, policy: PlanPolicy
) -> dict[str, Calendar]:
    """Each office's coming sessions, seats taken, and working days until money goes back."""
    first = max(tranche.opens_on, date.fromordinal(today.toordinal() + policy.notice_days))
    days = working_days(first, tranche.planned_end_on, policy)
    late = working_days(
        max(first, date.fromordinal(tranche.planned_end_on.toordinal() + 1)),
        tranche.return_by,
        policy,
    )
    calendars = {office: Calendar([*days, *late], policy) for office in offices}
    points = PayPoint.objects.filter(office__in=list(calendars))
    for point in points:
        place = (point.channel, point.village_id)
        calendars[point.office_id].desks[place] = point.desks
        calendars[point.office_id].seconds[place] = point.seconds_per_family
    held = (
        PaySession.objects.filter(
            tranche=tranche, office__in=list(calendars), business_date__gte=first
        )
        .select_related("point")
        .annotate(taken=Count("visits", filter=~Q(visits__status="cancelled")))
    )
    for row in held:
        timetable = Timetable(
            row.starts_at,
            row.ends_at,
            row.desks,
            row.point.seconds_per_family,
            policy.slot_minutes,
        )
        calendars[row.office_id].sessions.append(
            Session(
                row.office_id,
                row.channel,
                row.point.village_id,
                row.business_date,
                timetable,
                # A session that began, was closed or cancelled keeps its day and takes nobody.
                row.taken
                if row.status == "planned" and row.starts_at > moment
                else timetable.capacity,
                row.id,
            )
        )
    return calendars


def write_sessions(
    tranche: Tranche,
    sessions: Sequence[Session],
    names: dict[str, str],
    offices: dict[str, tuple[str, str]],
) -> tuple[int, int]:
    """Opens the sessions that have no id yet, and pay points where there are none.

    ``names``: village > name; ``offices``: code > (name, address). How many (points, sessions).
    """
    fresh = [session for session in sessions if session.id is None and session.taken]
    by_place: dict[tuple[str, str, str], list[Session]] = defaultdict(list)
    for session in fresh:
        by_place[(session.office, session.channel, session.village)].append(session)
    known = {
        (office, channel, village): point
        for office, channel, village, point in PayPoint.objects.filter(
            office__in={session.office for session in fresh}
        ).values_list("office_id", "channel", "village_id", "id")
    }
    missing = [place for place in sorted(by_place) if place not in known]
    rows: list[Sequence[Any]] = []
    for (office, channel, village), point_id in zip(missing, new_ids(len(missing)), strict=True):
        known[(office, channel, village)] = point_id
        name, address = offices[office]
        timetable = by_place[(office, channel, village)][0].timetable
        rows.append(
            (
                point_id,
                office,
                village,
                channel,
                POINT_NAMES[channel].format(office=name, village=names.get(village, village)),
                address if channel == POST_OFFICE else "",
                max(s.timetable.desks for s in by_place[(office, channel, village)]),
                timetable.seconds_per_family,
            )
        )
    copy_rows(
        "disbursement_pay_point",
        (
            "id",
            "office_id",
            "village_id",
            "channel",
            "name",
            "address",
            "desks",
            "seconds_per_family",
        ),
        rows,
    )
    fresh.sort(key=lambda session: (session.timetable.starts, session.office, session.village))
    for session, session_id in zip(fresh, new_ids(len(fresh)), strict=True):
        session.id = session_id
    copy_rows(
        "disbursement_pay_session",
        (
            "id",
            "tranche_id",
            "point_id",
            "office_id",
            "channel",
            "business_date",
            "starts_at",
            "ends_at",
            "desks",
            "status",
        ),
        (
            (
                session.id,
                tranche.id,
                known[(session.office, session.channel, session.village)],
                session.office,
                session.channel,
                session.day,
                session.timetable.starts,
                session.timetable.ends,
                session.timetable.desks,
                "planned",
            )
            for session in fresh
        ),
    )
    return len(missing), len(fresh)


def seats_from(shares: Iterable[Share]) -> None:
    """Fills `plan_share` for the set statements; sessions must have their ids."""
    copy_rows(
        "plan_share",
        (
            "office",
            "channel",
            "village",
            "first",
            "last",
            "taken",
            "session_id",
            "starts_at",
            "day",
            "desks",
            "seconds",
            "slot_seconds",
        ),
        (
            (
                share.group.office,
                share.group.channel,
                share.group.village,
                share.first,
                share.last,
                share.offset,
                share.session.id,
                share.session.timetable.starts,
                share.session.day,
                share.session.timetable.desks,
                share.session.timetable.seconds_per_family,
                share.session.timetable.slot_minutes * 60,
            )
            for share in shares
        ),
    )


def queues() -> list[Group]:
    """The queues that the seats of this chunk form."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT office, channel, point_village, count(*)::int, min(zone) FROM plan_seat"
            " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
        )
        return [
            Group(office, channel, village, families, zone)
            for office, channel, village, families, zone in cursor.fetchall()
        ]


def stand_in_ids(sessions: Iterable[Session]) -> None:
    """For a dry run: ids that are written nowhere, so that the set statements can count."""
    waiting = [session for session in sessions if session.id is None]
    for session, session_id in zip(waiting, new_ids(len(waiting)), strict=True):
        session.id = session_id
