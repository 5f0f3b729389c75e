"""What sessions need in cash, and which floats are out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import F, Q, QuerySet

from salur.disbursement.models import FloatSession, Passing, UnsyncedCash
from salur.disbursement.queries.scope import offices_q
from salur.disbursement.rules.cash import CashNeed
from salur.kernel.actor import Actor
from salur.kernel.money import DENOMINATIONS


def _note_columns() -> str:
    """How many notes of each denomination a family's sum takes, largest first, as SQL."""
    columns, rest = [], "total"
    for worth in DENOMINATIONS:
        columns.append(f"sum({rest} / {worth})::bigint")
        rest = f"mod({rest}, {worth})"
    return ", ".join(columns)


def cash_needed_for_system(session_ids: Sequence[UUID]) -> dict[UUID, CashNeed]:
    """What each session still has to pay out, as rupiah by order and as notes by family."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT v.session_id, p.order_id, sum(p.amount)::bigint
            FROM disbursement_payment p JOIN disbursement_visit v ON v.id = p.visit_id
            WHERE v.session_id = ANY(%s) AND p.status = 'planned' AND v.channel <> 'bank'
            GROUP BY 1, 2
            """,
            [list(session_ids)],
        )
        orders: dict[UUID, dict[UUID, int]] = {}
        for session, order, rupiah in cursor.fetchall():
            orders.setdefault(session, {})[order] = rupiah
        cursor.execute(
            f"""
            SELECT session_id, count(*)::int, {_note_columns()} FROM (
                SELECT v.session_id, v.id, sum(p.amount)::bigint AS total
                FROM disbursement_payment p JOIN disbursement_visit v ON v.id = p.visit_id
                WHERE v.session_id = ANY(%s) AND p.status = 'planned' AND v.channel <> 'bank'
                GROUP BY v.session_id, v.id
            ) family GROUP BY session_id
            """,  # noqa: S608 - columns of constants
            [list(session_ids)],
        )
        families = {row[0]: row[1:] for row in cursor.fetchall()}
    needs = {}
    for session in session_ids:
        if session not in families:
            needs[session] = CashNeed()
            continue
        count, *notes = families[session]
        needs[session] = CashNeed(
            families=count,
            amount=sum(orders[session].values()),
            orders=orders[session],
            notes=tuple(
                (worth, number)
                for worth, number in zip(DENOMINATIONS, notes, strict=True)
                if number
            ),
        )
    return needs


def floats_out_for_system(session_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Rupiah of floats issued or accepted for each session, and not closed yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT session_id, sum(amount)::bigint FROM disbursement_float_session
            WHERE session_id = ANY(%s) AND status IN ('issued', 'accepted', 'counted')
            GROUP BY 1
            """,
            [list(session_ids)],
        )
        return dict(cursor.fetchall())


def floats_visible_to(actor: Actor, *, day: date | None = None) -> QuerySet[FloatSession]:
    """Floats of the actor's offices, newest first; of one business day if given."""
    rows = (
        FloatSession.objects.filter(offices_q(actor))
        .select_related("officer", "office", "session__point")
        .prefetch_related("allocations__order")
        .order_by("-issued_at")
    )
    return rows.filter(business_date=day) if day else rows


def _open() -> Q:
    waiting = Q(status__in=[Passing.Status.GIVEN, Passing.Status.CLAIMED, Passing.Status.ASKED])
    return waiting | Q(status=Passing.Status.BOOKED, flags__contains=["differs"], settled_by="")


def open_passings_for_system(officer_id: UUID) -> list[Passing]:
    """Cash between officers of which this one is giver or taker and which the books do not follow
    yet."""
    own = Q(giver_id=officer_id) | Q(taker_id=officer_id)
    return list(
        Passing.objects.filter(own, status__in=["given", "claimed", "asked"]).order_by("heard_at")
    )


def passings_to_follow(actor: Actor) -> QuerySet[Passing]:
    """Cash between officers of the actor's offices that is in transit, asked about, or booked for
    sums that differ and not looked at; the oldest first."""
    return (
        Passing.objects.filter(_open())
        .filter(offices_q(actor) | offices_q(actor, "taker_office"))
        .select_related("giver", "taker", "office", "taker_office")
        .order_by("heard_at")
    )


def passings_of_officer_for_system(officer_id: UUID) -> QuerySet[Passing]:
    """The newest passings of an officer, given or taken."""
    own = Q(giver_id=officer_id) | Q(taker_id=officer_id)
    return (
        Passing.objects.filter(own).select_related("giver", "taker", "office").order_by("-heard_at")
    )


def unsynced_to_explain(actor: Actor) -> QuerySet[UnsyncedCash]:
    """Closed bags of the actor's offices with something that nothing accounts for yet; the oldest
    first."""
    left = Q(amount__gt=F("explained") + F("settled")) | Q(
        amount__lt=-F("explained") - F("settled")
    )
    return (
        UnsyncedCash.objects.filter(left)
        .filter(offices_q(actor))
        .select_related("officer", "office", "float_session__session__point")
        .order_by("closed_at")
    )
