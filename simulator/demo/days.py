"""Days of the midway demo: sessions served at their hours, evenings when bags are closed.

All with the clock moved to the moment at which it happens.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from salur.casework import operations as casework
from salur.config.work import catch_up
from salur.disbursement import operations as disbursement
from salur.disbursement.models import Attempt, PaySession
from salur.disbursement.operations.sessions import assign_officer, assign_officers
from salur.disbursement.queries.cash import cash_needed_for_system
from salur.kernel import clock
from salur.programs.models import Tranche
from salur.reconciliation import operations as reconciliation
from simulator.demo.fieldwork import FieldOfficer, Point, counted_float_of, draw_for
from simulator.demo.ground import Branch, Ground
from simulator.demo.sending import SentList
from simulator.demo.steps import Steps

_DECIDED_AFTER = timedelta(days=2)
# Who looks at the demo takes these people's places: their sessions of today stay untouched.
_LEFT_FOR_VISITORS = ("rudi", "yusuf")
_EXPLANATIONS = {
    "absent": "informed_will_come",
    "away": "working_away",
    "moved": "moved_unknown",
}


@dataclass
class Midway:
    """The demo while it is being made."""

    seed: int
    steps: Steps
    ground: Ground
    tranche: Tranche
    crew: dict[UUID, FieldOfficer] = field(default_factory=dict)
    attempts: dict[str, int] = field(default_factory=dict)
    points: dict[str, Point] = field(default_factory=dict)
    received: dict[SentList, UUID] = field(default_factory=dict)

    @property
    def people(self) -> dict[str, Any]:
        return self.ground.people


def at_hour(day: date, hour: float, zone: str = "Asia/Jakarta") -> datetime:
    """That hour of the day, by the clocks of the zone."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=clock.zone(zone))
    return midnight + timedelta(hours=hour)


# --- days -------------------------------------------------------------------------------------


def _sessions_of(made: Midway, day: date) -> list[PaySession]:
    return list(
        PaySession.objects.filter(
            tranche=made.tranche, business_date=day, officer__in=list(made.crew)
        )
        .filter(visits__status="planned")
        .distinct()
        .order_by("starts_at", "id")
    )


def whole_day(made: Midway, day: date) -> None:
    sessions = _sessions_of(made, day)
    _draw(made, sessions)
    for session in sessions:
        _serve(made, session, until=session.ends_at)
        _finish(made, session)
    evening = at_hour(day, 19)
    with clock.at(evening):
        catch_up()
        _close(made, day)
        _decide(made, before=evening - _DECIDED_AFTER)
        _explain(made)
        _ask_again(made)
        catch_up()


def this_day(made: Midway, today: date) -> None:
    """Sessions that have begun are served as far as the hour; some are left for visitors."""
    now = clock.now()
    _keep_for_visitors(made, today)
    visitors = {UUID(made.people[name].id) for name in _LEFT_FOR_VISITORS}
    begun = [
        session
        for session in _sessions_of(made, today)
        if session.starts_at < now and session.officer_id not in visitors
    ]
    _draw(made, begun)
    for session in begun:
        _serve(made, session, until=min(now, session.ends_at))


def _keep_for_visitors(made: Midway, today: date) -> None:
    """The cast's officers have a session today, the largest of their office."""
    for name in _LEFT_FOR_VISITORS:
        officer = made.crew[UUID(made.people[name].id)]
        mine = [s for s in _sessions_of(made, today) if s.office_id == officer.branch.office.code]
        if not mine:
            continue
        largest = max(mine, key=lambda session: session.visits.count())
        previous = largest.officer_id
        own = [session for session in mine if session.officer_id == officer.user_id]
        if own and own[0].id != largest.id and previous is not None:
            assign_officer([own[0].id], previous, by=made.people["dewi"])
        assign_officer([largest.id], officer.user_id, by=made.people["dewi"])


