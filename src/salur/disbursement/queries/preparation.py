"""How far the preparation of a tranche is, office by office; its sessions, points and files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum

from salur.disbursement.models import PayPoint, PaySession, PrintRun, Visit
from salur.disbursement.queries.scope import offices_q
from salur.kernel.actor import Actor
from salur.kernel.clock import now
from salur.places.models import Office
from salur.places.queries import office_of_villages_for_system, offices_visible_to
from salur.programs.models import Tranche


@dataclass
class OfficeStep:
    """One office on the board: families at each step, rupiah needed and out. Steps include the
    later ones: who is paid was planned."""

    office: Office
    loaded: int = 0
    planned: int = 0
    printed: int = 0
    invited: int = 0
    cash_needed: int = 0
    cash_out: int = 0
    sessions: int = 0
    sessions_open: int = 0
    without_officer: int = 0
    paid: int = 0
    rupiah: int = 0

    @property
    def unplanned(self) -> int:
        return self.loaded - self.planned


def board_of(
    actor: Actor, tranche: Tranche, *, lists: Sequence[UUID] | None = None
) -> list[OfficeStep]:
    """The preparation of every office that the actor sees and that has families in the tranche.

    ``lists`` narrows families to those waves; sessions and cash are the office's whole.
    """
    actor.require("disbursement.view_plans")
    visible = {office.code: office for office in offices_visible_to(actor)}
    steps: dict[str, OfficeStep] = {}

    def step(code: str) -> OfficeStep | None:
        if code not in visible:
            return None
        return steps.setdefault(code, OfficeStep(visible[code]))

    wave = list(lists) if lists is not None else None
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT h.village_id, count(DISTINCT e.household_id)::int
            FROM programs_entitlement e JOIN registry_household h ON h.id = e.household_id
            WHERE e.tranche_id = %s AND e.state = 'open'
              AND (%s::uuid[] IS NULL OR e.nominative_list_id = ANY(%s::uuid[]))
              AND NOT EXISTS (SELECT 1 FROM disbursement_visit v WHERE v.tranche_id = e.tranche_id
                  AND v.household_id = e.household_id AND v.status <> 'cancelled')
            GROUP BY 1
            """,
            [tranche.id, wave, wave],
        )
        open_villages = dict(cursor.fetchall())
        cursor.execute(
            """
            SELECT v.office_id, count(*)::int, count(v.letter_printed_at)::int,
                   count(v.invited_at)::int, count(*) FILTER (WHERE v.status = 'paid')::int,
                   sum(v.total)::bigint
            FROM disbursement_visit v
            WHERE v.tranche_id = %s AND v.status <> 'cancelled'
              AND (%s::uuid[] IS NULL OR EXISTS (
                  SELECT 1 FROM disbursement_payment p
                  JOIN programs_entitlement e ON e.id = p.entitlement_id
                  WHERE p.visit_id = v.id AND e.nominative_list_id = ANY(%s::uuid[])))
            GROUP BY 1
            """,
            [tranche.id, wave, wave],
        )
        visits = cursor.fetchall()
        cursor.execute(
            """
            SELECT v.office_id, sum(p.amount)::bigint
            FROM disbursement_payment p JOIN disbursement_visit v ON v.id = p.visit_id
            WHERE v.tranche_id = %s AND p.status = 'planned' AND v.channel <> 'bank' GROUP BY 1
            """,
            [tranche.id],
        )
        needed = cursor.fetchall()
        cursor.execute(
            """
            SELECT f.office_id, sum(f.amount)::bigint FROM disbursement_float_session f
            JOIN disbursement_pay_session s ON s.id = f.session_id
            WHERE s.tranche_id = %s AND f.status IN ('issued', 'accepted', 'counted') GROUP BY 1
            """,
            [tranche.id],
        )
        out = cursor.fetchall()
        cursor.execute(
            """
            SELECT office_id, count(*)::int, count(*) FILTER (WHERE starts_at <= %s)::int,
                   count(*) FILTER (WHERE officer_id IS NULL AND ends_at > %s)::int
            FROM disbursement_pay_session WHERE tranche_id = %s AND status <> 'cancelled'
            GROUP BY 1
            """,
            [now(), now(), tranche.id],
        )
        sessions = cursor.fetchall()
    for village, code in office_of_villages_for_system(open_villages).items():
        if row := step(code):
            row.loaded += open_villages[village]
    for code, planned, printed, invited, paid, rupiah in visits:
        if row := step(code):
            row.loaded += planned
            row.planned, row.printed, row.invited = planned, printed, invited
            row.paid, row.rupiah = paid, rupiah
    for code, rupiah in needed:
        if row := steps.get(code):
            row.cash_needed = rupiah
    for code, rupiah in out:
        if row := steps.get(code):
            row.cash_out = rupiah
    for code, count, opened, without in sessions:
        if row := steps.get(code):
            row.sessions, row.sessions_open, row.without_officer = count, opened, without
    return sorted(steps.values(), key=lambda item: item.office.path)