def _draw(made: Midway, sessions: Sequence[PaySession]) -> None:
    by_office: dict[str, list[PaySession]] = defaultdict(list)
    for session in sessions:
        by_office[session.office_id].append(session)
    for office, group in by_office.items():
        with clock.at(min(session.starts_at for session in group) - timedelta(hours=1)):
            draw_for(
                made.ground.branches[office],
                [session.id for session in group],
                key=f"{made.tranche.id}/{group[0].business_date}",
            )


def _serve(made: Midway, session: PaySession, *, until: datetime) -> None:
    """One session with its families, each at its time, until the hour is over."""
    one = made.crew[session.officer_id]  # type: ignore[index]
    officer, cashier = one.officer, one.branch.cashier
    with clock.at(session.starts_at - timedelta(minutes=30)):
        disbursement.lease_visits(session.id, one.device_id, by=cashier)
        needed = cash_needed_for_system([session.id])[session.id].amount
        disbursement.issue_float(
            one.user_id,
            amount=needed,
            session_id=session.id,
            idempotency_key=f"{session.id}/{made.tranche.number}",
            by=cashier,
        )
        worklist = officer.device.pull()
        officer.accept_floats(worklist)
    rng = Random(f"pace/{made.seed}/{session.id}")
    visits = [visit for visit in worklist["visits"] if visit["status"] == "planned"]
    pace = (session.ends_at - session.starts_at) / (len(visits) + 1)
    moment = session.starts_at
    for visit in visits:
        moment += pace * (0.6 + rng.random() * 0.6)
        if moment >= until:
            break
        with clock.at(moment):
            officer.serve(worklist, [visit])
    with clock.at(min(moment, until)):
        officer.device.push()
        officer.send_pictures()


def _finish(made: Midway, session: PaySession) -> None:
    """The bag is counted, the lease goes back."""
    officer = made.crew[session.officer_id].officer  # type: ignore[index]
    worklist = {
        "lease": {"id": str(session.leases.order_by("-issued_at").values_list("id", flat=True)[0])},
        "session": {"id": str(session.id)},
    }
    with clock.at(session.ends_at + timedelta(minutes=15)):
        officer.count_cash(worklist)
        officer.give_back(worklist)
        officer.device.push()


# --- evenings -------------------------------------------------------------------------------------


def _close(made: Midway, day: date) -> None:
    for one in made.crew.values():
        if (float_id := counted_float_of(one.user_id)) is not None:
            reconciliation.close_session(float_id, by=one.branch.cashier)
    for branch in made.ground.branches.values():
        reconciliation.close_office_day(branch.office.code, day, by=branch.head)


def _waiting_of(made: Midway, branch: Branch) -> Any:
    return Attempt.objects.filter(
        office=branch.office, visit__tranche=made.tranche, decision=Attempt.Decision.WAITING
    )


def _decide(made: Midway, *, before: datetime) -> None:
    """Heads make final codes final after two days; the newest stay for whoever looks."""
    for branch in made.ground.branches.values():
        waiting = _waiting_of(made, branch).filter(attempted_at__lt=before)
        if ids := list(waiting.values_list("id", flat=True)):
            disbursement.decide_attempts(ids, approve=True, by=branch.head)


def _explain(made: Midway) -> None:
    """The companion explains what she knows; the rest waits for her."""
    companion = made.people["sari"]
    attempts = Attempt.objects.filter(
        visit__household__companion_membership__group__companion_id=UUID(companion.id),
        explanation=None,
        code__in=_EXPLANATIONS,
    )
    for attempt in attempts.order_by("id")[:1]:
        casework.explain_failure(attempt.id, _EXPLANATIONS[attempt.code], "", by=companion)


def _ask_again(made: Midway) -> None:
    """Whoever was not there is asked to come once more; the letters go out with the next wave's."""
    planner = made.people["dewi"]
    disbursement.replan_payments(made.tranche.id, by=planner)
    assign_officers(made.tranche.id, by=planner)