def sessions_visible_to(
    actor: Actor, *, tranche: Tranche | None = None, day: date | None = None
) -> QuerySet[PaySession]:
    """Sessions of the actor's offices in the order of time, with families, letters and rupiah."""
    actor.require("disbursement.view_plans")
    rows = (
        PaySession.objects.filter(offices_q(actor))
        .select_related("point__village", "office", "officer")
        .annotate(
            families=Count("visits", filter=~Q(visits__status="cancelled")),
            printed=Count("visits", filter=Q(visits__letter_printed_at__isnull=False)),
            paid=Count("visits", filter=Q(visits__status="paid")),
            rupiah=Sum("visits__total", filter=~Q(visits__status="cancelled")),
        )
        .order_by("starts_at", "office__path", "id")
    )
    if tranche is not None:
        rows = rows.filter(tranche=tranche)
    return rows.filter(business_date=day) if day else rows


def days_of_sessions(actor: Actor, tranche: Tranche) -> list[tuple[date, int]]:
    """(day, sessions) of a tranche in the actor's offices, for the calendar."""
    actor.require("disbursement.view_plans")
    rows = (
        PaySession.objects.filter(offices_q(actor), tranche=tranche)
        .values_list("business_date")
        .annotate(count=Count("id"))
        .order_by("business_date")
    )
    return list(rows)


def visits_of_session(actor: Actor, session: PaySession) -> QuerySet[Visit]:
    actor.require("disbursement.view_plans")
    return (
        Visit.objects.filter(offices_q(actor), session=session)
        .exclude(status=Visit.Status.CANCELLED)
        .select_related("village", "lease__device")
        .order_by("slot_at", "desk", "recipient_name", "number")
    )


def points_visible_to(actor: Actor) -> QuerySet[PayPoint]:
    actor.require("disbursement.view_plans")
    return (
        PayPoint.objects.filter(offices_q(actor))
        .select_related("office", "village")
        .order_by("office__path", "channel", "name", "id")
    )


def files_visible_to(
    actor: Actor, *, kinds: Sequence[str] = ("letters", "danom")
) -> QuerySet[PrintRun]:
    """Printed files of the actor's offices, newest first."""
    return (
        PrintRun.objects.filter(offices_q(actor), kind__in=kinds)
        .select_related("office", "tranche", "file")
        .order_by("-printed_at", "file_name")
    )


@dataclass(frozen=True, slots=True)
class BankWaiting:
    bank: str
    payments: int
    rupiah: int
    instructed: int


def banks_waiting(actor: Actor, tranche: Tranche) -> list[BankWaiting]:
    """Payments by bank in the actor's offices: planned, and instructed already."""
    actor.require("disbursement.view_plans")
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT o.path, e.bank_code, p.status, count(*)::int, sum(p.amount)::bigint
            FROM disbursement_payment p
            JOIN disbursement_visit v ON v.id = p.visit_id
            JOIN programs_entitlement e ON e.id = p.entitlement_id
            JOIN places_office o ON o.code = v.office_id
            WHERE v.tranche_id = %s AND v.channel = 'bank' AND p.status IN ('planned', 'instructed')
            GROUP BY 1, 2, 3
            """,
            [tranche.id],
        )
        found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        for path, bank, status, count, rupiah in cursor.fetchall():
            if not actor.sees_office(path):
                continue
            if status == "planned":
                found[bank][0] += count
                found[bank][1] += rupiah
            else:
                found[bank][2] += count
    return [BankWaiting(bank, *counts) for bank, counts in sorted(found.items())]


def visit_numbers_for_system(visit_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The payment numbers of these visits, as they stand in addresses of pages."""
    return dict(Visit.objects.filter(id__in=visit_ids).values_list("id", "number"))
